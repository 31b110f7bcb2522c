"""Clips in a process of their own.

``python -m formcheck.batch.workers.child MODULE:FUNCTION`` reads jobs from its standard
input and answers on its standard output, as length-prefixed pickles.  It ends
when its input ends, so no worker outlives the run that started it.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import pickle
import queue
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from typing import IO, Any

from formcheck.batch.job import Job, Outcome, Report
from formcheck.batch.source import hash_of
from formcheck.errors import InputError, ModelError, OutputError

REPORT_EVERY_S = 0.2


def resolve(target: str) -> Callable[[Job, Report], Outcome]:
    """Return the function named ``module:function``."""
    module, _, name = target.partition(":")
    function: Callable[[Job, Report], Outcome] = getattr(importlib.import_module(module), name)
    return function


def run_guarded(function: Callable[[Job, Report], Outcome], job: Job, report: Report) -> Outcome:
    """Run a job; an unexpected exception is the clip's failure, told in full."""
    try:
        return function(job, report)
    except MemoryError:
        raise
    except (ModelError, OutputError) as error:  # every clip would fail of it
        return Outcome("stop", str(error))
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        place = f" at {os.path.basename(frames[-1].filename)}:{frames[-1].lineno}"
        message = (
            f"{job.source.label}: formcheck failed on it ({type(error).__name__}{place}). "
            "Please report this clip."
        )
        sha256 = ""
        with contextlib.suppress(InputError):
            sha256 = hash_of(job.source)
        return Outcome("failed", message, "bug", sha256, detail=traceback.format_exc())


class Reporter:
    """Passes progress on, not more often than anybody reads it."""

    def __init__(self, send: Callable[[tuple[Any, ...]], None]) -> None:
        self._send, self._n_frames, self._last_s = send, 0, 0.0

    def __call__(self, stage: str, done_s: float, total_s: float | None) -> None:
        """Count a frame and tell, now and then."""
        self._n_frames += stage == "pose"
        now_s = time.monotonic()
        if now_s - self._last_s >= REPORT_EVERY_S:
            self._last_s = now_s
            self._send(("progress", stage, done_s, total_s, self._n_frames))


def write_message(stream: IO[bytes], message: object) -> None:
    """Send one pickled message."""
    data = pickle.dumps(message, protocol=5)
    stream.write(len(data).to_bytes(8, "big") + data)
    stream.flush()


def read_message(stream: IO[bytes]) -> Any:
    """Receive one message; EOFError at the end of the stream."""
    head = stream.read(8)
    if len(head) < 8:
        raise EOFError
    data = stream.read(int.from_bytes(head, "big"))
    return pickle.load(io.BytesIO(data))


def main() -> None:
    """Serve jobs until the input ends."""
    # Stray prints of libraries must not mix with the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    inbox: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def listen() -> None:
        with contextlib.suppress(EOFError, OSError):
            while True:
                inbox.put(read_message(sys.stdin.buffer))
        os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    function = resolve(sys.argv[1])
    write_message(answers, ("ready", os.getpid()))
    while True:
        job = inbox.get()
        write_message(answers, ("taken",))
        outcome = run_guarded(
            function, job, Reporter(lambda message: write_message(answers, message))
        )
        write_message(answers, ("done", outcome))


if __name__ == "__main__":
    # Under its real name: what this module pickles must be found by the other side.
    from formcheck.batch.workers.child import main as serve

    serve()
