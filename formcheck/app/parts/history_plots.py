"""Charts of weeks and sessions as inline SVG, in the look of the curves of a clip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from formcheck.report.plots import ticks
from formcheck.training.history import Point, TrendLine

WIDTH, HEIGHT = 520, 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 66, 10, 14, 26


@dataclass(frozen=True, slots=True)
class Bar:
    """One week: ``None`` where an entry does not tell the number."""

    first_day: date
    value: float | None


def bars_svg(title: str, unit: str, bars: Sequence[Bar]) -> str:
    """Draw one bar a week, the week that still runs with a dashed edge.

    An unknown week is a question mark, which is not the same as none.
    """
    high = max([bar.value for bar in bars if bar.value] or [1.0])
    scale = _Scale(0.0, high * 1.08)
    step = (WIDTH - _LEFT - _RIGHT) / max(1, len(bars))
    parts = [scale.grid()]
    for i, bar in enumerate(bars):
        x = _LEFT + i * step
        if i % max(1, len(bars) // 4) == 0:
            parts.append(_text(x + step / 2, HEIGHT - 8, _short(bar.first_day)))
        if bar.value is None:
            parts.append(_text(x + step / 2, HEIGHT - _BOTTOM - 6, "?"))
        elif bar.value > 0:
            y = scale.y(bar.value)
            kind = "fc-bar fc-now" if i == len(bars) - 1 else "fc-bar"
            parts.append(
                f'<rect class="{kind}" x="{x + step * 0.14:.1f}" y="{y:.1f}" '
                f'width="{step * 0.72:.1f}" height="{HEIGHT - _BOTTOM - y:.1f}"/>'
            )
    said = "; ".join(
        f"week of {_short(bar.first_day)}: "
        + ("not known" if bar.value is None else f"{bar.value:,.0f}")
        for bar in bars
    )
    return _figure(title, unit, f"{title}, {unit}, per week. {said}.", parts)


def averages_svg(title: str, unit: str, first: date, pairs: Sequence[tuple[float, float]]) -> str:
    """Draw a short and a long running average, one value a day from ``first`` on."""
    high = max([max(pair) for pair in pairs] or [1.0]) or 1.0
    scale = _Scale(0.0, high * 1.08)
    n = max(1, len(pairs) - 1)

    def x(i: int) -> float:
        return _LEFT + i / n * (WIDTH - _LEFT - _RIGHT)

    parts = [scale.grid()]
    for line, colour, dash in ((0, "fc-c1", ""), (1, "fc-c2", ' stroke-dasharray="7 4"')):
        points = " ".join(f"{x(i):.1f},{scale.y(pair[line]):.1f}" for i, pair in enumerate(pairs))
        parts.append(f'<polyline class="fc-line {colour}"{dash} points="{points}"/>')
    for i in range(0, len(pairs), max(1, len(pairs) // 4)):
        day = date.fromordinal(first.toordinal() + i)
        parts.append(_text(x(i), HEIGHT - 8, _short(day), "start" if i == 0 else "middle"))
    keys = _key("fc-c1", "", "last 7 days") + _key("fc-c2", "7 4", "last 28 days")
    last = pairs[-1] if pairs else (0.0, 0.0)
    alt = f"{title}, {unit} a day: {last[0]:,.0f} over 7 days, {last[1]:,.0f} over 28 days."
    return _figure(title, unit, alt, parts, keys)


def trend_svg(line: TrendLine) -> str:
    """Draw one point a session with its uncertainty; coloured only beyond the error."""
    points = line.points[-60:]
    scale = _Scale(
        min(0.0, *(p.value for p in points)),
        max(p.value + p.uncertainty for p in points) * 1.03 or 1.0,
    )
    days = [p.day.toordinal() for p in points]
    span = max(1, days[-1] - days[0])

    def x(day: int) -> float:
        return _LEFT + 12 + (day - days[0]) / span * (WIDTH - _LEFT - _RIGHT - 24)

    n = 0 if line.change is None else line.change.n_after
    parts = [scale.grid()]
    for i, (point, day) in enumerate(zip(points, days, strict=True)):
        kind = f"fc-dot{_colour(line)}" if i >= len(points) - n else "fc-dot"
        top, bottom = (
            scale.y(point.value + point.uncertainty),
            scale.y(point.value - point.uncertainty),
        )
        parts.append(
            f'<line class="fc-err" x1="{x(day):.1f}" x2="{x(day):.1f}" y1="{top:.1f}" '
            f'y2="{bottom:.1f}"/><circle class="{kind}" cx="{x(day):.1f}" '
            f'cy="{scale.y(point.value):.1f}" r="4.2"/>'
        )
    parts.append(_text(x(days[0]), HEIGHT - 8, _short(points[0].day), "start"))
    if len(points) > 1:
        parts.append(_text(x(days[-1]), HEIGHT - 8, _short(points[-1].day), "end"))
    alt = f"{line.name}, {line.unit}. {_said(points)} {line.text}"
    return _figure(line.name, line.unit, alt, parts)


def _colour(line: TrendLine) -> str:
    if line.change is None or line.change.is_better is None:
        return ""
    return " fc-ok" if line.change.is_better else " fc-fault"


def _said(points: Sequence[Point]) -> str:
    shown = points[-8:]
    said = "; ".join(f"{_short(p.day)}: {p.value:.3g} ± {p.uncertainty:.2g}" for p in shown)
    return f"The last {len(shown)}: {said}." if len(shown) > 1 else f"{said}."


@dataclass(frozen=True, slots=True)
class _Scale:
    low: float
    high: float

    def y(self, value: float) -> float:
        share = (value - self.low) / ((self.high - self.low) or 1.0)
        return HEIGHT - _BOTTOM - min(1.0, max(0.0, share)) * (HEIGHT - _TOP - _BOTTOM)

    def grid(self) -> str:
        out = []
        for value in ticks(self.low, self.high, 4):
            y = self.y(value)
            out.append(
                f'<line class="fc-grid" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y:.1f}" '
                f'y2="{y:.1f}"/>{_text(_LEFT - 6, y + 4, f"{value:,g}", "end")}'
            )
        return "".join(out)


def _text(x: float, y: float, words: str, anchor: str = "middle") -> str:
    return (
        f'<text class="fc-tick" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">'
        f"{escape(words)}</text>"
    )


def _key(colour: str, dash: str, name: str) -> str:
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<span class="fc-key"><svg viewBox="0 0 26 8" aria-hidden="true"><line x1="1" x2="25" '
        f'y1="4" y2="4" class="fc-line {colour}"{dashes}/></svg>{escape(name)}</span>'
    )


def _short(day: date) -> str:
    return f"{day.day} {day:%b}"


def _figure(title: str, unit: str, alt: str, parts: Sequence[str], keys: str = "") -> str:
    return (
        f'<figure class="fc-plot fc-still"><figcaption><strong>{escape(title)}</strong> '
        f"<small>{escape(unit)}</small> {keys}</figcaption>"
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(alt)}">'
        f"{''.join(parts)}</svg></figure>"
    )
