"""Everything around the pages: private files, start and end."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from formcheck.app.door import PRIVATE, Doorkeeper
from formcheck.app.housekeeping import forget_closed_pages, give_memory_back, preload, share_memory
from formcheck.app.live import pose_files
from formcheck.app.live.sets import LIVE
from formcheck.app.live.socket import PATH, serve_live
from formcheck.app.parts.start import EXAMPLE_FOLDER, EXAMPLE_PATH
from formcheck.app.streamlit_internals import claim_files, drop_orphaned_files
from formcheck.app.visit.access import browser_in, browser_of
from formcheck.app.visit.entry import ENTRY
from formcheck.app.visit.spaces import SPACES
from formcheck.app.visit.uploads import UPLOADS

SITE = Path(__file__).with_name("site") / "frame.py"
TIDY_EVERY_S = 10.0
SAFE = {
    "server.headless": True,
    "server.address": "127.0.0.1",
    "server.enableXsrfProtection": True,
    "server.enableStaticServing": False,
    "browser.gatherUsageStats": False,
    "client.showErrorDetails": "none",
}
"""What a server that was not started by ``formcheck app`` should have as well."""
_MEDIA_TYPES = {
    ".jpg": "image/jpeg", ".json": "application/json", ".mp4": "video/mp4", ".webm": "video/webm",
    ".mov": "video/mp4", ".m4v": "video/mp4", ".mkv": "video/x-matroska", ".avi": "video/x-msvideo",
}  # fmt: skip
"""What is served at all; some browsers go by the type alone, and mov is mp4 under another name."""


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
        media_type=_MEDIA_TYPES.get(path.suffix, "application/octet-stream"),
        filename=Path(wanted).name if wanted else None,
        headers=PRIVATE,
    )


async def example_file(request: Request) -> Response:
    """Serve a picture or video of the first page, which come with the app."""
    path = EXAMPLE_FOLDER / Path(request.path_params["name"]).name
    if path.suffix not in _MEDIA_TYPES or not path.is_file():
        return PlainTextResponse("Not found.", 404)
    return FileResponse(path, media_type=_MEDIA_TYPES[path.suffix])


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[dict[str, Any]]:
    """Tidy up at the start; leave nothing behind at the end, by SIGTERM or SIGINT."""
    share_memory()
    claim_files(browser_in, UPLOADS.issue)
    if ENTRY.announce is None and not ENTRY.is_open:
        _announce_bare_start()
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
        drop_orphaned_files()
        if forget_closed_pages():
            await asyncio.to_thread(give_memory_back)


def _announce_bare_start() -> None:
    """Say where to go, and what is missing, when Streamlit itself was told to run the app."""
    port = st.get_option("server.port")
    ENTRY.start(lambda path: print(f"formcheck: http://127.0.0.1:{port}{path}", file=sys.stderr))
    unlike = [name for name, value in SAFE.items() if st.get_option(name) != value]
    if unlike:
        print(
            f"formcheck: Streamlit runs with less safe settings ({', '.join(unlike)}). "
            "Start it with: formcheck app",
            file=sys.stderr,
        )


def routes() -> list[BaseRoute]:
    """The app's own addresses: private files and the socket of the live page."""
    return [
        Route("/formcheck/media/{token}/{name}", media, methods=["GET", "HEAD"]),
        Route(f"{pose_files.PATH}/{{name}}", pose_files.serve_part, methods=["GET", "HEAD"]),
        Route(EXAMPLE_PATH + "/{name}", example_file, methods=["GET", "HEAD"]),
        WebSocketRoute(PATH, serve_live),
    ]


def middleware() -> list[Middleware]:
    """What every request passes through."""
    return [Middleware(Doorkeeper)]
