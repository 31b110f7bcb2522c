"""A running app, and who else is on the computer: other users, other pages, odd start folders."""

from __future__ import annotations

import asyncio
import http.client
import http.server
import io
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
from app_server import Server, serving
from app_visit import Visit
from door import finished
from tracing import read_log, reasons, traced
from waiting import PATIENCE_S

from benchmarks.app_client import Person
from formcheck.app.visit.identity import new_id

NOBODY = 65534
CONFIG = """
[server]
enableXsrfProtection = false
enableCORS = false
headless = false
allowedHosts = ["*"]
corsAllowedOrigins = ["*"]
trustedUserHeaders = {X-User = "name"}
enableStaticServing = true
baseUrlPath = "elsewhere"
[global]
developmentMode = true
[client]
showErrorDetails = "full"
allowedOrigins = ["https://evil.example"]
[browser]
serverAddress = "evil.example"
gatherUsageStats = true
"""
ENTRY = "squat of a secret day"
_KNOCK = """
import os, socket, sys
port, request, uid = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
if uid:
    os.setgroups([]), os.setgid(uid), os.setuid(uid)
s = socket.socket()
s.connect(("127.0.0.1", port))
s.sendall(request.replace("|", "\\r\\n").encode())
s.settimeout(30)
data = b""
while len(data) < 100000:
    piece = s.recv(65536)
    if not piece: break
    data += piece
sys.stdout.buffer.write(data)
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, list[str]]]:
    """The app, started in a folder that somebody prepared, and afterwards what a trace saw."""
    import shutil

    folder = tmp_path_factory.mktemp("knock") / "server"
    (folder / ".streamlit").mkdir(parents=True)
    (folder / ".streamlit" / "config.toml").write_text(CONFIG)
    (folder / ".streamlit" / "secrets.toml").write_text('FORMCHECK_DATA_DIR = "/stolen"\n')
    (folder / ".claude").mkdir()  # Streamlit would install something for whoever has this
    lines: list[str] = []
    strace, log = shutil.which("strace"), folder / "trace.log"
    can_trace = strace and not subprocess.run([strace, "-f", "-o", "/dev/null", "true"]).returncode
    with serving(folder, None, prefix=traced(strace, log) if strace and can_trace else ()) as app:
        pid = app.process.pid
        yield app, lines
    if can_trace:
        lines += read_log(log, pid)
        assert reasons(lines) == []
    assert not list((folder / ".claude").iterdir())


def knock(server: Server, request: str, uid: int) -> str:
    """Send bytes, as another user unless it is 0; the answer, while others are answered too."""
    parts = urlsplit(server.url)
    request = request.replace("HOST", parts.netloc)
    waiting = subprocess.Popen(
        [sys.executable, "-c", _KNOCK, str(parts.port), request, str(uid)], stdout=subprocess.PIPE
    )
    connection = http.client.HTTPConnection(parts.netloc, timeout=PATIENCE_S)
    connection.request("GET", "/formcheck/health")
    assert connection.getresponse().status == 200
    connection.close()
    return waiting.communicate(timeout=PATIENCE_S)[0].decode("latin-1")


SOCKET = (
    "GET /_stcore/stream HTTP/1.1|Host: HOST|Upgrade: websocket|Connection: Upgrade|"
    "Sec-WebSocket-Version: 13|Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==|"
    "Sec-WebSocket-Protocol: streamlit|"
)
GET = "HTTP/1.1|Host: HOST|Connection: close|"
KNOCKS = {
    "a socket without origin": f"{SOCKET}|",
    "our own origin, no cookie": f"{SOCKET}Origin: http://HOST||",
    "a page of port 3000": f"{SOCKET}Origin: http://localhost:3000||",
    "a page of port 9999": f"{SOCKET}Origin: http://127.0.0.1:9999||",
    "a page of another site": f"{SOCKET}Origin: https://evil.example||",
    "a page with a name to be looked up": f"{SOCKET}Origin: http://slow.evil.example||",
    "the history": f"GET /history {GET}|",
    "health with an origin": f"GET /_stcore/health {GET}Origin: http://slow.evil.example||",
    "a preflight": f"OPTIONS /_stcore/upload_file/a/b {GET}Origin: https://evil.example||",
    "the host's settings": f"GET /_stcore/host-config {GET}|",
    "the base path of the start folder": f"GET /elsewhere/history {GET}|",
    "a trusted header": f"GET / {GET}X-User: admin|X-Forwarded-For: 127.0.0.1||",
    "a proxy's word": f"GET / {GET}X-Forwarded-Proto: https|X-Forwarded-Host: evil.example||",
}


@pytest.mark.parametrize("name", KNOCKS)
def test_another_user_gets_nothing(server: tuple[Server, list[str]], name: str) -> None:
    uid = NOBODY if os.name == "posix" and os.geteuid() == 0 else 0
    answer = knock(server[0], KNOCKS[name], uid)
    assert answer.startswith(("HTTP/1.1 403", "HTTP/1.1 421")), answer[:100]
    assert "access-control-allow-origin" not in answer.lower()
    assert len(answer) < 3000


def test_the_link_is_in_no_list_of_processes(server: tuple[Server, list[str]]) -> None:
    words = Path(f"/proc/{server[0].process.pid}/cmdline").read_bytes()
    environment = Path(f"/proc/{server[0].process.pid}/environ").read_bytes()
    assert b"/enter/" not in words + environment


PAGE = """<script>
const told = [], ours = %r, name = ours.replace('127.0.0.1', 'localhost');
async function tries() {
  for (const base of [ours, name]) {
    for (const mode of ['cors', 'no-cors', 'same-origin'])
      for (const path of ['/history', '/_stcore/health', '/formcheck/health', '/enter/x'])
        try {
          const answer = await fetch(base + path, {mode, credentials: 'include'});
          told.push(answer.type + await answer.text());
        } catch (error) {}
    await new Promise((done) => {
      const socket = new WebSocket(base.replace('http', 'ws') + '/_stcore/stream', ['streamlit']);
      socket.onopen = () => { told.push('a socket'); done(); };
      socket.onerror = socket.onclose = done;
    });
    for (const kind of ['script', 'img', 'iframe', 'video']) await new Promise((done) => {
      const part = document.createElement(kind);
      part.onload = () => { if (kind != 'iframe') told.push(kind); done(); };
      part.onerror = done;
      setTimeout(done, 2000);
      part.src = base + '/history';
      document.body.append(part);
    });
  }
  return told.filter((text) => text != 'opaque');
}
</script><body>"""


def test_a_page_of_another_port_reads_nothing(
    server: tuple[Server, list[str]], chromium: Any
) -> None:
    """In a browser that has our cookie, which it sends to any port of this host."""
    app = server[0]

    class Handler(http.server.BaseHTTPRequestHandler):
        cookies = ""

        def do_GET(self) -> None:
            Handler.cookies = self.headers.get("Cookie", "")
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write((PAGE % app.url).encode())

        def log_message(self, *_: object) -> None:
            pass

    other = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=other.serve_forever, daemon=True).start()
    try:
        with Visit(chromium, app.url) as visit:
            visit.page.wait_for_selector(".st-key-upload")
            for host in ("127.0.0.1", "localhost"):
                visit.page.goto(f"http://{host}:{other.server_port}/")
                assert visit.page.evaluate("tries()") == []
                visit.page.evaluate(f"location.href = '{app.url}/history'")
                visit.page.wait_for_url(f"{app.url}/history")
                assert "opened by another page" in visit.page.inner_text("body")
                visit.page.click("a")
                visit.page.wait_for_selector("h1")
    finally:
        other.shutdown()
        other.server_close()


HTML = "<img src=x onerror=window.hurt=1><script>window.hurt=1</script>"


def test_no_text_becomes_part_of_the_page(
    server: tuple[Server, list[str]], chromium: Any, track_files: tuple[Path, Path], tmp_path: Path
) -> None:
    """The name of a clip, and every field that takes words."""
    clip = tmp_path / f"{HTML.replace('/', '')}.npz"
    clip.write_bytes(track_files[0].read_bytes())
    with Visit(chromium, server[0].url) as visit:
        page = visit.page
        visit.upload(clip)
        visit.result()
        for path in ("", "history", "health", "live", "about"):
            page.goto(f"{server[0].url}/{path}")
            page.wait_for_selector("h1")
            page.wait_for_function("!document.querySelector('[data-stale=true]')")
            fields = page.locator("input[type=text]:visible, textarea:visible")
            for i in range(fields.count()):
                if fields.nth(i).is_enabled():
                    fields.nth(i).fill(f'"{HTML}')
                    fields.nth(i).press("Tab")
            for label in ("Keep this set in my history", "Add to my history", "Add it", "Load"):
                button = page.get_by_role("button", name=label)
                if button.count() and button.first.is_visible() and button.first.is_enabled():
                    button.first.click()
            page.wait_for_timeout(500)
            assert page.evaluate("window.hurt") is None
            assert page.locator("img[src=x]").count() == 0
        page.goto(f"{server[0].url}/history")
        page.wait_for_selector("h1")
        assert page.evaluate("window.hurt") is None
        assert visit.foreign() == []


def test_fifteen_uploads_closed_half_way_hold_no_place(server: tuple[Server, list[str]]) -> None:
    finished(_half_way(server[0].url))


async def _half_way(url: str) -> None:
    """Two of them fill what one browser may have on the way; closed, they give it back."""
    host, _, port = urlsplit(url).netloc.partition(":")
    async with Person(url) as person:
        await person.open()
        cookies = {c.key: c.value for c in person.http.cookie_jar}
        token = cookies["_streamlit_xsrf"]
        pairs = "; ".join(f"{name}={value}" for name, value in cookies.items())
        head = (
            f"Host: {host}:{port}\r\nCookie: {pairs}\r\nX-Xsrftoken: {token}\r\n"
            "Content-Type: multipart/form-data; boundary=b\r\n"
            f"Content-Length: {390 << 20}\r\n\r\n--b\r\n"
            'Content-Disposition: form-data; name="f"; filename="f.mp4"\r\n\r\n'
        )

        async def whole() -> int:
            _, address = await person.address_for("whole.mp4")
            form = aiohttp.FormData()
            form.add_field("f", io.BytesIO(bytes(30 << 20)), filename="whole.mp4")
            headers = {"X-Xsrftoken": token}
            async with person.http.put(url + address, data=form, headers=headers) as answer:
                return answer.status

        lines = []
        for i in range(15):
            _, address = await person.address_for(f"{i}.mp4")
            line = await asyncio.open_connection(host, int(port))
            line[1].write(f"PUT {address} HTTP/1.1\r\n{head}".encode() + bytes(50_000))
            lines.append(line)
        said = [asyncio.ensure_future(reader.readline()) for reader, _ in lines]
        while sum(one.done() for one in said) < 13:
            open_ = [one for one in said if not one.done()]
            await asyncio.wait(open_, timeout=PATIENCE_S, return_when=asyncio.FIRST_COMPLETED)
            assert {one.result()[9:12] for one in said if one.done()} == {b"413"}
        assert await whole() == 413
        for one, (_, writer) in zip(said, lines, strict=True):
            one.cancel()
            writer.transport.abort()

        async def until_taken() -> None:
            while (status := await whole()) != 204:
                assert status == 413
                await asyncio.sleep(0.2)

        await asyncio.wait_for(until_taken(), PATIENCE_S)


def test_a_cookie_of_another_start_is_told_what_to_do(server: tuple[Server, list[str]]) -> None:
    netloc = urlsplit(server[0].url).netloc
    connection = http.client.HTTPConnection(netloc, timeout=PATIENCE_S)
    cookie = f"formcheck_{netloc.partition(':')[2]}={new_id()}"  # as this process would give it out
    connection.request("GET", "/history", headers={"Cookie": cookie, "Accept": "text/html"})
    answer = connection.getresponse()
    assert answer.status == 403
    assert b"started anew" in answer.read()
    connection.close()
