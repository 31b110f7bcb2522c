"""What formcheck knows about knees: faults, conditions, exercises, and a symptom guide.

Everything is general information with its sources, never a diagnosis. The entries are data files in
``data/``; :func:`load_knowledge` reads and checks them, :func:`run_guide` answers the symptom
guide, and :func:`advice_allowed` is the one gate between red flags and training advice.

Examples:
    >>> knowledge = load_knowledge()
    >>> knowledge.cue("knees_with_toes").spoken
    'Bend knees toward your toes'
    >>> run_guide(parse_answers({"has_dark_urine": True})).tier.value
    'today'
"""

from formcheck.knowledge.answers import (
    Answers,
    Character,
    Clicking,
    Easing,
    Location,
    Locking,
    MedicineCaution,
    Provocation,
    Swelling,
    Trend,
)
from formcheck.knowledge.base import KnowledgeBase
from formcheck.knowledge.gate import advice_allowed, exercise_allowed
from formcheck.knowledge.guide import FlagVerdict, GuideResult, run_guide
from formcheck.knowledge.loading import load_knowledge
from formcheck.knowledge.patterns import PatternScore
from formcheck.knowledge.reader import parse_answers
from formcheck.knowledge.vocabulary import AdviceKind, KnowledgeError, SourceReading, Strength, Tier

__all__ = [
    "AdviceKind", "Answers", "Character", "Clicking", "Easing", "FlagVerdict", "GuideResult",
    "KnowledgeBase", "KnowledgeError", "Location", "Locking", "MedicineCaution", "PatternScore",
    "Provocation", "SourceReading", "Strength", "Swelling", "Tier", "Trend", "advice_allowed",
    "exercise_allowed", "load_knowledge", "parse_answers", "run_guide",
]  # fmt: skip
