"""The links a started app prints: each lets one browser in, once."""

from __future__ import annotations

import contextlib
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path

_LINK = re.compile(r"https?://[^ /]+(/enter/[A-Za-z0-9_-]+)")
_FOR_ALL = re.compile(r"/enter/\w{4}-\w{4}-\w{4}")
_WAIT_S = 600.0
_logs: dict[str, Path] = {}
_used: set[str] = set()
_lock = threading.Lock()


@contextlib.contextmanager
def announced(url: str, log: Path) -> Iterator[None]:
    """Note where the server at an address prints its links."""
    _logs[url] = log
    try:
        yield
    finally:
        del _logs[url]


def unused_link(url: str) -> str | None:
    """A link that nobody has used, for the server at an address; ``None`` if there is none yet."""
    *_, newest = _LINK.findall(_logs[url].read_text("utf-8", "replace")) or [""]
    with _lock:
        is_new = newest != "" and (newest not in _used or _FOR_ALL.fullmatch(newest) is not None)
        _used.add(newest)
    return url + newest if is_new else None


def link_to(url: str) -> str:
    """The same, waited for: use it before asking for another; the next follows when it was used."""
    deadline_s = time.monotonic() + _WAIT_S
    while time.monotonic() < deadline_s:
        if (link := unused_link(url)) is not None:
            return link
        time.sleep(0.02)
    raise TimeoutError(f"{url}: no unused link was printed")
