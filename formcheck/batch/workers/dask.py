"""The same work on an existing Dask cluster.

Each Dask worker runs clips in a process of its own, as one machine does, so a clip that crashes
takes no Dask worker along and is tried exactly as often. Results come back as bytes; only this side
writes into the results folder.
"""

from __future__ import annotations

import contextlib
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from importlib import import_module
from math import inf
from pathlib import Path
from typing import Any

from formcheck.batch.job import Job, Outcome
from formcheck.batch.workers.local import LocalPool, crashed
from formcheck.errors import FormcheckError, SettingsError
from formcheck.files import write_atomic

CONNECT_S = 20
AHEAD = 2
"""Clips handed out per worker thread: one under way, one waiting."""

_here = threading.local()


def run_remotely(job: Job, stall_limit_s: float) -> Outcome:
    """Run on a Dask worker: score in a child process and return the files' bytes."""
    pool: LocalPool | None = getattr(_here, "pool", None)
    if pool is None or pool.stall_limit_s != stall_limit_s:
        if pool is not None:
            pool.close()
        pool = _here.pool = LocalPool(1, stall_limit_s=stall_limit_s)
    with tempfile.TemporaryDirectory(prefix="formcheck-") as folder:
        mine = replace(job, out=folder)
        outcome = next(o for _, o in pool.run(iter([mine])))
        contents = {
            suffix: (Path(folder) / f"{job.name}{suffix}").read_bytes() for suffix in outcome.files
        }
    return replace(outcome, contents=contents)


@dataclass(slots=True)
class DaskPool:
    """Runs jobs on the cluster behind ``address``.  Use as a context manager.

    Raises SettingsError without the extra ``cluster``, FormcheckError if the scheduler does not
    answer or has no workers.
    """

    address: str
    stall_limit_s: float = inf
    _client: Any = field(default=None, repr=False)

    def __enter__(self) -> DaskPool:
        try:
            distributed: Any = import_module("distributed")
        except ImportError:
            raise SettingsError(
                "--scheduler needs the extra 'cluster': pip install 'formcheck[cluster]'."
            ) from None
        try:
            self._client = distributed.Client(self.address, timeout=CONNECT_S, set_as_default=False)
            self._client.wait_for_workers(1, timeout=CONNECT_S)
        except (OSError, TimeoutError, ValueError) as error:
            self.close()
            raise FormcheckError(
                f"{self.address}: no Dask scheduler with workers answers "
                f"({type(error).__name__}). Start one, see docs/scale.md."
            ) from None
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def run(self, jobs: Iterator[Job]) -> Iterator[tuple[Job, Outcome]]:
        """Yield outcomes as they come; files are in place before a job is over."""
        client = self._client
        under_way: dict[Any, Job] = {}
        done = import_module("distributed").as_completed([], loop=client.loop)
        for job in jobs:
            future = client.submit(run_remotely, job, self.stall_limit_s, pure=False)
            under_way[future] = job
            done.add(future)
            while len(under_way) >= AHEAD * max(1, sum(client.nthreads().values())):
                yield self._collect(next(done), under_way)
        while under_way:
            yield self._collect(next(done), under_way)

    def _collect(self, future: Any, under_way: dict[Any, Job]) -> tuple[Job, Outcome]:
        job = under_way.pop(future)
        error = future.exception()
        if error is not None:
            future.release()
            if type(error).__name__ == "KilledWorker":
                return job, crashed(job)
            return job, Outcome(
                "stop", f"{self.address}: a worker failed ({type(error).__name__}: {error})."
            )
        outcome: Outcome = future.result()
        future.release()
        for suffix, data in outcome.contents.items():
            write_atomic(Path(job.out) / f"{job.name}{suffix}", data)
        return job, replace(outcome, contents={})

    def close(self) -> None:
        """Leave the cluster; what it has not finished is given up."""
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(OSError, TimeoutError):
                client.close()
