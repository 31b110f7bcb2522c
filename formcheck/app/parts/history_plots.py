"""Charts of weeks and sessions as inline SVG, in the look of the curves of a clip."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from formcheck.app.parts.templates import filled
from formcheck.report.plots import ticks
from formcheck.training.history import Point, TrendLine

WIDTH, HEIGHT = 520, 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 66, WIDTH - 10, 14, HEIGHT - 26
_AVERAGES = (("last 7 days", "fc-c1", ""), ("last 28 days", "fc-c2", "7 4"))


@dataclass(frozen=True, slots=True)
class DayBar:
    """One week: ``None`` where an entry does not tell the number."""

    first_day: date
    value: float | None


def bars_svg(title: str, unit: str, bars: Sequence[DayBar]) -> str:
    """Draw one bar a week, the week that still runs with a dashed edge.

    An unknown week is a question mark, which is not the same as none.
    """
    scale = _Scale(0.0, 1.08 * max([bar.value for bar in bars if bar.value] or [1.0]))
    step = (_RIGHT - _LEFT) / max(1, len(bars))
    labels = [
        _Label(_LEFT + (i + 0.5) * step, _short(bars[i].first_day))
        for i in range(0, len(bars), max(1, len(bars) // 4))
    ]
    said = "; ".join(
        f"week of {_short(bar.first_day)}: "
        + ("not known" if bar.value is None else f"{bar.value:,.0f}")
        for bar in bars
    )
    alt = f"{title}, {unit}, per week. {said}."
    return _figure(title, unit, alt, scale, labels, bars=bars, step=step)


def averages_svg(
    title: str,
    unit: str,
    first: date,
    pairs: Sequence[tuple[float, float]],
    *,
    has_long: bool = True,
) -> str:
    """Draw a short and a long running average, one value a day from ``first`` on.

    Without ``has_long`` the long one is left out: there are fewer days than it spans.
    """
    shown = _AVERAGES if has_long else _AVERAGES[:1]
    scale = _Scale(0.0, 1.08 * (max([max(p[: len(shown)]) for p in pairs] or [1.0]) or 1.0))
    step = (_RIGHT - _LEFT) / max(1, len(pairs) - 1)
    labels = [
        _Label(_LEFT + i * step, _short(first + timedelta(days=i)), "middle" if i else "start")
        for i in range(0, len(pairs), max(1, len(pairs) // 4))
    ]
    lines = [
        {"name": name, "colour": colour, "dash": dash,
         "points": [(_LEFT + i * step, pair[of]) for i, pair in enumerate(pairs)]}
        for of, (name, colour, dash) in enumerate(shown)
    ]  # fmt: skip
    last = pairs[-1] if pairs else (0.0, 0.0)
    long = f", {last[1]:,.0f} over 28 days" if has_long else ""
    alt = f"{title}, {unit} a day: {last[0]:,.0f} over 7 days{long}."
    return _figure(title, unit, alt, scale, labels, lines=lines)


def trend_svg(line: TrendLine) -> str:
    """Draw one point a session with its uncertainty; coloured only beyond the error."""
    points = line.points[-60:]
    scale = _Scale(
        min(0.0, *(p.value for p in points)),
        max(p.value + p.uncertainty for p in points) * 1.03 or 1.0,
    )
    first, last = points[0].day, points[-1].day
    n_coloured = 0 if line.change is None else line.change.n_after
    a_day = (_RIGHT - _LEFT - 24) / max(1, (last - first).days)
    xs = [_LEFT + 12 + (p.day - first).days * a_day for p in points]
    colours = [""] * (len(points) - n_coloured) + [_colour(line)] * min(n_coloured, len(points))
    labels = [_Label(xs[0], _short(first), "start")]
    if len(points) > 1:
        labels.append(_Label(xs[-1], _short(last), "end"))
    alt = f"{line.name}, {line.unit}. {_said(points)} {line.text}"
    dots = zip(xs, points, colours, strict=True)
    return _figure(line.name, line.unit, alt, scale, labels, dots=dots)


def _colour(line: TrendLine) -> str:
    if line.change is None or line.change.is_better is None:
        return ""
    return " fc-ok" if line.change.is_better else " fc-fault"


def _said(points: Sequence[Point]) -> str:
    shown = points[-8:]
    said = "; ".join(f"{_short(p.day)}: {p.value:.3g} ± {p.uncertainty:.2g}" for p in shown)
    return f"The last {len(shown)}: {said}." if len(shown) > 1 else f"{said}."


def _short(day: date) -> str:
    return f"{day.day} {day:%b}"


class _Label(NamedTuple):
    x: float
    words: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class _Scale:
    low: float
    high: float

    def y(self, value: float) -> float:
        share = (value - self.low) / ((self.high - self.low) or 1.0)
        return _BOTTOM - min(1.0, max(0.0, share)) * (_BOTTOM - _TOP)

    def ticks(self) -> list[float]:
        return ticks(self.low, self.high, 4)


def _figure(
    title: str, unit: str, alt: str, scale: _Scale, labels: Sequence[_Label], **shapes: Any
) -> str:
    return filled(
        "history_plot.html", title=title, unit=unit, alt=alt, scale=scale, labels=labels,
        width=WIDTH, height=HEIGHT, left=_LEFT, right=_RIGHT,
        **({"bars": (), "lines": (), "dots": ()} | shapes),
    )  # fmt: skip
