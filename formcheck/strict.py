"""Files that somebody else may have made: read whole, within limits, and believed in nothing.

Everything formcheck reads back (results, manifests, tracks, labels, lists) comes through here: a
folder of results may have been received.
"""

import json
import os
import stat
import unicodedata
from pathlib import Path
from typing import Any, NoReturn

MAX_TEXT_BYTES = 64 << 20
"""Of one file of text; a result takes about two kilobytes a repetition."""
_MAX_DEPTH = 32
_MAX_NUMBER = 1e300
"""Whoever reads a file knows better limits; beyond this one no arithmetic is safe."""
_ODD_CATEGORIES = ("Cc", "Cs")
_TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""What reverses the direction of writing, and so can show one name for another."""


def read_file(path: Path, max_bytes: int = MAX_TEXT_BYTES, *, is_link_good: bool = True) -> bytes:
    """The bytes of a regular file; a link to one will do unless ``is_link_good`` says no.

    Raises:
        OSError: If it cannot be read, is a folder, a pipe or a device, or is too large.
    """
    try:
        # A pipe without a writer must not hold up whoever opens it.
        how = os.O_RDONLY | _NO_WAIT | _BINARY | (0 if is_link_good else _NO_LINK)
        handle = os.open(path, how)
    except ValueError as error:  # a null in the name
        raise OSError(None, str(error)) from None
    with open(handle, "rb") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(None, "not a regular file")
        if status.st_size > max_bytes:
            raise OSError(None, f"larger than {max_bytes / 1e6:.0f} MB")
        data = file.read(status.st_size + 1)
        if len(data) > status.st_size:
            raise OSError(None, "written to while it was being read")
    return data


_BINARY, _NO_WAIT, _NO_LINK = (
    int(getattr(os, name, 0)) for name in ("O_BINARY", "O_NONBLOCK", "O_NOFOLLOW")
)


def parse_json(data: bytes | str) -> Any:
    """Plain values from JSON.

    Raises:
        ValueError: If it is no JSON, is nested too deep, or holds a number that is none or that
            nothing here can have.
    """
    try:
        value = json.loads(data, parse_constant=_no_number)
        if isinstance(value, dict | list):
            _check_depth(value)
        if largest(value) > _MAX_NUMBER:  # 1e400 is read as infinity
            raise ValueError("a number in it is out of range")
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    return value


def largest(value: Any) -> float:
    """The largest number, without its sign, among plain values; 0 without any."""
    if isinstance(value, dict):
        return max(map(largest, value.values()), default=0.0)
    if isinstance(value, list):
        return max(map(largest, value), default=0.0)
    return abs(value) if isinstance(value, int | float) else 0.0


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a number")


def _check_depth(value: Any, depth: int = 0) -> None:
    if depth > _MAX_DEPTH:
        raise ValueError("it is nested too deep")
    for item in value.values() if isinstance(value, dict) else value:
        if isinstance(item, dict | list):
            _check_depth(item, depth + 1)


def shown(value: Any) -> Any:
    """The same plain value with nothing in its texts that a screen would obey.

    Control characters, halves of characters and marks that turn the direction of writing become
    their escapes.
    """
    if isinstance(value, str):
        return value if value.isascii() and value.isprintable() else _shown_text(value)
    if isinstance(value, dict):
        return {shown(key): shown(item) for key, item in value.items()}
    return [shown(item) for item in value] if isinstance(value, list) else value


def _shown_text(text: str) -> str:
    return "".join(
        f"\\x{ord(c):02x}" if unicodedata.category(c) in _ODD_CATEGORIES or c in _TURNS else c
        for c in text
    )
