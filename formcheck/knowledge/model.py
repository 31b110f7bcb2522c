"""Typed entries about squats and knees: statements, sources, conditions, faults, exercises."""

from __future__ import annotations

import re
from enum import StrEnum

from formcheck.knowledge.fault_words import FaultWords
from formcheck.knowledge.vocabulary import Entry, KnowledgeError, SourceReading, Strength

MAX_SPOKEN_WORDS = 6
_ID = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")


def check_id(id_: str) -> None:
    """Raise :class:`KnowledgeError` unless ``id_`` is lower case words joined by ``_`` or ``.``."""
    if not _ID.fullmatch(id_):
        raise KnowledgeError(f"id {id_!r}: use lower case letters, digits, '_' and '.'")


class Reference(Entry, frozen=True, kw_only=True):
    """A source, described by what was read of it.

    ``title`` is the title where it is known, else a plain description of the study. ``number`` is
    the number the source bears in the project's design notes.
    """

    id: str
    title: str
    seen: SourceReading
    number: str | None = None
    authors: str | None = None
    year: int | None = None
    url: str | None = None

    def __post_init__(self) -> None:
        check_id(self.id)
        if not self.title:
            raise KnowledgeError(f"reference '{self.id}' needs a title")
        if self.url is not None and not self.url.startswith(("https://", "http://")):
            raise KnowledgeError(f"reference '{self.id}': {self.url!r} is not a web address")


class Statement(Entry, frozen=True, kw_only=True):
    """One plain-language line with its sources, its strength and what speaks against it.

    Raises:
        KnowledgeError: If the text is empty or unfinished, no source is given, or a contradicted
            statement (strength ``X``) brings no counter-evidence.
    """

    id: str
    text: str
    strength: Strength
    sources: tuple[str, ...]
    counter_evidence: tuple[Statement, ...] = ()

    def __post_init__(self) -> None:
        check_id(self.id)
        if self.text != self.text.strip() or not self.text.endswith((".", "!", "?")):
            raise KnowledgeError(f"statement '{self.id}' needs a text that ends in '.'")
        if not self.sources:
            raise KnowledgeError(f"statement '{self.id}' needs at least one source")
        if self.strength is Strength.X and not self.counter_evidence:
            raise KnowledgeError(f"statement '{self.id}' is marked X: say what contradicts it")


class Risk(Statement, frozen=True, kw_only=True):
    """A link from a fault to a condition it may add to."""

    condition: str


class Contributor(Statement, frozen=True, kw_only=True):
    """A link from a fault to a root cause that may feed it."""

    root_cause: str


class Cue(Statement, frozen=True, kw_only=True):
    """A coaching cue: ``text`` to read, ``spoken`` (at most six words) to hear between reps."""

    spoken: str

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 1 <= len(self.spoken.split()) <= MAX_SPOKEN_WORDS:
            raise KnowledgeError(f"cue '{self.id}': speak 1 to {MAX_SPOKEN_WORDS} words")


class FilmedFrom(StrEnum):
    """Camera view a fault is judged from."""

    FRONT = "front"
    SIDE = "side"


class FaultEntry(Entry, frozen=True, kw_only=True):
    """A movement fault: what it is, what feeds it, what it may risk and what helps.

    ``cues`` and ``exercises`` hold ids, most important first; ``words`` is there if formcheck
    judges the fault.
    """

    id: str
    name: str
    view: FilmedFrom
    words: FaultWords | None = None
    summary: Statement
    mechanism: tuple[Statement, ...]
    contributors: tuple[Contributor, ...]
    risks: tuple[Risk, ...]
    cues: tuple[str, ...]
    exercises: tuple[str, ...]
    stop: tuple[Statement, ...]
    caveats: tuple[Statement, ...] = ()


class Condition(Entry, frozen=True, kw_only=True):
    """A knee or muscle complaint in general terms, never a finding about a person.

    ``what_helps`` is training advice: it is held back by a red flag like any other.
    """

    id: str
    name: str
    about: tuple[Statement, ...]
    see_professional: tuple[Statement, ...]
    what_helps: tuple[Statement, ...] = ()
    also_called: tuple[str, ...] = ()
    root_causes: tuple[str, ...] = ()
    exercises: tuple[str, ...] = ()


class Topic(StrEnum):
    """A part of the product a root cause leads to."""

    LOAD = "load"
    WARM_UP = "warm_up"


class RootCause(Entry, frozen=True, kw_only=True):
    """Something behind a fault or an ache that one rep may not show, and where it leads."""

    id: str
    name: str
    is_visible_in_rep: bool
    about: tuple[Statement, ...]
    what_helps: tuple[Statement, ...]
    cues: tuple[str, ...] = ()
    exercises: tuple[str, ...] = ()
    machines: tuple[str, ...] = ()
    topics: tuple[Topic, ...] = ()


class Gate(Entry, frozen=True, kw_only=True):
    """When an exercise may be shown, besides the absence of red flags."""

    text: str
    needs_no_knee_pain: bool = False
    needs_warm_up: bool = False


class Exercise(Statement, frozen=True, kw_only=True):
    """An exercise; ``text`` says what it is for, strength and sources cover purpose and steps."""

    name: str
    how_to: tuple[str, ...]
    dose: Statement
    gate: Gate
    notes: tuple[Statement, ...] = ()


class Machine(Entry, frozen=True, kw_only=True):
    """Advice for a gym machine."""

    id: str
    name: str
    advice: tuple[Statement, ...]
