"""Knee pain over the sessions: its change, and a traffic light for the load that goes with it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from statistics import median

from formcheck.knowledge import load_knowledge
from formcheck.training.history.model import Session

RECENT_D = 14
"""What was told in the last so many days counts as pain of now."""
WEEK_D = 7


class Light(StrEnum):
    """What the pain of a session says about the load of the next one."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True, kw_only=True)
class PainReport:
    """The latest pain that was told.

    Attributes:
        day: Of the session it belongs to.
        during, after, next_morning: 0 to 10, ``None`` if not told.
        highest: The worst of the three.
        rise: Next-morning pain of the last 7 days over the weeks before; see :func:`pain_change`.
        light: ``None`` while the next morning is not told.
        text: What was told and what the light means, in words.
    """

    day: date
    during: float | None
    after: float | None
    next_morning: float | None
    highest: float
    rise: float | None
    light: Light | None
    text: str


def pain_change(
    sessions: Iterable[Session], as_of: date, field: str = "pain_next_morning"
) -> float | None:
    """Return how far pain is above the person's own baseline, ``None`` if either is unknown.

    The highest of the last 7 days minus the median of days 8 to 28 back. Every page uses this one
    number, so that none says "no change" where another says "up by 2".
    """
    last = load_knowledge().default("chronic_last_day").value
    told = [
        ((as_of - s.day).days, value)
        for s in sessions
        if (value := getattr(s, field)) is not None and s.day <= as_of
    ]
    now = [pain for ago, pain in told if ago < WEEK_D]
    before = [pain for ago, pain in told if WEEK_D <= ago < last]
    return max(now) - median(before) if now and before else None


def recent_pain(sessions: Iterable[Session], as_of: date) -> tuple[Session, ...]:
    """Return the sessions of the last 14 days that say something about pain, oldest first."""
    told = (s for s in sessions if 0 <= (as_of - s.day).days <= RECENT_D and s.pains)
    return tuple(sorted(told, key=lambda s: s.day))


def pain_report(sessions: Sequence[Session], as_of: date) -> PainReport | None:
    """Return what the latest pain says, ``None`` if none was told in the last 14 days.

    Notes:
        Red above 5 of 10 points; amber above 3, or with a next morning 2 points or more above the
        weeks before; green otherwise, once the next morning is told.
    """
    recent = recent_pain(sessions, as_of)
    if not recent:
        return None
    latest = recent[-1]
    base = load_knowledge()
    highest = max(latest.pains)
    rise = pain_change(sessions, as_of)
    is_up = rise is not None and rise >= base.default("next_morning_pain_rise").value
    light: Light | None = None
    if highest > base.default("pain_red_points").value:
        light = Light.RED
    elif highest > base.default("pain_green_points").value or is_up:
        light = Light.AMBER
    elif latest.pain_next_morning is not None:
        light = Light.GREEN
    told = [
        f"{value:g} of 10 points {when}"
        for value, when in (
            (latest.pain_during, "during training"),
            (latest.pain_after, "right after"),
            (latest.pain_next_morning, "the next morning"),
        )
        if value is not None
    ]  # fmt: skip
    words = [f"Knee pain on {latest.day:%Y-%m-%d}: {', '.join(told)}."]
    if rise is not None and rise > 0:
        words.append(f"The next morning is up by {rise:g} points against the three weeks before.")
    return PainReport(
        day=latest.day, during=latest.pain_during, after=latest.pain_after,
        next_morning=latest.pain_next_morning, highest=highest, rise=rise, light=light,
        text=" ".join(words),
    )  # fmt: skip


def light_words(light: Light | None, *, is_load_jump: bool) -> str:
    """What a light means for the load of the next session."""
    if light is Light.RED:
        return "Red: leave out what hurts, and cut the load until pain is at 3 points or less."
    if light is Light.AMBER:
        return "Amber: keep weight, sets and sessions as they are, and look again tomorrow."
    if light is None:
        return "Open: note how the knee feels the next morning before you add anything."
    if is_load_jump:
        return "Green for pain, but your load jumped this week: keep it as it is for now."
    return "Green: you may add a little next time."
