"""A results folder while a run writes into it: space on the disk, leftovers, being stopped."""

import contextlib
import shutil
import signal
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from formcheck.batch.job import SPOOL
from formcheck.batch.manifest import MANIFEST_NAME
from formcheck.batch.source import Source
from formcheck.errors import OutputError
from formcheck.files import Suffix, partials_of

TABLES = ("reps.csv", "clips.csv", "sets.csv", "results.parquet", "index.html")
_DESK = frozenset((".DS_Store", "Thumbs.db", "desktop.ini"))
"""What file managers put into any folder they show."""
SPARE_BYTES = 32 << 20
_UNKNOWN_SIZE = 50 << 20


class Stopped(KeyboardInterrupt):
    """The run was asked to end (SIGTERM); what was finished is kept."""


def check_is_ours(out: Path, *, is_forced: bool | None = None) -> None:
    """See that a folder is empty or holds results; OutputError if it is somebody's own.

    A folder named by mistake must not be filled, and nothing in it be replaced.  ``is_forced`` is
    None where nobody can say so.
    """
    try:
        names = {path.name for path in out.iterdir()} - _DESK
    except OSError as error:
        raise OutputError(
            f"{out}: cannot be read ({error.strerror or error}). Choose another --out."
        ) from error
    if names and not is_forced and MANIFEST_NAME not in names:
        raise OutputError(
            f"{out}: is not empty and holds no results of formcheck. Choose an empty folder"
            f"{'.' if is_forced is None else ', or say --force to write among what is there.'}"
        )


def clear_leftovers(out: Path, names: Iterable[str]) -> None:
    """Remove what an interrupted run left half written of clips with these names.

    Nothing is removed for its looks: what is not known by name is not ours.
    """
    spool = out / SPOOL
    if spool.is_symlink():
        spool.unlink(missing_ok=True)  # the link and not what it leads to
    shutil.rmtree(spool, ignore_errors=True)
    files = [f"{name}{suffix}" for name in names for suffix in Suffix]
    for path in partials_of(out, [*files, *TABLES, MANIFEST_NAME]):
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """Turn SIGTERM into :class:`Stopped`, where signals can be handled."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise Stopped

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def free_bytes(folder: Path) -> int:
    """Space left for results."""
    return shutil.disk_usage(folder).free


@dataclass(slots=True)
class DiskSpace:
    """Sees to it that a clip is only begun if its results will fit."""

    out: Path
    with_video: bool
    """Whether annotated videos are written."""
    _reserved: dict[int, int] = field(default_factory=dict)

    def check(self, sources: Iterable[Source]) -> None:
        """See whether all of them fit; raises OutputError if not, before anything is done."""
        many = list(sources)
        needed = sum(self._needed(source) for source in many) + SPARE_BYTES
        free = free_bytes(self.out)
        if free < needed:
            raise OutputError(
                f"{self.out}: the results of {len(many)} clips take up to {_megabytes(needed)}, "
                f"but {_megabytes(free)} are free. Free some space, choose another --out, or "
                "leave the videos out with --no-video."
            )

    def reserve(self, index: int, source: Source) -> None:
        """Set a clip's share aside, until :meth:`release`.

        Raises OutputError if it would not fit beside those under way, which still do.
        """
        self._reserved[index] = self._needed(source)
        free = free_bytes(self.out)
        # Half of the spare room is for the tables and the page at the end.
        if free < sum(self._reserved.values()) + SPARE_BYTES // 2:
            raise OutputError(
                f"{self.out}: the disk is nearly full ({_megabytes(free)} free); stopped before "
                f"{source.label}. Free some space and run the same command again: finished "
                "clips are kept."
            )

    def release(self, index: int) -> None:
        """The clip is over."""
        self._reserved.pop(index, None)

    def _needed(self, source: Source) -> int:
        """A generous guess of what a clip's results take."""
        size = _UNKNOWN_SIZE if source.size_bytes is None else source.size_bytes
        needed = (1 << 18) + size // 2 + (size if source.is_remote else 0)
        if self.with_video and not source.is_track:
            needed += (1 << 20) + size
        return needed


def _megabytes(n: int) -> str:
    return f"{n / 1e6:,.0f} MB"
