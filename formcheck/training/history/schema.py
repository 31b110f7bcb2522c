"""The tables of the history and the steps from each schema version to the next.

A new file walks through the same steps as an old one, so there is one way to every version.  To
change the tables, add a step; never change one that was released.
"""

from __future__ import annotations

import sqlite3

APPLICATION_ID = 0x666D6368
"""Marks a file as a formcheck history ("fmch")."""

DELETED = -1
"""Version of a file whose owner asked for everything to be deleted."""

STEPS: tuple[tuple[str, ...], ...] = (
    (  # to version 1
        """CREATE TABLE session (
            id INTEGER PRIMARY KEY,
            uid TEXT NOT NULL UNIQUE,
            day TEXT NOT NULL,
            source TEXT NOT NULL,
            exercise TEXT NOT NULL,
            minutes REAL,
            effort REAL,
            pain_during REAL,
            pain_next_morning REAL,
            knee_flexion_deg REAL,
            hip_drop_ratio REAL,
            file TEXT,
            note TEXT NOT NULL DEFAULT ''
        )""",
        """CREATE TABLE work_set (
            session_id INTEGER NOT NULL REFERENCES session (id) ON DELETE CASCADE,
            position INTEGER NOT NULL,
            n_sets INTEGER NOT NULL,
            n_reps INTEGER NOT NULL,
            weight_kg REAL,
            PRIMARY KEY (session_id, position)
        ) WITHOUT ROWID""",
        """CREATE TABLE fault_tally (
            session_id INTEGER NOT NULL REFERENCES session (id) ON DELETE CASCADE,
            fault TEXT NOT NULL,
            n_fault INTEGER NOT NULL,
            n_borderline INTEGER NOT NULL,
            n_ok INTEGER NOT NULL,
            n_not_assessable INTEGER NOT NULL,
            value REAL,
            unit TEXT NOT NULL,
            uncertainty REAL,
            PRIMARY KEY (session_id, fault)
        ) WITHOUT ROWID""",
        "CREATE INDEX session_by_day ON session (day)",
    ),
    (  # to version 2: body weight, the way down, and clips that are not stored twice
        "ALTER TABLE session ADD COLUMN body_weight_kg REAL",
        "ALTER TABLE session ADD COLUMN eccentric_s REAL",
        "ALTER TABLE session ADD COLUMN clip_key TEXT",
        "CREATE UNIQUE INDEX session_by_clip ON session (clip_key) WHERE clip_key IS NOT NULL",
    ),
)

VERSION = len(STEPS)


def version_of(connection: sqlite3.Connection) -> int:
    """Return the schema version of an open file; 0 for an empty one."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def is_ours(connection: sqlite3.Connection) -> bool:
    """Return whether the file is a formcheck history or empty."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (n_tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return bool(application == APPLICATION_ID or (application == 0 and n_tables == 0))


def migrate(connection: sqlite3.Connection, target: int = VERSION) -> None:
    """Bring the tables to a version, inside the caller's transaction."""
    for version in range(version_of(connection), target):
        for statement in STEPS[version]:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {version + 1}")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
