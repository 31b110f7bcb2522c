"""Reading typed entries from TOML tables and plain values."""

from collections.abc import Iterator, Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

import msgspec

from formcheck.errors import explain
from formcheck.knowledge.answers import Answers
from formcheck.knowledge.rules import parse_rule
from formcheck.knowledge.vocabulary import Entry, KnowledgeError

T = TypeVar("T")


def data_folder() -> Traversable:
    """Return the folder of the packaged data files."""
    return resources.files("formcheck.knowledge") / "data"


def read_toml(file: Traversable) -> dict[str, Any]:
    """Read one data file; raises KnowledgeError if it is missing, not UTF-8 or not TOML."""
    try:
        return msgspec.toml.decode(file.read_bytes(), type=dict[str, Any])
    except (OSError, ValueError) as error:
        raise KnowledgeError(f"knowledge file {file.name} cannot be read: {error}") from error


def build(cls: type[T], table: object, where: str) -> T:
    """Build an entry from a table as read from TOML or JSON.

    Raises:
        KnowledgeError: If a key is unknown or missing, or a value cannot be; it names ``where`` the
            table stands.
    """
    try:
        return msgspec.convert(table, cls, dec_hook=lambda _, rule: parse_rule(rule))
    except ValueError as error:
        name = f" '{table['id']}'" if isinstance(table, dict) and "id" in table else ""
        raise KnowledgeError(f"{where}{name}{explain(error, cls)}") from error


def build_all(cls: type[T], tables: object, where: str) -> tuple[T, ...]:
    """Build one entry per table of an array of tables; see :func:`build`."""
    each = build(list[Any], tables, where)
    return tuple(build(cls, table, f"{where}[{i}]") for i, table in enumerate(each))


def parse_answers(table: Mapping[str, object]) -> Answers:
    """Build answers from plain values, as read from JSON or a form.

    Keys are field names of :class:`Answers`; choices are given by their value, several choices as a
    list, unknown answers are left out or ``None``.

    Raises:
        KnowledgeError: If a name or a value is not known.

    Examples:
        >>> parse_answers({"locations": ["below_kneecap"], "since_onset_h": 24}).since_onset_h
        24.0
    """
    given = {name: value for name, value in table.items() if value is not None}
    return build(Answers, given, "answers")


def walk(entry: object, cls: type[T]) -> Iterator[T]:
    """Yield ``entry`` and everything inside it that is a ``cls``, depth first."""
    if isinstance(entry, cls):
        yield entry
    if isinstance(entry, Entry):
        entry = msgspec.structs.astuple(entry)
    for part in entry if isinstance(entry, tuple) else ():
        yield from walk(part, cls)
