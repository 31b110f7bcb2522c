"""Addresses: memory and a server on loopback, never anything else."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from batch_helpers import contents

from formcheck.batch.inputs import expand
from formcheck.batch.run import BatchOptions, run_batch
from formcheck.batch.source import shown_address
from formcheck.files import printable

fsspec = pytest.importorskip("fsspec")


@pytest.fixture
def memory(track_bytes) -> Iterator[str]:
    fs = fsspec.filesystem("memory")
    for name in ("anna/a.npz", "anna/b.npz", "ben/c d.npz"):
        fs.pipe(f"/set/{name}", track_bytes["front"])
    fs.pipe("/set/ben/bad.npz", b"no track")
    yield "memory://set"
    fs.rm("/set", recursive=True)


class _Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(tmp_path) -> Iterator[tuple[str, Path]]:
    folder = tmp_path / "served"
    folder.mkdir()
    serve = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(_Handler, directory=str(folder))
    )
    thread = threading.Thread(target=serve.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{serve.server_address[1]}", folder
    serve.shutdown()
    serve.server_close()
    thread.join()


def test_a_folder_in_memory_is_scored_and_resumed(memory, tmp_path, track_bytes):
    out = tmp_path / "out"
    options = BatchOptions(out=out, jobs=1)
    report = run_batch(expand([memory]), options)
    assert [c.status for c in report.clips] == ["scored", "scored", "failed", "scored"]
    assert [c.entry.subject for c in report.clips] == ["anna", "anna", "ben", "ben"]
    assert not list(out.glob(".*"))
    before = contents(out)
    again = run_batch(expand([memory]), options)
    assert not any(c.is_new for c in again.clips)
    assert contents(out) == before
    one = run_batch(expand([f"{memory}/anna/*.npz"]), BatchOptions(out=tmp_path / "o2", jobs=1))
    assert len(one.clips) == 2


def test_a_server_on_loopback(server, tmp_path, track_bytes):
    pytest.importorskip("aiohttp")
    address, folder = server
    (folder / "clip one.npz").write_bytes(track_bytes["side"])
    sources = expand([f"{address}/clip%20one.npz?key=secret", f"{address}/missing.npz"])
    assert [s.name for s in sources] == ["clip one.npz", "missing.npz"]
    assert "secret" not in sources[0].label
    report = run_batch(sources, BatchOptions(out=tmp_path / "out", jobs=1))
    assert [c.status for c in report.clips] == ["scored", "failed"]
    assert "secret" not in "".join(
        p.read_text("utf-8") for p in (tmp_path / "out").glob("*.*") if p.suffix in
        (".csv", ".jsonl", ".html", ".json")
    )  # fmt: skip


def test_nothing_secret_or_unprintable_is_shown():
    shown = shown_address("https://user:pw@host:8443/a/b.mp4?sig=x#y")
    assert shown == "https://host:8443/a/b.mp4"
    assert printable("a\x1b[31m\n") == "a\\x1b[31m\\x0a"
    assert printable("Aufnahme 10.30\u202fUhr") == "Aufnahme 10.30\u202fUhr"
