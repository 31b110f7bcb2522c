"""The queue: order, place in line, progress, cancel, crashes."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from app_fakes import WORKER
from app_server import ROOT
from waiting import PATIENCE_S, wait_until

from formcheck.app.jobs import queue as queues
from formcheck.app.jobs.limits import LIMITS, Limits
from formcheck.app.jobs.queue import AnalysisJob, JobProgress, JobQueue, JobState
from formcheck.app.jobs.request import Answer, Request
from formcheck.app.pages.progress import _progress as progress_words
from formcheck.batch.workers.protocol import Worker, to_line

SubmitTo = Callable[..., AnalysisJob]


@pytest.fixture(autouse=True)
def fake_analysis(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queues, "ANALYSE", WORKER)


@pytest.fixture
def submit(tmp_path: Path) -> SubmitTo:
    """Submit a clip whose name says what its worker does."""
    (tmp_path / "clips").mkdir()
    count = iter(range(100))

    def submit_to(
        queue: JobQueue,
        name: str,
        then: Callable[[], object] | None = None,
        limits: Limits = LIMITS,
    ) -> AnalysisJob:
        source = tmp_path / "clips" / name
        source.touch()
        drawn = str(tmp_path / f"look-{next(count)}")
        request = Request(str(source), name, str(tmp_path), drawn, limits=limits)
        return queue.submit(request, then)

    return submit_to


def one_at_a_time() -> JobQueue:
    queue = JobQueue()
    queue.n_workers = 1
    return queue


def test_a_job_runs_reports_and_is_done(submit: SubmitTo) -> None:
    job = submit(JobQueue(), "works")
    wait_until(lambda: job.state.is_over, "the end of the job")
    assert job.state is JobState.DONE
    assert (job.progress.stage, job.progress.n_frames) == ("pose", 1)
    assert 0 < (job.progress.share or 0) < 1


def test_what_follows_comes_before_the_job_counts_as_done(submit: SubmitTo) -> None:
    queue = one_at_a_time()
    may_end, calls = threading.Event(), []

    def then() -> None:
        calls.append(job.state)
        may_end.wait(PATIENCE_S)
        raise ValueError("of no concern to the queue")

    job = submit(queue, "works", then)
    other = submit(queue, "works")
    # Nobody waits for it in the line.
    wait_until(lambda: other.state is JobState.DONE, "the other job")
    assert calls == [JobState.RUNNING]
    assert job.state is JobState.RUNNING
    may_end.set()
    wait_until(lambda: job.state.is_over, "the end of the job")
    assert (job.state, job.message) == (JobState.DONE, "")


def test_a_refusal_keeps_its_words_and_nothing_follows(submit: SubmitTo) -> None:
    calls: list[int] = []
    job = submit(JobQueue(), "refuses", lambda: calls.append(1))
    wait_until(lambda: job.state.is_over, "the end of the job")
    assert (job.state, job.message) == (JobState.FAILED, "a.mp4: no video")
    assert calls == []


def test_a_crash_is_a_failure_with_words(submit: SubmitTo) -> None:
    job = submit(JobQueue(), "crashes")
    wait_until(lambda: job.state.is_over, "the end of the job")
    assert job.state is JobState.FAILED
    assert "shorter clip" in job.message


def test_an_analysis_that_gets_nowhere_is_ended_and_said(
    submit: SubmitTo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queues, "STALL_LIMIT_S", 3.0)
    queue = one_at_a_time()
    job, after = submit(queue, "sleeps"), submit(queue, "works")
    wait_until(lambda: after.state.is_over, "the job after it")
    assert job.state is JobState.FAILED
    assert "got nowhere" in job.message
    assert after.state is JobState.DONE


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (JobProgress("pose", 1), "Finding the pose, 1 frame, length unknown"),
        (
            JobProgress("pose", 1234, 107_892, 0.01, 9000.0),
            "Finding the pose, frame 1,234 of about 108,000, about 2.5 h left",
        ),
        (
            JobProgress("pose", 50, 990, 0.05, 9.0),
            "Finding the pose, frame 50 of about 990, about 9 s left",
        ),
        (JobProgress("pictures", 3, 1200, 0.9, 60.0),
         "Drawing the pictures, picture 3 of 1,200, about 60 s left"),
    ],
)  # fmt: skip
def test_how_far_it_is_in_words(now: JobProgress, words: str) -> None:
    job = AnalysisJob(Request("a.mp4", "a.mp4", "", ""), state=JobState.RUNNING, progress=now)
    assert progress_words(job)[1] == words


def test_only_a_server_for_many_ends_a_job_that_goes_on(
    submit: SubmitTo, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = one_at_a_time()
    job = submit(queue, "works", limits=Limits(max_job_s=0.0))
    wait_until(lambda: job.state.is_over, "the end of its time")
    assert (job.state, "got nowhere" in job.message) == (JobState.FAILED, True)
    assert LIMITS.max_job_s is None


def test_first_come_first_served(submit: SubmitTo) -> None:
    queue = one_at_a_time()
    first, second, third = (submit(queue, "sleeps") for _ in range(3))
    wait_until(lambda: first.pid is not None, "the first process")
    assert [queue.place(job) for job in (first, second, third)] == [0, 0, 1]
    assert second.state is JobState.WAITING
    queue.cancel(second)
    assert queue.place(third) == 0
    queue.cancel(first)
    wait_until(lambda: third.pid is not None, "the third's turn")
    queue.close()
    wait_until(lambda: third.state.is_over, "the end of the third")


@pytest.mark.parametrize("name", ["sleeps", "stubborn"])
def test_cancel_returns_when_the_process_is_gone(submit: SubmitTo, name: str) -> None:
    queue = one_at_a_time()
    job = submit(queue, name)
    wait_until(lambda: job.progress.n_frames, "the first word of the worker")
    assert job._worker is not None
    process = job._worker.process
    queue.cancel(job)
    assert process.poll() is not None
    assert job.state is JobState.CANCELLED
    wait_until(lambda: queue.n_running == 0, "an empty queue")


def test_nothing_starts_or_writes_once_a_job_is_cancelled(
    submit: SubmitTo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Closed at the very moment a process is being started: it ends, and no other begins."""
    is_starting, begun = threading.Event(), []

    class Slow(Worker[Request, Answer]):
        def __init__(self, *arguments: Any) -> None:
            is_starting.set()
            time.sleep(0.2)
            super().__init__(*arguments)
            begun.append(self.process)

    monkeypatch.setattr(queues, "Worker", Slow)
    queue = one_at_a_time()
    jobs = [submit(queue, "sleeps") for _ in range(2)]
    assert is_starting.wait(PATIENCE_S)
    queue.close()
    (process,) = begun
    assert process.poll() is not None
    wait_until(lambda: queue.n_running == 0, "an empty queue")
    assert [job.pid for job in jobs] == [process.pid, None]
    assert [p.name for p in tmp_path.iterdir()] == ["clips"]


def test_a_closed_queue_starts_nothing(submit: SubmitTo) -> None:
    queue = one_at_a_time()
    queue.close()
    job = submit(queue, "sleeps")
    assert (queue.n_running, job.pid, job.state) == (0, None, JobState.WAITING)


def test_the_real_worker_does_its_work_and_ends_with_its_parent(
    tmp_path: Path, track_files: tuple[Path, Path]
) -> None:
    request = Request(str(track_files[0]), "a.npz", str(tmp_path), str(tmp_path / "look"))
    with subprocess.Popen(
        [sys.executable, "-m", "formcheck.app.jobs.analyse"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT,
    ) as worker:  # fmt: skip
        assert worker.stdin is not None
        assert worker.stdout is not None
        worker.stdin.write(to_line(request))
        worker.stdin.flush()
        said = list(
            iter(
                lambda: json.loads(worker.stdout.readline()),
                {"type": "done", "outcome": {"refusal": ""}},
            )
        )
        assert [message["type"] for message in said][:2] == ["ready", "taken"]
        # Every repetition is told before anything is drawn.
        told = [message.get("stage") or message["rep"]["number"] for message in said[2:]]
        assert told[0] == "pose"
        told = [what for what in told if what != "pose"]
        assert told[:2] == [1, 2]
        assert set(told[2:]) == {"pictures"}
        worker.stdin.close()
        assert worker.wait(PATIENCE_S) == 0
