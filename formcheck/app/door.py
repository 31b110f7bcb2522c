"""The door: what every request and socket must pass before anything of Streamlit sees it."""

import re
from html import escape

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from formcheck.app.streamlit_internals import MEDIA, STREAM, UPLOAD, media_browsers
from formcheck.app.visit.access import browser_of, is_own_page, name_browser, origin_asked
from formcheck.app.visit.entry import ENTRY, PATH
from formcheck.app.visit.identity import cookie_name
from formcheck.app.visit.origins import Origin
from formcheck.app.visit.spaces import SPACES
from formcheck.app.visit.uploads import UPLOADS

HEALTH = "/formcheck/health"
"""Says that the server runs, to anybody on it, and nothing else."""
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
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
PRIVATE = {
    "cache-control": "private, no-store",
    "content-security-policy": "default-src 'none'; sandbox",
}
"""Headers of files that belong to one browser: kept nowhere, and run as nothing."""
_MEDIA_TYPES = ("application/json", "image/jpeg", "image/png", "text/csv", "video/mp4")
_STRANGER = (
    "formcheck does not know this browser: open the newest link that was printed where formcheck "
    "was started (each works once), or start formcheck again."
)
_RESTARTED = (
    "formcheck was started anew since this browser last used it: open the newest link that was "
    "printed where it was started."
)
_NO_NAME = (
    "Unknown host. formcheck answers to names it was told, and only to those: start it with "
    "--host-name https://NAME:PORT, as the browser shows it."
)
_ELSEWHERE = "This address was opened by another page; if you want formcheck, go on."


class Doorkeeper:
    """Checks host, origin and cookie, lets links in, counts open pages, guards private files."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or connection."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        asked = origin_asked(scope)
        known = None if asked is None else browser_of(scope)
        refusal = _refusal(scope, asked, known)
        # Streamlit would answer a foreign origin by asking the world for its own address.
        headers = [(name, value) for name, value in scope["headers"] if name != b"origin"]
        scope = {**scope, "headers": headers}
        if refusal is None:
            is_new = known is None and ENTRY.is_open
            await self._let_in(scope, receive, send, known, asked if is_new else None)
        elif scope["type"] == "http":
            await refusal(scope, receive, self._with_headers(scope, None, send))
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _let_in(
        self, scope: Scope, receive: Receive, send: Send, known: str | None, new_at: Origin | None
    ) -> None:
        path = scope["path"]
        if scope["type"] == "websocket":
            if known is not None and path.endswith(STREAM):
                with SPACES.connected(known):
                    await self._app(scope, receive, send)
            else:
                await self._app(scope, receive, send)
            return
        send = self._with_headers(scope, new_at, send)
        if path.startswith(UPLOAD) and scope["method"] == "PUT":
            await UPLOADS.serve(self._app, scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _with_headers(self, scope: Scope, new_at: Origin | None, send: Send) -> Send:
        is_page = "text/html" in Headers(scope=scope).get("accept", "")
        is_media = scope["path"].startswith(MEDIA)

        async def wrapped(message: Message) -> None:
            if message["type"] == "http.response.start":
                message.setdefault("headers", [])
                headers = MutableHeaders(scope=message)
                if is_media:
                    headers.update(PRIVATE)
                    if headers.get("content-type", "").partition(";")[0] not in _MEDIA_TYPES:
                        headers["content-type"] = "application/octet-stream"
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                # Also on "not modified": the page may be in the browser's store, the cookie gone.
                if new_at is not None and is_page:
                    name_browser(headers, new_at)
            await send(message)

        return wrapped


def _refusal(scope: Scope, asked: Origin | None, known: str | None) -> Response | None:
    """What is answered in the app's place; None if the request may come in."""
    if asked is None:
        return PlainTextResponse(_NO_NAME, 421)
    headers, path = Headers(scope=scope), scope["path"]
    is_page = "text/html" in headers.get("accept", "")
    if scope["type"] == "http" and path.startswith(f"{PATH}/") and "origin" not in headers:
        return _enter(scope, asked, known)
    if not is_own_page(scope, asked):
        return _page(_ELSEWHERE, 403) if is_page else PlainTextResponse("Not from there.", 403)
    if scope["type"] == "http" and path == HEALTH:
        return PlainTextResponse("ok", headers={"cache-control": "no-store"})
    if known is None and not ENTRY.is_open:
        was_known = cookie_name(asked.host) in HTTPConnection(scope).cookies
        text = _RESTARTED if was_known else _STRANGER
        return _page(text, 403, is_final=True) if is_page else PlainTextResponse(text, 403)
    if path.startswith(MEDIA) and known not in media_browsers(path):
        return PlainTextResponse("Not found.", 404)
    return None


def _enter(scope: Scope, asked: Origin, known: str | None) -> Response:
    """Answer a link: give the browser its cookie and lead it to the page.

    The way on is a page and no redirect: after one from a file, the cookie would not be sent yet.
    """
    request = HTTPConnection(scope)
    page = request.query_params.get("page", "")
    page = page if re.fullmatch("[a-z]{0,20}", page) else ""
    is_look_ahead = "prefetch" in request.headers.get("sec-purpose", "")
    if scope["method"] != "GET" or is_look_ahead:
        return PlainTextResponse("Open this link in a browser.", 403)
    if not ENTRY.admit(scope["path"], page):
        return _page(_STRANGER, 403, is_final=known is None)
    answer = _page("One moment.", 200, f'<meta http-equiv="refresh" content="0;url=/{page}">')
    if known is None:
        name_browser(answer.headers, asked)
    return answer


def _page(text: str, status: int, head: str = "", *, is_final: bool = False) -> Response:
    """A page of one sentence, with the way to the app unless that leads nowhere."""
    way_on = "" if is_final else '<p><a href="/">Go on to formcheck</a></p>'
    return HTMLResponse(
        f"<!doctype html><html lang=en><meta charset=utf-8><title>formcheck</title>{head}"
        "<body style='font:18px system-ui;max-width:36rem;margin:15vh auto;padding:0 1rem'>"
        f"<p>{escape(text)}</p>{way_on}</body></html>",
        status,
        {"cache-control": "no-store"},
    )
