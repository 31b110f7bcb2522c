"""What a results folder holds: one line per clip, appended as clips are done.

A line is only written once the clip's files are in place under their names, so whatever is listed
is complete.  A line cut short by a crash is skipped.
"""

import contextlib
import hashlib
import json
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

import msgspec

from formcheck.errors import InputError, OutputError
from formcheck.files import Suffix, is_stem, printable, write_atomic
from formcheck.pose.models import landmarks_of
from formcheck.pose.track import Inference
from formcheck.strict import parse_json, read_file

MANIFEST_NAME = "manifest.jsonl"
_MAX_BYTES = 512 << 20
"""About half a kilobyte a clip."""
_MAX_TEXT = 8_000
_MAX_THUMB = 4 << 20
_SUFFIXES = frozenset(Suffix)


class Output(StrEnum):
    """What a clip's files are made with; stands among the ``outputs`` of its record."""

    VIDEO = "video"
    FULL_SIZE = "full-size"
    """The annotated video is as large as the clip was analysed."""
    THUMB = "thumb"
    BLUR = "blur"
    NO_CUES = "no-cues"
    """Result and video hold no coaching cues."""
    STALE_VIDEO = "stale-video"
    """The annotated video shows earlier verdicts."""


@dataclass(frozen=True, slots=True)
class Record:
    """One clip of a results folder."""

    name: str
    """Stem of its files."""
    label: str
    """The input as named by the user."""
    sha256: str
    """Of the input's content."""
    key: str
    """Digest of settings, model and versions (:func:`run_key`)."""
    status: str
    """``scored``, ``partial`` or ``failed``."""
    message: str = ""
    """Why it failed."""
    files: Mapping[str, int] = field(default_factory=dict)
    """:class:`Suffix` of each file to its size in bytes."""
    outputs: tuple[str, ...] = ()
    """What was asked for beside the result: :class:`Output`, or a later release's word."""
    subject: str = ""
    version: str = ""
    """What a remote store said of the content."""
    track_key: str = ""
    """Digest of what its track depends on (:func:`track_key`)."""
    v: Literal[1] = 1
    """Version of this form."""

    def is_whole(self, out: Path) -> bool:
        """Whether every file of the clip is there in its recorded size."""
        try:
            return all(
                (out / f"{self.name}{suffix}").stat().st_size == size
                for suffix, size in self.files.items()
            )
        except OSError:
            return False

    def thumb(self, out: Path) -> bytes | None:
        """The picture beside the result; None if there is none.

        It goes into pages and other folders, so it must be one: no link to a file of the user.
        """
        try:
            data = read_file(out / f"{self.name}{Suffix.THUMB}", _MAX_THUMB, is_link_good=False)
        except OSError:
            return None
        return data if data.startswith(b"\xff\xd8\xff") else None


def run_key(
    settings: Mapping[str, Any],
    versions: Mapping[str, str],
    filmed: Mapping[str, Any] | None = None,
    *,
    is_track: bool,
) -> str:
    """Digest of everything but the clip that a result depends on.

    That is the settings that differ from the defaults and the ``versions`` (``formcheck``,
    ``mediapipe``, ``model_sha256``, ``inference``), and what was said of how it was ``filmed``; a
    stored track is judged without a model, so of the versions only formcheck's release counts.
    """
    counted = {k: v for k, v in versions.items() if k == "formcheck" or not is_track}
    if counted.get("inference") == Inference.EVERY_FRAME:
        del counted["inference"]  # what was meant before there was a choice
    if "model_sha256" in counted:
        counted["model_sha256"] = landmarks_of(counted["model_sha256"])
    said = [dict(filmed)] if filmed else []
    text = json.dumps([dict(settings), counted, *said], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def track_key(
    settings: Mapping[str, Any],
    versions: Mapping[str, str],
    filmed: Mapping[str, Any] | None = None,
) -> str:
    """Digest of everything but the clip that a track depends on.

    The lifter is told from others by who squats, so what counts as a squat (the settings of the
    section ``reps``) matters, and how it was filmed; the limits of faults do not.
    """
    counted = {k: v for k, v in settings.items() if k.startswith("reps.")}
    return run_key(counted, versions, filmed, is_track=False)


def load(out: Path) -> list[Record]:
    """Read a folder's manifest; of several lines with one name the last counts."""
    try:
        text = read_file(out / MANIFEST_NAME, _MAX_BYTES).decode("utf-8", "replace")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise InputError(
            f"{out / MANIFEST_NAME}: cannot be read ({error.strerror or error}). "
            "Give another folder, or remove this one and score again."
        ) from None
    known: dict[str, Record] = {}
    for line in text.splitlines():
        record = _parsed(line)
        if record is not None:
            known.pop(record.name, None)
            known[record.name] = record
    return list(known.values())


def _parsed(line: str) -> Record | None:
    """A record, nothing of it believed: the folder may have been made by somebody else."""
    try:
        # Not msgspec's own JSON: the name of a folder may hold bytes that are not text.
        record = msgspec.convert(parse_json(line), Record)
    except ValueError:
        return None
    # Name and suffix become paths: what leaves the folder, or is no file of ours, is not meant.
    if not is_stem(record.name):
        return None
    files = {s: size for s, size in record.files.items() if s in _SUFFIXES and size >= 0}
    label, message, subject = (
        printable(text[:_MAX_TEXT]) for text in (record.label, record.message, record.subject)
    )
    return replace(record, files=files, label=label, message=message, subject=subject)


def _line(record: Record) -> bytes:
    return (json.dumps(asdict(record), sort_keys=True) + "\n").encode()


def write(out: Path, records: Iterable[Record]) -> None:
    """Replace the manifest, in the given order; raises OutputError if that is not possible."""
    write_atomic(out / MANIFEST_NAME, b"".join(_line(r) for r in records))


class ManifestWriter:
    """Appends records; each is on its way to the disk before the next clip counts.

    Raises OutputError if the file cannot be written.
    """

    def __init__(self, out: Path) -> None:
        self._path = out / MANIFEST_NAME
        try:
            self._file = os.fdopen(_opened(self._path), "ab+")
            self._file.seek(0, os.SEEK_END)
            if self._file.tell():
                self._file.seek(-1, os.SEEK_END)
                if self._file.read(1) != b"\n":
                    self._file.write(b"\n")
        except OSError as error:
            raise self._failed(error) from error

    def append(self, record: Record) -> None:
        """Add one record."""
        try:
            self._file.write(_line(record))
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise self._failed(error) from error

    def close(self) -> None:
        """Close the file; safe to call twice."""
        with contextlib.suppress(OSError):
            self._file.close()

    def _failed(self, error: OSError) -> OutputError:
        return OutputError(
            f"{self._path}: cannot be written ({error.strerror or error}). "
            "Free some space or choose another --out."
        )


def _opened(path: Path) -> int:
    """Open a file to append, unless it is a link: it would be written to wherever that leads."""
    odd = (getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY", "O_CLOEXEC"))
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | sum(odd), 0o666)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(None, "not a regular file")
    return handle


@contextlib.contextmanager
def only_writer(out: Path) -> Iterator[None]:
    """Hold a results folder for one run; raises OutputError if another is writing there."""
    try:
        import fcntl
    except ImportError:  # Windows: no lock on folders; two runs are the user's to avoid
        yield
        return
    try:
        handle = os.open(out, os.O_RDONLY)
    except OSError as error:
        raise OutputError(
            f"{out}: cannot be opened ({error.strerror or error}). Choose another --out."
        ) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OutputError(
                f"{out}: another run is writing its results there. Wait for it, or choose "
                "another --out."
            ) from None
        except OSError:  # a file system without locks
            pass
        yield
    finally:
        os.close(handle)
