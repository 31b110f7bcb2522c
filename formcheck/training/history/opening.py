"""Which history to use."""

import os
from pathlib import Path

import platformdirs

from formcheck.files import at_home
from formcheck.training.history.memory import MemoryHistory
from formcheck.training.history.store import History

FILE_NAME = "history.sqlite3"


SessionStore = History | MemoryHistory
"""Any history: on disk, or in memory and gone with the visit.  Both can do the same."""


def default_path() -> Path:
    """Return where the history lives: the user's data folder, or ``FORMCHECK_DATA_DIR``."""
    chosen = os.environ.get("FORMCHECK_DATA_DIR")
    own = platformdirs.user_data_path("formcheck", appauthor=False)
    folder = at_home(chosen) if chosen else own
    return folder / FILE_NAME


def open_history(path: Path | None = None, *, is_shared: bool = False) -> SessionStore:
    """Return the history in a file, by default at :func:`default_path`.

    If other people reach this server (``--lan``), ``is_shared``, nothing is written to disk: each
    visit gets its own history in memory, filled and saved by export files.
    """
    return MemoryHistory() if is_shared else History(path or default_path())
