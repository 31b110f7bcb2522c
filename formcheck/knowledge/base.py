"""The knowledge base: every entry and its look-ups."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from formcheck.knowledge.care import (
    Default,
    GuideNote,
    Ladder,
    LoadGuide,
    Pattern,
    RedFlag,
    Screen,
    SelfCare,
    TierText,
    WarmUp,
)
from formcheck.knowledge.model import (
    Condition,
    Cue,
    Exercise,
    FaultEntry,
    Machine,
    Reference,
    RootCause,
    Statement,
)
from formcheck.knowledge.reader import walk
from formcheck.knowledge.vocabulary import Entry, KnowledgeError, Tier


class HasId(Protocol):
    """Anything with an id."""

    @property
    def id(self) -> str:
        """Unique among its kind."""


E = TypeVar("E", bound=HasId)
T = TypeVar("T")


def _find(entries: Iterable[E], id_: str, kind: str) -> E:
    known = []
    for entry in entries:
        if entry.id == id_:
            return entry
        known.append(entry.id)
    raise KnowledgeError(f"no {kind} '{id_}'; known: {', '.join(known)}")


class KnowledgeBase(Entry, frozen=True, kw_only=True):
    """Everything formcheck knows about knees, each line with its source and strength.

    Raises:
        KnowledgeError: By every look-up, if the id is not known (the message lists the known ones).
    """

    references: tuple[Reference, ...]
    notes: tuple[Statement, ...]
    conditions: tuple[Condition, ...]
    faults: tuple[FaultEntry, ...]
    root_causes: tuple[RootCause, ...]
    cues: tuple[Cue, ...]
    exercises: tuple[Exercise, ...]
    machines: tuple[Machine, ...]
    tiers: tuple[TierText, ...]
    red_flags: tuple[RedFlag, ...]
    self_care: tuple[SelfCare, ...]
    guide_notes: tuple[GuideNote, ...]
    limits: tuple[Default, ...]
    patterns: tuple[Pattern, ...]
    screens: tuple[Screen, ...]
    ladders: tuple[Ladder, ...]
    warm_up: WarmUp
    load: LoadGuide

    def walk(self, cls: type[T]) -> Iterable[T]:
        """Yield every entry of a type, however deep, e.g. every ``Statement``."""
        return walk(self, cls)

    def reference(self, id_: str) -> Reference:
        """Return a source."""
        return _find(self.references, id_, "reference")

    def references_for(self, statement: Statement) -> tuple[Reference, ...]:
        """Return the sources of a statement, in its order, without those of counter-evidence."""
        return tuple(self.reference(id_) for id_ in statement.sources)

    def statement(self, id_: str) -> Statement:
        """Return any statement by its id, wherever it stands."""
        return _find(self.walk(Statement), id_, "statement")

    def note(self, id_: str) -> Statement:
        """Return a general line, such as ``general.header``."""
        return _find(self.notes, id_, "note")

    def condition(self, id_: str) -> Condition:
        """Return a condition."""
        return _find(self.conditions, id_, "condition")

    def fault(self, id_: str) -> FaultEntry:
        """Return a fault."""
        return _find(self.faults, id_, "fault")

    def root_cause(self, id_: str) -> RootCause:
        """Return a root cause."""
        return _find(self.root_causes, id_, "root cause")

    def cue(self, id_: str) -> Cue:
        """Return a cue."""
        return _find(self.cues, id_, "cue")

    def exercise(self, id_: str) -> Exercise:
        """Return an exercise."""
        return _find(self.exercises, id_, "exercise")

    def self_care_item(self, id_: str) -> SelfCare:
        """Return a piece of self-care."""
        return _find(self.self_care, id_, "self-care item")

    def default(self, id_: str) -> Default:
        """Return a number with its unit and source, e.g. ``week_change_note_pct``."""
        defaults = self.limits + self.warm_up.defaults + self.load.defaults
        return _find(defaults, id_, "default")

    def tier_text(self, tier: Tier) -> TierText:
        """Return what a tier says."""
        return _find(self.tiers, f"tier.{tier.value}", "tier text")

    def cues_for(self, fault_id: str) -> tuple[Cue, ...]:
        """Return the cues for a fault, most important first."""
        return tuple(self.cue(id_) for id_ in self.fault(fault_id).cues)

    def exercises_for(self, fault_id: str) -> tuple[Exercise, ...]:
        """Return the exercises for a fault, most important first (not yet gated)."""
        return tuple(self.exercise(id_) for id_ in self.fault(fault_id).exercises)

    def faults_for(self, condition_id: str) -> tuple[FaultEntry, ...]:
        """Return the faults that may add to a condition."""
        self.condition(condition_id)
        return tuple(
            fault
            for fault in self.faults
            if any(risk.condition == condition_id for risk in fault.risks)
        )
