"""What a server that runs for weeks must give back by itself."""

import contextlib
import ctypes
import gc
import importlib
import sys
from pathlib import Path

from formcheck.app.streamlit_internals import drop_disconnected_sessions
from formcheck.knowledge import load_knowledge

_ARENA_MAX = -8
"""``M_ARENA_MAX`` of glibc's ``mallopt``."""


def preload() -> None:
    """Import what the first visitors would wait for: every page, and pandas for Streamlit.

    What is loaded now stays for good and is set aside from the garbage collector.  Streamlit
    collects after every drawing of a page, which took 60 ms of everybody's time before.
    """
    pages = [f.stem for f in Path(__file__).with_name("pages").glob("[a-z]*.py")]
    for name in ("pandas", *(f"{__package__}.pages.{page}" for page in sorted(pages))):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    load_knowledge()
    gc.collect()
    gc.freeze()


def share_memory() -> None:
    """Let all threads share two heaps: with one each, what one frees no other can use."""
    _call_libc("mallopt", _ARENA_MAX, 2)


def give_memory_back() -> None:
    """Return freed memory to the system: glibc would keep some of every pose model."""
    _call_libc("malloc_trim", 0)


def _call_libc(name: str, *numbers: int) -> None:
    """Call a function of the C library where there is one of that name."""
    if sys.platform == "linux":
        function = getattr(ctypes.CDLL(None), name, None)
        if function is not None:
            function(*numbers)


def forget_closed_pages() -> int:
    """Let go of the sessions of pages closed for good; return how many.  In the event loop only."""
    n = drop_disconnected_sessions()
    if n:
        gc.collect()  # a session and its parts refer to each other
    return n
