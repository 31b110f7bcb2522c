"""Training load: whether this week is a bigger jump than the recent weeks.

A jump is described, never turned into a chance of injury.  Numbers and words come from
``load.toml``; what is disputed about them is part of the report.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from formcheck.knowledge import load_knowledge
from formcheck.knowledge.gate import Sign, advice_allowed
from formcheck.knowledge.model import Statement
from formcheck.knowledge.reassurance import LoadEvidence, reassurance
from formcheck.training.history.model import Session
from formcheck.training.history.weeks import Totals, TrainingLog, running_averages
from formcheck.training.load.judge import Judge
from formcheck.training.load.model import Axis, AxisReport, Level, LoadReport, value_of

__all__ = [
    "Axis", "AxisReport", "Level", "LoadReport", "Totals", "TrainingLog", "assess_load",
    "daily_values", "load_evidence", "running_averages",
]  # fmt: skip


def assess_load(
    sessions: Iterable[Session], as_of: date, *, signs: Iterable[Sign] = ()
) -> LoadReport:
    """Compare the last 7 days with the weeks before.

    Args:
        sessions: In any order; those after ``as_of``, the last day of "this week", are left out.
        signs: What is known of the warning signs; one of the first three tiers that is raised or
            unanswered removes the advice and leaves the numbers.

    Notes:
        ``change_pct = 100 (W0 - W1) / W1`` with rolling weeks of 7 days; judged only if the week
        before is complete and at least half of the usual one, and not after a break. ``ratio = W0 /
        mean(W1, W2, W3)``: uncoupled, and only with 21 days of history; a history that covers part
        of W3 is averaged over the days it covers.
    """
    log = TrainingLog(s for s in sessions if s.day <= as_of)
    is_allowed = advice_allowed(signs)
    judge = Judge(log, as_of, is_advice_allowed=is_allowed)
    axes = judge.axes()
    level = _overall(axes)
    rise = judge.pain_rise()
    base = load_knowledge()
    is_hold = (
        is_allowed
        and level.rank >= Level.CAUTION.rank
        and rise is not None
        and rise >= base.default("next_morning_pain_rise").value
    )
    suggestions: list[Statement] = [base.self_care_item("hold_the_load")] if is_hold else []
    if judge.is_returning:
        suggestions.append(base.default("return_load_ratio"))
    elif level is not Level.NONE:
        suggestions.append(base.statement("rapid_load_increase.help"))
    return LoadReport(
        as_of=as_of,
        history_d=judge.history_d,
        weeks=log.calendar_weeks(as_of),
        axes=axes,
        level=level,
        headline=_headline(level, axes, judge),
        is_returning=judge.is_returning,
        break_d=judge.break_d,
        is_advice_allowed=is_allowed,
        return_limits=judge.return_limits,
        pain_rise=rise,
        is_hold_advised=is_hold,
        suggestions=tuple(suggestions) if is_allowed else (),
        about=base.load.about,
        disputed=base.load.disputed,
    )


def _overall(axes: Sequence[AxisReport]) -> Level:
    level = max((report.level for report in axes), key=lambda found: found.rank)
    cautions = {report.axis for report in axes if report.level.rank >= Level.CAUTION.rank}
    if Axis.MINUTES in cautions:
        cautions.discard(Axis.EFFORT)  # effort x minutes grows along with the minutes
    if {Axis.EFFORT, Axis.TOP_WEIGHT} <= cautions:
        cautions.discard(Axis.EFFORT)  # one kind: top weight and effort
    is_high = len(cautions) >= load_knowledge().default("cautions_for_high").value
    return Level.HIGH if is_high else level


def daily_values(log: TrainingLog, as_of: date, axis: Axis, n_days: int) -> tuple[float, ...]:
    """Return one value a day for running averages, 0 on days off or where it is not known."""
    days = [as_of - timedelta(days=k) for k in range(n_days - 1, -1, -1)]
    return tuple(value_of(log.totals(day, day), axis) or 0.0 for day in days)


def load_evidence(axes: Sequence[AxisReport], level: Level) -> LoadEvidence:
    """What the comparison of weeks can be evidence for."""
    compared = tuple(axis.name.split(" (")[0].lower() for axis in axes if axis.is_compared)
    return LoadEvidence(compared=compared, is_jump=level is not Level.NONE)


def _headline(level: Level, axes: Sequence[AxisReport], judge: Judge) -> str:
    if judge.is_returning:
        return f"You are coming back after {judge.break_d} days without an entry."
    if level is not Level.NONE:
        return judge.base.load.wording.text
    evidence = load_evidence(axes, level)
    if not evidence.compared and not judge.is_trivial:
        return "There are not enough entries yet to compare this week with others."
    rise = judge.pain_rise()
    if rise is not None and rise > 0:
        return f"Knee pain the next morning is up by {rise:g} of 10 points. The load did not jump."
    return reassurance(load=evidence) or "This week is among your lightest."
