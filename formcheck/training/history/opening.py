"""Which history to use, and what every one of them can do."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

import platformdirs

from formcheck.training.history.memory import MemoryHistory
from formcheck.training.history.model import Session
from formcheck.training.history.store import History

FILE_NAME = "history.sqlite3"


class SessionStore(Protocol):
    """What every history can do; see :class:`formcheck.training.history.History`.

    ``is_kept`` is false when it is gone with the browser page or process.
    """

    notice: str | None
    is_kept: bool

    def sessions(self) -> tuple[Session, ...]:
        """Return every session, oldest first."""

    def add(self, session: Session) -> bool:
        """Store a session; return whether it is new."""

    def add_all(self, sessions: Iterable[Session]) -> int:
        """Store sessions; return how many are new."""

    def replace(self, session: Session) -> None:
        """Change a stored session, found by its ``uid``."""

    def delete(self, uid: str) -> bool:
        """Delete one session; return whether it was there."""

    def delete_all(self) -> None:
        """Delete everything."""


def default_path() -> Path:
    """Return where the history lives: the user's data folder, or ``FORMCHECK_DATA_DIR``."""
    chosen = os.environ.get("FORMCHECK_DATA_DIR")
    folder = Path(chosen) if chosen else platformdirs.user_data_path("formcheck", appauthor=False)
    return folder / FILE_NAME


def open_history(path: Path | None = None, *, is_shared: bool = False) -> SessionStore:
    """Return the history to use.

    Parameters
    ----------
    path
        The file; by default :func:`default_path`.
    is_shared
        Whether other people reach this server (``--lan``).  Then nothing is written to disk: each
        visit gets its own history in memory, filled and saved by export files.
    """
    return MemoryHistory() if is_shared else History(path or default_path())
