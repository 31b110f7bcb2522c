"""Two Dask workers on loopback: the bytes of local processes, also when one is killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from batch_helpers import contents, environment, run_cli
from waiting import PATIENCE_S, wait_until

distributed = pytest.importorskip("distributed")


@pytest.fixture
def cluster(tmp_path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment()}
    command = [sys.executable, "-m", "distributed.cli"]
    scheduler = subprocess.Popen(
        [*command[:2], "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port",
         str(port), "--no-dashboard"], **quiet,
    )  # fmt: skip
    workers = [
        subprocess.Popen(
            [*command[:2], "distributed.cli.dask_worker", address, "--host", "127.0.0.1",
             "--nthreads", "1", "--no-nanny", "--no-dashboard", "--preload", "batch_fakes",
             "--local-directory", str(tmp_path / f"dask{i}")], **quiet,
        )
        for i in range(2)
    ]  # fmt: skip
    with distributed.Client(address, timeout=PATIENCE_S, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=PATIENCE_S)
    yield address, workers
    for process in (*workers, scheduler):
        process.kill()
        process.wait()


PROGRAM = """
import sys
from pathlib import Path
from formcheck.batch.run import BatchOptions, run_batch
from formcheck.batch.inputs import expand
from formcheck.batch.workers import local
local.CHILD = "batch_fakes"
clips, out, address = sys.argv[1:]
options = BatchOptions(out=Path(out), video=False, jobs=2, scheduler=address or None)
run_batch(expand([clips]), options)
"""


def test_a_cluster_gives_the_same_bytes_and_survives_a_killed_worker(
    cluster, make_clips, tmp_path, track_bytes
):
    address, workers = cluster
    clips = make_clips({f"{i}.mp4": f"ok 0.{i % 4}" for i in range(10)} | {"die.mp4": "die"})
    tracks = tmp_path / "tracks"
    tracks.mkdir()
    for name, data in track_bytes.items():
        (tracks / f"{name}.npz").write_bytes(data)
    (tracks / "bad.npz").write_bytes(b"x")
    local = run_cli("score", tracks, "--out", tmp_path / "local")
    remote = run_cli("score", tracks, "--out", tmp_path / "remote", "--scheduler", address)
    assert remote.returncode == local.returncode == 1, remote.stderr
    assert contents(tmp_path / "remote") == contents(tmp_path / "local")

    def run(out: str, scheduler: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(clips), str(tmp_path / out), scheduler],
            env=environment(),
        )

    assert run("here", "").wait(PATIENCE_S) == 0
    process = run("there", address)
    manifest = tmp_path / "there" / "manifest.jsonl"
    wait_until(lambda: manifest.exists() and manifest.read_text().count("\n") >= 3, "three clips")
    os.kill(workers[0].pid, signal.SIGKILL)
    assert process.wait(PATIENCE_S) == 0
    assert contents(tmp_path / "there") == contents(tmp_path / "here")


def test_no_scheduler_is_a_clear_error(tmp_path, track_bytes, monkeypatch):
    from formcheck.batch.inputs import expand
    from formcheck.batch.run import BatchOptions, run_batch
    from formcheck.batch.workers import dask as cluster
    from formcheck.errors import FormcheckError

    monkeypatch.setattr(cluster, "CONNECT_S", 1)
    path = Path(tmp_path) / "a.npz"
    path.write_bytes(track_bytes["front"])
    options = BatchOptions(out=tmp_path / "out", scheduler="tcp://127.0.0.1:9")
    with pytest.raises(FormcheckError, match="no Dask scheduler"):
        run_batch(expand([str(path)]), options)
