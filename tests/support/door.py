"""Knocking at the app's door without a server behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import streamlit as st

from formcheck.app.door import Doorkeeper
from formcheck.app.visit.entry import ENTRY


def finished(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine in a thread of its own: a browser test may have a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def call(
    kind: str = "http",
    path: str = "/",
    headers: dict[str, str | tuple[str, ...] | None] | None = None,
    method: str = "GET",
    query: str = "",
    scheme: str = "http",
) -> tuple[list[dict[str, Any]], bool]:
    """Knock at the door; return what came back and whether the app was reached.

    A header with several values is sent as often, one with None not at all.  ``scheme`` is what
    the server in front of the door believes.
    """
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
    pairs = [
        (name.encode(), value.encode())
        for name, values in given.items()
        for value in (() if values is None else values if isinstance(values, tuple) else (values,))
    ]
    if kind == "websocket":
        scheme = scheme.replace("http", "ws")
    scope = {
        "type": kind, "path": path, "scheme": scheme,
        "method": method, "query_string": query.encode(),
        "headers": pairs,
    }  # fmt: skip
    finished(Doorkeeper(app)(scope, receive, send))
    return sent, bool(reached)


def closed_door(monkeypatch: pytest.MonkeyPatch) -> None:
    """As ``formcheck app`` starts it on port 8501; put back after the test."""
    known = {"server.allowedHosts": ["localhost", "127.0.0.1", "::1"], "server.port": 8501}
    monkeypatch.setattr(st, "get_option", known.get)
    monkeypatch.setattr(ENTRY, "is_open", False)
    monkeypatch.setattr(ENTRY, "is_shared", False)
    monkeypatch.setattr(ENTRY, "announce", None)
    monkeypatch.setattr(ENTRY, "_known", set())
