"""Words every part of the knowledge base shares: the error and the fixed vocabularies."""

from enum import StrEnum

import msgspec

from formcheck.errors import FormcheckError


class KnowledgeError(FormcheckError, ValueError):
    """A knowledge file or a set of answers is wrong; the message names the place and the remedy."""


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of what is read from a table: frozen, and a key it does not know is an error."""


class Strength(StrEnum):
    """How well a statement is backed by what was read.

    Notes:
        ``A`` several trials or a meta-analysis, ``B`` one trial or consistent cohorts, ``C`` small
        or cross-sectional studies, ``D`` an article or our own choice only, ``X`` contradicted or
        overstated: such a statement always carries counter-evidence.
    """

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    X = "X"


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

    @property
    def is_training_advice(self) -> bool:
        """Whether a red flag of the first three tiers removes it."""
        return self in _TRAINING_ADVICE


_TRAINING_ADVICE = frozenset(
    {AdviceKind.EXERCISE, AdviceKind.WARM_UP, AdviceKind.PLAN, AdviceKind.COACHING}
)
