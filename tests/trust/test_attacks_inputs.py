"""Pictures, addresses, patterns, lists, streams and databases that are meant to hurt."""

from __future__ import annotations

import contextlib
import http.server
import os
import socket
import sqlite3
import stat
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from batch_helpers import environment, run_cli
from fake_camera import jpeg
from stickfigure import film, squat, stand
from waiting import PATIENCE_S

from formcheck.app.live.frames import HEADER, decode, parse, plain_jpeg
from formcheck.batch.inputs import expand
from formcheck.batch.options import BatchOptions
from formcheck.batch.source import Source, fetch, shown_address
from formcheck.batch.tasks import make_plan, subject_rule
from formcheck.errors import FormcheckError, InputError, SettingsError
from formcheck.squat.settings import DEFAULT_SETTINGS
from formcheck.training.history import History, HistoryError, import_csv, import_json
from formcheck.training.history.opening import default_path

# -- pictures ----------------------------------------------------------------------------------


def picture() -> bytes:
    return jpeg(np.full((240, 320, 3), 90, np.uint8), 70)


def encoded(*how: int) -> bytes:
    image = np.full((240, 320, 3), 90, np.uint8)
    return cv2.imencode(".jpg", image, list(how))[1].tobytes()


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def size_of(width: int, height: int, marker: int = 0xC0) -> bytes:
    body = b"\x08" + struct.pack(">HH", height, width) + b"\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01"
    return segment(marker, body)


def with_first(*segments: bytes) -> bytes:
    """Segments before all others of a good picture."""
    return picture()[:2] + b"".join(segments) + picture()[2:]


def scans(n: int) -> bytes:
    at = picture().index(b"\xff\xda")
    return picture()[:at] + picture()[at:-2] * n + b"\xff\xd9"


PICTURES = {
    "a decoy header before": with_first(size_of(320, 240), size_of(16000, 16000)),
    "a decoy header after": picture().replace(b"\xff\xda", size_of(16000, 16000) + b"\xff\xda", 1),
    "two headers": with_first(size_of(320, 240)),
    "a huge header": with_first(size_of(16000, 16000)),
    "progressive": encoded(cv2.IMWRITE_JPEG_PROGRESSIVE, 1),
    "extended": with_first(size_of(320, 240, 0xC1)),
    "lossless": with_first(size_of(320, 240, 0xC3)),
    "arithmetic": with_first(size_of(320, 240, 0xC9)),
    "hierarchical": with_first(segment(0xDE, bytes(15))),
    "a height told later": with_first(segment(0xDC, b"\x3e\x80")),
    "no width": with_first(size_of(0, 240)),
    "no end": picture()[:-2],
    "a scan and no header": picture()[:2] + picture()[picture().index(b"\xff\xda") :],
    "segments without end": picture()[:2] + segment(0xFE, b"") * 1000 + picture()[2:],
    "a length of nothing": picture()[:2] + b"\xff\xe0\x00\x00" + picture()[2:],
    "a length beyond": picture()[:2] + b"\xff\xe0\xff\xff" + picture()[2:],
    "png": cv2.imencode(".png", np.zeros((240, 320, 3), np.uint8))[1].tobytes(),
    "webp": cv2.imencode(".webp", np.zeros((240, 320, 3), np.uint8))[1].tobytes(),
    "bmp": cv2.imencode(".bmp", np.zeros((240, 320, 3), np.uint8))[1].tobytes(),
    "fill bytes": b"\xff\xd8" + b"\xff" * 5000,
    "twelve bits": with_first(segment(0xC0, b"\x0c\x00\xf0\x01\x40\x01\x01\x11\x00")),
}


@pytest.mark.parametrize("kind", PICTURES)
def test_a_picture_that_is_not_plain_is_refused_before_it_is_decoded(kind: str) -> None:
    began_s = time.process_time()  # what it costs, however busy the machine is
    with pytest.raises(InputError):
        parse(HEADER.pack(1, 0.0) + PICTURES[kind])
    assert time.process_time() - began_s < 2


@pytest.mark.parametrize("n", [2, 5000])
def test_only_the_first_scan_is_decoded(n: int) -> None:
    frame = parse(HEADER.pack(1, 0.0) + scans(n)[:900_000] + b"\xff\xd9")
    assert frame.jpeg.count(b"\xff\xda") == 1
    assert decode(frame).shape == (240, 320, 3)


@pytest.mark.parametrize(
    "how",
    [(), (cv2.IMWRITE_JPEG_RST_INTERVAL, 4), (cv2.IMWRITE_JPEG_OPTIMIZE, 1),
     (cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444)],
    ids=["as cameras", "restarts", "own tables", "444"],
)  # fmt: skip
def test_a_plain_picture_comes_through_as_it_was(how: tuple[int, ...]) -> None:
    data = encoded(*how)
    again, width, height = plain_jpeg(data)
    assert (width, height) == (320, 240)
    before, after = (cv2.imdecode(np.frombuffer(d, np.uint8), 1) for d in (data, again))
    assert np.array_equal(before, after)


def test_what_hides_in_comments_is_left_out() -> None:
    hidden = segment(0xE1, b"Exif" + picture()) + segment(0xFE, b"\xff\xd8\xff\xc0")
    again, *_ = plain_jpeg(with_first(hidden))
    assert b"Exif" not in again


# -- addresses ---------------------------------------------------------------------------------

SECRET_ADDRESSES = (
    "https://anna:hunter2@host/a.mp4", "https://host/a.mp4?sig=hunter2", "https://host/a#hunter2",
    "https://anna:hunter2@host:8443/a.mp4", "https://hunter2@host/a.mp4",
    "simplecache::https://anna:hunter2@host/a.mp4", "simplecache::https://host/a.mp4?x=hunter2",
    "zip://a.mp4::https://anna:hunter2@host/a.zip", "zip://a.mp4::https://host/a.zip?k=hunter2",
    "zip://a.mp4::simplecache::s3://anna:hunter2@bucket/a.zip?x=1#hunter2",
    "https://host/a?x=a::hunter2!", "https://host/a?x=a::b?hunter2", "https://an/na:hunter2@h/a",
    "https://anna:hun/hunter2@host/a.mp4", "https://anna:p@hunter2@host/a.mp4",
    "https://host/a.mp4;token=hunter2", "ftp://anna:hunter2@host/a.mp4",
    "tcp://anna:hunter2@host:8786", "blockcache::zip://x::https://u:hunter2@h/z?hunter2",
    "https://[::1]/a?x=hunter2", "HTTPS://ANNA:hunter2@HOST/a.mp4",
)  # fmt: skip


@pytest.mark.parametrize("address", SECRET_ADDRESSES)
def test_no_secret_of_an_address_is_shown(address: str) -> None:
    assert "hunter2" not in shown_address(address)


def test_what_is_no_secret_is_shown() -> None:
    for address in (
        "s3://bucket/folder/a.mp4", "zip://a.mp4::s3://bucket/a.zip", "https://host/p@x/a.mp4",
        "simplecache::https://host:8443/a.mp4", "memory://a.mp4",
    ):  # fmt: skip
        assert shown_address(address) == address


@contextlib.contextmanager
def web(elsewhere: str = "") -> Iterator[str]:
    """A server on loopback that sends everybody on, except from ``/there``."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/there.mp4":
                self.send_response(200)
                self.send_header("Content-Length", "5")
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(b"video")
                return
            self.send_response(302)
            self.send_header("Location", f"{elsewhere}/there.mp4")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("lead", ["", "simplecache::"])
def test_a_redirect_to_another_host_is_not_followed(tmp_path: Path, lead: str) -> None:
    pytest.importorskip("aiohttp")
    with web() as other, web(other) as first, web("") as same:
        (source,) = expand([f"{lead}{first}/a.mp4"])
        with pytest.raises(InputError, match="another host") as told:
            fetch(source, tmp_path)
        assert other.rpartition(":")[2] not in str(told.value)
        (source,) = expand([f"{lead}{same}/a.mp4"])
        assert fetch(source, tmp_path).read_bytes() == b"video"


# -- patterns and lists ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|a)*$", "(.*a){20}$", "(a*)*b", "^(([a-z])+.)+[A-Z]$"]
)
def test_a_pattern_that_never_ends_is_ended(pattern: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("formcheck.batch.tasks._SUBJECT_S", 0.2)
    label = "a" * 60 + "!"
    with pytest.raises(SettingsError, match="takes too long"):
        subject_rule(pattern)(Source(label, label, label, label))


def test_a_pattern_is_ended_where_no_timer_can(monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows and in a thread a process of its own looks for it; the next label is looked at."""
    from formcheck.batch import tasks

    monkeypatch.setattr(tasks, "can_limit", lambda: False)
    rule = subject_rule(r"(?P<subject>a+b)|(a+)+$")

    def named(label: str) -> str:
        return rule(Source(label, label, label, label))

    assert (named("aab/clip.mp4"), named("x")) == ("aab", "")
    with pytest.raises(SettingsError, match="takes too long"):
        named("a" * 60 + "!")
    assert named("ab") == "ab"


def test_a_long_list_that_names_one_missing_clip_is_soon_told_off(tmp_path: Path) -> None:
    names = tmp_path / "list.txt"
    names.write_text("gone.mp4\n" * 50_000)
    began_s = time.process_time()
    sources = expand([], lists=[str(names)])
    assert all("No such file" in source.problem for source in sources[:10])
    tasks, _ = make_plan(
        sources, [], BatchOptions(out=tmp_path, settings=DEFAULT_SETTINGS), {}, lambda source: ""
    )
    assert len(tasks) == 50_000
    assert time.process_time() - began_s < 120


def test_many_clips_of_one_name_are_soon_named(tmp_path: Path) -> None:
    sources = []
    for i in range(2):
        (tmp_path / str(i)).mkdir()
        (tmp_path / str(i) / "a.mp4").write_bytes(b"no video")
    paths = [str(tmp_path / str(i % 2) / "a.mp4") for i in range(20_000)]
    sources = expand(paths)
    tasks, _ = make_plan(
        sources, [], BatchOptions(out=tmp_path, settings=DEFAULT_SETTINGS), {}, lambda source: ""
    )
    assert len({task.name for task in tasks}) == 20_000


def test_a_file_that_is_no_video_costs_no_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from formcheck import clip

    def never(*_: object) -> None:
        raise AssertionError("the model was loaded")

    monkeypatch.setattr(clip, "Watcher", never)
    (tmp_path / "bad.mp4").write_bytes(b"no video at all")
    with pytest.raises(InputError):
        clip.check_clip(tmp_path / "bad.mp4")


def test_a_clip_replaced_while_it_is_read_is_not_judged(tmp_path: Path) -> None:
    from formcheck.clip import unchanged

    clip, other = tmp_path / "a.mp4", tmp_path / "b.mp4"

    def replaced() -> None:
        other.write_bytes(b"new")
        other.replace(clip)

    def written() -> None:
        with clip.open("r+b") as file:
            file.write(b"NEW")

    def dated_back() -> None:
        before = clip.stat()
        clip.write_bytes(b"odd")
        os.utime(clip, ns=(before.st_atime_ns, before.st_mtime_ns))

    for change in (replaced, written, clip.unlink, dated_back):
        clip.write_bytes(b"old")
        time.sleep(0.02)  # the clock of some file systems is coarse
        with pytest.raises(InputError, match="changed or replaced"), unchanged(clip):
            change()
    clip.write_bytes(b"old")
    with unchanged(clip):
        clip.read_bytes()


# -- streams -----------------------------------------------------------------------------------


@pytest.fixture
def track(tmp_path: Path) -> Path:
    film([stand(1), squat(100), stand(0.8)]).save(tmp_path / "a.npz")
    return tmp_path / "a.npz"


CLOSED = {
    "no stderr": ("2>&-", ""), "no stream at all": ("<&- >&- 2>&-", ""),
    "a full disk": (">/dev/full", "No space left"), "nobody reads": ("| true", ""),
}  # fmt: skip


@pytest.mark.parametrize("how", CLOSED)
def test_the_results_are_there_whoever_listens(track: Path, how: str) -> None:
    redirect, told = CLOSED[how]
    out = track.parent / "out"
    command = f'"{sys.executable}" -m formcheck score "{track}" --out "{out}" {redirect}'
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, timeout=PATIENCE_S,
        env=environment(),
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    assert {"a.json", "reps.csv", "index.html"} <= {p.name for p in out.iterdir()}
    if told:
        assert told in done.stderr
        assert done.returncode == 1


# -- databases and imports ---------------------------------------------------------------------


def test_the_database_of_another_program_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE bookmarks (url)")
        other.commit()
    path.chmod(0o664)
    before = path.read_bytes()
    with pytest.raises(HistoryError, match="not a formcheck history"):
        History(path).sessions()
    assert stat.S_IMODE(path.stat().st_mode) == 0o664
    assert path.read_bytes() == before


@pytest.mark.parametrize("what", ["folder", "pipe"])
def test_a_history_that_is_no_file_is_one_line(tmp_path: Path, what: str) -> None:
    path = tmp_path / "history.sqlite3"
    os.mkdir(path) if what == "folder" else os.mkfifo(path)
    mode = path.stat().st_mode
    with pytest.raises(HistoryError, match="not a regular file"):
        History(path).sessions()
    assert path.stat().st_mode == mode


def test_home_is_meant_by_a_tilde(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("FORMCHECK_DATA_DIR", "~/data")
    assert default_path().parent == tmp_path / "data"


NONSENSE = (
    b"", b"\x00" * 100, b"\xff\xfe", b"[" * 100_000, b"{" * 1000, b"null", b'"text"', b"date\n\x00",
    b"date,minutes\n2026-01-01,nan\n", b"date,minutes\n2026-01-01,1e400\n", b"date\n" + b'"' * 99,
    b"date,sets\n2026-01-01," + b"9" * 5000 + b"x1\n", b"date,date\n1,2\n", b"date\n2026-13-01\n",
    b'{"format":"formcheck-history","version":1e9,"sessions":[]}',
    b"date,note\n2026-01-01,\x1b[2J\n",
    b'{"format":"formcheck-history","version":2,"sessions":[{"day":"2026-01-01","minutes":1e999}]}',
    b'{"format":"formcheck-history","version":2,"sessions":[[[[]]]]}',
    b"date," * 5000, b"\n" * 5000,
    b'{"format":"formcheck-history","version":2,"sessions":[{"day":"2026-01-01","note":"\\ud800"}]}',
)  # fmt: skip


@pytest.mark.parametrize("data", NONSENSE, ids=lambda data: repr(data[:20]))
def test_an_import_of_nonsense_is_refused(data: bytes) -> None:
    import datetime

    for read in (import_json, lambda data: import_csv(data, datetime.date(2026, 11, 27))):
        with contextlib.suppress(FormcheckError):
            assert read(data) == ()


@pytest.mark.parametrize("option", ["--model", "--pairs", "--list"])
def test_a_folder_where_a_file_should_be_is_one_line(track: Path, option: str) -> None:
    done = run_cli("score", track, "--out", track.parent / "out", option, track.parent)
    assert done.returncode in (0, 1, 2)
    assert "Traceback" not in done.stderr


def test_a_track_that_takes_for_ever_is_ended_without_a_process(
    track: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from formcheck.batch import workers
    from formcheck.batch.job import Job
    from formcheck.batch.workers import child

    monkeypatch.setattr(child, "run_guarded", lambda *_: time.sleep(PATIENCE_S))
    (source,) = expand([str(track)])
    with workers.open_pool([source], stall_limit_s=0.3) as run:
        ((_, outcome),) = run(iter([Job(0, source, "a", str(track.parent))]))
    assert outcome.status == "failed"
    assert "made no progress" in outcome.message


# -- clusters ----------------------------------------------------------------------------------


def test_a_scheduler_that_accepts_and_says_nothing_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("distributed")
    from formcheck.batch.workers import dask

    monkeypatch.setattr(dask, "CONNECT_S", 1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        pool = dask.DaskPool(f"tcp://127.0.0.1:{silent.getsockname()[1]}")
        began_s = time.monotonic()
        with pytest.raises(FormcheckError, match="no Dask scheduler"):
            pool.__enter__()
        assert time.monotonic() - began_s < 30


def test_a_worker_of_another_release_is_named_before_it_works(
    track: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from formcheck.batch import score_clip
    from formcheck.batch.job import Job
    from formcheck.batch.workers.child import run_guarded

    def never(*_: object) -> None:
        raise AssertionError("it began to judge")

    monkeypatch.setattr(score_clip, "check_clip", never)
    (source,) = expand([str(track)])
    job = Job(0, source, "a", str(tmp_path / "out"), versions={"formcheck": "9.9.9"})
    outcome = run_guarded(job, lambda *_: None)
    assert outcome.status == "stop"
    assert "needs 9.9.9. Install the same release on every worker." in outcome.message
    assert not (tmp_path / "out").exists()


def test_a_worker_that_cannot_even_read_its_job_is_one_line() -> None:
    from formcheck.batch.job import Job
    from formcheck.batch.workers.dask import DaskPool

    class Future:
        def exception(self) -> Exception:
            return TypeError("Job.__init__() got an unexpected keyword 'filmed'\nTraceback ...")

        def release(self) -> None:
            pass

    (source,) = expand(["a.mp4"])
    future, job = Future(), Job(0, source, "a", "out")
    _, outcome = DaskPool("tcp://anna:hunter2@host:8786")._collect(future, {future: job})
    assert outcome.status == "stop"
    assert "Is the same formcheck release installed" in outcome.message
    assert "\n" not in outcome.message
    assert "hunter2" not in outcome.message


def test_a_cluster_that_goes_away_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed")
    from formcheck.batch.workers.dask import DaskPool

    def gone(self: DaskPool, jobs: object) -> Iterator[object]:
        raise distributed.client.FutureCancelledError("run_remotely-1", "scheduler-connection-lost")
        yield

    monkeypatch.setattr(DaskPool, "_run", gone)
    with pytest.raises(FormcheckError, match="the cluster went away") as told:
        list(DaskPool("tcp://anna:hunter2@host:8786").run(iter(())))
    assert "hunter2" not in str(told.value)
