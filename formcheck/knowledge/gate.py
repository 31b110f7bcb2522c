"""The one gate between red flags and training advice."""

from collections.abc import Iterable
from typing import Protocol

from formcheck.knowledge.model import Exercise
from formcheck.knowledge.vocabulary import Tier


class HasTier(Protocol):
    """Anything with a tier: a red flag, or one that was raised."""

    @property
    def tier(self) -> Tier:
        """How soon a professional should see it."""


def advice_allowed(flags: Iterable[HasTier]) -> bool:
    """Return whether exercise, warm-up, plan and coaching advice may be shown.

    Any raised flag of the tiers emergency, today and assessment says no; only ``mention`` does not.
    """
    return not any(flag.tier.is_blocking for flag in flags)


def exercise_allowed(
    exercise: Exercise,
    *,
    flags: Iterable[HasTier],
    has_knee_pain: bool | None,
    is_warmed_up: bool | None,
) -> bool:
    """Return whether an exercise may be shown to this person now.

    Unknown pain (``None``) counts as pain, an unknown warm-up as none.
    """
    gate = exercise.gate
    return (
        advice_allowed(flags)
        and (not gate.needs_no_knee_pain or has_knee_pain is False)
        and (not gate.needs_warm_up or is_warmed_up is True)
    )
