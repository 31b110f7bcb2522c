"""What the symptom guide answers, as plain JSON values and as text for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

from formcheck.knowledge import GuideResult, Tier, load_knowledge
from formcheck.knowledge.model import Statement

WIDTH = 88


def guide_to_dict(result: GuideResult) -> dict[str, Any]:
    """Return a guide result as plain JSON values, with every source it names."""
    base = load_knowledge()
    cited = dict.fromkeys(id_ for s in _statements(result) for id_ in s.sources)
    return {
        "schema_version": 1,
        "disclaimer": base.note("general.header").text,
        "tier": None if result.tier is None else result.tier.value,
        "headline": result.headline,
        "detail": result.detail,
        "is_exercise_advice_allowed": result.is_exercise_advice_allowed,
        "red_flags": [
            {
                "id": verdict.flag.id,
                "tier": verdict.tier.value,
                "label": verdict.flag.label,
                "reason": verdict.reason,
                **_plain(verdict.flag),
            }
            for verdict in result.red_flags
        ],
        "patterns": [
            {
                "id": score.pattern.id,
                "name": score.pattern.name,
                "points": score.points,
                "reasons_for": list(score.reasons_for),
                "reasons_against": list(score.reasons_against),
                **_plain(score.pattern.resembles),
            }
            for score in result.patterns
        ],
        "is_unclear": result.is_unclear,
        "self_care": [
            {
                "id": item.id,
                "kind": item.kind.value,
                "name": item.name,
                "cautions": [caution.text for caution in item.cautions],
                **_plain(item),
            }
            for item in result.self_care
        ],
        "notes": [{"id": note.id, **_plain(note)} for note in result.notes],
        "faults_to_check": list(result.faults_to_check),
        "root_causes_to_check": list(result.root_causes_to_check),
        "sources": {
            id_: {"title": base.reference(id_).title, "seen": base.reference(id_).seen.value}
            for id_ in cited
        },
    }


def _plain(statement: Statement) -> dict[str, Any]:
    return {
        "text": statement.text,
        "strength": statement.strength.value,
        "sources": list(statement.sources),
        "but": [counter.text for counter in statement.counter_evidence],
    }


def _statements(result: GuideResult) -> Iterator[Statement]:
    base = load_knowledge()
    if result.tier is not None:
        yield base.tier_text(result.tier)
    shown: list[Statement] = [verdict.flag for verdict in result.red_flags]
    for score in result.patterns:
        shown.append(score.pattern.resembles)
    for item in result.self_care:
        shown += [item, *item.cautions]
    for statement in [*shown, *result.notes]:
        yield statement
        yield from statement.counter_evidence


def guide_to_text(result: GuideResult) -> str:
    """Return a guide result as text for a terminal, 88 characters wide."""
    base = load_knowledge()
    numbers = {
        id_: i
        for i, id_ in enumerate(
            dict.fromkeys(id_ for s in _statements(result) for id_ in s.sources), start=1
        )
    }

    def cite(statement: Statement) -> str:
        marks = ",".join(str(numbers[id_]) for id_ in statement.sources)
        return f"{statement.text} [{marks}:{statement.strength.value}]"

    detail = result.detail if result.tier is None else cite(base.tier_text(result.tier))
    lines = [wrapped(result.headline), wrapped(detail)]
    for tier in Tier:
        raised = [verdict for verdict in result.red_flags if verdict.tier is tier]
        if raised:
            lines += ["", f"Why ({tier.value})"]
            for verdict in raised:
                lines += _item(f"{verdict.reason} {cite(verdict.flag)}")
    for score in result.patterns:
        lines += ["", f"{score.pattern.name}. {cite(score.pattern.resembles)}"]
        lines += _item(*(f"For: {reason}" for reason in score.reasons_for))
        lines += _item(*(f"Against: {reason}" for reason in score.reasons_against))
    if result.is_unclear:
        lines += ["", wrapped(base.note("general.unclear").text)]
    if not result.is_exercise_advice_allowed:
        lines += ["", wrapped(base.note("general.withheld").text)]
        lines += [wrapped("If you score a video, use formcheck score --no-cues.")]
    if result.self_care:
        lines += ["", "What may help"]
        for care in result.self_care:
            lines += _item(f"{care.name}. {cite(care)}")
            lines += _item(*(cite(caution) for caution in care.cautions), indent="    ")
            lines += _item(*(f"But: {cite(c)}" for c in care.counter_evidence), indent="    ")
    if result.notes:
        lines += ["", "Also", *_item(*(cite(note) for note in result.notes))]
    checks = [base.fault(id_).name for id_ in result.faults_to_check]
    checks += [base.root_cause(id_).name for id_ in result.root_causes_to_check]
    if checks:
        lines += ["", "Worth a look in your own findings", *_item(*(f"{c}." for c in checks))]
    lines += ["", "Sources (A to D: how strong; X: contradicted)"]
    lines += [wrapped(f"{i}. {base.reference(id_).title}", "  ") for id_, i in numbers.items()]
    lines += ["", wrapped(base.note("general.header").text)]
    return "\n".join(lines)


def _item(*texts: str, indent: str = "  ") -> list[str]:
    return [wrapped(text, f"{indent}- ", indent + "  ") for text in texts]


def wrapped(text: str, first: str = "", rest: str | None = None) -> str:
    """Return a text in lines of at most 88 characters."""
    return textwrap.fill(
        text, WIDTH, initial_indent=first, subsequent_indent=first if rest is None else rest
    )
