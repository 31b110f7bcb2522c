"""Analyses in worker processes: a queue, progress, cancel.  Knows no pages."""

import contextlib
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from queue import SimpleQueue

from formcheck.app.jobs.request import Answer, Request
from formcheck.batch.job import STALL_LIMIT_S
from formcheck.batch.workers.protocol import Done, Inbox, Judged, Progressed, Worker, next_message
from formcheck.report.result import RepResult

ANALYSE = "formcheck.app.jobs.analyse"
"""The module a worker runs."""
_PARTS = {"pose": (0.0, 0.95), "pictures": (0.95, 1.0), "video": (0.0, 1.0)}
"""From where to where a stage takes the work, about."""
_CRASHED = (
    "The analysis stopped without a word, perhaps for want of memory. "
    "Try a shorter clip or one at 1080p."
)
_STALLED = (
    f"The analysis got nowhere for {STALL_LIMIT_S / 60:.0f} minutes and was ended. "
    "Try again, or another clip."
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
class JobProgress:
    """How far a job is; ``share`` is 0 to 1, None while nobody can tell."""

    stage: str = ""
    n_frames: int = 0
    n_in_all: int | None = None
    """About how many there will be; None while nobody can tell."""
    share: float | None = None
    left_s: float | None = None


@dataclass(slots=True, eq=False)
class AnalysisJob:
    """One analysis: asked for, running or over."""

    request: Request
    then: Callable[[], object] | None = field(default=None, repr=False)
    state: JobState = JobState.WAITING
    message: str = ""
    progress: JobProgress = field(default_factory=JobProgress)
    reps: tuple[RepResult, ...] = ()
    """The repetitions judged so far."""
    pid: int | None = None
    _worker: Worker[Request, Answer] | None = field(default=None, repr=False)


class JobQueue:
    """Runs jobs first come, first served, a few at a time.

    One process for every two processors, at most four: each takes about 450 MB and more than one
    core while it draws.
    """

    def __init__(self) -> None:
        self.n_workers = max(1, min(4, (os.cpu_count() or 2) // 2))
        self._lock = threading.Lock()
        self._waiting: list[AnalysisJob] = []
        self._running: list[AnalysisJob] = []
        self._is_closed = False

    def submit(self, request: Request, then: Callable[[], object] | None = None) -> AnalysisJob:
        """Put a job in the line.

        ``then`` is called when its process has succeeded, before the job counts as done; what it
        raises is left to whoever needs its work.
        """
        job = AnalysisJob(request, then=then)
        with self._lock:
            self._waiting.append(job)
        self._start_next()
        return job

    def place(self, job: AnalysisJob) -> int:
        """Return how many jobs are before this one in the line; 0 if it is next or running."""
        with self._lock:
            return self._waiting.index(job) if job in self._waiting else 0

    @property
    def n_running(self) -> int:
        """How many jobs are being worked on."""
        return len(self._running)

    def cancel(self, job: AnalysisJob) -> None:
        """Stop a job; its process is gone when this returns."""
        with self._lock:
            if job.state.is_over:
                return
            job.state = JobState.CANCELLED
            if job in self._waiting:
                self._waiting.remove(job)
            worker = job._worker
        if worker is not None:
            worker.end()

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

    def _run(self, job: AnalysisJob) -> None:
        try:
            outcome, message = self._watch(job)
        except OSError as error:
            outcome, message = JobState.FAILED, f"The analysis could not be started ({error})."
        with self._lock:
            self._running.remove(job)
            job._worker = None
        self._start_next()
        then, job.then = job.then, None  # it may hold what holds the job
        if outcome is JobState.DONE and job.state is JobState.RUNNING and then is not None:
            with contextlib.suppress(Exception):
                then()
        with self._lock:
            if job.state is JobState.RUNNING:
                job.message, job.state = message, outcome

    def _watch(self, job: AnalysisJob) -> tuple[JobState, str]:
        """See a process through the job, keeping progress up to date."""
        inbox: Inbox[Request, Answer] = SimpleQueue()
        with self._lock:  # whoever cancels finds a process to end, or none will be started
            if job.state is JobState.CANCELLED:
                return JobState.CANCELLED, ""
            job._worker = worker = Worker(ANALYSE, Answer, inbox)
            job.pid = worker.process.pid
        started_s = time.monotonic()
        try:
            worker.ask(job.request)
            while True:
                _, message = next_message(inbox, [worker], STALL_LIMIT_S)
                most_s = job.request.limits.max_job_s
                if most_s is not None and time.monotonic() - started_s > most_s:
                    return JobState.FAILED, _STALLED
                match message:
                    case Progressed():
                        job.progress = _progress(message, time.monotonic() - started_s)
                    case Judged(rep):
                        job.reps = (*job.reps, rep)
                    case Done(Answer(refusal)):
                        return (JobState.FAILED, refusal) if refusal else (JobState.DONE, "")
                    case None:
                        return JobState.FAILED, _STALLED if worker.has_stalled else _CRASHED
        finally:
            worker.end()


def _progress(now: Progressed, elapsed_s: float) -> JobProgress:
    share = left_s = n_in_all = None
    if now.total_s:
        if now.done_s > 0:
            n_in_all = max(now.n_frames, round(now.n_frames * now.total_s / now.done_s))
        begin, end = _PARTS[now.stage]
        share = begin + (end - begin) * min(1.0, now.done_s / now.total_s)
        if elapsed_s > 1.5 and share > 0.02:
            left_s = elapsed_s * (1 - share) / share
    return JobProgress(now.stage, now.n_frames, n_in_all, share, left_s)
