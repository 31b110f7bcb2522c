"""Training added up per day, per rolling 7 days and per calendar week.

Absence is a value: a sum is ``None`` when an entry that belongs to it does not tell the number.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from formcheck.knowledge import load_knowledge
from formcheck.training.history.model import Session, SessionSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Training from ``first_day`` to ``last_day``, both included.

    Attributes:
        n_sessions: Days with training; several entries on one day are one session.
        volume_kg: Sum of sets x reps x weight, body weight partly added in squats and lunges;
            ``None`` if a weight is missing or no sets were told on any day.
        top_weight_kg: The heaviest weight per exercise, as pairs.
        minutes: ``None`` if a day with training tells none.
        effort_load: Sum of effort (0 to 10) x minutes; ``None`` if a day with training lacks
            either.
    """

    first_day: date
    last_day: date
    n_sessions: int
    n_sets: int
    n_reps: int
    volume_kg: float | None
    top_weight_kg: tuple[tuple[str, float], ...]
    minutes: float | None
    effort_load: float | None


def counts_body_weight(exercise: str) -> bool:
    """Return whether part of the body weight is lifted along: squats and lunges, not machines."""
    name = exercise.casefold()
    return ("squat" in name or "lunge" in name) and "hack" not in name and "machine" not in name


@dataclass(frozen=True, slots=True)
class _Day:
    with_sets: tuple[Session, ...]
    body_weight_kg: float | None
    minutes: float | None
    effort_load: float | None


class TrainingLog:
    """Sessions by day, ready to be added up.

    On a day with a typed entry, its sets, minutes and effort count; clips and live sets of that day
    are taken as part of it, so nothing counts twice.

    Sessions come in any order.  A body weight holds until the next one that is told, and the first
    one before that as well.
    """

    def __init__(self, sessions: Iterable[Session]) -> None:
        self.all_sessions = tuple(sorted(sessions, key=lambda s: s.day))
        weight = _first_weight(self.all_sessions, None)
        self._days: dict[date, _Day] = {}
        for day, group in groupby(self.all_sessions, key=lambda s: s.day):
            of_day = list(group)
            weight = _first_weight(of_day, weight)
            if (found := _day(of_day, weight)) is not None:
                self._days[day] = found
        self.days: tuple[date, ...] = tuple(self._days)
        """Days with training, oldest first."""
        self._share = load_knowledge().default("bodyweight_share").value

    def totals(self, first_day: date, last_day: date) -> Totals:
        """Add up the days from ``first_day`` to ``last_day``, both included."""
        span = range(first_day.toordinal(), last_day.toordinal() + 1)
        days = [self._days[d] for d in map(date.fromordinal, span) if d in self._days]
        lifted = [(s.exercise, group) for day in days for s in day.with_sets for group in s.sets]
        groups = [group for _, group in lifted]
        top: dict[str, float] = {}
        for exercise, group in lifted:
            if group.weight_kg:
                name = exercise.strip().casefold()
                top[name] = max(top.get(name, 0.0), group.weight_kg)
        return Totals(
            first_day=first_day,
            last_day=last_day,
            n_sessions=len(days),
            n_sets=sum(g.n_sets for g in groups),
            n_reps=sum(g.n_sets * g.n_reps for g in groups),
            volume_kg=self._volume_kg(days) if days else 0.0,
            top_weight_kg=tuple(sorted(top.items())),
            minutes=_sum(day.minutes for day in days),
            effort_load=_sum(day.effort_load for day in days),
        )

    def week(self, as_of: date, n_back: int = 0) -> Totals:
        """Add up 7 days: those that end with ``as_of``, or ``n_back`` times 7 days earlier."""
        last = as_of - timedelta(days=7 * n_back)
        return self.totals(last - timedelta(days=6), last)

    def calendar_weeks(self, as_of: date, n_weeks: int = 12) -> tuple[Totals, ...]:
        """Add up the latest calendar weeks (Monday to Sunday), oldest first.

        The last one is the week of ``as_of``, up to that day.
        """
        monday = as_of - timedelta(days=as_of.weekday())
        starts = [monday - timedelta(days=7 * k) for k in range(n_weeks - 1, -1, -1)]
        return tuple(self.totals(s, min(s + timedelta(days=6), as_of)) for s in starts)

    def _volume_kg(self, days: Sequence[_Day]) -> float | None:
        total = 0.0
        for day in days:
            share_kg = self._share * (day.body_weight_kg or 0.0)
            for session in day.with_sets:
                extra_kg = share_kg if counts_body_weight(session.exercise) else 0.0
                for group in session.sets:
                    if group.weight_kg is None:
                        return None
                    total += group.n_sets * group.n_reps * (group.weight_kg + extra_kg)
        # Sets of nothing but an unknown body weight add up to nothing that could be compared.
        return total if total > 0 else None


def running_averages(
    daily: Sequence[float], short_d: float, long_d: float
) -> tuple[tuple[float, float], ...]:
    """Return the short and the long running average after each day.

    Each is an exponentially weighted mean with weight ``2 / (N + 1)`` for the newest day, started
    at the first day's value; N is ``short_d`` or ``long_d``.  ``daily`` holds one value a day
    without gaps, 0 on days off.
    """
    out: list[tuple[float, float]] = []
    for value in daily:
        short, long = out[-1] if out else (value, value)
        short += 2 / (short_d + 1) * (value - short)
        long += 2 / (long_d + 1) * (value - long)
        out.append((short, long))
    return tuple(out)


def _day(sessions: Sequence[Session], body_weight_kg: float | None) -> _Day | None:
    typed = [s for s in sessions if s.source is SessionSource.MANUAL]
    with_sets = [s for s in typed if s.sets] or [s for s in sessions if s.sets]
    with_minutes = [s for s in typed if s.minutes] or [s for s in sessions if s.minutes]
    if not with_sets and not with_minutes:
        return None
    minutes = sum(s.minutes or 0.0 for s in with_minutes) if with_minutes else None
    is_effort_known = bool(with_minutes) and all(s.effort is not None for s in with_minutes)
    effort = sum((s.minutes or 0.0) * (s.effort or 0.0) for s in with_minutes)
    return _Day(tuple(with_sets), body_weight_kg, minutes, effort if is_effort_known else None)


def _first_weight(sessions: Sequence[Session], otherwise: float | None) -> float | None:
    told = (s.body_weight_kg for s in sessions if s.body_weight_kg is not None)
    return next(told, otherwise)


def _sum(values: Iterable[float | None]) -> float | None:
    total = 0.0
    for value in values:
        if value is None:
            return None
        total += value
    return total
