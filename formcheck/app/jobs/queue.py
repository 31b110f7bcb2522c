"""Analyses in worker processes: a queue, progress, cancel.  Knows no pages."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from formcheck.app.jobs.request import Request

KILL_AFTER_S = 0.5
_POSE_SHARE = 0.75
"""About how much of the work is finding the poses; the rest is drawing."""
_CRASHED = (
    "The analysis stopped without a word, perhaps for want of memory. "
    "Try a shorter clip or one at 1080p."
)


class JobState(StrEnum):
    """What became of a job so far."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is; ``share`` is 0 to 1, None while nobody can tell."""

    stage: str = ""
    n_frames: int = 0
    share: float | None = None
    left_s: float | None = None


@dataclass(slots=True, eq=False)
class Job:
    """One analysis: asked for, running or over."""

    request: Request
    then: Callable[[], object] | None = field(default=None, repr=False)
    state: JobState = JobState.WAITING
    message: str = ""
    progress: Progress = field(default_factory=Progress)
    pid: int | None = None
    _process: subprocess.Popen[str] | None = field(default=None, repr=False)
    _started_s: float = 0.0


class JobQueue:
    """Runs jobs first come, first served, a few at a time.

    Parameters
    ----------
    n_workers : int, optional
        Processes at once; by default one for every two processors, at most four:
        each takes about 450 MB and more than one core while it draws.
    command : callable, optional
        Request file to command line; for tests.
    """

    def __init__(
        self,
        n_workers: int | None = None,
        command: Callable[[Path], list[str]] | None = None,
    ) -> None:
        self.n_workers = n_workers or max(1, min(4, (os.cpu_count() or 2) // 2))
        self._command = command or _worker_command
        self._lock = threading.Lock()
        self._waiting: list[Job] = []
        self._running: list[Job] = []
        self._is_closed = False

    def submit(self, request: Request, then: Callable[[], object] | None = None) -> Job:
        """Put a job in the line.

        ``then`` is called when its process has succeeded, before the job counts as done;
        what it raises is left to whoever needs its work.
        """
        job = Job(request, then=then)
        with self._lock:
            self._waiting.append(job)
        self._start_next()
        return job

    def place(self, job: Job) -> int:
        """Return how many jobs are before this one in the line; 0 if it is next or running."""
        with self._lock:
            return self._waiting.index(job) if job in self._waiting else 0

    @property
    def n_running(self) -> int:
        """How many jobs are being worked on."""
        return len(self._running)

    def cancel(self, job: Job) -> None:
        """Stop a job; its process is gone within ``KILL_AFTER_S`` or a little more."""
        with self._lock:
            if job.state.is_over:
                return
            job.state = JobState.CANCELLED
            if job in self._waiting:
                self._waiting.remove(job)
            process = job._process
        if process is not None:
            _end(process)

    def close(self) -> None:
        """Cancel everything and take nothing more."""
        with self._lock:
            self._is_closed = True
            jobs = [*self._waiting, *self._running]
        for job in jobs:
            self.cancel(job)

    def _start_next(self) -> None:
        with self._lock:
            while self._waiting and len(self._running) < self.n_workers and not self._is_closed:
                job = self._waiting.pop(0)
                job.state = JobState.RUNNING
                self._running.append(job)
                threading.Thread(target=self._run, args=(job,), daemon=True).start()

    def _run(self, job: Job) -> None:
        try:
            outcome, message = self._watch(job)
        except OSError as error:
            outcome, message = JobState.FAILED, f"The analysis could not be started ({error})."
        with self._lock:
            self._running.remove(job)
            job._process = None
        self._start_next()
        then, job.then = job.then, None  # it may hold what holds the job
        if outcome is JobState.DONE and job.state is JobState.RUNNING and then is not None:
            with contextlib.suppress(Exception):
                then()
        with self._lock:
            if job.state is JobState.RUNNING:
                job.message, job.state = message, outcome

    def _watch(self, job: Job) -> tuple[JobState, str]:
        """Run the process to its end, keeping progress up to date."""
        path = Path(job.request.drawn).with_suffix(".request.json")
        with self._lock:  # whoever cancels finds a process to end, or none will be started
            if job.state is JobState.CANCELLED:
                return JobState.CANCELLED, ""
            path.write_text(job.request.to_json(), "utf-8")
            process = subprocess.Popen(
                self._command(path), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL, text=True, encoding="utf-8", env=_environment(),
            )  # fmt: skip
            job._process, job.pid, job._started_s = process, process.pid, time.monotonic()
        outcome, message = JobState.FAILED, _CRASHED
        assert process.stdout is not None
        with process, contextlib.suppress(ValueError):
            for line in process.stdout:
                event = _parsed(line)
                if event.get("event") == "progress":
                    job.progress = _progress(event, time.monotonic() - job._started_s)
                elif event.get("event") == "done":
                    outcome, message = JobState.DONE, ""
                elif event.get("event") == "failed":
                    outcome, message = JobState.FAILED, str(event.get("message", ""))
        path.unlink(missing_ok=True)
        return outcome, message


def _worker_command(request: Path) -> list[str]:
    return [sys.executable, "-m", "formcheck.app.jobs.analyse", str(request)]


def _environment() -> dict[str, str]:
    """The worker finds the same formcheck, from wherever the server was started."""
    package_folder = str(Path(__file__).resolve().parents[3])
    paths = [package_folder, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


def _end(process: subprocess.Popen[str]) -> None:
    """Ask a process to end, then make it."""
    with contextlib.suppress(OSError):
        process.terminate()
        try:
            process.wait(KILL_AFTER_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(KILL_AFTER_S)


def _parsed(line: str) -> Mapping[str, Any]:
    """One line of the worker; libraries may print things that are none."""
    try:
        value = json.loads(line)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _progress(event: Mapping[str, Any], elapsed_s: float) -> Progress:
    stage, total_s = str(event["stage"]), event.get("total_s")
    share = left_s = None
    if total_s:
        within = min(1.0, float(event["done_s"]) / float(total_s))
        share = (
            _POSE_SHARE * within if stage == "pose" else _POSE_SHARE + (1 - _POSE_SHARE) * within
        )
        if elapsed_s > 1.5 and share > 0.02:
            left_s = elapsed_s * (1 - share) / share
    return Progress(stage, int(event["n_frames"]), share, left_s)
