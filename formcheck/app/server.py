"""Everything around the pages: who is asking, private files, headers, start and end."""

import asyncio
import mimetypes
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from formcheck.app.housekeeping import forget_closed_pages, give_memory_back, preload, share_memory
from formcheck.app.live.sets import LIVE
from formcheck.app.live.socket import PATH, serve_live
from formcheck.app.streamlit_internals import STREAM
from formcheck.app.visit.access import browser_of, host_allowed, name_browser
from formcheck.app.visit.spaces import SPACES

SITE = Path(__file__).with_name("site") / "frame.py"
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
    "content-security-policy": _CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
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
        if not host_allowed(Headers(scope=scope).get("host")):
            if scope["type"] == "http":
                await PlainTextResponse("Unknown host.", 421)(scope, receive, send)
            else:
                await send({"type": "websocket.close", "code": 1008})
            return
        known = browser_of(scope)
        if scope["type"] == "http":
            await self._app(scope, receive, self._with_headers(scope, known, send))
        elif known is not None and scope["path"].endswith(STREAM):
            with SPACES.connected(known):
                await self._app(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _with_headers(self, scope: Scope, known: str | None, send: Send) -> Send:
        is_page = "text/html" in Headers(scope=scope).get("accept", "")

        async def wrapped(message: Message) -> None:
            if message["type"] == "http.response.start":
                message.setdefault("headers", [])
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                # Also on "not modified": the page may be in the browser's store, the cookie gone.
                if known is None and is_page:
                    name_browser(headers, scope["scheme"] == "https")
            await send(message)

        return wrapped


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
        WebSocketRoute(PATH, serve_live),
    ]


def middleware() -> list[Middleware]:
    """What every request passes through."""
    return [Middleware(Doorkeeper)]
