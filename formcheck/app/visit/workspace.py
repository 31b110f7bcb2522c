"""Private temporary folders for uploads, and getting rid of them whatever happens.

One folder per server, named ``formcheck-app-*``, readable by its owner only and held by a lock
file.  A folder whose lock nobody holds belongs to a server that was killed: the next start removes
it.
"""

import contextlib
import os
import shutil
import stat
import tempfile
from pathlib import Path
from typing import IO

try:
    import fcntl
except ImportError:  # Windows: a file that is open cannot be removed, which does as well
    fcntl = None  # type: ignore[assignment]

PREFIX = "formcheck-app-"
_LOCK = "lock"


class Workspace:
    """The server's private folder; making it raises OSError if there can be none."""

    def __init__(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix=PREFIX))
        self._lock = _hold(self.root / _LOCK)

    def new_folder(self, prefix: str) -> Path:
        """Return a new folder only the owner can read."""
        return Path(tempfile.mkdtemp(prefix=f"{prefix}-", dir=self.root))

    def close(self) -> None:
        """Remove the folder and everything in it."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None
        remove(self.root)


def purge() -> int:
    """Remove the folders of servers that are gone; return how many there were."""
    n_removed = 0
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if _is_ours(folder) and _is_abandoned(folder):
            remove(folder)
            n_removed += 1
    return n_removed


def remove(folder: Path) -> None:
    """Remove a folder tree; what is already gone is no error."""
    shutil.rmtree(folder, ignore_errors=True)


def _hold(path: Path) -> IO[str] | None:
    """Open and lock a file; None if another process holds it."""
    file = path.open("a")
    if fcntl is not None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            return None
    return file


def _is_ours(folder: Path) -> bool:
    """Whether this is a folder of ours and no trap laid in a shared place."""
    try:
        status = folder.lstat()
    except OSError:
        return False
    owner = getattr(os, "getuid", lambda: status.st_uid)()
    return stat.S_ISDIR(status.st_mode) and status.st_uid == owner


def _is_abandoned(folder: Path) -> bool:
    lock = folder / _LOCK
    if not lock.exists():
        return True
    if fcntl is None:
        with contextlib.suppress(OSError):
            lock.unlink()
            return True
        return False
    held = _hold(lock)
    if held is None:
        return False
    held.close()
    return True
