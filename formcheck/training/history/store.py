"""The history on disk: sessions in one SQLite file that only its owner can read.

Every call opens the file, does its work in one transaction and closes it, so calls may come from
any thread or process, and one that is killed leaves either the old state or the new one.  The
journal is rolled back by SQLite the next time the file is opened.
"""

import os
import sqlite3
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from formcheck.training.history.disk import journal_of, overwrite, set_aside_files
from formcheck.training.history.model import HistoryError, Session
from formcheck.training.history.rows import insert_session, read_sessions
from formcheck.training.history.schema import DELETED, VERSION, is_ours, migrate, version_of

BUSY_TIMEOUT_S = 10.0
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_REMEDIES = {
    sqlite3.SQLITE_BUSY: "Another formcheck is writing to it. Try again in a moment.",
    sqlite3.SQLITE_LOCKED: "Another formcheck is writing to it. Try again in a moment.",
    sqlite3.SQLITE_FULL: "Free some space; what was stored before is safe.",
    sqlite3.SQLITE_IOERR: "Check the disk and its free space; earlier entries are safe.",
    sqlite3.SQLITE_READONLY: "Make the file writable.",
}
_MAX_TRIES = 20
T = TypeVar("T")


class _GoneError(Exception):
    """The file was deleted by another process while it was being opened."""


@dataclass(slots=True)
class History:
    """Sessions in one file.

    The file, ``path``, is made with its folder on the first write; ``busy_timeout_s`` is how long
    to wait for another process that is writing.  ``notice`` is something the person should be told,
    such as a damaged file that was set aside.

    Raises:
        HistoryError: By every method, if the file cannot be used.
    """

    path: Path
    busy_timeout_s: float = BUSY_TIMEOUT_S
    notice: str | None = None
    _checked: int | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        self.path = Path(self.path).absolute()

    def sessions(self) -> tuple[Session, ...]:
        """Return every session, oldest first."""
        if not self.path.exists():
            return ()
        return self._run(read_sessions, is_write=False)

    def add(self, session: Session) -> bool:
        """Store a session; return whether it is new (see :meth:`add_all`)."""
        return self.add_all([session]) == 1

    def add_all(self, sessions: Iterable[Session]) -> int:
        """Store sessions, all or none, and return how many were new.

        A session whose ``uid`` or ``clip_key`` is already there is left out.
        """
        wanted = list(sessions)
        if not wanted:
            return 0
        return self._run(lambda c: sum(insert_session(c, s) for s in wanted))

    def replace(self, session: Session) -> None:
        """Change a stored session, found by its ``uid``."""

        def change(connection: sqlite3.Connection) -> None:
            if not _delete(connection, session.uid):
                raise HistoryError("this entry is not in the history any more")
            if not insert_session(connection, session):
                raise HistoryError("this clip is already in the history under another entry")

        self._run(change)

    def delete(self, uid: str) -> bool:
        """Delete one session; return whether it was there.

        Its place in the file is overwritten with zeros.
        """
        return self.path.exists() and self._run(lambda c: _delete(c, uid))

    def delete_all(self) -> None:
        """Delete every session, then the file itself and damaged copies set aside earlier.

        The contents are overwritten with zeros before the file is removed.  Copies that a backup, a
        snapshot or the storage device itself keeps are out of reach.
        """
        if self.path.exists():
            self._run(_wipe)
            self.notice = None
        try:
            for file in set_aside_files(self.path):
                overwrite(file)
                file.unlink(missing_ok=True)
            self._bury()
        except OSError as error:
            raise HistoryError(f"{self.path}: cannot be deleted ({_why(error)}).") from error

    # -- opening ------------------------------------------------------------

    def _run(self, work: Callable[[sqlite3.Connection], T], *, is_write: bool = True) -> T:
        """Do ``work`` in one transaction on an up-to-date file."""
        for _ in range(_MAX_TRIES):
            inode = self._prepare()
            try:
                with self._open() as connection:
                    self._check_once(connection, inode)
                    self._make_private()  # not before: another program's file stays as it is
                    is_read = not is_write and version_of(connection) == VERSION
                    connection.execute("BEGIN" if is_read else "BEGIN IMMEDIATE")
                    version = version_of(connection)
                    if version == DELETED:
                        raise _GoneError
                    if version > VERSION:
                        raise HistoryError(
                            f"{self.path}: was written by a newer formcheck. "
                            "Update formcheck to open it; nothing was changed."
                        )
                    if version < VERSION:
                        migrate(connection)
                    result = work(connection)
                    connection.execute("COMMIT")
                    return result
            except _GoneError:
                self._bury()
            except sqlite3.DatabaseError as error:
                if _code(error) in _DAMAGED:
                    self._set_aside(inode, error)
                elif self._is_still(inode):  # else it was deleted while being opened: start anew
                    raise HistoryError(self._explain(error)) from error
        raise HistoryError(f"{self.path}: could not be opened; try again.")

    def _prepare(self) -> int:
        """Make the folder and the file if needed, private to the owner; return the inode."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with suppress(FileExistsError):
                os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            status = self.path.stat()
            if not stat.S_ISREG(status.st_mode):
                raise OSError(None, "not a regular file")
            return status.st_ino
        except OSError as error:
            raise HistoryError(
                f"{self.path}: the history cannot be opened or made ({_why(error)}). "
                "Check the folder's permissions, or set FORMCHECK_DATA_DIR to another folder."
            ) from error

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(
            self.path.as_uri() + "?mode=rw",
            uri=True,
            timeout=self.busy_timeout_s,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA secure_delete = ON")
            yield connection
        finally:
            if connection.in_transaction:
                with suppress(sqlite3.Error):  # closing rolls back as well
                    connection.execute("ROLLBACK")
            connection.close()

    def _check_once(self, connection: sqlite3.Connection, inode: int) -> None:
        """Check, the first time a file is seen, that it is whole and a history."""
        if self._checked == inode:
            return
        if not is_ours(connection):
            raise HistoryError(
                f"{self.path}: is not a formcheck history. Choose another file; "
                "nothing was changed."
            )
        (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            damaged = sqlite3.DatabaseError(verdict)
            damaged.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
            raise damaged
        self._checked = inode

    def _make_private(self) -> None:
        try:
            if self.path.stat().st_mode & 0o077:
                self.path.chmod(0o600)
        except FileNotFoundError:  # deleted meanwhile: whoever works on it finds out
            return
        except OSError as error:
            raise HistoryError(f"{self.path}: cannot be made private ({_why(error)}).") from error

    def _set_aside(self, inode: int, error: sqlite3.DatabaseError) -> None:
        """Rename a damaged file, unless another process has done so already."""
        now = datetime.now().strftime("%Y-%m-%d-%H%M%S-%f")
        target = self.path.with_name(f"{self.path.stem}.damaged-{now}{self.path.suffix}")
        try:
            if not self._is_still(inode):
                return
            journal = journal_of(self.path)
            if journal.exists():  # first: a journal must never meet another file
                journal.rename(journal_of(target))
            self.path.rename(target)
        except FileNotFoundError:
            return
        except OSError as problem:
            raise HistoryError(
                f"{self.path}: is damaged ({error}) and cannot be renamed ({_why(problem)})."
            ) from error
        self.notice = (
            f"The history file was damaged, so it was set aside as {target.name} in "
            f"{target.parent} and a new, empty history was started. "
            "If you have an export, load it to get your sessions back."
        )

    def _bury(self) -> None:
        """Remove a file whose contents were deleted, while nobody else writes to it.

        Another process that waits for the file finds its version ``DELETED`` and starts anew; a
        file it has made meanwhile is left alone.
        """
        with suppress(FileNotFoundError):
            inode = self.path.stat().st_ino
            try:
                with self._open() as connection:
                    connection.execute("BEGIN IMMEDIATE")
                    if version_of(connection) == DELETED and self._is_still(inode):
                        _unlink(self.path, connection)
            except sqlite3.DatabaseError as error:
                if self._is_still(inode):
                    raise HistoryError(self._explain(error)) from error

    def _is_still(self, inode: int) -> bool:
        """Whether the file is the one seen before.

        Another process may have deleted it and made a new one; SQLite then reports an error of the
        disk or of its journal that says nothing about the file that is there now.
        """
        try:
            return self.path.stat().st_ino == inode
        except FileNotFoundError:
            return False

    def _explain(self, error: sqlite3.Error) -> str:
        remedy = _REMEDIES.get(_code(error), "Nothing was changed.")
        return f"{self.path}: the history cannot be used ({error}). {remedy}"


def _delete(connection: sqlite3.Connection, uid: str) -> bool:
    return connection.execute("DELETE FROM session WHERE uid = ?", (uid,)).rowcount > 0


def _wipe(connection: sqlite3.Connection) -> None:
    for table in ("fault_tally", "work_set", "session"):
        connection.execute(f"DELETE FROM {table}")
    connection.execute(f"PRAGMA user_version = {DELETED}")


def _unlink(path: Path, connection: sqlite3.Connection) -> None:
    try:
        path.unlink()
    except PermissionError:  # a system that keeps open files
        connection.close()
        path.unlink()


def _code(error: sqlite3.Error) -> int:
    """The primary result code; 0 for an error that SQLite did not raise."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _why(error: OSError) -> str:
    return error.strerror or str(error)
