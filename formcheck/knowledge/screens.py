"""The screens of the guide: which comes next, and what ticking its cards says."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from formcheck.knowledge.answers import Answers
from formcheck.knowledge.care import Screen, ScreenKind
from formcheck.knowledge.guide import run_guide
from formcheck.knowledge.loading import load_knowledge
from formcheck.knowledge.reader import parse_answers
from formcheck.knowledge.vocabulary import Tier


def answers_of(screen: Screen, chosen: Collection[int]) -> dict[str, Any]:
    """Return what a person says by ticking these cards of a screen and leaving the others.

    Who has read a screen of many cards and ticked some has said no to the rest. On a screen for one
    answer only the ticked card counts.
    """
    said: dict[str, Any] = {}
    fields = {name for card in screen.cards for name in card.answers}
    if not chosen:
        said |= screen.none_answers
    if screen.kind is not ScreenKind.ONE:
        said |= {name: value for name, value in screen.none_answers.items() if name in fields}
        for card in screen.cards:
            said |= {n: not value for n, value in card.answers.items() if isinstance(value, bool)}
    for i in sorted(chosen):
        for name, value in screen.cards[i].answers.items():
            before = said.get(name)
            is_more = isinstance(value, list) and before != screen.none_answers.get(name)
            said[name] = [*(before or ()), *value] if is_more else value
    return said


def merged(told: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the answers of several screens as one table."""
    return {name: value for one in told for name, value in one.items()}


def next_screen(
    told: Mapping[str, Mapping[str, Any]], today: date | None = None, *, is_thorough: bool = True
) -> Screen | None:
    """Return the screen to ask next; ``None`` when nothing is left that could matter.

    An emergency ends the questions at once, and so does a sign for today at the end of its screen:
    no later answer can make either less urgent. What only advice needs is not asked while a sign
    holds advice back.

    Args:
        told: Answers by the id of the screen that was shown; empty if it was skipped.
        today: For what depends on a date.
        is_thorough: Whether to ask for what only advice needs, too.
    """
    answers = parse_answers(merged(told.values()))
    result = run_guide(answers, today)
    urgent = [v.flag for v in result.verdicts if v.tier in (Tier.EMERGENCY, Tier.TODAY)]
    if any(flag.when.evaluate(answers, is_strict=True) for flag in urgent):
        return None
    for screen in load_knowledge().screens:
        is_wanted = screen.when is None or screen.when.evaluate(answers)
        is_idle = screen.is_for_advice and not (is_thorough and result.standing.is_open)
        if screen.id not in told and is_wanted and not is_idle:
            return screen
    return None


def in_words(answers: Answers) -> list[tuple[str, tuple[str, ...]]]:
    """Return what was told, screen by screen, in the words of the screens.

    A screen that was left open is there without an answer; one that was not wanted is left out.
    """
    rows: list[tuple[str, tuple[str, ...]]] = []
    for screen in load_knowledge().screens:
        fields = {name for card in screen.cards for name in card.answers} | {screen.field} - {""}
        values = {name: getattr(answers, name) for name in fields}
        if all(value is None or value == frozenset() for value in values.values()):
            if screen.when is None:
                rows.append((screen.title, ()))
            continue
        said = [
            card.label
            for card in screen.cards
            if all(_holds(values[name], value) for name, value in card.answers.items())
        ]
        if screen.field:
            said = [str(values[screen.field])]
        rows.append((screen.title, tuple(said) or (screen.none or "none of these",)))
    return rows


def _holds(told: Any, value: Any) -> bool:
    return set(value) <= set(told) if isinstance(value, list) else bool(told == value)
