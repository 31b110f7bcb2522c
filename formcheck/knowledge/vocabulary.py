"""Words every part of the knowledge base shares: the error and the fixed vocabularies."""

from enum import StrEnum

import msgspec

from formcheck.errors import FormcheckError


class KnowledgeError(FormcheckError, ValueError):
    """A knowledge file or a set of answers is wrong; the message names the place and the remedy."""


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of what is read from a table: frozen, and a key it does not know is an error."""


class Strength(StrEnum):
    """How well a statement is backed by what was read; ``rule`` says when a letter is given.

    A statement of strength ``X`` always carries counter-evidence.
    """

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    X = "X"

    @property
    def rule(self) -> str:
        """What a statement needs for this letter, in words."""
        return _STRENGTH_RULES[self]


_STRENGTH_RULES = {
    Strength.A: "several trials, a meta-analysis, or a guideline built on them",
    Strength.B: "one trial, or cohorts that agree",
    Strength.C: "small, cross-sectional or mixed studies, or expert consensus",
    Strength.D: "an article, opinion, or our own choice",
    Strength.X: "contradicted or overstated",
}


class SourceReading(StrEnum):
    """What of a source was actually read."""

    ABSTRACT = "abstract"
    FULL_TEXT_PART = "full_text_part"
    SECONDARY = "secondary"
    ARTICLE = "article"
    OWN_RULE = "own_rule"


class Tier(StrEnum):
    """How soon a professional should see a sign, most urgent first."""

    EMERGENCY = "emergency"
    TODAY = "today"
    ASSESSMENT = "assessment"
    MENTION = "mention"

    @property
    def rank(self) -> int:
        """Position in order of urgency, 0 = most urgent."""
        return list(Tier).index(self)

    @property
    def is_blocking(self) -> bool:
        """Whether the tier takes exercise, warm-up, plan and coaching advice away."""
        return self is not Tier.MENTION


class AdviceKind(StrEnum):
    """What a piece of self-care asks a person to do."""

    REST = "rest"
    ICE = "ice"
    ELEVATION = "elevation"
    COMPRESSION = "compression"
    ANTI_INFLAMMATORY = "anti_inflammatory"
    EXERCISE = "exercise"
    WARM_UP = "warm_up"
    PLAN = "plan"
    COACHING = "coaching"
