"""The one gate between warning signs and advice; it has three values to the end."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Protocol

from formcheck.knowledge.model import Exercise
from formcheck.knowledge.vocabulary import Tier


class Sign(Protocol):
    """What is known of one warning sign."""

    @property
    def tier(self) -> Tier:
        """How soon a professional should see it."""

    @property
    def is_raised(self) -> bool | None:
        """Whether it applies; ``None`` while nobody has said."""


class Standing(StrEnum):
    """What is known of the warning signs of a person.

    Notes:
        ``unasked``: nobody told of pain or opened the guide. ``unsettled``: somebody did, and a
        sign of the first three tiers is unanswered. ``raised``: one of them applies. ``settled``:
        every one was answered, and none applies.
    """

    UNASKED = "unasked"
    UNSETTLED = "unsettled"
    RAISED = "raised"
    SETTLED = "settled"

    @property
    def is_open(self) -> bool:
        """Whether training advice may be shown."""
        return self in (Standing.UNASKED, Standing.SETTLED)


def standing_of(signs: Iterable[Sign]) -> Standing:
    """Return where a person stands; no signs at all means that nothing was asked or told."""
    known = [sign.is_raised for sign in signs if sign.tier.is_blocking]
    if not known:
        return Standing.UNASKED
    if True in known:
        return Standing.RAISED
    return Standing.UNSETTLED if None in known else Standing.SETTLED


def withheld_id(standing: Standing) -> str:
    """Return the note that says why advice is held back."""
    is_unsettled = standing is Standing.UNSETTLED
    return "general.withheld_open" if is_unsettled else "general.withheld"


def advice_allowed(signs: Iterable[Sign]) -> bool:
    """Return whether exercise, warm-up, plan and coaching advice may be shown.

    A sign of the tiers emergency, today and assessment says no as long as it is raised or
    unanswered; ``mention`` never does.
    """
    return standing_of(signs).is_open


def exercise_allowed(
    exercise: Exercise,
    *,
    signs: Iterable[Sign],
    has_knee_pain: bool | None,
    is_warmed_up: bool | None,
) -> bool:
    """Return whether an exercise may be shown to this person now.

    Unknown pain (``None``) counts as pain, an unknown warm-up as none.
    """
    gate = exercise.gate
    return (
        advice_allowed(signs)
        and (not gate.needs_no_knee_pain or has_knee_pain is False)
        and (not gate.needs_warm_up or is_warmed_up is True)
    )
