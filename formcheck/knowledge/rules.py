"""Rules written as data: small conditions over the answers, with a third value for "unknown"."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from types import UnionType
from typing import Union, get_args, get_origin, get_type_hints

from formcheck.knowledge.answers import Answers
from formcheck.knowledge.vocabulary import KnowledgeError

DERIVED_ANSWERS = ("pain_h", "training_h")
_NUMBER_TESTS: Mapping[str, Callable[[float, float], bool]] = {
    "above": lambda value, limit: value > limit,
    "at_least": lambda value, limit: value >= limit,
    "below": lambda value, limit: value < limit,
    "at_most": lambda value, limit: value <= limit,
}


class Rule(ABC):
    """A condition over :class:`~formcheck.knowledge.answers.Answers`."""

    __slots__ = ()

    @abstractmethod
    def evaluate(self, answers: Answers) -> bool | None:
        """Return ``True``, ``False``, or ``None`` when the answers do not settle it."""

    @abstractmethod
    def leaves(self) -> Iterator[Check]:
        """Yield every single test inside the rule."""


@dataclass(frozen=True, slots=True)
class Check(Rule):
    """One answer against one limit or a set of values.

    ``or_unknown`` makes a missing answer count as a hit: it is used where a sign was reported and
    only the detail that would make it harmless is missing.
    """

    answer: str
    operator: str
    values: tuple[object, ...]
    or_unknown: bool = False

    def evaluate(self, answers: Answers) -> bool | None:
        """Return the outcome for these answers, ``None`` when the answer is missing."""
        value = getattr(answers, self.answer)
        is_unknown = value is None or value == frozenset()
        if self.operator == "unknown":
            return is_unknown
        if is_unknown:
            return True if self.or_unknown else None
        if self.operator == "has":
            return any(item in value for item in self.values)
        if self.operator == "is":
            return value in self.values
        (limit,) = self.values
        assert isinstance(limit, (int, float))
        return _NUMBER_TESTS[self.operator](value, limit)

    def leaves(self) -> Iterator[Check]:
        """Yield this test."""
        yield self


@dataclass(frozen=True, slots=True)
class Group(Rule):
    """Several rules of which all, or any, must hold (Kleene logic for unknowns)."""

    is_all: bool
    rules: tuple[Rule, ...]

    def evaluate(self, answers: Answers) -> bool | None:
        """Return the joint outcome; one decisive member settles it, else an unknown wins."""
        outcomes = [rule.evaluate(answers) for rule in self.rules]
        decisive = not self.is_all
        if decisive in outcomes:
            return decisive
        return None if None in outcomes else self.is_all

    def leaves(self) -> Iterator[Check]:
        """Yield the tests of every member."""
        for rule in self.rules:
            yield from rule.leaves()


def parse_rule(table: object, where: str) -> Rule:
    """Turn a table such as ``{answer = "pain_h", above = 48}`` into a rule.

    Parameters
    ----------
    table
        ``{all = [...]}``, ``{any = [...]}``, or one test: ``answer`` with exactly one of ``is``,
        ``has``, ``above``, ``at_least``, ``below``, ``at_most`` or ``unknown``, and optionally
        ``or_unknown``.
    where
        Place in the data, for messages.

    Raises
    ------
    KnowledgeError
        If the table has another shape, names an unknown answer or a value that answer cannot take.
    """
    if not isinstance(table, Mapping) or not table:
        raise KnowledgeError(f"{where}: a rule is a non-empty table, not {table!r}")
    for key in ("all", "any"):
        if key in table:
            members = table[key]
            if len(table) != 1 or not isinstance(members, Sequence) or not members:
                raise KnowledgeError(f"{where}: '{key}' stands alone and lists at least one rule")
            parsed = (parse_rule(item, f"{where}.{key}[{i}]") for i, item in enumerate(members))
            return Group(is_all=key == "all", rules=tuple(parsed))
    return _parse_test(table, where)


def _parse_test(table: Mapping[str, object], where: str) -> Check:
    operators = set(table) - {"answer", "or_unknown"}
    answer, or_unknown = table.get("answer"), table.get("or_unknown", False)
    if len(operators) != 1 or not isinstance(answer, str) or not isinstance(or_unknown, bool):
        raise KnowledgeError(f"{where}: a test names one answer and one operator, not {table!r}")
    if answer not in ANSWER_TYPES:
        raise KnowledgeError(f"{where}: no answer '{answer}'; known: {', '.join(ANSWER_TYPES)}")
    (operator,) = operators
    kind, is_set = ANSWER_TYPES[answer]
    raw = table[operator]
    if operator == "unknown":
        if raw is not True or or_unknown:
            raise KnowledgeError(f"{where}: write 'unknown = true' and nothing else")
        return Check(answer, operator, (True,))
    if operator in _NUMBER_TESTS and kind is float:
        if isinstance(raw, bool) or not isinstance(raw, (int, float)):
            raise KnowledgeError(f"{where}: '{operator}' needs a number, not {raw!r}")
        return Check(answer, operator, (float(raw),), or_unknown)
    if operator != ("has" if is_set else "is") or kind is float:
        raise KnowledgeError(f"{where}: '{operator}' does not fit the answer '{answer}'")
    items = raw if isinstance(raw, list) else [raw]
    values = tuple(_answer_value(kind, item, where) for item in items)
    if not values:
        raise KnowledgeError(f"{where}: '{operator}' needs at least one value")
    return Check(answer, operator, values, or_unknown)


def _answer_value(kind: type, raw: object, where: str) -> object:
    if kind is bool:
        if isinstance(raw, bool):
            return raw
    elif isinstance(raw, str) and issubclass(kind, StrEnum) and raw in {m.value for m in kind}:
        return kind(raw)
    raise KnowledgeError(f"{where}: {raw!r} is not a value of {kind.__name__}")


def _answer_types() -> dict[str, tuple[type, bool]]:
    """Return for each answer the type of one value and whether it is a set of them."""
    hints = get_type_hints(Answers)
    types: dict[str, tuple[type, bool]] = dict.fromkeys(DERIVED_ANSWERS, (float, False))
    for field in fields(Answers):
        hint = hints[field.name]
        if get_origin(hint) is frozenset:
            types[field.name] = (get_args(hint)[0], True)
        elif get_origin(hint) in (Union, UnionType):
            types[field.name] = (get_args(hint)[0], False)
    return types


ANSWER_TYPES: Mapping[str, tuple[type, bool]] = _answer_types()
