"""Things break while formcheck works: it says what, keeps what it has and goes on."""

from __future__ import annotations

import ast
import errno
import io
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from app_fakes import WORKER
from stickfigure import Camera, film, squat, stand, track_meta
from waiting import PATIENCE_S, wait_until

from formcheck.app.jobs import queue
from formcheck.app.jobs.queue import JobState
from formcheck.app.visit.clips import Look
from formcheck.app.visit.identity import new_id
from formcheck.app.visit.spaces import Spaces
from formcheck.app.visit.workspace import PREFIX
from formcheck.errors import InputError, OutputError
from formcheck.files import write_atomic

posix = pytest.mark.skipif(os.name != "posix", reason="limits and signals as on Linux and macOS")


@pytest.fixture(scope="module")
def track(tmp_path_factory: pytest.TempPathFactory) -> Path:
    meta = track_meta(100, Camera(), 4.0)
    path = tmp_path_factory.mktemp("tracks") / "set.npz"
    film([stand(1), squat(106), stand(0.8)], meta=meta).save(path)
    return path


@pytest.fixture
def tmp_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def spaces(tmp_root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Spaces]:
    monkeypatch.setattr(queue, "ANALYSE", WORKER)
    made = Spaces()
    made.queue.n_workers = 1
    yield made
    made.close()


def leave(done: subprocess.CompletedProcess[str]) -> str:
    """What a run said in the end: words, never a traceback."""
    assert "Traceback" not in done.stderr + done.stdout, done.stderr[-2000:]
    return done.stderr + done.stdout


# -- disk full -------------------------------------------------------------------------------

FULL = """
import resource, sys
sys.dont_write_bytecode = True  # cut off at the limit it would be read by whoever comes next
from formcheck.cli.main import main
resource.setrlimit(resource.RLIMIT_FSIZE, ({n}, {n}))
sys.argv = ["formcheck", "score", *sys.argv[1:]]
main()
"""


@posix
@pytest.mark.parametrize("n_bytes", [0, 200, 3000])
def test_a_disk_that_fills_up_is_named_and_leaves_no_half_file(
    track: Path, root: Path, tmp_path: Path, n_bytes: int
) -> None:
    """Every byte beyond a limit fails, as on a full disk."""
    out = tmp_path / "out"
    done = subprocess.run(
        [sys.executable, "-c", FULL.format(n=n_bytes), str(track), "--out", str(out)],
        cwd=root, capture_output=True, text=True, timeout=PATIENCE_S,
    )  # fmt: skip
    words = leave(done)
    assert done.returncode == 1
    assert "cannot be written" in words or "space" in words.lower(), words
    assert not list(out.glob("*.part"))
    assert not list(out.glob(".*.part"))


def test_writing_to_a_full_device_keeps_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "a.json"
    target.write_bytes(b"old")

    class FullDisk(io.FileIO):
        def write(self, data: Any) -> int:
            super().write(data[: len(data) // 2])
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "open", lambda self, mode: FullDisk(self, mode))
    with pytest.raises(OutputError, match=r"a\.json: cannot be written .*Free some space"):
        write_atomic(target, b"new" * 100)
    monkeypatch.undo()
    assert target.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


def test_an_upload_onto_a_full_disk_is_refused_in_words(
    spaces: Spaces, tmp_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    mine = spaces.get(new_id())
    monkeypatch.setattr(shutil, "copyfileobj", full)
    with pytest.raises(InputError, match=r"^set\.mp4: cannot be stored \(No space"):
        spaces.add_clip(mine, "set.mp4", io.BytesIO(b"x" * 1000), Look())
    assert not list(tmp_root.rglob("*.mp4"))
    assert spaces.queue.n_running == 0


# -- temporary folder gone -------------------------------------------------------------------


def test_a_temporary_folder_that_vanished_is_made_again(spaces: Spaces, tmp_root: Path) -> None:
    mine = spaces.get(new_id())
    spaces.add_clip(mine, "one.mp4", io.BytesIO(b"x"), Look())
    (old,) = tmp_root.glob(f"{PREFIX}*")
    shutil.rmtree(old)
    clip = spaces.add_clip(mine, "two.mp4", io.BytesIO(b"xy"), Look())
    assert clip.source.read_bytes() == b"xy"


def test_no_place_for_temporary_files_is_said(
    spaces: Spaces, tmp_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_root / "gone"))
    with pytest.raises(InputError, match=r"^set\.mp4: cannot be stored"):
        spaces.add_clip(spaces.get(new_id()), "set.mp4", io.BytesIO(b"x"), Look())


def test_a_job_whose_folder_vanished_fails_alone(spaces: Spaces) -> None:
    first = spaces.add_clip(spaces.get(new_id()), "one.mp4", io.BytesIO(b"x"), Look())
    second = spaces.add_clip(spaces.get(new_id()), "two.mp4", io.BytesIO(b"x"), Look())
    third = spaces.add_clip(spaces.get(new_id()), "three.mp4", io.BytesIO(b"x"), Look())
    shutil.rmtree(second.folder)
    spaces.queue.cancel(first.job)
    wait_until(lambda: third.job.pid, "the third job")
    assert second.job.state is JobState.FAILED
    assert second.job.message.startswith("two.mp4: No such file")
    assert third.job.state is JobState.RUNNING


# -- workers ---------------------------------------------------------------------------------


@posix
def test_a_killed_analysis_is_said_and_the_next_one_runs(spaces: Spaces) -> None:
    first = spaces.add_clip(spaces.get(new_id()), "one.mp4", io.BytesIO(b"x"), Look())
    second = spaces.add_clip(spaces.get(new_id()), "two.mp4", io.BytesIO(b"x"), Look())
    os.kill(wait_until(lambda: first.job.pid, "the first job"), 9)
    wait_until(lambda: second.job.pid, "the second job")
    assert first.job.state is JobState.FAILED
    assert "Try a shorter clip" in first.job.message
    assert spaces.queue.place(second.job) == 0


# -- model -----------------------------------------------------------------------------------


@pytest.mark.model
@pytest.mark.parametrize("kind", ["missing", "altered"])
def test_a_lost_or_altered_model_stops_the_run_with_words(
    short_clip: Path, root: Path, tmp_path: Path, kind: str
) -> None:
    """An installation whose model was damaged: no clip is judged with another model."""
    home = tmp_path / "home"
    shutil.copytree(root / "formcheck", home / "formcheck", ignore=shutil.ignore_patterns("*.pyc"))
    (home / "models").mkdir()
    if kind == "altered":
        data = bytearray((root / "models" / "pose_landmarker_full.task").read_bytes())
        data[len(data) // 2] ^= 1
        (home / "models" / "pose_landmarker_full.task").write_bytes(bytes(data))
    done = subprocess.run(
        [sys.executable, "-m", "formcheck", "score", str(short_clip), "--out", "out"],
        cwd=home, capture_output=True, text=True, timeout=PATIENCE_S,
        env={**os.environ, "PYTHONPATH": str(home)},
    )  # fmt: skip
    words = leave(done)
    assert done.returncode == 1
    assert kind in words
    assert "Install formcheck again" in words
    assert not list((home / "out").glob("*.json"))


# -- clock -----------------------------------------------------------------------------------


def test_no_result_and_no_waiting_depends_on_the_clock_of_the_wall(root: Path) -> None:
    """A clock that is put back must not hold anything up or change a verdict.

    Only these files may ask for the date or the time of day, to write it down.
    """
    allowed = {"cli/live.py", "training/history/store.py", "app/pages/take_away.py"}
    for path in sorted((root / "formcheck").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            call = ast.unparse(node.func)
            assert call not in ("time.time", "time.time_ns", "time.localtime"), path
            if call.endswith(("datetime.now", "datetime.utcnow")):
                assert path.relative_to(root / "formcheck").as_posix() in allowed, f"{path}: {call}"


def test_a_run_under_a_clock_that_steps_back_ends_the_same(
    track: Path, root: Path, tmp_path: Path
) -> None:
    code = (
        "import itertools, sys, time\n"
        "steps = itertools.count()\n"
        "time.time = lambda: 2e9 - 3600.0 * next(steps)\n"
        "from formcheck.cli.main import main\n"
        "sys.argv = ['formcheck', 'score', *sys.argv[1:]]\n"
        "main()\n"
    )
    for name, program in {
        "steady": "from formcheck.cli.main import main; main()",
        "back": code,
    }.items():
        head = ["score"] if name == "steady" else []
        done = subprocess.run(
            [sys.executable, "-c", program, *head, str(track), "--out", str(tmp_path / name)],
            cwd=root, capture_output=True, text=True, timeout=PATIENCE_S,
        )  # fmt: skip
        assert done.returncode == 0, leave(done)
    steady, back = (
        {p.name: p.read_bytes() for p in (tmp_path / name).iterdir()} for name in ("steady", "back")
    )
    assert steady == back
