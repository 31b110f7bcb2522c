"""Sessions to rows of the history's tables and back."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from datetime import date
from typing import TypeVar

from formcheck.training.history.model import (
    FaultTally,
    HistoryError,
    Session,
    SessionSource,
    SetGroup,
)

T = TypeVar("T", SetGroup, FaultTally)
COLUMNS = (
    "uid", "day", "source", "exercise", "minutes", "effort", "pain_during", "pain_next_morning",
    "body_weight_kg", "knee_flexion_deg", "hip_drop_ratio", "eccentric_s", "file", "clip_key",
    "note",
)  # fmt: skip
_PLAIN = COLUMNS[4:]
"""Those that are read as they are stored."""
_TALLY = (
    "fault", "n_fault", "n_borderline", "n_ok", "n_not_assessable", "value", "unit", "uncertainty",
)  # fmt: skip
_GROUP = ("n_sets", "n_reps", "weight_kg")
_INSERT = (
    f"INSERT OR IGNORE INTO session ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
)


def insert_session(connection: sqlite3.Connection, session: Session) -> bool:
    """Store a session unless its uid or clip is there already; return whether it was stored."""
    values = [getattr(session, name) for name in COLUMNS]
    values[1], values[2] = session.day.isoformat(), session.source.value
    cursor = connection.execute(_INSERT, values)
    if cursor.rowcount != 1:
        return False
    id_ = cursor.lastrowid
    connection.executemany(
        "INSERT INTO work_set VALUES (?, ?, ?, ?, ?)",
        [(id_, i, g.n_sets, g.n_reps, g.weight_kg) for i, g in enumerate(session.sets)],
    )
    connection.executemany(
        "INSERT INTO fault_tally VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(id_, *(getattr(tally, name) for name in _TALLY)) for tally in session.faults],
    )
    return True


def read_sessions(connection: sqlite3.Connection) -> tuple[Session, ...]:
    """Return every session, oldest day first, those of a day as they were added."""
    sources = {source.value: source for source in SessionSource}
    try:
        sets = _grouped(connection, "work_set", "position", _GROUP, SetGroup)
        faults = _grouped(connection, "fault_tally", "fault", _TALLY, FaultTally)
        out = []
        for id_, uid, day, source, exercise, *rest in connection.execute(
            f"SELECT id, {', '.join(COLUMNS)} FROM session ORDER BY day, id"
        ):
            out.append(
                Session(
                    uid=uid,
                    day=date.fromisoformat(day),
                    source=sources[source],
                    exercise=exercise,
                    sets=tuple(sets.get(id_, ())),
                    faults=tuple(faults.get(id_, ())),
                    **dict(zip(_PLAIN, rest, strict=True)),
                )
            )
    except (ValueError, TypeError, KeyError) as error:
        raise HistoryError(
            f"an entry of the history cannot be read ({error}). Was the file changed by hand?"
        ) from error
    return tuple(out)


def _grouped(
    connection: sqlite3.Connection, table: str, order: str, columns: tuple[str, ...], cls: type[T]
) -> dict[int, list[T]]:
    """Return the parts of every session; equal parts are one object, which is quicker."""
    parts: dict[int, list[T]] = defaultdict(list)
    made: dict[tuple[object, ...], T] = {}
    for row in connection.execute(
        f"SELECT session_id, {', '.join(columns)} FROM {table} ORDER BY session_id, {order}"
    ):
        key = row[1:]
        part = made.get(key)
        if part is None:
            part = made[key] = cls(**dict(zip(columns, key, strict=True)))
        parts[row[0]].append(part)
    return parts
