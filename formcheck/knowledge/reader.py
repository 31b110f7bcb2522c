"""Build typed entries from TOML tables, driven by the entries' own type hints."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from types import UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from formcheck.knowledge.answers import Answers
from formcheck.knowledge.rules import Rule, parse_rule
from formcheck.knowledge.vocabulary import KnowledgeError

T = TypeVar("T")


def data_folder() -> Traversable:
    """Return the folder of the packaged data files."""
    return resources.files("formcheck.knowledge") / "data"


def read_toml(file: Traversable) -> dict[str, Any]:
    """Read one data file.

    Raises
    ------
    KnowledgeError
        If the file is missing, is not UTF-8 or is not TOML.
    """
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise KnowledgeError(f"knowledge file {file.name} cannot be read: {error}") from error


def build(cls: type[T], table: object, where: str) -> T:
    """Build a dataclass entry from a table.

    Parameters
    ----------
    cls
        A dataclass whose hints use ``str``, numbers, ``bool``, enums, tuples, sets, ``X | None``,
        :class:`Rule` and other such dataclasses.
    table
        The table as read from TOML or JSON.
    where
        Place in the data, for messages.

    Raises
    ------
    KnowledgeError
        If a key is unknown or missing, or a value has the wrong type.
    """
    if not isinstance(table, Mapping):
        raise KnowledgeError(f"{where}: expected a table, not {table!r}")
    here = f"{where} '{table['id']}'" if isinstance(table.get("id"), str) else where
    hints = _hints(cast(Any, cls))
    known = {field.name: field for field in fields(cast(Any, cls))}
    if unknown := sorted(set(table) - set(known)):
        raise KnowledgeError(f"{here}: unknown key {unknown[0]!r}; known: {', '.join(known)}")
    values: dict[str, object] = {}
    for name, field in known.items():
        if name in table:
            values[name] = _convert(hints[name], table[name], f"{here}.{name}")
        elif field.default is MISSING and field.default_factory is MISSING:
            raise KnowledgeError(f"{here}: key '{name}' is missing")
    return cls(**values)


def build_all(cls: type[T], tables: object, where: str) -> tuple[T, ...]:
    """Build one entry per table of an array of tables; see :func:`build`."""
    if not isinstance(tables, list):
        raise KnowledgeError(f"{where}: expected a list of tables, not {tables!r}")
    return tuple(build(cls, table, f"{where}[{i}]") for i, table in enumerate(tables))


def parse_answers(table: Mapping[str, object]) -> Answers:
    """Build answers from plain values, as read from JSON or a form.

    Parameters
    ----------
    table
        Keys are field names of :class:`Answers`; choices are given by their value, several
        choices as a list, unknown answers are left out or ``None``.

    Raises
    ------
    KnowledgeError
        If a name or a value is not known.

    Examples
    --------
    >>> parse_answers({"locations": ["below_kneecap"], "since_onset_h": 24}).since_onset_h
    24.0
    """
    given = {name: value for name, value in table.items() if value is not None}
    return build(Answers, given, "answers")


def walk(entry: object, cls: type[T]) -> Iterator[T]:
    """Yield ``entry`` and everything inside it that is a ``cls``, depth first."""
    if isinstance(entry, cls):
        yield entry
    if isinstance(entry, tuple):
        for item in entry:
            yield from walk(item, cls)
    elif is_dataclass(entry) and not isinstance(entry, type):
        for field in fields(entry):
            yield from walk(getattr(entry, field.name), cls)


@cache
def _hints(cls: Any) -> dict[str, Any]:
    return get_type_hints(cls)


def _convert(hint: Any, value: object, where: str) -> object:
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        (inner,) = (arg for arg in args if arg is not type(None))
        return _convert(inner, value, where)
    if origin in (tuple, frozenset):
        if isinstance(value, str) or not isinstance(value, (list, tuple, set, frozenset)):
            raise KnowledgeError(f"{where}: expected a list, not {value!r}")
        items = (_convert(args[0], item, f"{where}[{i}]") for i, item in enumerate(value))
        return frozenset(items) if origin is frozenset else tuple(items)
    if hint is Rule:
        return parse_rule(value, where)
    if is_dataclass(hint):
        return build(cast(type, hint), value, where)
    if issubclass(hint, Enum):
        try:
            return hint(value)
        except ValueError:
            choices = ", ".join(str(member.value) for member in hint)
            raise KnowledgeError(f"{where}: {value!r} is not one of {choices}") from None
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not hint:
        raise KnowledgeError(f"{where}: expected {hint.__name__}, not {value!r}")
    return value
