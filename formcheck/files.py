"""Files: written whole or not at all, named so that every system takes the name."""

import contextlib
import os
import re
import secrets
import unicodedata
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from formcheck.errors import OutputError

TRACK_SUFFIX = ".npz"
"""Of a track under any name."""
MAX_STEM_BYTES = 150
_PARTIAL = re.compile(r"\.(.+)\.[0-9a-f]{16}\.part", re.DOTALL)
_DEVICES = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))}
"""Names that mean a device on Windows, whatever follows the first dot."""


class Suffix(StrEnum):
    """What follows a clip's stem in the names of the files made of it."""

    RESULT = ".json"
    TRACK = ".track.npz"
    VIDEO = ".annotated.mp4"
    THUMB = ".worst.jpg"


def partial_path(path: Path) -> Path:
    """Where a file is written until it is complete: a name nobody can have laid a link under."""
    return path.with_name(f".{path.name[-80:]}.{secrets.token_hex(8)}.part")


def partials_of(folder: Path, names: Iterable[str]) -> list[Path]:
    """What :func:`partial_path` left of files with these very names; nobody else's are among it."""
    wanted = {name[-80:] for name in names}
    with contextlib.suppress(OSError):
        found = [(path, _PARTIAL.fullmatch(path.name)) for path in folder.iterdir()]
        return [path for path, match in found if match is not None and match[1] in wanted]
    return []


def write_atomic(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path`` whole or not at all; OutputError if not, as on a full disk."""
    with writing_atomic(path) as file:
        file.write(data)


@contextlib.contextmanager
def writing_atomic(path: Path) -> Iterator[BinaryIO]:
    """A file that takes the place of ``path`` when the block ends; as :func:`write_atomic`."""
    partial = partial_path(path)
    try:
        with partial.open("wb") as file:
            yield file
        partial.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        raise OutputError(
            f"{path}: cannot be written ({error.strerror or error}). "
            "Free some space or choose another --out."
        ) from error


def make_folder(path: Path) -> None:
    """Create a folder and its parents; OutputError if that is not possible."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:  # the latter for a name that no system takes
        reason = getattr(error, "strerror", None) or error
        raise OutputError(f"{path}: cannot be created ({reason}). Choose another --out.") from error


def at_home(text: str) -> Path:
    """A path from the environment, where no shell has put the home folder for ``~``."""
    try:
        return Path(text).expanduser()
    except RuntimeError:  # nobody knows whose home is meant
        return Path(text)


def short_stem(name: str) -> str:
    """The stem of a file name, safe to carry suffixes on any file system.

    Control characters become ``_``, very long stems are cut at 150 bytes, and the name of a device
    gets a ``_`` before it.
    """
    stem = _stem_of(Path(name).stem or "clip")
    while len(stem.encode("utf-8", "surrogateescape")) > MAX_STEM_BYTES:
        stem = stem[:-1].rstrip(" .")
    return stem


def _stem_of(stem: str) -> str:
    stem = "".join("_" if ord(c) < 32 or ord(c) == 127 or c in '<>:"/\\|?*' else c for c in stem)
    stem = stem.strip(" .") or "clip"
    if stem.partition(".")[0].rstrip().lower() in _DEVICES:
        stem = f"_{stem}"
    return stem


def is_stem(name: str) -> bool:
    """Whether a name could have come from :func:`short_stem`: no path, not hidden, no device."""
    try:
        return 0 < len(os.fsencode(name)) <= 240 and name == _stem_of(name)
    except UnicodeEncodeError:
        return False


def printable(text: str) -> str:
    """The text with nothing a terminal or an encoder would stumble over."""
    text = text.encode("utf-8", "backslashreplace").decode()
    # Spaces of every width may be shown: macOS puts narrow ones into the names of recordings.
    return "".join(
        c if c.isprintable() or unicodedata.category(c) == "Zs" else f"\\x{ord(c):02x}"
        for c in text
    )
