"""Curves over a clip as inline SVG: no script, no library, the same on page and paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import cycle

import numpy as np

from formcheck.knowledge.words import ICONS, VERDICTS
from formcheck.pose.track import FloatArray
from formcheck.squat.analysis import JudgedRep
from formcheck.squat.faults import FAULTS
from formcheck.squat.faults.fault import Fault
from formcheck.squat.faults.finding import Assessment, Finding, Verdict

WIDTH, HEIGHT = 520, 210
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 10, 30, 26
_LOOKS = (("fc-c1", ""), ("fc-c2", "7 4"))
"""CSS class of the colour and dashes of the curves of one plot, in turn."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: NaN breaks it; ``band`` is the half width of its uncertainty."""

    name: str
    colour: str
    times_s: FloatArray
    values: FloatArray
    band: float = 0.0
    dash: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """A repetition on the time axis with its limit, if it has one, and its verdict."""

    number: int
    start_s: float
    end_s: float
    limit: float | None
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture of curves and what it says in words."""

    title: str
    unit: str
    curves: tuple[Line, ...]
    spans: tuple[Span, ...]
    first_s: float
    last_s: float


def clip_plots(reps: Sequence[JudgedRep], hidden: Iterable[str] = ()) -> list[Plot]:
    """Hip height, knee to foot line per side, knee past toe: those the view could show.

    Parameters
    ----------
    reps : sequence of JudgedRep
        Of one clip.
    hidden : iterable of str
        Faults to leave out.
    """
    if not reps:
        return []
    plots = [_hip_height(reps)]
    for fault in FAULTS:
        found = [(rep, rep.assessment(fault.name)) for rep in reps]
        if fault.name not in hidden and any(assessment.traces for _, assessment in found):
            plots.append(_fault_plot(fault, found))
    return plots


def _hip_height(reps: Sequence[JudgedRep]) -> Plot:
    gap = np.array([np.nan])
    times: list[FloatArray] = []
    values: list[FloatArray] = []
    for rep in reps:
        times += [rep.rep.window.times_s, gap]
        values += [100 * (1 - rep.rep.drop_ratio), gap]
    curve = Line("hips", "fc-c1", np.concatenate(times), np.concatenate(values))
    spans = tuple(_span(rep, None) for rep in reps)
    return Plot("Hip height", "% of standing", (curve,), spans, *_range_s(reps))


def _fault_plot(fault: Fault, found: Sequence[tuple[JudgedRep, Assessment]]) -> Plot:
    lines = []
    for (colour, dash), (name, label) in zip(cycle(_LOOKS), fault.curves.items(), strict=False):
        times: list[FloatArray] = []
        values: list[FloatArray] = []
        band = 0.0
        for _, assessment in found:
            for trace in assessment.traces:
                if trace.name == name:
                    times += [trace.times_s, np.array([np.nan])]
                    values += [trace.values, np.array([np.nan])]
                    band = max(band, assessment.finding.uncertainty or 0.0)
        if times:
            lines.append(
                Line(label, colour, np.concatenate(times), np.concatenate(values), band, dash)
            )
    spans = tuple(_span(rep, assessment.finding) for rep, assessment in found)
    reps = [rep for rep, _ in found]
    return Plot(fault.plot_title, fault.unit_words, tuple(lines), spans, *_range_s(reps))


def _range_s(reps: Sequence[JudgedRep]) -> tuple[float, float]:
    """The time all plots of a clip share."""
    return float(reps[0].rep.window.times_s[0]), float(reps[-1].rep.window.times_s[-1])


def _span(rep: JudgedRep, finding: Finding | None) -> Span:
    return Span(
        rep.number,
        rep.rep.start_s,
        rep.rep.end_s,
        finding.threshold if finding else None,
        finding.verdict if finding else None,
    )


def svg(plot: Plot, mark_s: float | None = None, selected: int | None = None) -> str:
    """Draw a plot.

    Parameters
    ----------
    plot : Plot
    mark_s : float, optional
        A moment to mark.
    selected : int, optional
        The repetition to set off from the others.
    """
    known = [c.values[np.isfinite(c.values)] for c in plot.curves]
    values = np.concatenate(known) if known else np.zeros(1)
    if not values.size:
        values = np.zeros(1)
    limits = [s.limit for s in plot.spans if s.limit is not None]
    band = max((c.band for c in plot.curves), default=0.0)
    low = min(0.0, float(values.min()) - band) if limits else float(values.min()) - 5
    high = max([float(values.max()) + band, *[v + 3 for v in limits]])
    last_s = max(plot.last_s, plot.first_s + 0.1)
    frame = _Frame(plot.first_s, last_s, low, max(high, low + 1))
    parts = [
        *(_rep_band(frame, span, span.number == selected) for span in plot.spans),
        _axes(frame, plot.unit),
        *(_curve(frame, curve) for curve in plot.curves),
        *(_limit(frame, span) for span in plot.spans if span.limit is not None),
    ]
    if mark_s is not None:
        x = frame.x(mark_s)
        parts.append(
            f'<line class="fc-mark" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" '
            f'y2="{HEIGHT - _BOTTOM}"/><path class="fc-markhead" '
            f'd="M{x - 5:.1f} {_TOP - 2}h10l-5 7z"/>'
        )
    parts.append(f'<line class="fc-playhead" x1="-9" x2="-9" y1="{_TOP}" y2="{HEIGHT - _BOTTOM}"/>')
    return (
        f'<figure class="fc-plot" data-t0="{frame.first_s:.4f}" data-t1="{frame.last_s:.4f}" '
        f'data-x0="{_LEFT}" data-x1="{WIDTH - _RIGHT}"><figcaption>{_caption(plot)}</figcaption>'
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(_alt(plot))}">'
        f"{''.join(parts)}</svg></figure>"
    )


@dataclass(frozen=True, slots=True)
class _Frame:
    first_s: float
    last_s: float
    low: float
    high: float

    def x(self, time_s: float) -> float:
        share = (time_s - self.first_s) / (self.last_s - self.first_s)
        return _LEFT + min(1.0, max(0.0, share)) * (WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return HEIGHT - _BOTTOM - min(1.0, max(0.0, share)) * (HEIGHT - _TOP - _BOTTOM)


def _rep_band(frame: _Frame, span: Span, is_selected: bool) -> str:
    x0, x1 = frame.x(span.start_s), frame.x(span.end_s)
    icon = f" {ICONS[span.verdict]}" if span.verdict is not None else ""
    kind = "fc-rep fc-repsel" if is_selected else "fc-rep"
    return (
        f'<rect class="{kind}" x="{x0:.1f}" y="{_TOP}" width="{max(1, x1 - x0):.1f}" '
        f'height="{HEIGHT - _TOP - _BOTTOM}"/>'
        f'<text class="fc-replabel" x="{(x0 + x1) / 2:.1f}" y="{_TOP - 7}" '
        f'text-anchor="middle">{span.number}{icon}</text>'
    )


def _axes(frame: _Frame, unit: str) -> str:
    out = []
    for value in ticks(frame.low, frame.high, 5):
        y = frame.y(value)
        out.append(
            f'<line class="fc-grid" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text class="fc-tick" x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">'
            f"{value:g}</text>"
        )
    for value in ticks(frame.first_s, frame.last_s, 7):
        out.append(
            f'<text class="fc-tick" x="{frame.x(value):.1f}" y="{HEIGHT - 8}" '
            f'text-anchor="middle">{value:g} s</text>'
        )
    return "".join(out)


def ticks(low: float, high: float, n: int) -> list[float]:
    """About ``n`` round numbers between two values."""
    raw = (high - low) / n
    scale = 10.0 ** np.floor(np.log10(raw))
    step = scale * min((m for m in (1, 2, 5, 10) if m * scale >= raw), default=10)
    first = np.ceil(low / step)
    return [round(float(i * step), 6) + 0.0 for i in np.arange(first, np.floor(high / step) + 1)]


def _pieces(curve: Line) -> list[list[tuple[float, float]]]:
    """The unbroken pieces of a curve, thinned to what a screen can show: (time, value)."""
    ok = np.isfinite(curve.times_s) & np.isfinite(curve.values)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], ok.astype(int), [0]])))
    out = []
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        step = max(1, (stop - start) // 220)
        times, values = (a[start:stop:step].tolist() for a in (curve.times_s, curve.values))
        out.append(list(zip(times, values, strict=True)))
    return out


def _curve(frame: _Frame, curve: Line) -> str:
    out = []
    for piece in _pieces(curve):
        if curve.band:
            above = [(t, v + curve.band) for t, v in piece]
            below = [(t, v - curve.band) for t, v in reversed(piece)]
            points = _points(frame, above + below)
            out.append(f'<polygon class="fc-band {curve.colour}" points="{points}"/>')
        dash = f' stroke-dasharray="{curve.dash}"' if curve.dash else ""
        points = _points(frame, piece)
        out.append(f'<polyline class="fc-line {curve.colour}"{dash} points="{points}"/>')
    return "".join(out)


def _points(frame: _Frame, piece: list[tuple[float, float]]) -> str:
    return " ".join(f"{frame.x(t):.1f},{frame.y(v):.1f}" for t, v in piece)


def _limit(frame: _Frame, span: Span) -> str:
    assert span.limit is not None
    y = frame.y(span.limit)
    return (
        f'<line class="fc-limit" x1="{frame.x(span.start_s):.1f}" x2="{frame.x(span.end_s):.1f}" '
        f'y1="{y:.1f}" y2="{y:.1f}"/>'
    )


def _caption(plot: Plot) -> str:
    keys = "".join(
        f'<span class="fc-key"><svg viewBox="0 0 26 8" aria-hidden="true"><line x1="1" x2="25" '
        f'y1="4" y2="4" class="fc-line {c.colour}"'
        + (f' stroke-dasharray="{c.dash}"' if c.dash else "")
        + f"/></svg>{escape(c.name)}</span>"
        for c in plot.curves
    )
    if any(s.limit is not None for s in plot.spans):
        keys += (
            '<span class="fc-key"><svg viewBox="0 0 26 8" aria-hidden="true"><line x1="1" x2="25" '
            'y1="4" y2="4" class="fc-limit"/></svg>limit</span>'
        )
    if any(c.band for c in plot.curves):
        keys += '<span class="fc-key">shaded: ± uncertainty</span>'
    return f"<strong>{escape(plot.title)}</strong> <small>{escape(plot.unit)}</small> {keys}"


def _alt(plot: Plot) -> str:
    said = []
    for span in plot.spans:
        verdict = f", {VERDICTS[span.verdict]}" if span.verdict is not None else ""
        said.append(
            f"repetition {span.number} from {span.start_s:.1f} to {span.end_s:.1f} s{verdict}"
        )
    return f"{plot.title}, {plot.unit}, over time. " + "; ".join(said) + "."
