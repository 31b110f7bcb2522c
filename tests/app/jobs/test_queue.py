"""The queue: order, place in line, progress, cancel, crashes."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from app_server import ROOT

from formcheck.app.jobs.limits import Limits
from formcheck.app.jobs.queue import Job, JobQueue, JobState
from formcheck.app.jobs.request import Request

SLEEPS = "import time; print('{}', flush=True); time.sleep(60)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    "print('{}', flush=True); time.sleep(60)"
)
QueueOf = Callable[..., tuple[JobQueue, Callable[[], Job]]]
WORKS = (
    "import json; print('a library says hello'); "
    "print(json.dumps(dict(event='progress', stage='pose', n_frames=30, done_s=2.0, total_s=4.0)));"
    "print(json.dumps(dict(event='done')))"
)
REFUSES = "import json; print(json.dumps(dict(event='failed', message='a.mp4: no video')))"
CRASHES = "import os; os._exit(9)"


@pytest.fixture
def queue_of(tmp_path: Path) -> QueueOf:
    """Make a queue whose workers run a line of Python, and a way to submit to it."""

    def make(code: str, n_workers: int = 1) -> tuple[JobQueue, Callable[[], Job]]:
        queue = JobQueue(n_workers, lambda _: [sys.executable, "-c", code])
        count = iter(range(100))

        def submit() -> Job:
            drawn = str(tmp_path / f"look-{next(count)}")
            return queue.submit(Request("a.mp4", "a.mp4", str(tmp_path), drawn))

        return queue, submit

    return make


def until(condition: Callable[[], bool], limit_s: float = 10.0) -> None:
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def test_a_job_runs_reports_and_is_done(queue_of: QueueOf) -> None:
    _, submit = queue_of(WORKS)
    job = submit()
    until(lambda: job.state.is_over)
    assert job.state is JobState.DONE
    assert job.progress.n_frames == 30
    assert 0 < (job.progress.share or 0) < 1


def test_what_follows_comes_before_the_job_counts_as_done(
    queue_of: QueueOf, tmp_path: Path
) -> None:
    queue, _ = queue_of(WORKS)
    may_end, calls = threading.Event(), []

    def then() -> None:
        calls.append(job.state)
        may_end.wait(10)
        raise ValueError("of no concern to the queue")

    request = Request("a.mp4", "a.mp4", str(tmp_path), str(tmp_path / "look"))
    job = queue.submit(request, then)
    other = queue.submit(Request("b.mp4", "b.mp4", str(tmp_path), str(tmp_path / "other")))
    until(lambda: other.state is JobState.DONE)  # nobody waits for it in the line
    assert calls == [JobState.RUNNING]
    assert job.state is JobState.RUNNING
    may_end.set()
    until(lambda: job.state.is_over)
    assert (job.state, job.message) == (JobState.DONE, "")


def test_nothing_follows_a_failure(queue_of: QueueOf, tmp_path: Path) -> None:
    queue, _ = queue_of(REFUSES)
    calls: list[int] = []
    request = Request("a.mp4", "a.mp4", str(tmp_path), str(tmp_path / "look"))
    job = queue.submit(request, lambda: calls.append(1))
    until(lambda: job.state.is_over)
    assert job.state is JobState.FAILED
    assert calls == []


def test_a_refusal_keeps_its_words(queue_of: QueueOf) -> None:
    _, submit = queue_of(REFUSES)
    job = submit()
    until(lambda: job.state.is_over)
    assert (job.state, job.message) == (JobState.FAILED, "a.mp4: no video")


def test_a_crash_is_a_failure_with_words(
    queue_of: QueueOf,
) -> None:
    _, submit = queue_of(CRASHES)
    job = submit()
    until(lambda: job.state.is_over)
    assert job.state is JobState.FAILED
    assert "shorter clip" in job.message


def test_first_come_first_served(queue_of: QueueOf) -> None:
    queue, submit = queue_of(SLEEPS)
    first, second, third = submit(), submit(), submit()
    until(lambda: first.pid is not None)
    assert [queue.place(job) for job in (first, second, third)] == [0, 0, 1]
    assert second.state is JobState.WAITING
    queue.cancel(second)
    assert queue.place(third) == 0
    queue.cancel(first)
    until(lambda: third.pid is not None)
    queue.close()
    until(lambda: third.state.is_over)


@pytest.mark.parametrize("code", [SLEEPS, STUBBORN])
def test_cancel_ends_the_process_within_two_seconds(queue_of: QueueOf, code: str) -> None:
    queue, submit = queue_of(code)
    job = submit()
    until(lambda: job._process is not None)
    process = job._process
    assert process is not None
    time.sleep(0.3)
    started = time.monotonic()
    queue.cancel(job)
    assert process.poll() is not None
    assert time.monotonic() - started < 2.0
    assert job.state is JobState.CANCELLED
    until(lambda: queue.n_running == 0)


def test_nothing_starts_or_writes_once_a_job_is_cancelled(tmp_path: Path) -> None:
    is_starting = threading.Event()

    def command(_: Path) -> list[str]:
        is_starting.set()
        time.sleep(0.2)
        return [sys.executable, "-c", SLEEPS]

    queue = JobQueue(1, command)
    jobs = [
        queue.submit(Request("a.mp4", "a.mp4", str(tmp_path), str(tmp_path / f"look-{i}")))
        for i in range(2)
    ]
    assert is_starting.wait(10.0)
    queue.close()
    pids = [job.pid for job in jobs]
    process = jobs[0]._process
    assert process is None or process.poll() is not None
    until(lambda: queue.n_running == 0)
    assert [job.pid for job in jobs] == pids
    assert not list(tmp_path.iterdir())


def test_a_closed_queue_starts_nothing(queue_of: QueueOf) -> None:
    queue, submit = queue_of(SLEEPS)
    queue.close()
    job = submit()
    time.sleep(0.1)
    assert job.pid is None


def test_a_request_survives_json() -> None:
    request = Request(
        "a", "b", "c", "d", {"travel.comfort_mode": True, "valgus.cave_pct": 9.5},
        with_cues=False, blur=True, limits=Limits(max_length_s=7.0),
    )  # fmt: skip
    assert Request.from_json(request.to_json()) == request
    assert json.loads(request.to_json())["limits"]["max_length_s"] == 7.0


def test_the_real_worker_ends_cleanly_and_with_its_parent(
    tmp_path: Path, track_files: tuple[Path, Path]
) -> None:
    drawn = str(tmp_path / "look")
    request = Request(str(track_files[0]), "a.npz", str(tmp_path), drawn)
    path = tmp_path / "request.json"
    path.write_text(request.to_json(), "utf-8")
    command = [sys.executable, "-m", "formcheck.app.jobs.analyse", str(path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "cwd": ROOT}
    with subprocess.Popen(command, **pipes) as worker:
        assert worker.stdout is not None
        assert b'"done"' in worker.stdout.read()
        assert worker.wait(20) == 0
    with subprocess.Popen(command, **pipes) as orphan:
        assert orphan.stdin is not None
        orphan.stdin.close()
        assert orphan.wait(20) in (0, 3)
