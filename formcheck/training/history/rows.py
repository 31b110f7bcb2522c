"""Sessions to rows of the history's tables and back.

A column is called like the field it holds, so a new field takes no more than a step in ``schema``.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from typing import TypeVar

import msgspec

from formcheck.training.history.model import FaultTally, HistoryError, Session, SetGroup

T = TypeVar("T", SetGroup, FaultTally)
COLUMNS = tuple(name for name in Session.__struct_fields__ if name not in ("sets", "faults"))


def insert_session(connection: sqlite3.Connection, session: Session) -> bool:
    """Store a session unless its uid or clip is there already; return whether it was stored."""
    stored = msgspec.to_builtins(session)
    cursor = connection.execute("INSERT OR IGNORE " + _into("session", COLUMNS), stored)
    if cursor.rowcount != 1:
        return False
    for table, columns, parts in (
        ("work_set", ("position", *SetGroup.__struct_fields__), stored["sets"]),
        ("fault_tally", FaultTally.__struct_fields__, stored["faults"]),
    ):
        shared = {"session_id": cursor.lastrowid}
        rows = [shared | {"position": i} | part for i, part in enumerate(parts)]
        connection.executemany("INSERT " + _into(table, ("session_id", *columns)), rows)
    return True


def _into(table: str, columns: Iterable[str]) -> str:
    return f"INTO {table} ({', '.join(columns)}) VALUES (:{', :'.join(columns)})"


def read_sessions(connection: sqlite3.Connection) -> tuple[Session, ...]:
    """Return every session, oldest day first, those of a day as they were added."""
    try:
        sets = _grouped(connection, "work_set", "position", SetGroup)
        faults = _grouped(connection, "fault_tally", "fault", FaultTally)
        rows = connection.execute(f"SELECT id, {', '.join(COLUMNS)} FROM session ORDER BY day, id")
        return tuple(
            msgspec.convert(
                dict(zip(COLUMNS, row, strict=True)) | {"sets": sets[id_], "faults": faults[id_]},
                Session,
            )
            for id_, *row in rows
        )
    except ValueError as error:
        raise HistoryError(
            f"an entry of the history cannot be read ({error}). Was the file changed by hand?"
        ) from error


def _grouped(
    connection: sqlite3.Connection, table: str, order: str, cls: type[T]
) -> dict[int, list[T]]:
    """Return the parts of every session; equal parts are one object, which is quicker."""
    columns = cls.__struct_fields__
    parts: dict[int, list[T]] = defaultdict(list)
    made: dict[tuple[object, ...], T] = {}
    for id_, *row in connection.execute(
        f"SELECT session_id, {', '.join(columns)} FROM {table} ORDER BY session_id, {order}"
    ):
        key = tuple(row)
        if key not in made:
            made[key] = msgspec.convert(dict(zip(columns, row, strict=True)), cls)
        parts[id_].append(made[key])
    return parts
