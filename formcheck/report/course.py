"""How a set goes from repetition to repetition: each measure, and drift beyond its error."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from formcheck.report.plots import ticks
from formcheck.report.result import RepResult
from formcheck.report.scorecard import Scorecard
from formcheck.report.templates import render
from formcheck.squat.faults import FAULTS
from formcheck.squat.faults.fault import Fault
from formcheck.squat.uncertainty import Measured, drift, of_rep

MIN_REPS = 4
"""Fewer say nothing about drift."""
WIDTH, HEIGHT = 520, 170
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, WIDTH - 14, 12, HEIGHT - 28
_ROOM = 0.1
_MOST_LABELS = 20


@dataclass(frozen=True, slots=True)
class Course:
    """One measure over the repetitions of a set.

    Args:
        title, unit: For people.
        points: Number of the repetition, value and half width of its own error.
        limit: Where a fault begins, if it is the same in all of them.
        drift: The change over the set in a sentence; empty where the error explains it.
    """

    title: str
    unit: str
    points: tuple[tuple[int, float, float], ...]
    limit: float | None
    drift: str

    @property
    def range(self) -> tuple[float, float]:
        """The values to show, with some room."""
        ends = [v + sign * half for _, v, half in self.points for sign in (-1, 1)]
        ends += [self.limit] if self.limit is not None else []
        # What is not worth a sentence must not look like a change either.
        least = 2 * _LEAST.get(self.unit, 0.5)
        room = max(_ROOM * (max(ends) - min(ends)), (least - (max(ends) - min(ends))) / 2)
        return min(ends) - room, max(ends) + room

    def x(self, i: int) -> float:
        """Where the point with this index lies."""
        return _LEFT + (i + 0.5) * (_RIGHT - _LEFT) / len(self.points)

    def y(self, value: float) -> float:
        """Where a value lies."""
        low, high = self.range
        return _BOTTOM - (value - low) / (high - low) * (_BOTTOM - _TOP)

    def ticks(self) -> list[float]:
        """Round values beside the picture."""
        return ticks(*self.range, 4)


def courses(card: Scorecard) -> list[Course]:
    """What was measured in every repetition, in order; empty for a short set."""
    if len(card.reps) < MIN_REPS:
        return []
    found = [course for fault in FAULTS if (course := _of_fault(card, fault)) is not None]
    found += [
        course
        for title, unit, of in _PLAIN
        if (course := _of_number(card, title, unit, of)) is not None
    ]
    return found


def _of_fault(card: Scorecard, fault: Fault) -> Course | None:
    parts = [(row.number, part) for row in card.reps if (part := row.part(fault.name)) is not None]
    seen = [(number, p.clip, p.finding) for number, p in parts if p.finding.measures]
    if len(seen) < MIN_REPS or len({clip for _, clip, _ in seen}) > 1:
        return None  # two clips share less error than the repetitions of one
    names = [name for name in seen[0][2].measures if all(name in f.measures for *_, f in seen)]
    if not names:
        return None
    # Of both knees and their mean, the one that goes furthest.
    name = max(names, key=lambda name: max(f.measures[name].value for *_, f in seen))
    known = [(number, f.measures[name]) for number, _, f in seen]
    limits = {f.threshold for *_, f in seen if f.value == f.measures[name].value}
    limit = limits.pop() if len(limits) == 1 else None  # that of this measure, if it is one
    side = f", {_SIDES[name]}" if len(names) > 1 else ""
    return _course(fault.plot_title + side, fault.unit_words, known, limit)


_SIDES = {"mean": "both", "left": "left", "right": "right"}


_PLAIN: tuple[tuple[str, str, Callable[[RepResult], float | None]], ...] = (
    ("Depth: hips down", "% of standing height", lambda rep: 100 * rep.depth.hip_drop_ratio),
    ("Way down", "s", lambda rep: rep.tempo.eccentric_s),
    ("Way up", "s", lambda rep: rep.tempo.concentric_s),
)
"""What has no error of its own but how it scatters."""
_LEAST = {"s": 0.25, "% of standing height": 3.0}
"""Less of these is not worth a sentence, by our own choice."""


def _of_number(
    card: Scorecard, title: str, unit: str, of: Callable[[RepResult], float | None]
) -> Course | None:
    values = [(row.number, of(row.sagittal)) for row in card.reps]
    known = [(number, Measured(value, 0.0)) for number, value in values if value is not None]
    return _course(title, unit, known, None) if len(known) >= MIN_REPS else None


def _course(
    title: str, unit: str, known: Sequence[tuple[int, Measured]], limit: float | None
) -> Course:
    points = tuple((number, one.value, of_rep(one)) for number, one in known)
    return Course(title, unit, points, limit, _drift(title, unit, [one for _, one in known]))


def _drift(title: str, unit: str, values: Sequence[Measured]) -> str:
    """From the first repetition to the last, where that is more than the error."""
    change = drift(values)
    if abs(change.value) <= max(change.uncertainty, _LEAST.get(unit, 0.0)):
        return ""
    way = "more" if change.value > 0 else "less"
    size = f"{abs(change.value):.{1 if unit == 's' else 0}f}"
    return f"{title}: about {size} {unit} {way} at the end of the set than at its start."


def course_svg(course: Course) -> str:
    """Draw a course as HTML."""
    every = -(-len(course.points) // _MOST_LABELS)
    return render(
        __package__, "course.html.j2", course=course, every=every, width=WIDTH, height=HEIGHT,
        left=_LEFT, right=_RIGHT,
    )  # fmt: skip
