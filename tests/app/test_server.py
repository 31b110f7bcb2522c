"""The door: hosts, cookies, headers, private files."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import streamlit as st

from formcheck.app import server
from formcheck.app.visit.spaces import COOKIE, SPACES, new_id


def finished(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine in a thread of its own: a browser test may have a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def call(
    kind: str = "http", path: str = "/", headers: dict[str, str] | None = None
) -> tuple[list[dict[str, Any]], bool]:
    """Knock at the door; return what came back and whether the app was reached."""
    sent: list[dict[str, Any]] = []
    reached = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        reached.append(scope)
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b""})

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    given = {"host": "127.0.0.1:8501", **(headers or {})}
    scope = {
        "type": kind, "path": path, "scheme": "http", "method": "GET",
        "headers": [(k.encode(), v.encode()) for k, v in given.items()],
    }  # fmt: skip
    finished(server.Doorkeeper(app)(scope, receive, send))
    return sent, bool(reached)


@pytest.fixture(autouse=True)
def own_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    hosts = ["localhost", "127.0.0.1", "::1"]
    monkeypatch.setattr(st, "get_option", lambda name: hosts)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8501", "LOCALHOST:1", "[::1]:8501"])
def test_own_hosts_come_in(host: str) -> None:
    assert call(headers={"host": host})[1]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "[bad", "10.0.0.1"])
def test_other_hosts_stay_out(host: str) -> None:
    sent, is_reached = call(headers={"host": host})
    assert not is_reached
    assert sent[0]["status"] == 421
    sent, is_reached = call("websocket", "/_stcore/stream", {"host": host})
    assert not is_reached
    assert sent[0]["type"] == "websocket.close"


def test_a_new_browser_gets_a_cookie_scripts_cannot_read() -> None:
    sent, _ = call(headers={"accept": "text/html,*/*"})
    headers = dict(sent[0]["headers"])
    cookie = headers[b"set-cookie"].decode()
    assert cookie.startswith(f"{COOKIE}=")
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert "path=/;" in cookie.lower()
    assert b"default-src 'self'" in headers[b"content-security-policy"]
    value = cookie.split(";")[0]
    again, _ = call(headers={"accept": "text/html", "cookie": value})
    assert b"set-cookie" not in dict(again[0]["headers"])
    forged, _ = call(headers={"accept": "text/html", "cookie": f"{COOKIE}=guess"})
    assert b"set-cookie" in dict(forged[0]["headers"])


def test_open_pages_are_counted() -> None:
    mine = new_id()
    before = SPACES.get(mine).left_s
    call("websocket", "/_stcore/stream", {"cookie": f"{COOKIE}={mine}"})
    assert SPACES.get(mine).n_connected == 0
    assert SPACES.get(mine).left_s >= before


def test_a_private_file_goes_to_its_owner_only(tmp_path: Path) -> None:
    mine = SPACES.get(new_id())
    (tmp_path / "annotated.mp4").write_bytes(b"video")
    address = SPACES.address(mine, tmp_path / "annotated.mp4")
    token = address.split("/")[3]

    def status(cookie: str | None, name: str = "annotated.mp4") -> int:
        from starlette.requests import Request

        headers = [] if cookie is None else [(b"cookie", f"{COOKIE}={cookie}".encode())]
        scope = {
            "type": "http", "headers": headers, "query_string": b"", "path": address,
            "method": "GET", "path_params": {"token": token, "name": name},
        }  # fmt: skip
        return finished(server.media(Request(scope))).status_code

    assert status(mine.id) == 200
    assert status(None) == 404
    assert status(new_id()) == 404
    assert status(mine.id, "../annotated.mp4") == 404
