"""Who does the work: this process, worker processes, or a cluster."""

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from formcheck.batch.job import Job, Outcome, Report
from formcheck.batch.options import Listener, Silent
from formcheck.batch.patience import OutOfTime, can_limit, time_limit
from formcheck.batch.source import Source
from formcheck.batch.workers.local import LocalPool, crashed
from formcheck.report.result import RepResult

INLINE_MAX = 4
"""So many stored tracks are judged in this process; starting another takes longer ..."""
INLINE_BYTES = 4 << 20
"""... unless one is larger: minutes of poses, which take their time and tell how far they are."""

RunJobs = Callable[[Iterator[Job]], Iterator[tuple[Job, Outcome]]]
"""Runs jobs; yields outcomes as they come."""


def n_cores() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class _Inline:
    """Passes on what is told of a clip that is over in no time."""

    job: Job
    listener: Listener

    def __call__(self, stage: str, done_s: float, total_s: float | None) -> None:
        pass

    def judged(self, rep: RepResult) -> None:
        self.listener.judged(self.job, rep)


@contextlib.contextmanager
def open_pool(
    todo: Sequence[Source],
    *,
    jobs: int | None = None,
    listener: Listener | None = None,
    stall_limit_s: float,
    scheduler: str | None = None,
) -> Iterator[RunJobs]:
    """Whoever suits the work: a few stored tracks, which need no model, need no other process.

    ``jobs`` clips are scored at the same time, by default one per core; one that makes no progress
    for ``stall_limit_s`` is ended.  ``scheduler`` is the address of a Dask scheduler.
    """
    listener = listener or Silent()
    if scheduler is not None:
        from formcheck.batch.workers.dask import DaskPool

        with DaskPool(scheduler, stall_limit_s) as cluster:
            yield cluster.run
    elif len(todo) <= INLINE_MAX and all(map(_is_over_in_no_time, todo)) and can_limit():
        yield lambda jobs: (
            (job, _run_here(job, _Inline(job, listener), stall_limit_s)) for job in jobs
        )
    else:
        with LocalPool(min(jobs or n_cores(), len(todo)), listener, stall_limit_s) as pool:
            yield pool.run


def _is_over_in_no_time(source: Source) -> bool:
    return source.is_track and (source.size_bytes or 0) <= INLINE_BYTES


def _run_here(job: Job, report: Report, stall_limit_s: float) -> Outcome:
    from formcheck.batch.workers.child import run_guarded  # all that judging needs

    try:
        with time_limit(stall_limit_s):
            return run_guarded(job, report)
    except OutOfTime:
        return crashed(job, stall_limit_s)
