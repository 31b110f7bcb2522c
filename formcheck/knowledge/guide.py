"""The symptom guide: warning signs first, then what the answers resemble and what may help."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from formcheck.knowledge.answers import Answers
from formcheck.knowledge.care import NAMED_IN_REASONS, RedFlag, SelfCare
from formcheck.knowledge.gate import Standing, standing_of
from formcheck.knowledge.loading import load_knowledge
from formcheck.knowledge.model import Statement
from formcheck.knowledge.patterns import PatternScore, pick_patterns, score_patterns
from formcheck.knowledge.reassurance import SignEvidence, reassurance
from formcheck.knowledge.vocabulary import KnowledgeError, Tier
from formcheck.knowledge.words import counted

ADULT_YEARS = 18
MAX_ACTIONS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagVerdict:
    """What one red-flag rule made of the answers.

    ``is_raised`` is ``None`` when the answers do not settle it; ``reason`` says why it was raised
    and is empty otherwise. ``is_cleared``: it would be raised, but a professional has checked this
    episode.
    """

    flag: RedFlag
    is_raised: bool | None
    reason: str
    is_cleared: bool = False

    @property
    def tier(self) -> Tier:
        """How soon a professional should see this sign."""
        return self.flag.tier


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideResult:
    """What the guide answers; general information, never a diagnosis.

    Attributes:
        answers: What was told.
        red_flags: Flags raised, most urgent first.
        verdicts: The verdict of every red-flag rule, raised or not; what the gate asks for.
        tier: The most urgent tier raised, ``None`` without a flag.
        standing: Where the person stands: raised, unsettled or settled.
        n_signs, n_answered: Signs of the first three tiers, and how many of them are answered.
        headline, detail: The action in plain words, and a line about it.
        progress: How many of the signs were answered, in words.
        actions: At most three things to do.
        patterns: The one or two patterns the answers resemble; empty when unclear or held back.
        is_unclear: No pattern stands out although patterns may be shown.
        scores: Every pattern's score, best first; empty behind a closed gate.
        self_care: Self-care that fits, already filtered.
        notes: Remarks on the answers, already filtered.
        faults_to_check, root_causes_to_check: Ids to look at in the person's own findings and
            training; empty behind a closed gate.

    Raises:
        KnowledgeError: If advice is present behind a closed gate.
    """

    answers: Answers
    red_flags: tuple[FlagVerdict, ...]
    verdicts: tuple[FlagVerdict, ...]
    tier: Tier | None
    standing: Standing
    n_signs: int
    n_answered: int
    headline: str
    detail: str
    progress: str
    actions: tuple[str, ...]
    patterns: tuple[PatternScore, ...]
    is_unclear: bool
    scores: tuple[PatternScore, ...]
    self_care: tuple[SelfCare, ...]
    notes: tuple[Statement, ...]
    faults_to_check: tuple[str, ...]
    root_causes_to_check: tuple[str, ...]

    @property
    def is_exercise_advice_allowed(self) -> bool:
        """Whether exercise, warm-up, plan and coaching advice may be shown anywhere."""
        return self.standing.is_open

    @property
    def open_signs(self) -> tuple[FlagVerdict, ...]:
        """Signs of the first three tiers that are not answered."""
        return tuple(v for v in self.verdicts if v.tier.is_blocking and v.is_raised is None)

    @property
    def cleared(self) -> tuple[FlagVerdict, ...]:
        """Time-based flags that a professional's check has cleared."""
        return tuple(verdict for verdict in self.verdicts if verdict.is_cleared)

    def __post_init__(self) -> None:
        if self.standing is not standing_of(self.verdicts):
            raise KnowledgeError("a guide result must follow the gate")
        coaching = (self.scores, self.patterns, self.faults_to_check, self.root_causes_to_check)
        kept = (item.stays_with_time_based for item in self.self_care)
        if not self.standing.is_open and (any(coaching) or not all(kept)):
            raise KnowledgeError("a guide result holds advice behind a closed gate")
        if len(self.actions) > MAX_ACTIONS:
            raise KnowledgeError(f"a guide result names at most {MAX_ACTIONS} things to do")


def run_guide(answers: Answers, today: date | None = None) -> GuideResult:
    """Answer the symptom guide; every answer may be missing.

    Red flags come first. With a flag of the first three tiers, or while one of them is unanswered,
    nothing else remains but what to do about that. A missing answer raises no flag, except where a
    sign was reported and only the detail that would make it harmless is missing; and it never
    counts as a no.

    Args:
        answers: What was told.
        today: The day of asking, for the date of a professional's check; the clock's by default.

    Notes:
        Rules, points and texts are data (``red_flags.toml``, ``patterns.toml``,
        ``self_care.toml``), each with its source.
    """
    base = load_knowledge()
    is_checked = _is_checked(answers, today or date.today())
    verdicts = tuple(_verdict(flag, answers, is_checked) for flag in base.red_flags)
    raised = tuple(sorted((v for v in verdicts if v.is_raised), key=lambda v: v.tier.rank))
    standing = standing_of(verdicts)
    scores = score_patterns(answers, base) if standing.is_open else ()
    patterns = pick_patterns(scores, base)
    self_care = tuple(item for item in base.self_care if _fits(item, answers, verdicts))
    blocking = [v for v in verdicts if v.tier.is_blocking]
    n_answered = sum(v.is_raised is not None for v in blocking)
    signs = SignEvidence(
        n_signs=len(blocking), n_answered=n_answered, n_cleared=sum(v.is_cleared for v in blocking)
    )
    headline, detail, actions = _message(standing, raised, signs)
    if raised and any(v.is_raised is None and v.tier.rank < raised[0].tier.rank for v in blocking):
        detail = f"{detail} {base.note('general.more_urgent_open').text}"
    return GuideResult(
        answers=answers,
        red_flags=raised,
        verdicts=verdicts,
        tier=raised[0].tier if raised else None,
        standing=standing,
        n_signs=len(blocking),
        n_answered=n_answered,
        headline=headline,
        detail=detail,
        progress=f"{n_answered} of {counted(len(blocking), 'warning sign')} answered.",
        actions=actions or _first_steps(self_care, patterns),
        patterns=patterns,
        is_unclear=standing.is_open and not patterns,
        scores=scores,
        self_care=self_care,
        notes=tuple(
            note
            for note in base.guide_notes
            if note.when.evaluate(answers) and (standing.is_open or not note.is_reassuring)
        ),
        faults_to_check=_merge(score.pattern.faults for score in patterns),
        root_causes_to_check=_merge(score.pattern.root_causes for score in patterns),
    )


def _is_checked(answers: Answers, today: date) -> bool:
    """Whether a professional's check of this very episode counts.

    It needs its day, which must lie in the episode, and it does not count for a knee that goes on
    getting worse or for anybody under 18.
    """
    if answers.is_checked is not True or answers.checked_on is None or answers.trend == "worse":
        return False
    if answers.years is None or answers.years < ADULT_YEARS:
        return False
    days_ago = (today - answers.checked_on).days
    return 0 <= days_ago <= (answers.episode_days or 0)


def _verdict(flag: RedFlag, answers: Answers, is_checked: bool) -> FlagVerdict:
    outcome = flag.when.evaluate(answers)
    if outcome and flag.is_time_based and is_checked:
        return FlagVerdict(flag=flag, is_raised=False, reason="", is_cleared=True)
    words = {name: getattr(answers, name) for name in NAMED_IN_REASONS}
    reason = flag.reason.format_map(words) if outcome else ""
    if outcome and flag.is_time_based and answers.is_checked:
        reason = f"{reason} {load_knowledge().note('general.check_not_counted').text}"
    return FlagVerdict(flag=flag, is_raised=outcome, reason=reason)


def _message(
    standing: Standing, raised: tuple[FlagVerdict, ...], signs: SignEvidence
) -> tuple[str, str, tuple[str, ...]]:
    """The headline, the line below it, and what to do."""
    base = load_knowledge()
    if standing is Standing.RAISED:
        text = base.tier_text(raised[0].tier)
        return text.headline, text.text, text.actions_for(verdict.flag for verdict in raised)
    if standing is Standing.UNSETTLED:
        open_ = base.note("general.unsettled")
        n_open = signs.n_signs - signs.n_answered
        return open_.text, f"{counted(n_open, 'warning sign')} still open.", _UNSETTLED_ACTIONS
    headline = reassurance(signs=signs)
    if raised:  # a mention
        text = base.tier_text(raised[0].tier)
        return f"{headline} {text.headline}", text.text, ()
    return headline, base.note("general.header").text, ()


_UNSETTLED_ACTIONS = (
    "Answer the signs that are still open.",
    "If you are unsure about one of them, ask a doctor or pharmacist.",
)


def _first_steps(
    self_care: tuple[SelfCare, ...], patterns: tuple[PatternScore, ...]
) -> tuple[str, ...]:
    """What to do first: relative rest, what is known to help, and easy movement."""
    known = patterns[0].what_helps if patterns else ()
    first, *more = self_care
    return tuple(one.text for one in (first, *known[:1], *more)[:MAX_ACTIONS])


def _fits(item: SelfCare, answers: Answers, verdicts: tuple[FlagVerdict, ...]) -> bool:
    blocking = [v for v in verdicts if v.tier.is_blocking and v.is_raised is not False]
    is_kept = item.stays_with_time_based and all(
        v.is_raised and v.flag.is_time_based for v in blocking
    )
    is_clear = item.withheld_when is None or item.withheld_when.evaluate(answers) is False
    return is_clear and (not blocking or is_kept)


def _merge(groups: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(id_ for group in groups for id_ in group))
