"""Reading the packaged knowledge base and checking it as a whole."""

from __future__ import annotations

from functools import cache
from typing import TypeVar

from formcheck.knowledge.base import KnowledgeBase
from formcheck.knowledge.care import (
    Default,
    GuideNote,
    LoadGuide,
    Pattern,
    Question,
    RedFlag,
    SelfCare,
    TierText,
    WarmUp,
)
from formcheck.knowledge.checks import check_links
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
from formcheck.knowledge.reader import build, build_all, data_folder, read_toml

T = TypeVar("T")


@cache
def load_knowledge() -> KnowledgeBase:
    """Load and check the packaged knowledge base (read once, then kept).

    Raises
    ------
    KnowledgeError
        If a data file is missing, malformed or inconsistent.
    """
    folder = data_folder()

    def entries(cls: type[T], stem: str, key: str) -> tuple[T, ...]:
        return build_all(cls, read_toml(folder / f"{stem}.toml").get(key), f"{stem}.toml {key}")

    fault_files = sorted(
        (file for file in (folder / "faults").iterdir() if file.name.endswith(".toml")),
        key=lambda file: file.name,
    )
    base = KnowledgeBase(
        references=entries(Reference, "references", "reference"),
        notes=entries(Statement, "general", "note"),
        conditions=entries(Condition, "conditions", "condition"),
        faults=tuple(build(FaultEntry, read_toml(file), file.name) for file in fault_files),
        root_causes=entries(RootCause, "root_causes", "root_cause"),
        cues=entries(Cue, "cues", "cue"),
        exercises=entries(Exercise, "exercises", "exercise"),
        machines=entries(Machine, "machines", "machine"),
        tiers=entries(TierText, "tiers", "tier"),
        red_flags=entries(RedFlag, "red_flags", "red_flag"),
        self_care=entries(SelfCare, "self_care", "self_care"),
        guide_notes=entries(GuideNote, "guide_notes", "guide_note"),
        pattern_limits=entries(Default, "patterns", "limit"),
        patterns=entries(Pattern, "patterns", "pattern"),
        questions=entries(Question, "questions", "question"),
        warm_up=build(WarmUp, read_toml(folder / "warm_up.toml"), "warm_up.toml"),
        load=build(LoadGuide, read_toml(folder / "load.toml"), "load.toml"),
    )
    check_links(base)
    return base
