"""What a page needs to find poses itself: MediaPipe's library for browsers, and the pose model.

The library is no part of the source: a script puts it beside this file before a wheel is built.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from formcheck.app.live.sets import LIVE
from formcheck.errors import FormcheckError, InputError

PATH = "/formcheck/pose"
LIBRARY = Path(__file__).parent / "tasks_vision"
SHA256 = {
    "vision_bundle.mjs": "40f4123dfcd75cfa58add046919cc6f52fde66f009ff582997c09ba54c6ba27c",
    "vision_wasm_internal.js": "4a97e2520ba506c680ecd6ba6acfb146888afa0e2746d57f205352bc6ebb82eb",
    "vision_wasm_internal.wasm": "f00ec4731faa23b3e714d00e88d4d10e2df5c0a427d3a2b4ae6e3526fdd14ef7",
}
"""Of the library's files, as ``tools/fetch_tasks_vision.py`` takes them from its package."""
WORKER = "pose_worker.js"
MODEL = "pose_landmarker.task"
_TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm"}
_HEADERS = {
    # Kept by the browser, and asked after every time: a newer formcheck brings newer files.
    "cache-control": "private, no-cache",
    # What runs in the worker may compile the library, and reach this server, but nothing else.
    "content-security-policy": (
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
    ),
}


def why_not() -> str:
    """Why pages cannot find poses here, and what to do about it; empty if they can."""
    for name in SHA256:
        try:
            _checked(name)
        except (OSError, InputError):
            return (
                "This installation lacks the part that does it. In a source checkout run "
                "python tools/fetch_tasks_vision.py, then load this page again."
            )
    return ""


async def serve_part(request: Request) -> Response:
    """Serve one of the files; 404 for any other name."""
    name = request.path_params["name"]
    try:
        path = _part(name)
        status = path.stat()
    except (OSError, FormcheckError):
        return PlainTextResponse("Not found.", 404)
    media_type = _TYPES.get(path.suffix, "application/octet-stream")
    answer = FileResponse(path, headers=_HEADERS, media_type=media_type, stat_result=status)
    if request.headers.get("if-none-match") == answer.headers["etag"]:
        return Response(status_code=304, headers={**_HEADERS, "etag": answer.headers["etag"]})
    return answer


def _part(name: str) -> Path:
    """Where a file of this name is; FormcheckError or OSError if there is none to be trusted."""
    if name == WORKER:
        return Path(__file__).parent / "static" / WORKER
    if name == MODEL:
        from formcheck.pose.estimator import verify_model

        return verify_model(LIVE.options.model)[0]
    if name not in SHA256:
        raise InputError(f"{name}: no such part.")
    return _checked(name)


def _checked(name: str) -> Path:
    path = LIBRARY / name
    status = path.stat()
    if _sha256(path, status.st_size, status.st_mtime_ns) != SHA256[name]:
        raise InputError(f"{path}: it was altered. Fetch it again.")
    return path


@lru_cache(maxsize=8)
def _sha256(path: Path, size: int, mtime_ns: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
