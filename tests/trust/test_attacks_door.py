"""At the door: other pages, other ports, other users; nothing of the app may see them."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from door import call, closed_door

from formcheck.app import door
from formcheck.app.visit.entry import ENTRY
from formcheck.app.visit.identity import is_id, new_id
from formcheck.app.visit.origins import HOST_NAMES, read_origin

OWN = "http://127.0.0.1:8501"
MINE = {"cookie": f"formcheck_8501={new_id()}"}
NOT_OURS = {
    "another port": "http://127.0.0.1:3000",
    "another port by name": "http://localhost:3000",
    "no port": "http://127.0.0.1",
    "another name of loopback": "http://localhost:8501",
    "ipv6": "http://[::1]:8501",
    "a short address": "http://127.1:8501",
    "another scheme": "https://127.0.0.1:8501",
    "a socket's scheme": "ws://127.0.0.1:8501",
    "a file": "file://",
    "null": "null",
    "empty": "",
    "a star": "*",
    "another site": "https://evil.example",
    "ours as a user": "http://127.0.0.1:8501@evil.example",
    "ours as a start": "http://127.0.0.1:8501.evil.example",
    "ours with a path": "http://127.0.0.1:8501/",
    "ours with a dot": "http://127.0.0.1.:8501",
    "ours with a blank": "http://127.0.0.1:8501 ",
    "twice": f"{OWN} {OWN}",
    "a list": f"{OWN}, https://evil.example",
}
PATHS = (
    "/", "/history", "/_stcore/stream", "/_stcore/health", "/_stcore/host-config", "/media/x.json",
    "/_stcore/upload_file/a/b", "/formcheck/media/t/annotated.mp4", "/formcheck/live",
    "/formcheck/pose/pose_worker.js",
    "/static/js/index.js", "/_stcore/metrics", "/_stcore/agent/status", "/formcheck/health/x",
    "/enter", "/enter/", "/enter/x/..", "//", "/formcheck/health/../../history",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _closed(monkeypatch: pytest.MonkeyPatch) -> None:
    closed_door(monkeypatch)


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize("name", NOT_OURS)
def test_a_page_from_elsewhere_is_not_heard_even_with_the_cookie(kind: str, name: str) -> None:
    """Cookies ignore ports, so a page of another port comes with ours."""
    sent, is_reached = call(kind, "/_stcore/stream", {**MINE, "origin": NOT_OURS[name]})
    assert not is_reached
    assert sent[0].get("status", sent[0].get("code")) in (403, 1008)
    assert not any(n.startswith(b"access-control") for n, _ in sent[0].get("headers", ()))


@pytest.mark.parametrize("site", ["cross-site", "same-site", "", "same-origin, cross-site"])
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_what_the_browser_says_of_the_page_counts(kind: str, site: str) -> None:
    own = {**MINE, "origin": OWN}
    assert not call(kind, "/_stcore/stream", {**own, "sec-fetch-site": site})[1]
    both = ("same-origin", site)
    assert not call(kind, "/_stcore/stream", {**own, "sec-fetch-site": both})[1]


@pytest.mark.parametrize("site", ["same-origin", "none", None])
def test_our_own_page_is_heard(site: str | None) -> None:
    own = {**MINE, "origin": OWN, "sec-fetch-site": site}
    assert call("websocket", "/_stcore/stream", own)[1]
    assert call("http", "/", own)[1]


def test_a_socket_without_origin_is_refused() -> None:
    assert not call("websocket", "/_stcore/stream", {**MINE})[1]
    assert not call("websocket", "/formcheck/live", {**MINE})[1]


def test_doubled_headers_are_refused() -> None:
    assert not call("websocket", "/_stcore/stream", {**MINE, "origin": (OWN, OWN)})[1]
    assert not call(headers={**MINE, "origin": (OWN, "https://evil.example")})[1]
    assert not call(headers={**MINE, "host": ("127.0.0.1:8501", "evil.example")})[1]
    assert not call(headers={**MINE, "host": None})[1]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"])
def test_without_the_cookie_no_path_answers(path: str, method: str) -> None:
    sent, is_reached = call(path=path, method=method)
    assert not is_reached
    assert sent[0]["status"] == 403


def test_without_the_cookie_no_socket_opens() -> None:
    for path in ("/_stcore/stream", "/formcheck/live", "/enter/x", "/formcheck/health"):
        assert not call("websocket", path, {"origin": OWN})[1]


def _altered(text: str, at: int) -> str:
    raw = bytearray(base64.urlsafe_b64decode(f"{text}="))
    raw[at] ^= 1
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@pytest.mark.parametrize(
    "forge",
    [
        lambda made: "",
        lambda made: "guess",
        lambda made: "A" * 43,
        lambda made: made[:-1],
        lambda made: f"{made}=",
        lambda made: f" {made}x",
        lambda made: "../../etc/passwd",
        *(partial(_altered, at=at) for at in (0, 15, 16, 31)),
        lambda made: made[:42] + "B",
        lambda made: "\x00" * 43,
        lambda made: "ü" * 43,
    ],
)
def test_no_cookie_can_be_made(forge: Callable[[str], str]) -> None:
    forged = forge(new_id())
    assert not is_id(forged)
    assert not call(headers={"cookie": f"formcheck_8501={forged}"})[1]


def test_the_cookie_of_another_port_is_not_ours() -> None:
    assert not call(headers={"cookie": f"formcheck_8502={new_id()}"})[1]
    assert not call(headers={"cookie": f"formcheck_browser={new_id()}"})[1]


@pytest.mark.parametrize("path", ["/enter/x", "/enter/", "/enter/%2e%2e", f"/enter/{'A' * 43}"])
def test_no_link_can_be_guessed(path: str) -> None:
    ENTRY.link()
    sent, _ = call(path=path)
    assert sent[0]["status"] == 403
    assert b"set-cookie" not in dict(sent[0]["headers"])


@pytest.mark.parametrize(
    "page", ["//evil.example", "javascript:alert(1)", '"><script>', "a" * 30, "%0d%0aX: y", "Live"]
)
def test_a_link_leads_nowhere_else(page: str) -> None:
    sent, _ = call(path=ENTRY.link(), query=f"page={page}")
    assert sent[0]["status"] == 200
    assert b'content="0;url=/">' in sent[1]["body"]


def test_a_link_is_not_used_up_by_a_page_of_another_site() -> None:
    path = ENTRY.link()
    sent, _ = call(path=path, headers={"origin": "https://evil.example"})
    assert b"set-cookie" not in dict(sent[0]["headers"])
    assert call(path=path)[0][0]["status"] == 200


def test_streamlit_never_sees_an_origin(monkeypatch: pytest.MonkeyPatch) -> None:
    """For one it does not know it asks the world for the address of this computer."""
    seen: list[bytes] = []

    async def let_in(self, scope, receive, send, known, new_at):  # type: ignore[no-untyped-def]
        seen.extend(name for name, _ in scope["headers"])

    monkeypatch.setattr(door.Doorkeeper, "_let_in", let_in)
    call("websocket", "/_stcore/stream", {**MINE, "origin": OWN})
    assert b"host" in seen
    assert b"origin" not in seen


def test_a_download_belongs_to_the_browser_it_was_made_for(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = MINE["cookie"].partition("=")[2]
    monkeypatch.setattr(door, "media_browsers", lambda path: {mine})
    sent, is_reached = call(path="/media/0123.json", headers=MINE)
    assert is_reached
    headers = dict(sent[0]["headers"])
    assert headers[b"cache-control"] == b"private, no-store"
    assert headers[b"content-type"] == b"application/octet-stream"
    assert b"sandbox" in headers[b"content-security-policy"]
    other = {"cookie": f"formcheck_8501={new_id()}"}
    sent, is_reached = call(path="/media/0123.json", headers=other)
    assert (sent[0]["status"], is_reached) == (404, False)


def test_health_says_nothing_but_that() -> None:
    sent, is_reached = call(path="/formcheck/health")
    assert (sent[0]["status"], sent[1]["body"], is_reached) == (200, b"ok", False)


GYM = "https://gym.local"
TOLD = (GYM, "https://gym.local:8443", "http://[fd00::1]:8080")
AT_GYM = {"cookie": f"formcheck_443={new_id()}", "host": "gym.local"}
SAID_BY_A_PROXY = {
    "x-forwarded-proto": "https", "x-forwarded-host": "gym.local", "x-forwarded-port": "443",
    "x-forwarded-for": "127.0.0.1", "x-forwarded-server": "gym.local", "x-real-ip": "127.0.0.1",
    "x-original-host": "gym.local", "forwarded": "for=127.0.0.1;host=gym.local;proto=https",
}  # fmt: skip


@pytest.fixture
def _told() -> Iterator[None]:
    """Started with ``--host-name``, behind a proxy that speaks http to us."""
    HOST_NAMES.tell([read_origin(text) for text in TOLD], ["localhost", "127.0.0.1", "::1"])
    yield
    HOST_NAMES.tell((), ())


@pytest.mark.usefixtures("_told")
def test_behind_a_proxy_the_page_is_ours_and_its_cookie_is_sent_over_https_only() -> None:
    path = ENTRY.link()
    sent, _ = call(path=path, headers={"host": "Gym.Local"})
    cookie = dict(sent[0]["headers"])[b"set-cookie"].decode()
    assert cookie.startswith("formcheck_443=")
    assert "; secure" in cookie.lower()
    mine = {"cookie": cookie.partition(";")[0], "host": "gym.local", "origin": GYM}
    for kind in ("http", "websocket"):
        assert call(kind, "/_stcore/stream", {**mine, "sec-fetch-site": "same-origin"})[1]
        for site in ("same-site", "cross-site"):
            assert not call(kind, "/_stcore/stream", {**mine, "sec-fetch-site": site})[1]
    # Another port of the name is another server: another cookie, and its pages are strangers.
    other = {**mine, "host": "gym.local:8443", "origin": f"{GYM}:8443"}
    assert not call("websocket", "/_stcore/stream", other)[1]
    other["cookie"] = f"formcheck_8443={new_id()}"
    assert call("websocket", "/_stcore/stream", other)[1]
    six = {
        "host": "[FD00::1]:8080", "origin": "http://[fd00::1]:8080",
        "cookie": f"formcheck_8080={new_id()}",
    }  # fmt: skip
    assert call("websocket", "/_stcore/stream", six)[1]


@pytest.mark.usefixtures("_told")
@pytest.mark.parametrize(
    "host",
    [
        "gym.local:8501", "gym.local:80", "gym.local:0", "gym.local:", "gym.local.",
        "gym.local.:443", "gym.local ",
        "gym.local@evil.example", "evil.example@gym.local", "me:secret@gym.local", "www.gym.local",
        "gym.local.evil.example", "gym.local/", "gym.local#", "gym.local,evil.example",
        "fd00::1", "[fd00::1]", "[fd00::2]:8080", "[fd00:0::1]:8080", "[fd00::1]:8080.evil.example",
        "*.local", "", "ǵym.local",
    ],
)  # fmt: skip
def test_a_name_like_the_one_told_is_another_name(host: str) -> None:
    for kind in ("http", "websocket"):
        asked = {**AT_GYM, "host": host, "origin": GYM, **SAID_BY_A_PROXY}
        sent, is_reached = call(kind, "/_stcore/stream", asked)
        assert not is_reached
        assert sent[0].get("status", sent[0].get("code")) in (421, 1008)


@pytest.mark.usefixtures("_told")
@pytest.mark.parametrize(
    "origin",
    [
        "http://gym.local", "https://gym.local:443", "https://gym.local:8443", "https://gym.local.",
        "https://gym.local:8501", "https://www.gym.local", "https://gym.local@evil.example",
        "http://127.0.0.1:8501", "null", "https://gym.local/", f"{GYM}, {GYM}",
    ],
)  # fmt: skip
def test_a_page_of_another_origin_is_not_heard_under_a_name_that_was_told(origin: str) -> None:
    for kind in ("http", "websocket"):
        asked = {**AT_GYM, "origin": origin, **SAID_BY_A_PROXY}
        assert not call(kind, "/_stcore/stream", asked)[1]


@pytest.mark.parametrize("host", ["127.0.0.1:8501", "evil.example"])
@pytest.mark.parametrize("is_told", [False, True])
def test_what_a_proxy_would_say_is_not_believed(
    host: str, is_told: bool, request: pytest.FixtureRequest
) -> None:
    if is_told:
        request.getfixturevalue("_told")
    for origin in (GYM, "https://127.0.0.1:8501", "https://evil.example"):
        asked = {**MINE, **SAID_BY_A_PROXY, "host": host, "origin": origin}
        for scheme in ("http", "https"):  # uvicorn believes X-Forwarded-Proto from this computer
            assert not call("websocket", "/_stcore/stream", asked, scheme=scheme)[1]
            assert not call("http", "/", asked, scheme=scheme)[1]


@pytest.mark.usefixtures("_told")
def test_an_unknown_name_is_told_the_remedy() -> None:
    sent, _ = call(headers={**MINE, "host": "gym.local:8501"})
    assert sent[0]["status"] == 421
    assert b"--host-name" in sent[1]["body"]
    assert b"gym.local" not in sent[1]["body"]
