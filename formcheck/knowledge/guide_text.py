"""What the symptom guide answers, as plain JSON values and as text for a terminal."""

import textwrap
from typing import Any

import msgspec

from formcheck.knowledge import GuideResult, Standing, Tier, load_knowledge
from formcheck.knowledge.gate import withheld_id
from formcheck.knowledge.model import Statement

WIDTH = 88
MAX_OPEN_SHOWN = 5


def guide_to_dict(result: GuideResult) -> dict[str, Any]:
    """Return a guide result as plain JSON values, with every source it names."""
    base = load_knowledge()
    answer: dict[str, Any] = {
        "schema_version": 1,
        "disclaimer": base.note("general.header").text,
        **_picked(result, "tier", "headline", "detail", "is_exercise_advice_allowed"),
        **_picked(result, "standing", "n_signs", "n_answered", "actions"),
        "open_signs": [v.flag.id for v in result.open_signs],
        "cleared": [v.flag.id for v in result.cleared],
        "red_flags": [
            {**_picked(v.flag, "id", "tier", "label"), "reason": v.reason, **_plain(v.flag)}
            for v in result.red_flags
        ],
        "patterns": [
            {
                **_picked(score.pattern, "id", "name"),
                **_picked(score, "points", "reasons_for", "reasons_against"),
                **_plain(score.pattern.resembles),
                "what_helps": [{"id": one.id, **_plain(one)} for one in score.what_helps],
            }
            for score in result.patterns
        ],
        "is_unclear": result.is_unclear,
        "self_care": [
            {
                **_picked(item, "id", "kind", "name"),
                "cautions": [caution.text for caution in item.cautions],
                **_plain(item),
            }
            for item in result.self_care
        ],
        "notes": [{"id": note.id, **_plain(note)} for note in result.notes],
        **_picked(result, "faults_to_check", "root_causes_to_check"),
        "sources": {id_: _picked(base.reference(id_), "title", "seen") for id_ in _cited(result)},
    }
    return msgspec.json.decode(msgspec.json.encode(answer), type=dict[str, Any])


def _picked(entry: object, *names: str) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in names}


def _plain(statement: Statement) -> dict[str, Any]:
    but = [counter.text for counter in statement.counter_evidence]
    return {**_picked(statement, "text", "strength", "sources"), "but": but}


def _cited(result: GuideResult) -> tuple[str, ...]:
    """The sources of everything that is shown, in its order."""
    shown: list[Statement] = []
    shown += [verdict.flag for verdict in result.red_flags]
    for score in result.patterns:
        shown += [score.pattern.resembles, *score.what_helps]
    for item in result.self_care:
        shown += [item, *item.cautions]
    shown += result.notes
    every = (one for statement in shown for one in (statement, *statement.counter_evidence))
    return tuple(dict.fromkeys(id_ for statement in every for id_ in statement.sources))


def guide_to_text(result: GuideResult) -> str:
    """Return a guide result as text for a terminal, 88 characters wide.

    An emergency is told with what to do, and nothing below it.
    """
    base = load_knowledge()
    numbers = {id_: i for i, id_ in enumerate(_cited(result), start=1)}

    def cite(statement: Statement) -> str:
        marks = ",".join(str(numbers[id_]) for id_ in statement.sources)
        return f"{statement.text} [{marks}:{statement.strength.value}]"

    lines = [wrapped(result.headline), wrapped(result.detail), ""]
    if result.tier is Tier.EMERGENCY:
        lines += [wrapped(verdict.reason) for verdict in result.red_flags[:1]]
        return "\n".join([*lines, *_item(*result.actions)])
    lines += [wrapped(result.progress)]
    if result.standing is Standing.UNSETTLED:
        lines += _item(*(f"Open: {v.flag.label}." for v in result.open_signs[:MAX_OPEN_SHOWN]))
        if len(result.open_signs) > MAX_OPEN_SHOWN:
            lines += _item(f"Open: {len(result.open_signs) - MAX_OPEN_SHOWN} more.")
    lines += ["", "What to do", *_item(*result.actions)]
    for tier in Tier:
        raised = [verdict for verdict in result.red_flags if verdict.tier is tier]
        if raised:
            lines += ["", f"Why ({tier.value})"]
            for verdict in raised:
                lines += _item(f"{verdict.reason} {cite(verdict.flag)}")
    for score in result.patterns:
        lines += ["", wrapped(f"{score.pattern.name}. {cite(score.pattern.resembles)}")]
        lines += _item(*(f"For: {reason}" for reason in score.reasons_for))
        lines += _item(*(f"Against: {reason}" for reason in score.reasons_against))
        lines += _item(*(f"What helps: {cite(one)}" for one in score.what_helps))
    if result.is_unclear:
        lines += ["", wrapped(base.note("general.unclear").text)]
    if not result.is_exercise_advice_allowed:
        lines += ["", wrapped(base.note(withheld_id(result.standing)).text)]
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
    if numbers:
        lines += ["", "Sources (A to D: how strong; X: contradicted)"]
        lines += [wrapped(f"{i}. {base.reference(id_).title}", "  ") for id_, i in numbers.items()]
    lines += ["", wrapped(base.note("general.header").text)]
    return "\n".join(lines)


def _item(*texts: str, indent: str = "  ") -> list[str]:
    return [wrapped(text, f"{indent}- ", indent + "  ") for text in texts]


def wrapped(text: str, first: str = "", rest: str | None = None) -> str:
    """Return a text in lines of at most 88 characters."""
    rest = first if rest is None else rest
    return textwrap.fill(text, WIDTH, initial_indent=first, subsequent_indent=rest)
