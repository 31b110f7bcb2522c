"""Curves over a clip as inline SVG: no script, no library, the same on page and paper."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import cycle

import numpy as np

from formcheck.knowledge.words import ICONS
from formcheck.pose.track import BoolArray, FloatArray
from formcheck.report.templates import render
from formcheck.report.words import shown
from formcheck.squat.analysis import JudgedRep
from formcheck.squat.faults import FAULTS
from formcheck.squat.faults.fault import Fault
from formcheck.squat.faults.finding import Assessment, Finding, Trace, Verdict

_LOOKS = (("fc-c1", ""), ("fc-c2", "7 4"))
"""CSS class of the colour and dashes of the curves of one plot, in turn."""
_Piece = list[tuple[float, float]]
"""Times and values."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: NaN breaks it; ``band`` is the half width of its uncertainty."""

    name: str
    colour: str
    times_s: FloatArray
    values: FloatArray
    band: float = 0.0
    dash: str = ""
    judged: BoolArray | None = None
    """Where the curve counts for a verdict; None is everywhere."""

    def pieces(self, *, judged: bool = True) -> list[_Piece]:
        """Its unbroken pieces, thinned to what a screen can show; the pale ones if not judged."""
        ok = np.isfinite(self.times_s) & np.isfinite(self.values)
        if not judged:
            ok &= self.judged is not None
        elif self.judged is not None:
            ok &= self.judged
        edges = np.flatnonzero(np.diff(np.concatenate([[0], ok.astype(int), [0]])))
        out = []
        for start, stop in zip(edges[::2], edges[1::2], strict=True):
            step = max(1, (stop - start) // 220)
            times, values = (a[start:stop:step].tolist() for a in (self.times_s, self.values))
            out.append(list(zip(times, values, strict=True)))
        return out


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
    """Hip height of the repetitions of one clip, and the curves of every fault its view showed.

    ``hidden`` names faults to leave out.
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
    runs = [(rep.rep.window.times_s, 100 * (1 - rep.rep.drop_ratio)) for rep in reps]
    curve = Line("hips", "fc-c1", *_joined(runs))
    spans = tuple(_span(rep, None) for rep in reps)
    return Plot("Hip height", "% of standing", (curve,), spans, *_range_s(reps))


def _fault_plot(fault: Fault, found: Sequence[tuple[JudgedRep, Assessment]]) -> Plot:
    lines = []
    for (colour, dash), (name, label) in zip(cycle(_LOOKS), fault.curves.items(), strict=False):
        shown_traces = [(a.finding, t) for _, a in found for t in a.traces if t.name == name]
        if shown_traces:
            runs = [(trace.times_s, trace.values) for _, trace in shown_traces]
            band = max(finding.uncertainty or 0.0 for finding, _ in shown_traces)
            judged = _judged([trace for _, trace in shown_traces])
            lines.append(Line(label, colour, *_joined(runs), band, dash, judged))
    spans = tuple(_span(rep, assessment.finding) for rep, assessment in found)
    reps = [rep for rep, _ in found]
    return Plot(fault.plot_title, fault.unit_words, tuple(lines), spans, *_range_s(reps))


def _joined(runs: Sequence[tuple[FloatArray, FloatArray]]) -> tuple[FloatArray, FloatArray]:
    """Times and values of all repetitions, with a gap after each."""
    parts = [part for run in runs for part in (run, ([np.nan], [np.nan]))]
    times, values = np.concatenate(parts, axis=1)
    return times, values


def _judged(traces: Sequence[Trace]) -> BoolArray | None:
    """Which of the joined values counted, the gaps included; None if all did."""
    if all(trace.judged is None for trace in traces):
        return None
    parts = [np.ones(len(t.values), bool) if t.judged is None else t.judged for t in traces]
    return np.concatenate([part for judged in parts for part in (judged, [False])])


def _range_s(reps: Sequence[JudgedRep]) -> tuple[float, float]:
    """The time all plots of a clip share."""
    return float(reps[0].rep.window.times_s[0]), float(reps[-1].rep.window.times_s[-1])


def _span(rep: JudgedRep, finding: Finding | None) -> Span:
    limit, verdict = (finding.threshold, shown(finding)) if finding else (None, None)
    return Span(rep.number, rep.rep.start_s, rep.rep.end_s, limit, verdict)


def svg(plot: Plot, mark_s: float | None = None, selected: int | None = None) -> str:
    """Draw a plot as HTML.

    Args:
        mark_s: A moment to mark.
        selected: The repetition to set off from the others.
    """
    known = [v for c in plot.curves for v in c.values[np.isfinite(c.values)].tolist()] or [0.0]
    limits = [s.limit for s in plot.spans if s.limit is not None]
    band = max((c.band for c in plot.curves), default=0.0)
    low = min(0.0, min(known) - band) if limits else min(known) - 5
    high = max(max(known) + band, low + 1, *[v + 3 for v in limits])
    frame = _Frame(plot.first_s, max(plot.last_s, plot.first_s + 0.1), low, high)
    return render(
        __package__,
        "plot.html.j2",
        plot=plot,
        frame=frame,
        mark_s=mark_s,
        selected=selected,
        has_limits=bool(limits),
        has_bands=band > 0,
        icons=ICONS,
    )


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where times and values lie in the picture, in its units."""

    first_s: float
    last_s: float
    low: float
    high: float
    width: int = 520
    height: int = 210
    left: int = 46
    right: int = 510
    top: int = 30
    bottom: int = 184

    def x(self, time_s: float) -> float:
        share = (time_s - self.first_s) / (self.last_s - self.first_s)
        return self.left + min(1.0, max(0.0, share)) * (self.right - self.left)

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return self.bottom - min(1.0, max(0.0, share)) * (self.bottom - self.top)

    def points(self, piece: _Piece) -> str:
        return " ".join(f"{self.x(t):.1f},{self.y(v):.1f}" for t, v in piece)

    def band(self, piece: _Piece, half: float) -> str:
        """The outline of a curve's uncertainty: forth above it, back below it."""
        below = [(t, v - half) for t, v in reversed(piece)]
        return self.points([(t, v + half) for t, v in piece] + below)

    def x_ticks(self) -> list[float]:
        return ticks(self.first_s, self.last_s, 7)

    def y_ticks(self) -> list[float]:
        return ticks(self.low, self.high, 5)


def ticks(low: float, high: float, n: int) -> list[float]:
    """About ``n`` round numbers between two values."""
    raw = (high - low) / n
    scale = 10.0 ** np.floor(np.log10(raw))
    step = scale * min((m for m in (1, 2, 5, 10) if m * scale >= raw), default=10)
    first = np.ceil(low / step)
    return [round(float(i * step), 6) + 0.0 for i in np.arange(first, np.floor(high / step) + 1)]
