"""A real server asked for what it must not give: other people's files, files outside, odd hosts."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from app_server import Server, serving
from waiting import PATIENCE_S

from formcheck.app.visit.identity import new_id

SECRET = "nobody may read this"
CLIMBS = (
    "/formcheck/media/{token}/{up}", "/formcheck/media/{up}/secret.txt", "/formcheck/media/{up}",
    "/{up}", "/static/{up}", "/component/{up}", "/app/static/{up}", "/_stcore/{up}", "/media/{up}",
)  # fmt: skip
WAYS_UP = (
    "../../../../../..{path}", "..%2f..%2f..%2f..%2f..%2f..%2f..{quoted}", "%2e%2e/%2e%2e{path}",
    "....//....//....//{path}", "..%5c..%5c..%5csecret.txt", "{path}", "%00{quoted}",
    "..;/..;/..;{path}", "%252e%252e%252f%252e%252e{quoted}",
)  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("asked")
    with serving(folder / "server", None) as running:
        (running.tmp / "secret.txt").write_text(SECRET)
        yield running


def ask(server: Server, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Send a path as it is: an ordinary client would tidy it up."""
    parts = urlsplit(server.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE_S)
    try:
        connection.putrequest("GET", path, skip_host=True)
        for name, value in {"Host": parts.netloc, **headers}.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
    finally:
        connection.close()


@pytest.mark.parametrize("climb", CLIMBS)
def test_no_address_leads_out_of_the_folders(server: Server, climb: str) -> None:
    secret = server.tmp / "secret.txt"
    quoted = str(secret).replace("/", "%2f")
    cookie = server.let_in()
    for way in WAYS_UP:
        up = way.format(path=secret, quoted=quoted)
        path = climb.format(token="x" * 32, up=up).replace("//", "/")
        status, _, body = ask(server, path, Cookie=cookie)
        assert SECRET.encode() not in body, up
        assert status < 500, up


@pytest.mark.parametrize(
    "cookie", ["", new_id(), "guess", "../../etc"], ids=["none", "another", "guess", "path"]
)
def test_a_result_is_given_to_nobody_who_does_not_own_it(server: Server, cookie: str) -> None:
    name = server.let_in().partition("=")[0]
    path = f"/formcheck/media/{new_id()[:32]}/annotated.mp4"
    assert ask(server, path, Cookie=f"{name}={cookie}")[0] == 403
    assert ask(server, path, Cookie=server.let_in())[0] == 404


def test_the_page_may_fetch_from_its_own_server_only(server: Server) -> None:
    _, headers, body = ask(server, "/", Accept="text/html", Cookie=server.let_in())
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "object-src 'none'" in policy
    assert not re.search(r"(https?|wss?):|\*", policy)
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "formcheck" not in headers.get("set-cookie", "")  # it is known by its link
    assert not re.search(rb"(src|href)=[\"']?https?://", body)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:80", "", "x" * 5000])
def test_another_name_for_this_machine_gets_nothing(server: Server, host: str) -> None:
    """A page of another site that points its name here (DNS rebinding) is sent away."""
    status, headers, body = ask(server, "/", Host=host, Accept="text/html")
    assert status in (400, 421)
    assert "set-cookie" not in headers
    assert b"<html" not in body


def test_an_upload_without_a_session_is_refused(server: Server) -> None:
    parts = urlsplit(server.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE_S)
    try:
        connection.request(
            "PUT", "/_stcore/upload_file/no-such-session/file", body=b"x" * 1000,
            headers={"Cookie": server.let_in()},
        )  # fmt: skip
        assert connection.getresponse().status in (400, 401, 403, 404, 405)
    finally:
        connection.close()
    assert not [p for p in server.tmp.rglob("*") if p.is_file() and p.stat().st_size == 1000]


def test_the_server_survives_rubbish(server: Server) -> None:
    parts = urlsplit(server.url)
    for line in (b"\x16\x03\x01\x02\x00", b"GET / HTTP/9.9\r\n\r\n", b"A" * 70_000, b"\r\n\r\n"):
        connection = http.client.HTTPConnection(
            parts.hostname or "", parts.port, timeout=PATIENCE_S
        )
        connection.connect()
        connection.sock.sendall(line)
        connection.close()
    assert ask(server, "/formcheck/health")[0] == 200
    assert isinstance(server.process.poll(), type(None))
