"""Worker processes on this machine: started fresh, watched, replaced when they die.

Plain subprocesses rather than ``multiprocessing``: the same on every system,
safe from any script or notebook, and a worker that dies takes nothing along.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import inf
from typing import Any

from formcheck.batch.job import DEFAULT_FUNCTION, Job, Outcome
from formcheck.batch.workers.child import read_message, write_message
from formcheck.errors import FormcheckError

MAX_TRIES = 2
UNTAKEN = 0.25
"""A worker that died before it took a clip says little about the clip."""
MAX_FAILED_STARTS = 3

OnProgress = Callable[[Job, str, float, float | None, int], None]
"""Called with the job, stage, seconds done, total, frames analysed."""


def crashed(job: Job, stall_limit_s: float | None = None) -> Outcome:
    """The outcome of a clip that took its worker down each time, or held it up so long."""
    if stall_limit_s is not None:
        message = (
            f"{job.source.label}: made no progress for {stall_limit_s:g} s, was ended, tried once "
            "more and set aside. Run again with --retry-failed; --stall-limit sets how long to "
            "wait."
        )
        return Outcome("failed", message, kind="crash")
    message = (
        f"{job.source.label}: crashed the worker twice and was set aside. Run again with "
        "--retry-failed, with fewer --jobs if memory is short."
    )
    return Outcome("failed", message, kind="crash")


@dataclass(slots=True, eq=False)
class _Worker:
    process: subprocess.Popen[bytes]
    errors: Any
    listener: threading.Thread | None = None
    job: Job | None = None
    is_ready: bool = False
    has_taken: bool = False
    """Whether it has begun with its job."""
    heard_s: float = field(default_factory=time.monotonic)
    has_stalled: bool = False

    def last_words(self) -> str:
        with contextlib.suppress(OSError, ValueError):
            self.errors.seek(max(0, self.errors.seek(0, os.SEEK_END) - 2000))
            text: str = self.errors.read().decode("utf-8", "replace")
            return text.strip()
        return ""


@dataclass(slots=True)
class LocalPool:
    """Runs jobs in ``n`` worker processes.  Use as a context manager.

    Parameters
    ----------
    n : int
    function : str
        What a worker runs, ``module:function``.
    progress : callable, optional
    stall_limit_s : float
        A worker that has a clip and says nothing for so long is ended.
    """

    n: int
    function: str = DEFAULT_FUNCTION
    progress: OnProgress | None = None
    stall_limit_s: float = inf
    _workers: list[_Worker] = field(default_factory=list)
    _events: queue.SimpleQueue[tuple[_Worker, tuple[Any, ...] | None]] = field(
        default_factory=queue.SimpleQueue
    )
    _n_failed_starts: int = 0

    def __enter__(self) -> LocalPool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def run(self, jobs: Iterator[Job]) -> Iterator[tuple[Job, Outcome]]:
        """Yield outcomes as they come.

        ``jobs`` is drawn from only when a worker is free.  A job whose worker
        dies or hangs is tried once more after all the others, with no other
        beside it.

        Raises
        ------
        FormcheckError
            If workers cannot be started at all.
        """
        again: deque[Job] = deque()
        tries: dict[int, float] = {}
        source = itertools.chain(jobs)
        waiting: Job | None = next(source, None)
        n_running = 0
        while waiting is not None or again or n_running:
            is_last_round = waiting is None
            wanted = self.n if not is_last_round else min(self.n, max(1, n_running))
            while len(self._workers) < wanted:
                self._start()
            for worker in self._workers:
                if not worker.is_ready or worker.job is not None:
                    continue
                if waiting is not None:
                    job, waiting = waiting, None
                elif again and n_running == 0:
                    job = again.popleft()
                else:
                    continue
                n_running += 1
                self._give(worker, job)
                if not is_last_round:
                    waiting = next(source, None)
            worker, message = self._next_event()
            worker.heard_s = time.monotonic()
            if message is None:
                lost = self._bury(worker)
                if lost is not None:
                    n_running -= 1
                    tried = 1 if worker.has_taken or worker.has_stalled else UNTAKEN
                    tries[lost.index] = tries.get(lost.index, 0) + tried
                    if tries[lost.index] < MAX_TRIES:
                        again.append(lost)
                    else:
                        yield (
                            lost,
                            crashed(lost, self.stall_limit_s if worker.has_stalled else None),
                        )
            elif message[0] == "ready":
                worker.is_ready, self._n_failed_starts = True, 0
            elif message[0] == "taken":
                worker.has_taken = True
            elif message[0] == "progress" and worker.job is not None:
                if self.progress is not None:
                    self.progress(worker.job, *message[1:])
            elif message[0] == "done" and worker.job is not None:
                job, worker.job = worker.job, None
                n_running -= 1
                yield job, message[1]

    def _next_event(self) -> tuple[_Worker, tuple[Any, ...] | None]:
        """Wait for a worker to say something; end those that are silent for too long."""
        while True:
            busy = [w for w in self._workers if w.job is not None and not w.has_stalled]
            due_s = min((w.heard_s for w in busy), default=inf) + self.stall_limit_s
            wait_s = due_s - time.monotonic()
            try:
                return self._events.get(timeout=None if wait_s == inf else max(0.0, wait_s))
            except queue.Empty:
                for worker in busy:
                    if worker.heard_s <= due_s - self.stall_limit_s:
                        worker.has_stalled = True
                        worker.process.kill()  # its end is an event of its own

    def _give(self, worker: _Worker, job: Job) -> None:
        worker.job, worker.has_taken, worker.heard_s = job, False, time.monotonic()
        # A dead worker's end of the pipe is closed; its burial event follows.
        with contextlib.suppress(OSError):
            assert worker.process.stdin is not None
            write_message(worker.process.stdin, job)

    def _start(self) -> None:
        environment = dict(os.environ)
        environment["PYTHONPATH"] = os.pathsep.join(os.path.abspath(p) for p in sys.path)
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
            environment.setdefault(name, "1")
        errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the worker
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "formcheck.batch.workers.child", self.function],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=environment,
            # Ctrl-C reaches the parent alone, which ends its workers itself.
            start_new_session=os.name == "posix",
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        worker = _Worker(process, errors)
        self._workers.append(worker)
        worker.listener = threading.Thread(target=self._listen, args=(worker,), daemon=True)
        worker.listener.start()

    def _listen(self, worker: _Worker) -> None:
        assert worker.process.stdout is not None
        try:
            while True:
                self._events.put((worker, read_message(worker.process.stdout)))
        except Exception:  # the end of the stream, or a message cut short by a crash
            self._events.put((worker, None))
        finally:
            worker.process.stdout.close()

    def _bury(self, worker: _Worker) -> Job | None:
        """Forget a dead worker; return the job it had."""
        worker.process.kill()
        worker.process.wait()
        words = worker.last_words()
        self._workers.remove(worker)
        _close(worker)
        if not worker.is_ready:
            self._n_failed_starts += 1
            if self._n_failed_starts >= MAX_FAILED_STARTS:
                raise FormcheckError(f"the worker processes cannot start: {words[-600:]}")
        return worker.job

    def close(self) -> None:
        """End all workers at once; safe to call twice."""
        for worker in self._workers:
            worker.process.kill()
        for worker in self._workers:
            worker.process.wait()
            _close(worker)
        self._workers.clear()


def _close(worker: _Worker) -> None:
    if worker.listener is not None:
        worker.listener.join(5)
    for stream in (worker.process.stdin, worker.errors):
        with contextlib.suppress(OSError):
            if stream is not None:
                stream.close()
