"""How faults, depth and pain change over sessions, and whether the change is more than error.

The newer half of the sessions is compared with the older half.  A change counts only beyond the
error of the measurement *and* the scatter between sessions, as ``squat.uncertainty`` puts them
together.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import hypot, sqrt

from formcheck.knowledge import load_knowledge
from formcheck.squat.uncertainty import Measured, difference, mean_of_clips
from formcheck.training.history.model import FaultTally, Session

MIN_PER_HALF = 3
KNEE_FLEXION_U95_DEG = 10.0
"""Half width of the 95 % interval of the knee angle seen from the side (own estimate from published
comparisons with body-worn sensors)."""
HIP_DROP_U95_RATIO = 0.05
"""The same for the drop of the hips (own estimate)."""


@dataclass(frozen=True, slots=True)
class Point:
    """One session on a chart; the uncertainty is the half width of its 95 % interval."""

    day: date
    value: float
    uncertainty: float


@dataclass(frozen=True, slots=True)
class Change:
    """Newer sessions against older ones.

    Attributes:
        change: Mean of the newer half minus mean of the older half, in the unit of the line.
        uncertainty: Half width of the 95 % interval of that difference.
        is_beyond_error: Whether the change is at least as large as its uncertainty, so that it may
            be coloured.
        is_better: Beyond error and towards less pain or fewer faults; ``False`` when towards more;
            ``None`` within error, or where neither direction is better, as for depth.
        n_after: Sessions in the newer half; the older one has as many.
    """

    change: float
    uncertainty: float
    is_beyond_error: bool
    is_better: bool | None
    n_after: int


@dataclass(frozen=True, slots=True)
class TrendLine:
    """A chart: its points, and the change along it (``None`` with too few sessions)."""

    id: str
    name: str
    unit: str
    points: tuple[Point, ...]
    change: Change | None
    text: str


def trend_lines(sessions: Iterable[Session], since: date | None = None) -> tuple[TrendLine, ...]:
    """Return the charts that have at least one point; sessions before ``since`` are left out.

    Per fault the share of judged repetitions with it (``<fault>.share``) and its size
    (``<fault>.value``), then ``knee_flexion_deg``, ``hip_drop_ratio``, ``pain_during`` and
    ``pain_next_morning``.
    """
    kept = sorted((s for s in sessions if since is None or s.day >= since), key=lambda s: s.day)
    base = load_knowledge()
    lines = []
    for fault in dict.fromkeys(t.fault for s in kept for t in s.faults):
        name = next((f.name for f in base.faults if f.id == fault), fault.replace("_", " "))
        lines += [_share_line(fault, name, kept), _value_line(fault, name, kept)]
    pain_step = base.default("next_morning_pain_rise").value
    for id_, name, unit, error, is_less_better in (
        ("knee_flexion_deg", "Depth: knee bend, seen from the side", "degrees",
         KNEE_FLEXION_U95_DEG, None),
        ("hip_drop_ratio", "Depth: drop of the hips", "of standing hip height",
         HIP_DROP_U95_RATIO, None),
        ("pain_during", "Knee pain during training", "points of 10", pain_step, True),
        ("pain_next_morning", "Knee pain the next morning", "points of 10", pain_step, True),
    ):  # fmt: skip
        points = tuple(
            Point(s.day, getattr(s, id_), error) for s in kept if getattr(s, id_) is not None
        )
        # A pain score is judged by the person: averaging does not sharpen it.
        floor = error if is_less_better else None
        lines.append(_line(id_, name, unit, points, is_less_better, floor))
    return tuple(line for line in lines if line.points)


def compare(
    points: Sequence[Point], *, is_less_better: bool | None, floor: float | None = None
) -> Change | None:
    """Compare the newer half of the points, oldest first, with the older half.

    Each point is a clip of its own for :func:`formcheck.squat.uncertainty.mean_of_clips`: the part
    of the error that comes with the body does not average out, the rest does unless the points
    scatter by more.  The middle point of an odd number is left out.

    Args:
        is_less_better: ``None`` where neither direction is better.
        floor: For what is not measured by camera: the uncertainty of the change is this or the
            scatter between the points, whichever is larger, and the points' own does not count.

    Returns:
        ``None`` with fewer than 3 points in each half.
    """
    n = len(points) // 2
    if n < MIN_PER_HALF:
        return None
    before, after = (
        mean_of_clips([[Measured(p.value, p.uncertainty if floor is None else 0.0)] for p in half])
        for half in (points[:n], points[-n:])
    )
    assert before is not None
    assert after is not None
    change = difference(after, before)
    uncertainty = max(floor or 0.0, change.uncertainty)
    return _change(change.value, uncertainty, is_less_better, n)


def _change(change: float, uncertainty: float, is_less_better: bool | None, n_after: int) -> Change:
    change, uncertainty = round(change, 4), round(uncertainty, 4)
    is_beyond = change != 0 and abs(change) >= uncertainty
    is_judged = is_beyond and is_less_better is not None
    is_better = (change < 0) == is_less_better if is_judged else None
    return Change(change, uncertainty, is_beyond, is_better, n_after)


def _share_line(fault: str, name: str, sessions: Sequence[Session]) -> TrendLine:
    """Share of judged repetitions with the fault, in %.

    Repetitions of a half are pooled; the interval adds one hit and one miss to each side (Agresti
    and Caffo), so that few repetitions never look certain.
    """
    tallies = [(s.day, t) for s in sessions for t in s.faults if t.fault == fault and t.n_judged]
    points = tuple(
        Point(day, 100 * t.n_fault / t.n_judged, 100 * _proportion([t])[1]) for day, t in tallies
    )
    n = len(tallies) // 2
    change = None
    if n >= MIN_PER_HALF:
        before = _proportion([t for _, t in tallies[:n]])
        after = _proportion([t for _, t in tallies[-n:]])
        counted = 100 * hypot(before[1], after[1])
        scatter = compare(points, is_less_better=True, floor=counted)
        assert scatter is not None
        change = _change(100 * (after[0] - before[0]), scatter.uncertainty, True, n)
    unit = "% of judged reps"
    return TrendLine(f"{fault}.share", name, unit, points, change, _words(change, unit))


def _proportion(tallies: Sequence[FaultTally]) -> tuple[float, float]:
    hits, n = sum(t.n_fault for t in tallies), sum(t.n_judged for t in tallies)
    p = (hits + 1) / (n + 2)
    return hits / n, 1.96 * sqrt(p * (1 - p) / (n + 2))


def _value_line(fault: str, name: str, sessions: Sequence[Session]) -> TrendLine:
    found = [
        (t.unit, Point(s.day, t.value, t.uncertainty))
        for s in sessions
        for t in s.faults
        if t.fault == fault and t.value is not None and t.uncertainty is not None
    ]
    unit = found[-1][0] if found else ""
    points = tuple(point for one, point in found if one == unit)
    words = unit.replace("pct_", "% of ").replace("_", " ") + " length" if unit else ""
    return _line(f"{fault}.value", f"{name}: size", words, points, True)


def _line(
    id_: str,
    name: str,
    unit: str,
    points: tuple[Point, ...],
    is_less_better: bool | None,
    floor: float | None = None,
) -> TrendLine:
    change = compare(points, is_less_better=is_less_better, floor=floor)
    return TrendLine(id_, name, unit, points, change, _words(change, unit))


def _words(change: Change | None, unit: str) -> str:
    if change is None:
        return f"Too few sessions to compare: it takes {2 * MIN_PER_HALF}."
    size = f"{change.change:+.2g} ± {change.uncertainty:.2g} {unit}"
    if not change.is_beyond_error:
        return f"No change beyond the error of measurement ({size})."
    return f"{'Less' if change.change < 0 else 'More'} than before ({size})."
