"""Checks over the whole knowledge base: unique ids, links that resolve, a complete guide."""

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

from formcheck.knowledge.answers import FILE_ONLY, Answers
from formcheck.knowledge.base import HasId, KnowledgeBase
from formcheck.knowledge.care import NAMED_IN_REASONS
from formcheck.knowledge.model import Statement
from formcheck.knowledge.reader import build
from formcheck.knowledge.rules import ANSWER_TYPES
from formcheck.knowledge.vocabulary import KnowledgeError, Tier


def check_links(base: KnowledgeBase) -> None:
    """Raise :class:`KnowledgeError` on the first double id, dead link or gap in the guide."""
    _check_unique(base)
    _check_sources(base)
    for owner, kind, ids, known in _links(base):
        if missing := [id_ for id_ in ids if id_ not in known]:
            raise KnowledgeError(
                f"{owner} names the {kind} '{missing[0]}', which does not exist; "
                f"known: {', '.join(sorted(known))}"
            )
    _check_screens(base)
    _check_reasons(base)
    tiers = [text.tier for text in base.tiers]
    if sorted(tiers) != sorted(Tier):
        raise KnowledgeError("every tier needs exactly one text in tiers.toml")
    for text in base.tiers:
        if text.id != f"tier.{text.tier.value}":
            raise KnowledgeError(f"tier text '{text.id}' must be called 'tier.{text.tier.value}'")


def _check_unique(base: KnowledgeBase) -> None:
    groups: dict[str, Iterable[str]] = {"statement": (s.id for s in base.walk(Statement))}
    for name in ("references", "conditions", "faults", "root_causes", "machines", "patterns"):
        groups[name] = (entry.id for entry in getattr(base, name))
    for kind, ids in groups.items():
        if doubles := [id_ for id_, count in Counter(ids).items() if count > 1]:
            raise KnowledgeError(f"{kind} id '{doubles[0]}' is used twice; ids are unique")


def _check_sources(base: KnowledgeBase) -> None:
    known = _ids(base.references)
    for statement in base.walk(Statement):
        if missing := [id_ for id_ in statement.sources if id_ not in known]:
            raise KnowledgeError(
                f"statement '{statement.id}' cites '{missing[0]}'; add it to references.toml"
            )


def _ids(entries: Iterable[HasId]) -> frozenset[str]:
    return frozenset(entry.id for entry in entries)


def _links(base: KnowledgeBase) -> Iterable[tuple[str, str, tuple[str, ...], frozenset[str]]]:
    """Yield (owner, kind, ids it names, ids that exist)."""
    conditions, causes = _ids(base.conditions), _ids(base.root_causes)
    cues, exercises = _ids(base.cues), _ids(base.exercises)
    for fault in base.faults:
        owner = f"fault '{fault.id}'"
        yield owner, "condition", tuple(risk.condition for risk in fault.risks), conditions
        yield owner, "root cause", tuple(c.root_cause for c in fault.contributors), causes
        yield owner, "cue", fault.cues, cues
        yield owner, "exercise", fault.exercises, exercises
    for condition in base.conditions:
        owner = f"condition '{condition.id}'"
        yield owner, "root cause", condition.root_causes, causes
        yield owner, "exercise", condition.exercises, exercises
    for cause in base.root_causes:
        owner = f"root cause '{cause.id}'"
        yield owner, "cue", cause.cues, cues
        yield owner, "exercise", cause.exercises, exercises
        yield owner, "machine", cause.machines, _ids(base.machines)
    for pattern in base.patterns:
        owner = f"pattern '{pattern.id}'"
        yield owner, "condition", (pattern.condition,), conditions
        yield owner, "fault", pattern.faults, _ids(base.faults)
        yield owner, "root cause", pattern.root_causes, causes
    steps = base.warm_up.steps
    for step in steps:
        other = () if step.is_alternative_to is None else (step.is_alternative_to,)
        yield f"warm-up step '{step.id}'", "warm-up step", other, _ids(steps)


def _check_screens(base: KnowledgeBase) -> None:
    """Every answer can be given on exactly one screen, and every value of it."""
    values: dict[str, set[object]] = {}
    asked: list[str] = []
    for screen in base.screens:
        names = {name for card in screen.cards for name in card.answers} | {screen.field} - {""}
        asked += names
        for table in (*(card.answers for card in screen.cards), screen.none_answers):
            build(Answers, dict(table), f"screen '{screen.id}'")
            for name, value in table.items():
                values.setdefault(name, set()).update(value if isinstance(value, list) else [value])
    wanted = set(Answers.__struct_fields__) - set(FILE_ONLY)
    if sorted(asked) != sorted(wanted):
        odd = sorted(set(asked) ^ wanted) or ["one asked twice"]
        raise KnowledgeError(f"screens.toml must ask every answer once; look at '{odd[0]}'")
    for name, told in values.items():
        kind, _ = ANSWER_TYPES[name]
        if issubclass(kind, StrEnum) and told != {str(value) for value in kind}:
            raise KnowledgeError(f"screens.toml must offer every value of '{name}'")


def _check_reasons(base: KnowledgeBase) -> None:
    blank = dict.fromkeys(NAMED_IN_REASONS, "?")
    for flag in base.red_flags:
        try:
            flag.reason.format_map(blank)
        except (KeyError, ValueError, IndexError) as error:
            raise KnowledgeError(
                f"red flag '{flag.id}': the reason may only name {sorted(blank)}: {error!r}"
            ) from None
