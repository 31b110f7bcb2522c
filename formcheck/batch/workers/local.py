"""Worker processes on this machine: started fresh, watched, replaced when they die."""

from __future__ import annotations

import itertools
import queue
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import inf

from formcheck.batch.job import Job, Outcome
from formcheck.batch.options import Listener, Silent
from formcheck.batch.workers.protocol import (
    Done,
    Inbox,
    Judged,
    Progressed,
    Ready,
    Worker,
    next_message,
)
from formcheck.errors import FormcheckError

CHILD = "formcheck.batch.workers.child"
"""The module a worker runs."""
MAX_TRIES = 2
UNTAKEN = 0.25
"""A worker that died before it took a clip says little about the clip."""
MAX_FAILED_STARTS = 3


def crashed(job: Job, stall_limit_s: float | None = None) -> Outcome:
    """The outcome of a clip that took its worker down each time, or held it up so long."""
    if stall_limit_s is None:
        what = (
            "crashed the worker twice and was set aside. Run again with --retry-failed, with "
            "fewer --jobs if memory is short."
        )
    else:
        what = (
            f"made no progress for {stall_limit_s:g} s, was ended, tried once more and set "
            "aside. Run again with --retry-failed; --stall-limit sets how long to wait."
        )
    return Outcome("failed", f"{job.source.label}: {what}", kind="crash")


@dataclass(slots=True)
class LocalPool:
    """Runs jobs in ``n`` worker processes.  Use as a context manager."""

    n: int
    listener: Listener = field(default_factory=Silent)
    stall_limit_s: float = inf
    """A worker that has a clip and says nothing for so long is ended."""
    _workers: list[Worker[Job, Outcome]] = field(default_factory=list)
    _inbox: Inbox[Job, Outcome] = field(default_factory=queue.SimpleQueue)
    _n_failed_starts: int = 0

    def __enter__(self) -> LocalPool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def run(self, jobs: Iterator[Job]) -> Iterator[tuple[Job, Outcome]]:
        """Yield outcomes as they come.

        ``jobs`` is drawn from only when a worker is free.  A job whose worker dies or hangs is
        tried once more after all the others, with no other beside it.  Raises FormcheckError if
        workers cannot be started at all.
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
                self._workers.append(Worker(CHILD, Outcome, self._inbox))
            for worker in self._workers:
                if not worker.is_ready or worker.request is not None:
                    continue
                if waiting is not None:
                    job, waiting = waiting, None
                elif again and n_running == 0:
                    job = again.popleft()
                else:
                    continue
                n_running += 1
                worker.ask(job)
                if not is_last_round:
                    waiting = next(source, None)
            worker, message = next_message(self._inbox, self._workers, self.stall_limit_s)
            match worker.request, message:
                case lost, None:
                    self._bury(worker)
                    if lost is None:
                        continue
                    n_running -= 1
                    # Who stalls was at work on the clip, even if it never said so.
                    tried = 1 if worker.has_taken or worker.has_stalled else UNTAKEN
                    tries[lost.index] = tries.get(lost.index, 0) + tried
                    if tries[lost.index] < MAX_TRIES:
                        again.append(lost)
                    else:
                        limit_s = self.stall_limit_s if worker.has_stalled else None
                        yield lost, crashed(lost, limit_s)
                case _, Ready():
                    self._n_failed_starts = 0
                case Job() as job, Progressed() as now:
                    n_analysed = now.n_frames if now.stage == "pose" else 0
                    self.listener.progress(job, now.stage, now.done_s, now.total_s, n_analysed)
                case Job() as job, Judged(rep):
                    self.listener.judged(job, rep)
                case Job() as job, Done(outcome):
                    worker.request = None
                    n_running -= 1
                    yield job, outcome

    def _bury(self, worker: Worker[Job, Outcome]) -> None:
        """Forget a dead worker."""
        self._workers.remove(worker)
        words = worker.end()
        if not worker.is_ready:
            self._n_failed_starts += 1
            if self._n_failed_starts >= MAX_FAILED_STARTS:
                raise FormcheckError(f"the worker processes cannot start: {words[-600:]}")

    def close(self) -> None:
        """End all workers at once; safe to call twice."""
        for worker in self._workers:
            worker.process.kill()  # all of them before the first is waited for
        for worker in self._workers:
            worker.end()
        self._workers.clear()
