"""Scores answers against the patterns of the symptom guide."""

from dataclasses import dataclass

from formcheck.knowledge.answers import Answers
from formcheck.knowledge.base import KnowledgeBase
from formcheck.knowledge.care import Pattern
from formcheck.knowledge.model import Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternScore:
    """How well answers fit one pattern.

    ``reasons_for`` and ``reasons_against`` are the lines of the rules that were answered; a rule
    whose answers are missing appears in neither. ``is_ruled_out`` is set when a required answer
    speaks against the pattern, whatever the points. ``what_helps`` is known to help with the
    condition it resembles.
    """

    pattern: Pattern
    points: int
    reasons_for: tuple[str, ...]
    reasons_against: tuple[str, ...]
    is_ruled_out: bool
    what_helps: tuple[Statement, ...] = ()


def score_patterns(answers: Answers, knowledge: KnowledgeBase) -> tuple[PatternScore, ...]:
    """Return the score of every pattern, best first; ties keep the order of the data file."""
    scores = [
        _score(pattern, answers, knowledge.condition(pattern.condition).what_helps)
        for pattern in knowledge.patterns
    ]
    return tuple(sorted(scores, key=lambda score: (score.is_ruled_out, -score.points)))


def pick_patterns(
    scores: tuple[PatternScore, ...], knowledge: KnowledgeBase
) -> tuple[PatternScore, ...]:
    """Return the one or two scores worth showing, or none when the answers are unclear.

    A pattern is shown from the least points on, if it leads the next by the least lead (numbers in
    ``patterns.toml``); showing stops at the first pattern that does not.
    """
    least = knowledge.default("pattern_min_points").value
    lead = knowledge.default("pattern_min_lead_points").value
    most = int(knowledge.default("pattern_max_shown").value)
    candidates = [score for score in scores if not score.is_ruled_out]
    shown: list[PatternScore] = []
    for i, score in enumerate(candidates[:most]):
        next_points = candidates[i + 1].points if i + 1 < len(candidates) else 0
        if score.points < least or score.points - next_points < lead:
            break
        shown.append(score)
    return tuple(shown)


def _score(pattern: Pattern, answers: Answers, what_helps: tuple[Statement, ...]) -> PatternScore:
    is_ruled_out = pattern.requires is not None and pattern.requires.evaluate(answers) is False
    points = 0
    for_: list[str] = []
    against = [pattern.requires_text] if is_ruled_out else []
    for rule in pattern.rules:
        outcome = rule.when.evaluate(answers)
        if outcome is not None:
            points += rule.points if outcome else 0
            reasons = for_ if outcome == (rule.points >= 0) else against
            reasons.append(rule.text if outcome else rule.otherwise)
    return PatternScore(
        pattern=pattern,
        points=points,
        reasons_for=tuple(for_),
        reasons_against=tuple(against),
        is_ruled_out=is_ruled_out,
        what_helps=what_helps,
    )
