"""Who does the work: this process, worker processes, or a cluster."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Protocol

from formcheck.batch.job import Job, Outcome
from formcheck.batch.source import Source
from formcheck.batch.workers.local import LocalPool, OnProgress

INLINE_MAX = 4
"""So many stored tracks are judged in this process; starting another takes longer."""


class Pool(Protocol):
    """Something that runs jobs.  Use as a context manager."""

    def __enter__(self) -> Pool: ...
    def __exit__(self, *_: object) -> None: ...
    def run(self, jobs: Iterator[Job]) -> Iterator[tuple[Job, Outcome]]:
        """Yield outcomes as they come."""
        ...


def n_cores() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def open_pool(
    todo: Sequence[Source],
    *,
    jobs: int | None = None,
    progress: OnProgress | None = None,
    stall_limit_s: float,
    scheduler: str | None = None,
) -> Pool:
    """The pool that suits the work: a few stored tracks need no other process.

    ``jobs`` clips are scored at the same time, by default one per core; one that makes no progress
    for ``stall_limit_s`` is ended.  ``scheduler`` is the address of a Dask scheduler.
    """
    if scheduler is not None:
        from formcheck.batch.workers.dask import DaskPool

        return DaskPool(scheduler, stall_limit_s)
    if len(todo) <= INLINE_MAX and all(source.is_track for source in todo):
        return InlinePool()
    return LocalPool(min(jobs or n_cores(), len(todo)), progress, stall_limit_s)


class InlinePool:
    """Runs jobs in this process: for a few stored tracks, which need no model."""

    def __enter__(self) -> InlinePool:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def run(self, jobs: Iterator[Job]) -> Iterator[tuple[Job, Outcome]]:
        """Yield outcomes in order."""
        from formcheck.batch.workers.child import run_guarded  # all that judging needs

        for job in jobs:
            yield job, run_guarded(job, lambda *_: None)
