"""The symptom guide: red flags first, then what the answers resemble and what may help."""

from collections.abc import Iterable
from dataclasses import dataclass

from formcheck.knowledge.answers import Answers
from formcheck.knowledge.care import NAMED_IN_REASONS, RedFlag, SelfCare
from formcheck.knowledge.gate import advice_allowed
from formcheck.knowledge.loading import load_knowledge
from formcheck.knowledge.model import Statement
from formcheck.knowledge.patterns import PatternScore, pick_patterns, score_patterns
from formcheck.knowledge.vocabulary import AdviceKind, KnowledgeError, Tier

NO_MEDICINE_OR_ICE_FLAG = "muscle_breakdown"
_ICE_OR_MEDICINE = (AdviceKind.ICE, AdviceKind.ANTI_INFLAMMATORY)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagVerdict:
    """What one red-flag rule made of the answers.

    ``is_raised`` is ``None`` when the answers do not settle it; ``reason`` says why it was raised
    and is empty otherwise.
    """

    flag: RedFlag
    is_raised: bool | None
    reason: str

    @property
    def tier(self) -> Tier:
        """How soon a professional should see this sign."""
        return self.flag.tier


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideResult:
    """What the guide answers; general information, never a diagnosis.

    Attributes:
        red_flags: Flags raised, most urgent first.
        verdicts: The verdict of every red-flag rule, raised or not.
        tier: The most urgent tier raised, ``None`` without a flag.
        headline, detail: The action in plain words, and a line about it.
        is_exercise_advice_allowed: Whether exercise, warm-up, plan and coaching advice may be shown
            anywhere.
        patterns: The one or two patterns the answers resemble; empty when unclear or held back.
        is_unclear: No pattern stands out although patterns may be shown.
        scores: Every pattern's score, best first; empty behind a closed gate.
        self_care: Self-care that fits, already filtered.
        notes: Remarks on the answers, already filtered.
        faults_to_check, root_causes_to_check: Ids to look at in the person's own findings and
            training; empty behind a closed gate.

    Raises:
        KnowledgeError: If training advice is present behind a closed gate, or ice or
            anti-inflammatory medicine beside signs of muscle breakdown.
    """

    red_flags: tuple[FlagVerdict, ...]
    verdicts: tuple[FlagVerdict, ...]
    tier: Tier | None
    headline: str
    detail: str
    is_exercise_advice_allowed: bool
    patterns: tuple[PatternScore, ...]
    is_unclear: bool
    scores: tuple[PatternScore, ...]
    self_care: tuple[SelfCare, ...]
    notes: tuple[Statement, ...]
    faults_to_check: tuple[str, ...]
    root_causes_to_check: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.is_exercise_advice_allowed != advice_allowed(self.red_flags):
            raise KnowledgeError("a guide result must follow advice_allowed() of its red flags")
        coaching = (self.scores, self.patterns, self.faults_to_check, self.root_causes_to_check)
        if not self.is_exercise_advice_allowed and (
            any(coaching) or any(item.kind.is_training_advice for item in self.self_care)
        ):
            raise KnowledgeError("a guide result holds training advice beside a red flag")
        if any(flag.flag.id == NO_MEDICINE_OR_ICE_FLAG for flag in self.red_flags) and any(
            item.kind in _ICE_OR_MEDICINE for item in self.self_care
        ):
            raise KnowledgeError("a guide result holds ice or medicine beside muscle breakdown")


def run_guide(answers: Answers) -> GuideResult:
    """Answer the symptom guide; every answer may be missing.

    Red flags come first. With a flag of the first three tiers nothing else remains but the action,
    rest and the self-care that tier allows. A missing answer raises no flag, except where a sign
    was reported and only the detail that would make it harmless is missing.

    Notes:
        Rules, points and texts are data (``red_flags.toml``, ``patterns.toml``,
        ``self_care.toml``), each with its source.
    """
    base = load_knowledge()
    verdicts = tuple(_verdict(flag, answers) for flag in base.red_flags)
    raised = tuple(sorted((v for v in verdicts if v.is_raised), key=lambda v: v.tier.rank))
    is_allowed = advice_allowed(raised)
    scores = score_patterns(answers, base) if is_allowed else ()
    patterns = pick_patterns(scores, base)
    text = base.tier_text(raised[0].tier) if raised else None
    return GuideResult(
        red_flags=raised,
        verdicts=verdicts,
        tier=None if text is None else text.tier,
        headline=(base.note("general.no_flag").text if text is None else text.headline),
        detail=(text or base.note("general.header")).text,
        is_exercise_advice_allowed=is_allowed,
        patterns=patterns,
        is_unclear=is_allowed and not patterns,
        scores=scores,
        self_care=tuple(item for item in base.self_care if _fits(item, answers, raised)),
        notes=tuple(
            note
            for note in base.guide_notes
            if note.when.evaluate(answers) and (is_allowed or not note.is_reassuring)
        ),
        faults_to_check=_merge(score.pattern.faults for score in patterns),
        root_causes_to_check=_merge(score.pattern.root_causes for score in patterns),
    )


def _verdict(flag: RedFlag, answers: Answers) -> FlagVerdict:
    outcome = flag.when.evaluate(answers)
    numbers = {
        name: "an unknown number of" if value is None else f"{value:g}"
        for name in NAMED_IN_REASONS
        for value in [getattr(answers, name)]
    }
    reason = flag.reason.format_map(numbers) if outcome else ""
    return FlagVerdict(flag=flag, is_raised=outcome, reason=reason)


def _fits(item: SelfCare, answers: Answers, raised: tuple[FlagVerdict, ...]) -> bool:
    return not (
        (item.kind.is_training_advice and not advice_allowed(raised))
        or any(v.tier in item.withheld_in or v.flag.id in item.withheld_by for v in raised)
        or (item.withheld_when is not None and item.withheld_when.evaluate(answers))
    )


def _merge(groups: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(id_ for group in groups for id_ in group))
