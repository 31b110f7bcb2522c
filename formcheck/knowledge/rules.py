"""Rules written as data: small conditions over the answers, with a third value for "unknown"."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import ge, gt, le, lt
from typing import Any, get_args, get_origin, get_type_hints

import msgspec

from formcheck.errors import explain
from formcheck.knowledge.answers import Answers
from formcheck.knowledge.vocabulary import KnowledgeError

DERIVED_ANSWERS = ("pain_h", "training_h", "years")
_NUMBER_TESTS: Mapping[str, Callable[[float, float], bool]] = {
    "above": gt, "at_least": ge, "below": lt, "at_most": le,
}  # fmt: skip


class Rule(ABC):
    """A condition over :class:`~formcheck.knowledge.answers.Answers`."""

    __slots__ = ()

    @abstractmethod
    def evaluate(self, answers: Answers, *, is_strict: bool = False) -> bool | None:
        """Return ``True``, ``False``, or ``None`` when the answers do not settle it.

        ``is_strict`` counts only what was answered: ``or_unknown`` is left out.
        """


@dataclass(frozen=True, slots=True)
class AnswerTest(Rule):
    """One answer against one limit or a set of values.

    ``or_unknown`` makes a missing answer count as a hit: it is used where a sign was reported and
    only the detail that would make it harmless is missing.
    """

    answer: str
    operator: str
    values: tuple[object, ...]
    or_unknown: bool = False

    def evaluate(self, answers: Answers, *, is_strict: bool = False) -> bool | None:
        """Return the outcome for these answers, ``None`` when the answer is missing."""
        value = getattr(answers, self.answer)
        is_unknown = value is None or value == frozenset()
        if self.operator == "unknown":
            return is_unknown
        if is_unknown:
            return True if self.or_unknown and not is_strict else None
        if self.operator == "has":
            return any(item in value for item in self.values)
        if self.operator == "is":
            return value in self.values
        (limit,) = self.values
        assert isinstance(limit, (int, float))
        return _NUMBER_TESTS[self.operator](value, limit)


@dataclass(frozen=True, slots=True)
class Group(Rule):
    """Several rules of which all, or any, must hold (Kleene logic for unknowns)."""

    is_all: bool
    rules: tuple[Rule, ...]

    def evaluate(self, answers: Answers, *, is_strict: bool = False) -> bool | None:
        """Return the joint outcome; one decisive member settles it, else an unknown wins."""
        outcomes = [rule.evaluate(answers, is_strict=is_strict) for rule in self.rules]
        decisive = not self.is_all
        if decisive in outcomes:
            return decisive
        return None if None in outcomes else self.is_all


def parse_rule(table: Any, where: str = "rule") -> Rule:
    """Turn a table such as ``{answer = "pain_h", above = 48}`` into a rule.

    It is ``{all = [...]}``, ``{any = [...]}``, or one test: ``answer`` with exactly one of ``is``,
    ``has``, ``above``, ``at_least``, ``below``, ``at_most`` or ``unknown``, and optionally
    ``or_unknown``.  Messages name the place in the data, ``where``.

    Raises:
        KnowledgeError: If the table has another shape, names an unknown answer or a value that
            answer cannot take.
    """
    match table:
        case {"all": members, **rest} | {"any": members, **rest}:
            if rest or not isinstance(members, list) or not members:
                raise KnowledgeError(f"{where}: 'all' or 'any' stands alone with at least one rule")
            (kind,) = table
            parsed = (parse_rule(item, f"{where}.{kind}[{i}]") for i, item in enumerate(members))
            return Group(is_all=kind == "all", rules=tuple(parsed))
        case {"answer": str(answer), **rest}:
            or_unknown = rest.pop("or_unknown", False)
            if len(rest) == 1 and isinstance(or_unknown, bool):
                ((operator, value),) = rest.items()
                return _parse_test(answer, str(operator), value, or_unknown, where)
    raise KnowledgeError(f"{where}: a table names one answer and one operator, not {table!r}")


def _parse_test(
    answer: str, operator: str, value: object, or_unknown: bool, where: str
) -> AnswerTest:
    if answer not in ANSWER_TYPES:
        raise KnowledgeError(f"{where}: no answer '{answer}'; known: {', '.join(ANSWER_TYPES)}")
    if operator == "unknown":
        if value is not True or or_unknown:
            raise KnowledgeError(f"{where}: write 'unknown = true' and nothing else")
        return AnswerTest(answer, operator, (True,))
    kind, is_set = ANSWER_TYPES[answer]
    if operator not in (_NUMBER_TESTS if kind is float else ["has" if is_set else "is"]):
        raise KnowledgeError(f"{where}: '{operator}' does not fit the answer '{answer}'")
    items = value if isinstance(value, list) and kind is not float else [value]
    try:
        values = msgspec.convert(items, tuple[kind, ...])  # type: ignore[valid-type]
    except ValueError as error:
        raise KnowledgeError(f"{where}.{operator}{explain(error, kind)}") from error
    if not values:
        raise KnowledgeError(f"{where}: '{operator}' needs at least one value")
    return AnswerTest(answer, operator, values, or_unknown)


ANSWER_TYPES: Mapping[str, tuple[type, bool]] = {
    **dict.fromkeys(DERIVED_ANSWERS, (float, False)),
    **{n: (get_args(t)[0], get_origin(t) is frozenset) for n, t in get_type_hints(Answers).items()},
}
"""For each answer the type of one value, and whether it is a set of them."""
