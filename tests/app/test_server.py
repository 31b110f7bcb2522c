"""The door: hosts, cookies, headers, private files."""

from __future__ import annotations

from pathlib import Path

import pytest
from door import call, closed_door, finished

from formcheck.app import server
from formcheck.app.visit.entry import ENTRY
from formcheck.app.visit.identity import cookie_name, new_id
from formcheck.app.visit.spaces import SPACES


@pytest.fixture(autouse=True)
def own_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    closed_door(monkeypatch)


MINE = {"cookie": "formcheck_8501=" + new_id()}


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8501", "LOCALHOST:1", "[::1]:8501"])
def test_own_hosts_come_in(host: str) -> None:
    assert call(headers={"host": host, **MINE})[1]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "[bad", "10.0.0.1"])
def test_other_hosts_stay_out(host: str) -> None:
    sent, is_reached = call(headers={"host": host, **MINE})
    assert not is_reached
    assert sent[0]["status"] == 421
    sent, is_reached = call("websocket", "/_stcore/stream", {"host": host, **MINE})
    assert not is_reached
    assert sent[0]["type"] == "websocket.close"


def test_a_link_gives_a_cookie_that_scripts_cannot_read_and_works_once() -> None:
    link = ENTRY.link("live")
    path = link.partition("?")[0]
    for method in ("HEAD", "POST"):
        assert call(path=path, method=method)[0][0]["status"] == 403
    assert call(path=path, headers={"sec-purpose": "prefetch"})[0][0]["status"] == 403
    # A file on the disk leads here: to a browser that is another site.
    sent, is_reached = call(path=path, headers={"sec-fetch-site": "cross-site"}, query="page=live")
    assert not is_reached
    assert b'url=/live"' in sent[1]["body"]
    cookie = dict(sent[0]["headers"])[b"set-cookie"].decode()
    assert cookie.startswith("formcheck_8501=")
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert "path=/;" in cookie.lower()
    assert call(headers={"cookie": cookie.split(";")[0]})[1]
    again, _ = call(path=path)
    assert again[0]["status"] == 403
    assert b"set-cookie" not in dict(again[0]["headers"])


def test_on_a_shared_server_one_link_is_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ENTRY, "is_shared", True)
    path = ENTRY.link()
    cookies = {dict(call(path=path)[0][0]["headers"])[b"set-cookie"] for _ in range(3)}
    assert len(cookies) == 3


def test_the_next_link_is_told_when_one_was_used(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    ENTRY.start(told.append)
    call(path=ENTRY.link())  # that of the browser we open ourselves
    assert len(told) == 1
    call(path=told[0])
    assert len(told) == 2


def test_without_a_token_every_browser_gets_its_cookie(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ENTRY, "is_open", True)
    for known in ({}, {"cookie": "formcheck_8501=guess"}):
        sent, is_reached = call(headers={"accept": "text/html", **known})
        assert is_reached
        assert b"set-cookie" in dict(sent[0]["headers"])
    sent, _ = call(headers={"accept": "text/html", **MINE})
    assert b"set-cookie" not in dict(sent[0]["headers"])


def test_an_old_cookie_is_told_what_to_do() -> None:
    old = {"accept": "text/html", "cookie": f"formcheck_8501={'A' * 43}"}
    sent, is_reached = call(headers=old)
    assert not is_reached
    assert sent[0]["status"] == 403
    assert b"started anew" in sent[1]["body"]


def test_open_pages_are_counted() -> None:
    mine = new_id()
    before = SPACES.get(mine).left_s
    own = {"cookie": f"formcheck_8501={mine}", "origin": "http://127.0.0.1:8501"}
    assert call("websocket", "/_stcore/stream", own)[1]
    assert SPACES.get(mine).n_connected == 0
    assert SPACES.get(mine).left_s >= before


def test_a_private_file_goes_to_its_owner_only(tmp_path: Path) -> None:
    mine = SPACES.get(new_id())
    (tmp_path / "annotated.mp4").write_bytes(b"video")
    address = SPACES.address(mine, tmp_path / "annotated.mp4")
    token = address.split("/")[3]

    def status(cookie: str | None, name: str = "annotated.mp4") -> int:
        from starlette.requests import Request

        headers = [] if cookie is None else [(b"cookie", f"{cookie_name()}={cookie}".encode())]
        scope = {
            "type": "http", "headers": headers, "query_string": b"", "path": address,
            "method": "GET", "path_params": {"token": token, "name": name},
        }  # fmt: skip
        return finished(server.media(Request(scope))).status_code

    assert status(mine.id) == 200
    assert status(None) == 404
    assert status(new_id()) == 404
    assert status(mine.id, "../annotated.mp4") == 404
