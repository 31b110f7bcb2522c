"""What formcheck knows about knees: faults, conditions, exercises, and a symptom guide.

Everything is general information with its sources, never a diagnosis. The entries are data files in
``data/``; :func:`load_knowledge` reads and checks them, :func:`run_guide` answers the symptom
guide, and :func:`advice_allowed` is the one gate between red flags and training advice. An
unanswered question is never a no.

Examples:
    >>> knowledge = load_knowledge()
    >>> knowledge.cue("knees_with_toes").spoken
    'Bend knees toward your toes'
    >>> result = run_guide(parse_answers({"has_dark_urine": True}))
    >>> result.tier.value, result.standing.value
    ('today', 'raised')
    >>> run_guide(parse_answers({"has_dark_urine": False})).standing.value
    'unsettled'
"""

from formcheck.knowledge.answers import (
    Answers,
    Background,
    Character,
    Clicking,
    Easing,
    Location,
    Locking,
    MedicineCaution,
    Provocation,
    Swelling,
    SwellingOnset,
    Trend,
)
from formcheck.knowledge.bands import AgeBand, TimeBand
from formcheck.knowledge.base import KnowledgeBase
from formcheck.knowledge.gate import Standing, advice_allowed, exercise_allowed, standing_of
from formcheck.knowledge.guide import FlagVerdict, GuideResult, run_guide
from formcheck.knowledge.loading import load_knowledge
from formcheck.knowledge.patterns import PatternScore
from formcheck.knowledge.reader import parse_answers
from formcheck.knowledge.vocabulary import AdviceKind, KnowledgeError, SourceReading, Strength, Tier

__all__ = [
    "AdviceKind", "AgeBand", "Answers", "Background", "Character", "Clicking", "Easing",
    "FlagVerdict", "GuideResult", "KnowledgeBase", "KnowledgeError", "Location", "Locking",
    "MedicineCaution", "PatternScore", "Provocation", "SourceReading", "Standing", "Strength",
    "Swelling", "SwellingOnset", "Tier", "TimeBand", "Trend", "advice_allowed", "exercise_allowed",
    "load_knowledge", "parse_answers", "run_guide", "standing_of",
]  # fmt: skip
