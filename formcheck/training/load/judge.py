"""The comparisons behind a load report, with the numbers of the knowledge base."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from statistics import median

import numpy as np

from formcheck.knowledge import load_knowledge
from formcheck.training.history.pain import pain_change
from formcheck.training.history.weeks import TrainingLog
from formcheck.training.load.model import NAMES, TOTALS, Axis, AxisReport, Level, amount, value_of

FULL_WEEK_BEFORE_D = 13
"""From this many days on, the 7 days before this week are covered."""
MIN_WEEKS_FOR_TRIVIAL = 4
MAX_WEEKS_LOOKED_BACK = 52


class Judge:
    """Everything that is asked of the week that ends with ``as_of``.

    ``is_returning`` is true from a break of 14 days or more until a full week lies between the
    return and this week.  What to do then is left out unless advice is allowed.
    """

    def __init__(self, log: TrainingLog, as_of: date, *, is_advice_allowed: bool) -> None:
        self.log, self.as_of = log, as_of
        self.base = load_knowledge()
        self.history_d = (as_of - log.days[0]).days if log.days else 0
        self.w = [log.week(as_of, k) for k in range(5)]
        self.block_start, self.break_d, self.before_break = self._find_break()
        self.block_d = (as_of - self.block_start).days if self.block_start else 0
        self.is_returning = self.before_break is not None
        self.return_limits = self._return_limits() if is_advice_allowed else ()
        self.is_trivial = self._find_trivial()

    def number(self, id_: str) -> float:
        """Return a number of the knowledge base."""
        return self.base.default(id_).value

    def axes(self) -> tuple[AxisReport, ...]:
        """Return one report per axis."""
        totals = map(self._total, (Axis.EFFORT, Axis.MINUTES, Axis.VOLUME))
        return (self._sessions(), self._top_weight(), *totals)

    # -- when a comparison makes sense -----------------------------------------

    def _find_break(self) -> tuple[date | None, int | None, date | None]:
        """Return the first day since the last break, its length and the last day before it.

        The last two are ``None`` unless the person is coming back: until a full week lies between
        the return and this week.
        """
        gap, start = self.number("return_gap_d"), None
        for day, after in zip(self.log.days, (*self.log.days[1:], None), strict=False):
            if start is None:
                start = day
            off = ((after or self.as_of) - day).days
            if off >= gap:
                if after is None or (self.as_of - after).days < FULL_WEEK_BEFORE_D:
                    return after, off, day
                start = None
        return start, None, None

    def why_not(self, values: Sequence[float | None]) -> str:
        """Say why this week cannot be compared with the one before; empty if it can."""
        if values[0] is None:
            return "Not every entry of this week tells it."
        if self.is_returning:
            return "After a break, weeks are not compared."
        if self.block_start is None or self.block_d < FULL_WEEK_BEFORE_D:
            return "Comparing takes two full weeks of entries."
        if values[1] is None:
            return "Not every entry of the week before tells it."
        if values[1] <= 0:
            return "There was none the week before."
        usual = [
            value
            for week, value in zip(self.w[1:], values[1:], strict=True)
            if value is not None and week.first_day >= self.block_start
        ]
        if values[1] < self.number("week_before_min_ratio") * median(usual or [values[1]]):
            return "The week before was lighter than half of your usual week."
        return ""

    def _is_rhythm(self, values: Sequence[float | None]) -> bool:
        """Tell a rhythm that does not divide 7 days, such as every other day, from a jump.

        One session more than in the week before, and one of the weeks before that had as much.
        """
        assert self.block_start is not None
        return self.w[0].n_sessions - self.w[1].n_sessions == 1 and any(
            value is not None and value >= (values[0] or 0.0) and week.first_day >= self.block_start
            for week, value in zip(self.w[2:], values[2:], strict=True)
        )

    def _find_trivial(self) -> bool:
        if self.is_returning:
            return False
        for axis in TOTALS:
            if (this := value_of(self.w[0], axis)) is None:
                continue
            n = min(MAX_WEEKS_LOOKED_BACK, (self.history_d + 1) // 7)
            past = [value_of(self.log.week(self.as_of, k), axis) for k in range(1, n)]
            known = [value for value in past if value]
            if len(known) < MIN_WEEKS_FOR_TRIVIAL:
                return False
            return this < float(np.percentile(known, self.number("trivial_load_percentile")))
        return False

    def _return_limits(self) -> tuple[tuple[Axis, float], ...]:
        if self.before_break is None:
            return ()
        limits = []
        for axis in TOTALS:
            weeks = [value_of(self.log.week(self.before_break, k), axis) for k in range(4)]
            known = [value for value in weeks if value]
            least = self.number("week_before_min_ratio") * median(known) if known else 0.0
            regular = next((value for value in known if value >= least), None)
            if regular is not None:
                limits.append((axis, self.number("return_load_ratio") * regular))
        return tuple(limits)

    # -- the axes ---------------------------------------------------------------

    def _total(self, axis: Axis) -> AxisReport:
        values = [value_of(week, axis) for week in self.w]
        why = self.why_not(values)
        (this, before), level = values[:2], Level.NONE
        change = ratio = None
        if not why and this is not None and before:
            change = round(100 * (this - before) / before, 6)
            for found in (Level.NOTE, Level.CAUTION, Level.HIGH):
                if change > self.number(f"week_change_{found}_pct"):
                    level = found
            if level is not Level.NONE and self._is_rhythm(values):
                level = Level.NONE
                why = "One session more fell into these 7 days, as it did before."
        if this is not None and not self.is_returning:
            ratio = self._ratio(axis, values)
        if ratio is not None and ratio > self.number("ratio_high"):
            level = Level.HIGH
        limit = dict(self.return_limits).get(axis)
        if limit is not None and this is not None and this > limit + 1e-6:
            level = Level.CAUTION
            why = (
                f"That is more than {100 * self.number('return_load_ratio'):.0f} % of your last "
                f"usual week before the break ({amount(limit, axis)})."
            )
        return self._report(axis, level, this, before, why, change, ratio)

    def _ratio(self, axis: Axis, values: Sequence[float | None]) -> float | None:
        if self.block_d < self.number("ratio_min_history_d"):
            return None
        last = int(self.number("chronic_last_day"))
        n_days = min(last - 1, self.block_d) - int(self.number("chronic_first_day")) + 2
        past = [value for value in values[1:4] if value is not None]
        if len(past) < 3 or sum(past) <= 0 or values[0] is None:
            return None
        return round(values[0] / (sum(past) / (n_days / 7)), 6)

    def _sessions(self) -> AxisReport:
        values = [float(week.n_sessions) for week in self.w]
        why = self.why_not(values)
        is_caution = not why and values[0] - values[1] >= self.number("extra_sessions_caution")
        level = Level.CAUTION if is_caution else Level.NONE
        return self._report(Axis.SESSIONS, level, values[0], values[1], why)

    def _top_weight(self) -> AxisReport:
        """Judge each exercise done in both weeks; another exercise is no jump."""
        why = self.why_not([float(week.n_sessions) for week in self.w])
        now, before = dict(self.w[0].top_weight_kg), dict(self.w[1].top_weight_kg)
        shared = [(100 * (now[e] - before[e]) / before[e], e) for e in now if e in before]
        if not shared:
            top = max(now.values(), default=None)
            why = why or "No exercise with a weight was done in both weeks."
            return self._report(Axis.TOP_WEIGHT, Level.NONE, top, None, why)
        most, exercise = max(shared)
        change = None if why else round(most, 6)
        is_caution = change is not None and change > self.number("top_weight_caution_pct")
        level = Level.CAUTION if is_caution else Level.NONE
        this, previous = now[exercise], before[exercise]
        report = self._report(Axis.TOP_WEIGHT, level, this, previous, why, change)
        return replace(report, text=report.text.replace(":", f" ({exercise}):", 1))

    def _report(
        self,
        axis: Axis,
        level: Level,
        this: float | None,
        before: float | None,
        why: str,
        change: float | None = None,
        ratio: float | None = None,
    ) -> AxisReport:
        name, unit = NAMES[axis]
        is_compared = change is not None or not why
        parts = ["not known" if this is None else f"{amount(this, axis)} in the last 7 days"]
        if before is not None and not self.is_returning:
            parts.append(f"{amount(before, axis)} in the 7 days before")
        if change is not None:
            parts.append(f"a change of {change:+.0f} %")
        if ratio is not None:
            parts.append(f"{ratio:.1f} times the mean of the 3 weeks before")
        if self.is_trivial and level is not Level.NONE:
            level = Level.NONE
            why = "It is among your lightest quarter of weeks, so there is no remark."
        return AxisReport(
            axis=axis, name=name, unit=unit, level=level, this_week=this, week_before=before,
            change_pct=change, ratio=ratio, is_compared=is_compared,
            text=f"{name}: {', '.join(parts)}. {why}".strip(),
        )  # fmt: skip

    def pain_rise(self) -> float | None:
        """Return the rise in next-morning pain, ``None`` if either side is unknown."""
        return pain_change(self.log.all_sessions, self.as_of)
