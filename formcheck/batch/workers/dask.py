"""The same work on an existing Dask cluster.

Each Dask worker runs clips in a process of its own, as one machine does, so a clip that crashes
takes no Dask worker along and is tried exactly as often. Results come back as bytes; only this side
writes into the results folder.
"""

from __future__ import annotations

import contextlib
import queue
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from importlib import import_module
from math import inf
from pathlib import Path
from typing import Any

from formcheck.batch.job import Job, Outcome
from formcheck.batch.source import shown_address
from formcheck.batch.workers.local import LocalPool, crashed
from formcheck.errors import FormcheckError, SettingsError
from formcheck.files import printable, write_atomic

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
            self._connect(distributed)
        except Exception as error:  # whatever a cluster and its network may come up with
            self.close()
            raise FormcheckError(
                f"{shown_address(self.address)}: no Dask scheduler with workers answers "
                f"({type(error).__name__}). Start one, see docs/scale.md."
            ) from None
        return self

    def _connect(self, distributed: Any) -> None:
        """Connect in a thread of its own: one that is never answered hears no Ctrl-C."""
        outcome: queue.SimpleQueue[Any] = queue.SimpleQueue()

        class Client(distributed.Client):  # type: ignore[misc]
            def __del__(self) -> None:
                """Not its parent's, which waits long for a scheduler that never answered."""

        def connect() -> None:
            try:
                client = Client(self.address, timeout=CONNECT_S, set_as_default=False)
                client.wait_for_workers(1, timeout=CONNECT_S)
            except Exception as error:
                outcome.put(error)
            else:
                outcome.put(client)

        threading.Thread(target=connect, daemon=True).start()
        try:
            found = outcome.get(timeout=CONNECT_S)
        except queue.Empty:
            raise TimeoutError from None
        if isinstance(found, Exception):
            raise found
        self._client = found

    def __exit__(self, *_: object) -> None:
        self.close()

    def run(self, jobs: Iterator[Job]) -> Iterator[tuple[Job, Outcome]]:
        """Yield outcomes as they come; files are in place before a job is over.

        Raises FormcheckError if the cluster goes away.
        """
        try:
            yield from self._run(jobs)
        except FormcheckError:
            raise
        except Exception as error:
            raise FormcheckError(
                f"{shown_address(self.address)}: the cluster went away ({type(error).__name__}). "
                "Run the same command again when it is back."
            ) from error

    def _run(self, jobs: Iterator[Job]) -> Iterator[tuple[Job, Outcome]]:
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
            what = printable(str(error)).partition("\n")[0][:200]
            return job, Outcome(
                "stop",
                f"{shown_address(self.address)}: a worker failed ({type(error).__name__}: {what}). "
                "Is the same formcheck release installed on every worker?",
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
