"""Uploads at the door: only those a page asked for, and no more than there is room for."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from door import finished

from formcheck.app.streamlit_internals import UPLOAD
from formcheck.app.visit import uploads
from formcheck.app.visit.identity import cookie_name, new_id
from formcheck.app.visit.uploads import MAX_BYTES, MAX_FILES, Uploads

MINE, OTHER = new_id(), new_id()
MB = 1 << 20


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Uploads:
    monkeypatch.setattr(uploads, "upload_sizes", dict)
    made = Uploads()
    for i in range(20):
        made.issue("page", MINE, f"f{i}")
    return made


def scope(file: str, length: str | None, browser: str = MINE, session: str = "page") -> Any:
    headers = [(b"cookie", f"{cookie_name()}={browser}".encode())]
    headers += [] if length is None else [(b"content-length", length.encode())]
    path = f"{UPLOAD}{session}/{file}"
    return {"type": "http", "method": "PUT", "path": path, "headers": headers}


def put(gate: Uploads, asked: Any, *bodies: bytes) -> int:
    """Send an upload; the status of the answer, 0 if it was taken for gone."""
    sent: list[Any] = []
    waiting = [*bodies]

    async def receive() -> Any:
        if not waiting:
            await asyncio.sleep(60)
        return {"type": "http.request", "body": waiting.pop(0), "more_body": bool(waiting)}

    async def app(_scope: Any, receive: Any, send: Any) -> None:
        while (message := await receive())["type"] == "http.request":
            if not message["more_body"]:
                await send({"type": "http.response.start", "status": 204})
                return

    async def send(message: Any) -> None:
        sent.append(message)

    finished(gate.serve(app, asked, receive, send))
    return int(sent[0]["status"]) if sent else 0


def test_a_file_that_a_page_asked_for_comes_in_once(gate: Uploads) -> None:
    assert put(gate, scope("f1", "5"), b"video") == 204
    assert put(gate, scope("f1", "5"), b"again") == 404


@pytest.mark.parametrize(
    "asked",
    [
        scope("invented", "5"), scope("f1", "5", OTHER), scope("f1", "5", session="another"),
        scope("f1", "5", "forged"), scope("", "5"), scope("f1/../f2", "5"),
    ],
)  # fmt: skip
def test_nobody_else_s_and_no_invented_file_comes_in(gate: Uploads, asked: Any) -> None:
    assert put(gate, asked, b"video") == 404


@pytest.mark.parametrize("length", [None, "", "-1", "1e9", "x", "٣", "9" * 30])
def test_nothing_comes_in_without_a_length(gate: Uploads, length: str | None) -> None:
    assert put(gate, scope("f1", length), b"video") == 411


def test_bytes_and_files_of_a_browser_are_counted(
    gate: Uploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert put(gate, scope("f1", str(MAX_BYTES + 1)), b"video") == 413
    held = {("page", f"old{i}"): 1 for i in range(MAX_FILES)}
    monkeypatch.setattr(uploads, "upload_sizes", lambda: held)
    assert put(gate, scope("f1", "5"), b"video") == 413
    gate.issue("elsewhere", OTHER, "g")
    assert put(gate, scope("g", "5", OTHER, "elsewhere"), b"video") == 204
    held.clear()  # the page is gone, or has copied them
    assert put(gate, scope("f1", "5"), b"video") == 204


def test_all_of_them_are_counted(gate: Uploads, monkeypatch: pytest.MonkeyPatch) -> None:
    for i in range(6):
        gate._on_the_way[f"page {i}", "x"] = f"browser {i}", 390 * MB
    assert put(gate, scope("f1", "5"), b"video") == 503
    gate._on_the_way.clear()
    assert put(gate, scope("f1", "5"), b"video") == 204


def test_an_upload_closed_half_way_gives_its_place_back(
    gate: Uploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "SILENCE_S", 0.05)
    for i in range(15):
        assert put(gate, scope(f"f{i}", str(300 * MB)), b"video", b"") in (0, 204)
    assert gate._on_the_way == {}


def test_a_silent_sender_and_a_slow_one_are_let_go(
    gate: Uploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "SILENCE_S", 0.05)
    assert put(gate, scope("f1", "500")) == 0
    monkeypatch.setattr(uploads, "SILENCE_S", -3600.0)  # as if it had begun an hour ago
    slow = uploads._impatient(_one_byte, 500)
    monkeypatch.setattr(asyncio, "wait_for", lambda work, _limit: work)
    assert finished(slow())["type"] == "http.disconnect"


async def _one_byte() -> Any:
    return {"type": "http.request", "body": b"x", "more_body": True}


def test_a_length_that_lies_opens_no_back_door(gate: Uploads) -> None:
    pieces = scope("f1", "5")
    pieces["headers"].append((b"transfer-encoding", b"chunked"))
    assert put(gate, pieces, b"video") == 411
    twice = scope("f1", "5")
    twice["headers"].append((b"content-length", str(300 * MB).encode()))
    assert put(gate, twice, b"video") == 411
    assert put(gate, scope("f1", "5"), b"video", b"and more") == 0, "taken for gone"
    assert gate._on_the_way == {}


def test_files_that_never_came_are_forgotten(gate: Uploads) -> None:
    for i in range(1000):
        gate.issue("page", MINE, f"more{i}")
    assert len(gate._issued) <= 64
