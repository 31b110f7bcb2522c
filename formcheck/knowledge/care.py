"""Typed entries about symptoms and training: red flags, self-care, patterns, warm-up, load."""

from enum import StrEnum

from formcheck.knowledge.model import Statement
from formcheck.knowledge.rules import Rule
from formcheck.knowledge.vocabulary import AdviceKind, Entry, KnowledgeError, Tier

NAMED_IN_REASONS = ("pain_h", "training_h", "age_years")
"""Answers that the reason of a red flag may name in braces."""


class RedFlag(Statement, frozen=True, kw_only=True):
    """A sign that a professional should see, with its rule and its tier.

    ``number`` is the row in the list taken from the three articles (``None`` for our additions).
    """

    label: str
    tier: Tier
    when: Rule
    reason: str
    number: int | None = None


class TierText(Statement, frozen=True, kw_only=True):
    """What a tier says: a headline that names the action, and a line of detail in ``text``."""

    tier: Tier
    headline: str


class SelfCare(Statement, frozen=True, kw_only=True):
    """A piece of self-care and when it is held back.

    Training advice (see :class:`AdviceKind`) is always held back by a blocking red flag, whatever
    these fields say.
    """

    name: str
    kind: AdviceKind
    cautions: tuple[Statement, ...] = ()
    withheld_in: tuple[Tier, ...] = ()
    withheld_by: tuple[str, ...] = ()
    withheld_when: Rule | None = None


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


class QuestionKind(StrEnum):
    """How a question is answered."""

    YES_NO = "yes_no"
    ONE_OF = "one_of"
    MANY_OF = "many_of"
    NUMBER = "number"


class Option(Entry, frozen=True, kw_only=True):
    """One answer to choose, with its words."""

    value: str
    label: str


class Question(Entry, frozen=True, kw_only=True):
    """A question of the guide; ``id`` is the field of ``Answers`` it fills."""

    id: str
    section: str
    text: str
    kind: QuestionKind
    unit: str | None = None
    options: tuple[Option, ...] = ()

    def __post_init__(self) -> None:
        chooses = self.kind in (QuestionKind.ONE_OF, QuestionKind.MANY_OF)
        if chooses != bool(self.options) or (self.kind is QuestionKind.NUMBER) != bool(self.unit):
            raise KnowledgeError(f"question '{self.id}': options or unit do not fit its kind")


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
