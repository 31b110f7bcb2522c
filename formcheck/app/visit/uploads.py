"""Uploads on their way in: only those a page asked for, and no more than there is room for.

Streamlit would take any number under any name and keep them in memory as long as the page is open.
"""

import asyncio
import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from formcheck.app.jobs.limits import LIMITS
from formcheck.app.streamlit_internals import UPLOAD, upload_sizes
from formcheck.app.visit.access import browser_of

MAX_BYTES = 2 * LIMITS.max_upload_mb << 20
MAX_FILES = 8
"""In memory or on the way, of one browser; a clip leaves memory as soon as its page has seen it."""
MAX_ALL_BYTES = 2000 << 20
MAX_ALL_FILES = 100
SILENCE_S = 30.0
"""An upload that brings nothing for so long is given up."""
MIN_BYTES_PER_S = 20_000
"""So is one that is slower than this after its first half minute."""
_KEEP_ISSUED = 64


@dataclass(slots=True)
class Uploads:
    """What may come in."""

    _issued: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Session and browser by the identifier of a file that a page asked for."""
    _on_the_way: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    """Browser and bytes by session and file."""
    _browser_of_session: dict[str, str] = field(default_factory=dict)

    def issue(self, session: str, browser: str, file: str) -> None:
        """Expect a file of a page; the oldest ones that never came are forgotten."""
        self._browser_of_session[session] = browser
        own = [key for key, (_, whose) in self._issued.items() if whose == browser]
        for old in own[: max(0, len(own) - _KEEP_ISSUED + 1)]:
            del self._issued[old]
        self._issued[file] = session, browser

    async def serve(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand an upload on to Streamlit, or refuse it before its first byte is read."""
        session, _, file = scope["path"].removeprefix(UPLOAD).partition("/")
        n_bytes = _length(scope)
        refusal = self._refusal(browser_of(scope) or "", session, file, n_bytes)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        with self._holding(session, file, n_bytes):
            await app(scope, _impatient(receive, n_bytes), send)

    def _refusal(self, browser: str, session: str, file: str, n_bytes: int) -> Response | None:
        if n_bytes < 0:
            return PlainTextResponse("How long is it?", 411)
        if not browser or self._issued.get(file) != (session, browser):
            return PlainTextResponse("No page asked for this file.", 404)
        held = upload_sizes()
        known = {session for session, _ in held}
        self._browser_of_session = {
            s: b for s, b in self._browser_of_session.items()
            if s in known or any(s == issued for issued, _ in self._issued.values())
        }  # fmt: skip
        every = [(self._browser_of_session.get(s), n) for (s, _), n in held.items()]
        every += self._on_the_way.values()
        own = [n for whose, n in every if whose == browser]
        if len(own) >= MAX_FILES or sum(own) + n_bytes > MAX_BYTES:
            return PlainTextResponse("Too much at a time. Wait for the files before.", 413)
        if len(every) >= MAX_ALL_FILES or sum(n for _, n in every) + n_bytes > MAX_ALL_BYTES:
            return PlainTextResponse("Too many people are uploading. Try again soon.", 503)
        return None

    @contextlib.contextmanager
    def _holding(self, session: str, file: str, n_bytes: int) -> Iterator[None]:
        _, browser = self._issued.pop(file)  # one file each
        self._on_the_way[session, file] = browser, n_bytes
        try:
            yield
        finally:
            del self._on_the_way[session, file]


def _length(scope: Scope) -> int:
    headers = Headers(scope=scope)
    text = headers.get("content-length", "")
    if "transfer-encoding" in headers or len(headers.getlist("content-length")) != 1:
        return -1  # pieces of any number, whatever the length says
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else -1


def _impatient(receive: Receive, n_told: int) -> Receive:
    """Take a sender for gone who stays silent, dawdles, or sends more bytes than were told."""
    began_s, n_bytes = time.monotonic(), 0

    async def wrapped() -> Message:
        nonlocal n_bytes
        try:
            message = await asyncio.wait_for(receive(), SILENCE_S)
        except TimeoutError:
            return {"type": "http.disconnect"}
        n_bytes += len(message.get("body", b""))
        late_s = time.monotonic() - began_s - SILENCE_S
        is_slow = late_s > 0 and n_bytes < MIN_BYTES_PER_S * late_s and message.get("more_body")
        return {"type": "http.disconnect"} if is_slow or n_bytes > n_told else message

    return wrapped


UPLOADS = Uploads()
"""Those of this process."""
