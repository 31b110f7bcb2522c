"""How faults, depth and pain change over sessions, and whether the change is more than error.

The last three sessions are compared with all before them, the person's own baseline.  A change
counts only beyond the error of the measurement *and* the scatter between sessions, as
``squat.uncertainty`` puts them together.  Pain follows the one rule of ``history.pain``, so that
no page says "no change" where another says "up by 2".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import hypot, sqrt

from formcheck.knowledge import load_knowledge
from formcheck.squat.uncertainty import Measured, difference, mean_of_clips
from formcheck.training.history.model import FaultTally, Session
from formcheck.training.history.pain import WEEK_D, pain_change

N_RECENT = 3
"""Sessions that stand for now; the baseline has at least as many."""
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
    """Recent sessions against the baseline.

    Attributes:
        change: Mean of the recent sessions minus mean of the baseline, in the unit of the line.
        uncertainty: Half width of the 95 % interval of that difference.
        is_beyond_error: Whether the change is at least as large as its uncertainty, so that it may
            be coloured.
        is_better: Beyond error and towards less pain or fewer faults; ``False`` when towards more;
            ``None`` within error, or where neither direction is better, as for depth.
        n_after: Sessions that count as recent.
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


def trend_lines(
    sessions: Iterable[Session], since: date | None = None, as_of: date | None = None
) -> tuple[TrendLine, ...]:
    """Return the charts that have at least one point; sessions before ``since`` are left out.

    Pain first (``pain_during``, ``pain_after``, ``pain_next_morning``), then per fault the share of
    judged repetitions with it (``<fault>.share``) and its size (``<fault>.value``), then
    ``knee_flexion_deg``, ``hip_drop_ratio`` and the knee-to-wall test of either side
    (``knee_to_wall_<side>_cm``). ``as_of`` is today for pain, by default the day of
    the last session.
    """
    every = sorted(sessions, key=lambda s: s.day)
    kept = [s for s in every if since is None or s.day >= since]
    base = load_knowledge()
    lines: list[TrendLine] = []
    if every:
        today = as_of or every[-1].day
        lines += [
            _pain_line(id_, name, every, kept, today)
            for id_, name in (
                ("pain_during", "Knee pain during training"),
                ("pain_after", "Knee pain right after training"),
                ("pain_next_morning", "Knee pain the next morning"),
            )
        ]
    for fault in dict.fromkeys(t.fault for s in kept for t in s.faults):
        name = next((f.name for f in base.faults if f.id == fault), fault.replace("_", " "))
        lines += [_share_line(fault, name, kept), _value_line(fault, name, kept)]
    for id_, name, unit, error in (
        ("knee_flexion_deg", "Depth: knee bend, seen from the side", "degrees",
         KNEE_FLEXION_U95_DEG),
        ("hip_drop_ratio", "Depth: drop of the hips", "of standing hip height",
         HIP_DROP_U95_RATIO),
    ):  # fmt: skip
        points = tuple(
            Point(s.day, getattr(s, id_), error) for s in kept if getattr(s, id_) is not None
        )
        lines.append(_line(id_, name, unit, points, None))
    lines += knee_to_wall_lines(kept)
    return tuple(line for line in lines if line.points)


def knee_to_wall_lines(sessions: Iterable[Session]) -> tuple[TrendLine, ...]:
    """Return the knee-to-wall test of either ankle, the latest against the first.

    A change counts from the smallest one that the test can detect on.
    """
    kept = sorted(sessions, key=lambda s: s.day)
    least_cm = load_knowledge().default("knee_to_wall_change_cm").value
    lines: list[TrendLine] = []
    for side in ("left", "right"):
        told = [(s.day, s.knee_to_wall_cm[side]) for s in kept]
        points = tuple(Point(day, cm, least_cm / sqrt(2)) for day, cm in told if cm is not None)
        change, text = None, "Too few measurements to compare: it takes 2."
        if len(points) > 1:
            up = points[-1].value - points[0].value
            change = _change(up, least_cm, False, 1)
            text = (
                f"{up:+.1f} cm since {points[0].day:%Y-%m-%d}: "
                + (
                    "more than the error of the test"
                    if change.is_beyond_error
                    else "within the error of the test"
                )
                + f" ({least_cm:g} cm)."
            )
        id_, name = f"knee_to_wall_{side}_cm", f"Ankle: knee-to-wall test, {side}"
        lines.append(TrendLine(id_, name, "cm", points, change, text))
    return tuple(line for line in lines if line.points)


def compare(
    points: Sequence[Point], *, is_less_better: bool | None, floor: float | None = None
) -> Change | None:
    """Compare the last three points, oldest first, with all before them.

    Each point is a clip of its own for :func:`formcheck.squat.uncertainty.mean_of_clips`: the part
    of the error that comes with the body does not average out, the rest does unless the points
    scatter by more.  The middle point of an odd number is left out.

    Args:
        is_less_better: ``None`` where neither direction is better.
        floor: For what is not measured by camera: the uncertainty of the change is this or the
            scatter between the points, whichever is larger, and the points' own does not count.

    Returns:
        ``None`` with fewer than 3 points in the baseline.
    """
    if len(points) < 2 * N_RECENT:
        return None
    before, after = (
        mean_of_clips([[Measured(p.value, p.uncertainty if floor is None else 0.0)] for p in part])
        for part in (points[:-N_RECENT], points[-N_RECENT:])
    )
    assert before is not None
    assert after is not None
    change = difference(after, before)
    uncertainty = max(floor or 0.0, change.uncertainty)
    return _change(change.value, uncertainty, is_less_better, N_RECENT)


def _change(change: float, uncertainty: float, is_less_better: bool | None, n_after: int) -> Change:
    change, uncertainty = round(change, 4), round(uncertainty, 4)
    is_beyond = change != 0 and abs(change) >= uncertainty
    is_judged = is_beyond and is_less_better is not None
    is_better = (change < 0) == is_less_better if is_judged else None
    return Change(change, uncertainty, is_beyond, is_better, n_after)


def _share_line(fault: str, name: str, sessions: Sequence[Session]) -> TrendLine:
    """Share of judged repetitions with the fault, in %.

    Repetitions are pooled; the interval adds one hit and one miss to each side (Agresti and Caffo),
    so that few repetitions never look certain.
    """
    tallies = [(s.day, t) for s in sessions for t in s.faults if t.fault == fault and t.n_judged]
    points = tuple(
        Point(day, 100 * t.n_fault / t.n_judged, 100 * _proportion([t])[1]) for day, t in tallies
    )
    change = None
    if len(tallies) >= 2 * N_RECENT:
        before = _proportion([t for _, t in tallies[:-N_RECENT]])
        after = _proportion([t for _, t in tallies[-N_RECENT:]])
        counted = 100 * hypot(before[1], after[1])
        scatter = compare(points, is_less_better=True, floor=counted)
        assert scatter is not None
        change = _change(100 * (after[0] - before[0]), scatter.uncertainty, True, N_RECENT)
    unit = "% of judged reps"
    return TrendLine(f"{fault}.share", name, unit, points, change, _words(change, unit))


def _proportion(tallies: Sequence[FaultTally]) -> tuple[float, float]:
    hits, n = sum(t.n_fault for t in tallies), sum(t.n_judged for t in tallies)
    p = (hits + 1) / (n + 2)
    return hits / n, 1.96 * sqrt(p * (1 - p) / (n + 2))


def _value_line(fault: str, name: str, sessions: Sequence[Session]) -> TrendLine:
    found = [
        ((t.unit, t.measure), Point(s.day, t.value, t.uncertainty))
        for s in sessions
        for t in s.faults
        if t.fault == fault and t.value is not None and t.uncertainty is not None
    ]
    # Like with like: what the latest session measured.
    unit, measure = like = found[-1][0] if found else ("", "")
    points = tuple(point for one, point in found if one == like)
    words = unit.replace("pct_", "% of ").replace("_", " ") + " length" if unit else ""
    whose = {"mean": ", mean of both legs", "left": ", left leg", "right": ", right leg"}
    return _line(f"{fault}.value", f"{name}: size{whose.get(measure, '')}", words, points, True)


def _line(
    id_: str, name: str, unit: str, points: tuple[Point, ...], is_less_better: bool | None
) -> TrendLine:
    change = compare(points, is_less_better=is_less_better)
    return TrendLine(id_, name, unit, points, change, _words(change, unit))


def _pain_line(
    id_: str, name: str, sessions: Sequence[Session], shown: Sequence[Session], as_of: date
) -> TrendLine:
    """Pain of the last 7 days against days 8 to 28 back: the number that every page tells."""
    step = load_knowledge().default("next_morning_pain_rise").value
    unit = "points of 10"
    points = tuple(
        Point(s.day, value, step) for s in shown if (value := getattr(s, id_)) is not None
    )
    rise = pain_change(sessions, as_of, id_)
    if rise is None:
        text = "To compare, it takes an entry in the last 7 days and one in the 3 weeks before."
        return TrendLine(id_, name, unit, points, None, text)
    n_after = sum((as_of - p.day).days < WEEK_D for p in points)
    change = _change(rise, step, True, n_after)
    way = "Up" if rise > 0 else "Down" if rise < 0 else "Level"
    size = f" by {abs(rise):g} point{'s' * (abs(rise) != 1)}" if rise else ""
    text = f"{way}{size}: the highest of the last 7 days against your three weeks before."
    return TrendLine(id_, name, unit, points, change, text)


def _words(change: Change | None, unit: str) -> str:
    if change is None:
        return f"Too few sessions to compare: it takes {2 * N_RECENT}."
    size = f"{change.change:+.2g} ± {change.uncertainty:.2g} {unit}"
    if not change.is_beyond_error:
        return f"Within the error of your own baseline ({size})."
    return f"{'Less' if change.change < 0 else 'More'} than your baseline ({size})."
