"""Who does the work: this process, worker processes, or a cluster."""

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence

from formcheck.batch.job import Job, Outcome
from formcheck.batch.patience import OutOfTime, can_limit, time_limit
from formcheck.batch.source import Source
from formcheck.batch.workers.local import LocalPool, OnProgress, crashed

INLINE_MAX = 4
"""So many stored tracks are judged in this process; starting another takes longer."""

RunJobs = Callable[[Iterator[Job]], Iterator[tuple[Job, Outcome]]]
"""Runs jobs; yields outcomes as they come."""


def n_cores() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


@contextlib.contextmanager
def open_pool(
    todo: Sequence[Source],
    *,
    jobs: int | None = None,
    progress: OnProgress | None = None,
    stall_limit_s: float,
    scheduler: str | None = None,
) -> Iterator[RunJobs]:
    """Whoever suits the work: a few stored tracks, which need no model, need no other process.

    ``jobs`` clips are scored at the same time, by default one per core; one that makes no progress
    for ``stall_limit_s`` is ended.  ``scheduler`` is the address of a Dask scheduler.
    """
    if scheduler is not None:
        from formcheck.batch.workers.dask import DaskPool

        with DaskPool(scheduler, stall_limit_s) as cluster:
            yield cluster.run
    elif len(todo) <= INLINE_MAX and all(source.is_track for source in todo) and can_limit():
        yield lambda jobs: ((job, _run_here(job, stall_limit_s)) for job in jobs)
    else:
        with LocalPool(min(jobs or n_cores(), len(todo)), progress, stall_limit_s) as pool:
            yield pool.run


def _run_here(job: Job, stall_limit_s: float) -> Outcome:
    from formcheck.batch.workers.child import run_guarded  # all that judging needs

    try:
        with time_limit(stall_limit_s):
            return run_guarded(job, lambda *_: None)
    except OutOfTime:
        return crashed(job, stall_limit_s)
