"""The words and shapes of a load report."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from formcheck.knowledge.model import Statement
from formcheck.training.history.weeks import Totals


class Axis(StrEnum):
    """What is watched on its own."""

    SESSIONS = "sessions"
    TOP_WEIGHT = "top_weight"
    EFFORT = "effort"
    MINUTES = "minutes"
    VOLUME = "volume"


class Level(StrEnum):
    """How big a jump is, smallest first."""

    NONE = "none"
    NOTE = "note"
    CAUTION = "caution"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """Position in order of size, 0 = none."""
        return list(Level).index(self)


NAMES = {
    Axis.SESSIONS: ("Sessions", "sessions"),
    Axis.TOP_WEIGHT: ("Top weight", "kg"),
    Axis.EFFORT: ("Effort x minutes", "points"),
    Axis.MINUTES: ("Minutes", "minutes"),
    Axis.VOLUME: ("Volume (sets x reps x kg)", "kg"),
}
TOTALS = (Axis.VOLUME, Axis.EFFORT, Axis.MINUTES)
"""Axes that are weekly sums, in the order that stands for the load as a whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisReport:
    """One axis of this week against the weeks before.

    ``change_pct`` compares with the 7 days before; ``ratio`` with the mean week of days 8 to 28
    back.  Both are ``None`` where they are not judged, and ``text`` says why; ``is_compared`` says
    whether this week was held against the one before at all.
    """

    axis: Axis
    name: str
    unit: str
    level: Level
    this_week: float | None
    week_before: float | None
    change_pct: float | None
    ratio: float | None
    is_compared: bool
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadReport:
    """The load of one week in words and numbers.

    Attributes:
        as_of: "This week" is the 7 days that end with this day.
        history_d: Days since the first training in the history.
        weeks: Calendar weeks for the chart, oldest first; the last one may still run.
        level: The largest of the axes; two cautions of different kinds count as high.
        is_returning, break_d: Whether this is the time after a break, and how long the break was.
        is_advice_allowed: Whether the gate is open: no red flag of the first three tiers.
        return_limits: After a break: the most to do in a week, per axis.  Empty behind a closed
            gate.
        pain_rise: Highest next-morning pain of this week over the median of days 8 to 28 back, in
            points.
        is_hold_advised: A caution or more together with a rise in next-morning pain, with the gate
            open.
        suggestions: What may help, from the knowledge base.  Empty behind a closed gate.
        about, disputed: How it is judged, and what speaks against such numbers; belongs beside
            every chart.
    """

    as_of: date
    history_d: int
    weeks: tuple[Totals, ...]
    axes: tuple[AxisReport, ...]
    level: Level
    headline: str
    is_returning: bool
    break_d: int | None
    is_advice_allowed: bool
    return_limits: tuple[tuple[Axis, float], ...]
    pain_rise: float | None
    is_hold_advised: bool
    suggestions: tuple[Statement, ...]
    about: tuple[Statement, ...]
    disputed: tuple[Statement, ...]


def value_of(totals: Totals, axis: Axis) -> float | None:
    """Return the number of an axis that is a sum or a count."""
    sums = {
        Axis.VOLUME: totals.volume_kg, Axis.EFFORT: totals.effort_load, Axis.MINUTES: totals.minutes
    }  # fmt: skip
    return sums.get(axis, float(totals.n_sessions))


def amount(value: float, axis: Axis) -> str:
    """Return a number with its unit, in words."""
    unit = "session" if axis is Axis.SESSIONS and value == 1 else NAMES[axis][1]
    return f"{value:,.1f}".removesuffix(".0") + f" {unit}"
