"""Everything around the pages: who is asking, private files, headers, start and end."""

from __future__ import annotations

import asyncio
import mimetypes
import os
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from formcheck.ui import live_socket
from formcheck.ui.housekeeping import (
    forget_closed_pages,
    give_memory_back,
    preload,
    share_memory,
)
from formcheck.ui.live_sets import LIVE
from formcheck.ui.spaces import COOKIE, SPACES, is_id, new_id

SITE = Path(__file__).with_name("site.py")
_STREAM = "/_stcore/stream"
TIDY_EVERY_S = 10.0
# Whatever a page asks for, the browser itself refuses to fetch it from elsewhere.
_CONTENT_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "font-src 'self' data:; connect-src 'self' blob: data:; worker-src 'self' blob:; "
    "frame-src 'self' blob: data:; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'self'"
)
_HEADERS = {
    b"content-security-policy": _CONTENT_POLICY.encode(),
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
}


class Doorkeeper:
    """Checks the host, gives every browser its cookie, counts open pages."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or connection."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        if not host_allowed(_header(scope, b"host")):
            if scope["type"] == "http":
                await PlainTextResponse("Unknown host.", 421)(scope, receive, send)
            else:
                await send({"type": "websocket.close", "code": 1008})
            return
        known = browser_of(scope)
        if scope["type"] == "http":
            await self._app(scope, receive, self._with_headers(scope, known, send))
        elif known is not None and scope["path"].endswith(_STREAM):
            SPACES.connected(known)
            try:
                await self._app(scope, receive, send)
            finally:
                SPACES.disconnected(known)
        else:
            await self._app(scope, receive, send)

    def _with_headers(self, scope: Scope, known: str | None, send: Send) -> Send:
        async def wrapped(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers: list[tuple[bytes, bytes]] = list(message.get("headers", []))
                names = {name.lower() for name, _ in headers}
                headers += [item for item in _HEADERS.items() if item[0] not in names]
                # Also on "not modified": the page may be in the browser's store, the cookie gone.
                if known is None and b"text/html" in (_raw(scope, b"accept") or b""):
                    headers.append((b"set-cookie", _cookie(scope["scheme"] == "https")))
                message["headers"] = headers
            await send(message)

        return wrapped


def browser_of(scope: MutableMapping[str, Any]) -> str | None:
    """The browser a request comes from, by its cookie."""
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(_header(scope, b"cookie") or "")
    except CookieError:
        return None
    value = jar[COOKIE].value if COOKIE in jar else ""
    return value if is_id(value) else None


def host_allowed(host: str | None) -> bool:
    """Whether a Host header is one of ours: keeps other sites' names from meaning us."""
    allowed = [str(name).lower() for name in st.get_option("server.allowedHosts") or ()]
    if not allowed:
        return True
    try:
        name = urlsplit(f"//{host or ''}").hostname
    except ValueError:
        return False
    return name is not None and name.rstrip(".") in allowed


def _raw(scope: MutableMapping[str, Any], name: bytes) -> bytes | None:
    for key, value in scope.get("headers", []):
        if key.lower() == name:
            return bytes(value)
    return None


def _header(scope: MutableMapping[str, Any], name: bytes) -> str | None:
    value = _raw(scope, name)
    return None if value is None else value.decode("latin-1")


def _cookie(is_secure: bool) -> bytes:
    secure = "; Secure" if is_secure else ""
    return f"{COOKIE}={new_id()}; Path=/; HttpOnly; SameSite=Strict{secure}".encode()


async def media(request: Request) -> Response:
    """Serve a video or picture to the browser it belongs to, and to no other."""
    browser = browser_of(request.scope)
    token, name = request.path_params["token"], request.path_params["name"]
    path = SPACES.resolve(browser, token, name) if browser is not None else None
    if path is None:
        return PlainTextResponse("Not found.", 404)
    wanted = request.query_params.get("download")
    return FileResponse(
        path,
        media_type=mimetypes.guess_type(path.name)[0] or "application/octet-stream",
        filename=Path(wanted).name if wanted else None,
        headers={"Cache-Control": "private, no-store"},
    )


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[dict[str, Any]]:
    """Tidy up at the start; leave nothing behind at the end, by SIGTERM or SIGINT."""
    share_memory()
    await asyncio.to_thread(SPACES.open)
    await asyncio.to_thread(preload)  # beside the first visitors it would hold up all of them
    tidy = asyncio.create_task(_keep_tidy())
    try:
        yield {}
    finally:
        tidy.cancel()
        await asyncio.to_thread(LIVE.close)
        await asyncio.to_thread(SPACES.close)


async def _keep_tidy() -> None:
    """Drop live sets nobody comes back to, and pages that were closed."""
    while True:
        await asyncio.sleep(TIDY_EVERY_S)
        await asyncio.to_thread(LIVE.sweep)
        if forget_closed_pages():
            await asyncio.to_thread(give_memory_back)


def routes() -> list[BaseRoute]:
    """The app's own addresses: private files and the socket of the live page."""
    return [
        Route("/formcheck/media/{token}/{name}", media, methods=["GET", "HEAD"]),
        live_socket.route(),
    ]


def middleware() -> list[Middleware]:
    """What every request passes through."""
    return [Middleware(Doorkeeper)]


def is_shared() -> bool:
    """Whether several people use this server over a local network."""
    return os.environ.get("FORMCHECK_LAN") == "1"
