"""One clip to score, wherever it lies: how it is spoken of, read and fetched.

Only here and in :mod:`formcheck.batch.inputs` is fsspec used.
"""

import errno
import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from formcheck.errors import InputError, SettingsError
from formcheck.files import TRACK_SUFFIX, printable

_PIECE = 1 << 20
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Source:
    """One clip to score, and how it is spoken of."""

    label: str
    """As the user named it: printable, without passwords or signatures."""
    location: str
    """The absolute path or the address it is read from."""
    name: str
    """Its file name."""
    below: str
    """Its path below the folder or pattern it was found by, with ``/``."""
    size_bytes: int | None = None
    """None where unknown."""
    version: str = ""
    """What a remote store says of the content's version; empty if nothing."""
    problem: str = ""
    """Why there is nothing to score here; empty if there is."""

    @property
    def is_remote(self) -> bool:
        """Whether it is read through fsspec."""
        return is_address(self.location)

    @property
    def is_track(self) -> bool:
        """Whether it is a stored track, not a video."""
        return self.name.lower().endswith(TRACK_SUFFIX)


def is_address(text: str) -> bool:
    """Whether ``text`` is an address such as ``s3://bucket/clip.mp4``."""
    return re.match(r"[A-Za-z][A-Za-z0-9+.\-]+(::|://)", text) is not None


def shown_address(address: str) -> str:
    """An address, chained ones too, without users, passwords, queries and fragments.

    What cannot be told apart from a secret is left out.
    """
    return printable("::".join(map(_shown_link, address.split("::"))))


def _shown_link(link: str) -> str:
    scheme, is_full, rest = link.partition("://")
    if not is_full:  # the name of a protocol in a chain, or what is left of a torn query
        return link if re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]{0,15}", link) else "..."
    rest = re.split(r"[?#;]", rest, maxsplit=1)[0]
    host, slash, path = rest.partition("/")
    if re.fullmatch(r"[^@:]*:(?!\d*$)[^@\]]*", host) or re.search(r":[^/@]*@", path):
        # Half of a user, whose name or password holds a stroke.
        return f"{scheme}://{rest.rpartition('@')[2]}" if "@" in path else f"{scheme}://..."
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"


def hash_of(source: Source) -> str:
    """Return the sha256 of a clip's content; raises InputError if it cannot be read."""
    digest = hashlib.sha256()
    for piece in _pieces(source):
        digest.update(piece)
    return digest.hexdigest()


def fetch(source: Source, folder: Path, progress: Callable[[], None] | None = None) -> Path:
    """Copy a remote clip into ``folder`` under its own name and return the copy.

    ``progress`` is called after every piece.  Raises InputError if the clip cannot be read, OSError
    if the copy cannot be written.
    """
    target = folder / (source.name.replace("/", "_").replace("\\", "_")[-120:] or "clip")
    with target.open("wb") as file:
        for piece in _pieces(source):
            file.write(piece)
            if progress is not None:
                progress()
    return target


def _pieces(source: Source) -> Iterator[bytes]:
    try:
        opened = fsspec_module().open(source.location, "rb") if source.is_remote else None
        if opened is None and not stat.S_ISREG(os.stat(source.location).st_mode):
            # Opening a pipe waits for a writer; a device has no end.
            raise OSError(errno.EINVAL, "not a regular file")
        with open(source.location, "rb") if opened is None else opened as file:
            while piece := file.read(_PIECE):
                yield piece
    except SettingsError:
        raise
    except Exception as error:
        # The text of a network error may carry a signed address: only its kind is told.
        reason = reason_of(error)
        raise InputError(
            f"{source.label}: cannot be read ({reason}). Check the address and the access to it."
        ) from None


def reason_of(error: Exception) -> str:
    """Why something could not be read, in words that name nothing secret."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, RedirectedError):
        cause = cause.__cause__ or cause.__context__
    return getattr(cause or error, "strerror", None) or type(error).__name__


def fsspec_module() -> Any:
    """The library that reads addresses, told to follow no redirect to another host.

    Raises SettingsError without the extra ``remote``.
    """
    try:
        fsspec = import_module("fsspec")
        if find_spec("aiohttp") is not None:
            for protocol in ("http", "https"):
                client = fsspec.config.conf.setdefault(protocol, {}).setdefault("client_kwargs", {})
                client.setdefault("trace_configs", [_no_strangers()])
    except ImportError:
        raise SettingsError(
            "addresses need the extra 'remote': pip install 'formcheck[remote]'."
        ) from None
    return fsspec


class RedirectedError(OSError):
    """An address that leads to another host: nobody has named that one."""

    def __init__(self) -> None:
        super().__init__(None, "it leads on to another host")


@cache
def _no_strangers() -> Any:
    aiohttp: Any = import_module("aiohttp")

    async def look(_session: Any, _context: Any, step: Any) -> None:
        asked = step.url
        told = step.response.headers.get("Location") or step.response.headers.get("URI") or ""
        there = urlsplit(urljoin(str(asked), told))
        is_same = (there.hostname, there.port or _PORTS.get(there.scheme)) == (
            asked.host,
            asked.port,
        )
        if not is_same or (asked.scheme == "https" and there.scheme != "https"):
            raise RedirectedError

    tracing = aiohttp.TraceConfig()
    tracing.on_request_redirect.append(look)
    return tracing
