"""The tables of the history and the steps from each schema version to the next.

A new file walks through the same steps as an old one, so there is one way to every version.  To
change the tables, add a step (``to_version_3.sql``); never change one that was released.
"""

import sqlite3
from importlib import resources

APPLICATION_ID = 0x666D6368
"""Marks a file as a formcheck history ("fmch")."""

DELETED = -1
"""Version of a file whose owner asked for everything to be deleted."""

VERSION = 5
_FOLDER = resources.files("formcheck.training.history")
STEPS = tuple(
    (_FOLDER / f"to_version_{n}.sql").read_text("utf-8").split(";")[:-1]
    for n in range(1, VERSION + 1)
)
"""The statements of each step; the first makes version 1."""


def version_of(connection: sqlite3.Connection) -> int:
    """Return the schema version of an open file; 0 for an empty one."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def is_ours(connection: sqlite3.Connection) -> bool:
    """Return whether the file is a formcheck history or empty."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (n_tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    # What acts by itself, or makes rows up, is none of ours: a received file may hold it.
    alive = "SELECT count(*) FROM sqlite_master WHERE type NOT IN ('table', 'index')"
    if connection.execute(alive).fetchone() != (0,):
        return False
    return bool(application == APPLICATION_ID or (application == 0 and n_tables == 0))


def migrate(connection: sqlite3.Connection, target: int = VERSION) -> None:
    """Bring the tables to a version, inside the caller's transaction."""
    for version in range(version_of(connection), target):
        for statement in STEPS[version]:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {version + 1}")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
