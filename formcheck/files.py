"""Files: written whole or not at all, named so that every system takes the name."""

import os
import unicodedata
from enum import StrEnum
from pathlib import Path

from formcheck.errors import OutputError

TRACK_SUFFIX = ".npz"
"""Of a track under any name."""
MAX_STEM_BYTES = 150
_DEVICES = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))}
"""Names that mean a device on Windows, whatever follows the first dot."""


class Suffix(StrEnum):
    """What follows a clip's stem in the names of the files made of it."""

    RESULT = ".json"
    TRACK = ".track.npz"
    VIDEO = ".annotated.mp4"
    THUMB = ".worst.jpg"


def partial_path(path: Path) -> Path:
    """Where a file is written until it is complete."""
    return path.with_name(f".{path.name[-80:]}.{os.getpid()}.part")


def write_atomic(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path`` whole or not at all; OutputError if not, as on a full disk."""
    partial = partial_path(path)
    try:
        partial.write_bytes(data)
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise OutputError(
            f"{path}: cannot be written ({error.strerror or error}). "
            "Free some space or choose another --out."
        ) from error


def make_folder(path: Path) -> None:
    """Create a folder and its parents; OutputError if that is not possible."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"{path}: cannot be created ({error.strerror or error}). Choose another --out."
        ) from error


def short_stem(name: str) -> str:
    """The stem of a file name, safe to carry suffixes on any file system.

    Control characters become ``_``, very long stems are cut at 150 bytes, and the name of a device
    gets a ``_`` before it.
    """
    stem = Path(name).stem or "clip"
    stem = "".join("_" if ord(c) < 32 or ord(c) == 127 or c in '<>:"/\\|?*' else c for c in stem)
    stem = stem.strip(" .") or "clip"
    if stem.partition(".")[0].rstrip().lower() in _DEVICES:
        stem = f"_{stem}"
    while len(stem.encode("utf-8", "surrogateescape")) > MAX_STEM_BYTES:
        stem = stem[:-1]
    return stem


def printable(text: str) -> str:
    """The text with nothing a terminal or an encoder would stumble over."""
    text = text.encode("utf-8", "backslashreplace").decode()
    # Spaces of every width may be shown: macOS puts narrow ones into the names of recordings.
    return "".join(
        c if c.isprintable() or unicodedata.category(c) == "Zs" else f"\\x{ord(c):02x}"
        for c in text
    )
