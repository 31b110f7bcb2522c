"""Typed entries about symptoms and training: red flags, self-care, patterns, warm-up, load."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from formcheck.knowledge.model import Statement
from formcheck.knowledge.rules import Rule
from formcheck.knowledge.vocabulary import AdviceKind, Entry, Tier

NAMED_IN_REASONS = ("pain_time", "age_words")
"""Answers that the reason of a red flag may name in braces."""


class RedFlag(Statement, frozen=True, kw_only=True):
    """A sign that a professional should see, with its rule and its tier.

    ``number`` is the row in the list taken from the three articles (``None`` for our additions). A
    time-based flag is cleared by a professional who has checked this episode. ``meanwhile`` says
    what to do until then, where that differs from what its tier says.
    """

    label: str
    tier: Tier
    when: Rule
    reason: str
    number: int | None = None
    is_time_based: bool = False
    meanwhile: str = ""


class TierText(Statement, frozen=True, kw_only=True):
    """What a tier says: a headline, a line of detail in ``text``, and what to do.

    ``{meanwhile}`` among the actions is what the gravest sign says to do until then, else the
    tier's own ``meanwhile``.
    """

    tier: Tier
    headline: str
    actions: tuple[str, ...] = ()
    meanwhile: str = ""

    def actions_for(self, flags: Iterable[RedFlag]) -> tuple[str, ...]:
        """Return what to do about these signs, the gravest first."""
        own = (flag.meanwhile for flag in flags if flag.tier is self.tier and flag.meanwhile)
        meanwhile = next(own, self.meanwhile)
        return tuple(action.format(meanwhile=meanwhile) for action in self.actions)


class SelfCare(Statement, frozen=True, kw_only=True):
    """A piece of self-care, shown once every warning sign is answered and none applies.

    ``withheld_when`` holds it back unless it is known not to apply. ``stays_with_time_based`` keeps
    it where only time-based flags stand.
    """

    name: str
    kind: AdviceKind
    cautions: tuple[Statement, ...] = ()
    withheld_when: Rule | None = None
    stays_with_time_based: bool = False


class PatternRule(Statement, frozen=True, kw_only=True):
    """Points for or against a pattern.

    ``text`` is the reason shown when the rule holds, ``otherwise`` the one when it does not.
    """

    points: int
    when: Rule
    otherwise: str


class Pattern(Entry, frozen=True, kw_only=True):
    """A group of answers that resembles a condition; never the condition itself."""

    id: str
    name: str
    condition: str
    resembles: Statement
    rules: tuple[PatternRule, ...]
    requires: Rule | None = None
    requires_text: str = ""
    faults: tuple[str, ...] = ()
    root_causes: tuple[str, ...] = ()


class GuideNote(Statement, frozen=True, kw_only=True):
    """A remark the guide adds; a reassuring one is left out when a red flag stands."""

    when: Rule
    is_reassuring: bool = False


class ScreenKind(StrEnum):
    """How a screen of the guide is answered."""

    MANY = "many"
    ONE = "one"
    PLACE = "place"
    DATE = "date"


class Card(Entry, frozen=True, kw_only=True):
    """One thing to tick, and what ticking it says: fields of ``Answers`` with their values.

    ``x`` and ``y`` are where it is on the body map, in % of its width and height.
    """

    label: str
    answers: Mapping[str, Any]
    x: float | None = None
    y: float | None = None


class Screen(Entry, frozen=True, kw_only=True):
    """One screen of the guide: cards, and what it says to tick none of them.

    Args:
        none: Words of the button for "none of these"; without it one card must be ticked.
        none_answers: What "none" says beyond the cards' yes-or-no answers, which it turns round.
        when: Asked only if this is known to hold.
        is_for_advice: Asked only while advice may be shown, for which it is needed.
        is_immediate: One tap ends the screen, before the others are read.
        field: The answer of a screen for a date.
    """

    id: str
    kind: ScreenKind
    title: str
    help: str = ""
    cards: tuple[Card, ...] = ()
    none: str | None = None
    none_answers: Mapping[str, Any] = {}
    when: Rule | None = None
    is_for_advice: bool = False
    is_immediate: bool = False
    field: str = ""


class LadderStep(Statement, frozen=True, kw_only=True):
    """A step of a ladder: its name, and what to do with sets, repetitions and pace."""

    name: str


class Ladder(Entry, frozen=True, kw_only=True):
    """Steps back to training for a knee that was checked, and when to climb."""

    id: str
    name: str
    about: Statement
    climb: Statement
    steps: tuple[LadderStep, ...]


class Default(Statement, frozen=True, kw_only=True):
    """A number the product uses, with its unit and where it comes from."""

    value: float
    unit: str


class WarmUpStep(Statement, frozen=True, kw_only=True):
    """A step of the warm-up; sets are counted by the camera only where it can."""

    name: str
    is_counted_by_camera: bool = False
    min_sets: int | None = None
    max_sets: int | None = None
    is_alternative_to: str | None = None


class WarmUp(Entry, frozen=True, kw_only=True):
    """The warm-up checklist: before which lifts, why, the steps and the numbers to verify it."""

    before: tuple[str, ...]
    why: tuple[Statement, ...]
    steps: tuple[WarmUpStep, ...]
    defaults: tuple[Default, ...]


class LoadGuide(Entry, frozen=True, kw_only=True):
    """How training load is judged and worded, and what is disputed about it."""

    axes: tuple[str, ...]
    wording: Statement
    about: tuple[Statement, ...]
    disputed: tuple[Statement, ...]
    defaults: tuple[Default, ...]
