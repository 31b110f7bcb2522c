"""Work handed to another process: what is said, and both ends of the line.

A worker is ``python -m MODULE`` whose module calls :func:`serve`; whoever starts it holds a
:class:`Worker`.  Requests go to its standard input, messages come back on its standard output, one
JSON object a line.  Batches and the app's analyses both work so.

Plain subprocesses rather than ``multiprocessing``: the same on every system, safe from any script
or notebook, and a worker that dies takes nothing along.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from math import inf
from pathlib import Path
from typing import IO, Any, Generic, NoReturn, TypeVar, Union

import msgspec

from formcheck.batch.job import Report
from formcheck.report.result import RepResult

REPORT_EVERY_S = 0.15
_PACKAGE = Path(__file__).resolve().parents[2]

Asked = TypeVar("Asked")
Made = TypeVar("Made")


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The worker has started: what goes wrong from now on is not its start."""


class Taken(msgspec.Struct, frozen=True, tag="taken"):
    """The worker begins with what it was asked."""


class Progressed(msgspec.Struct, frozen=True, tag="progress"):
    """A stage got so far; ``n_frames`` counts its frames, ``total_s`` is None if unknown."""

    stage: str
    n_frames: int
    done_s: float
    total_s: float | None


class Judged(msgspec.Struct, frozen=True, tag="rep"):
    """A repetition is judged; the clip goes on."""

    rep: RepResult


class Done(msgspec.Struct, Generic[Made], frozen=True, tag="done"):
    """The work is over; what came of it."""

    outcome: Made


Message = Ready | Taken | Progressed | Judged | Done[Made]


def to_line(value: object) -> bytes:
    """A message or request as a line.

    The JSON is the standard library's: it carries file names that are no Unicode, and infinity.
    """
    plain = msgspec.to_builtins(value, enc_hook=lambda number: number.item())  # numpy's numbers
    return json.dumps(plain).encode() + b"\n"


def from_line(line: bytes, kind: Any) -> Any:
    """What :func:`to_line` wrote.

    Raises:
        ValueError: If it is none of that kind, or cut short.
    """
    return msgspec.convert(json.loads(line), kind)


# -- the worker's end --------------------------------------------------------------------------


class Reporter:
    """Passes repetitions on, and progress not more often than anybody reads it."""

    def __init__(self, say: Callable[[Progressed | Judged], None]) -> None:
        self._say, self._stage, self._n_frames, self._said_s = say, "", 0, -inf

    def __call__(self, stage: str, done_s: float, total_s: float | None) -> None:
        """Count a frame and tell, now and then."""
        if stage != self._stage:
            self._stage, self._n_frames, self._said_s = stage, 0, -inf
        self._n_frames += 1
        now_s = time.monotonic()
        if now_s - self._said_s >= REPORT_EVERY_S:
            self._said_s = now_s
            self._say(Progressed(stage, self._n_frames, done_s, total_s))

    def judged(self, rep: RepResult) -> None:
        """Tell of a repetition at once."""
        self._say(Judged(rep))


def serve(request: type[Asked], work: Callable[[Asked, Report], object]) -> NoReturn:
    """Do what is asked on standard input until it closes.

    An exception that ``work`` lets through ends the process: to whoever asked, it crashed.
    """
    # Stray prints of libraries must not mix with the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    # Ctrl-C concerns whoever started this process, who ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    inbox: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def listen() -> None:
        # Not through sys.stdin: its lock would be held when the interpreter shuts down.
        with contextlib.suppress(OSError), open(0, "rb", closefd=False) as requests:
            for line in requests:
                inbox.put(line)
        os._exit(0)  # whoever asked is gone, however it ended: no worker outlives it

    def say(message: object) -> None:
        answers.write(to_line(message))
        answers.flush()

    threading.Thread(target=listen, daemon=True).start()
    say(Ready())
    while True:
        asked = from_line(inbox.get(), request)
        say(Taken())
        say(Done(work(asked, Reporter(say))))


# -- the other end -----------------------------------------------------------------------------


class Worker(Generic[Asked, Made]):
    """A process that works on one request at a time.

    Args:
        module: What it runs; calls :func:`serve`.
        outcome: What it makes of a request.
        inbox: Where its messages go, each with the worker; None is its end.

    Raises:
        OSError: If it cannot be started.
    """

    def __init__(self, module: str, outcome: type[Made], inbox: Inbox[Asked, Made]) -> None:
        self.request: Asked | None = None
        self.is_ready = False
        self.has_taken = False
        """Whether it has begun with its request."""
        self.has_stalled = False
        self.heard_s = time.monotonic()
        self._messages: Any = Union[Ready, Taken, Progressed, Judged, Done[outcome]]  # type: ignore[valid-type]  # noqa: UP007
        self._inbox = inbox
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the worker
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=_environment(),
            # Ctrl-C reaches the parent alone, which ends its workers itself.
            start_new_session=os.name == "posix",
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def ask(self, request: Asked) -> None:
        """Give it something to do."""
        self.request, self.has_taken, self.heard_s = request, False, time.monotonic()
        # A dead worker's end of the pipe is closed; its end is a message of its own.
        with contextlib.suppress(OSError):
            self._pipe(self.process.stdin).write(to_line(request))
            self._pipe(self.process.stdin).flush()

    def end(self) -> str:
        """End it at once, whatever it does; return the end of what it wrote as errors.

        Safe to call twice and from several threads.
        """
        self.process.kill()
        self.process.wait()
        self._listener.join(5)
        words = ""
        with contextlib.suppress(OSError, ValueError):
            self._errors.seek(max(0, self._errors.seek(0, os.SEEK_END) - 2000))
            words = self._errors.read().decode("utf-8", "replace").strip()
        for stream in (self.process.stdin, self._errors):
            with contextlib.suppress(OSError, ValueError):  # another thread may be closing it
                if stream is not None:
                    stream.close()
        return words

    def _listen(self) -> None:
        try:
            with self._pipe(self.process.stdout) as answers:
                for line in answers:
                    self._inbox.put((self, from_line(line, self._messages)))
        except ValueError:  # a message cut short by a crash
            pass
        finally:
            self._inbox.put((self, None))

    @staticmethod
    def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
        assert stream is not None
        return stream


Inbox = queue.SimpleQueue[tuple[Worker[Asked, Made], Message[Made] | None]]


def next_message(
    inbox: Inbox[Asked, Made], workers: Sequence[Worker[Asked, Made]], stall_limit_s: float
) -> tuple[Worker[Asked, Made], Message[Made] | None]:
    """Wait for one of the workers to say something; end those that are silent for too long.

    None is a worker's end.  One that stalled is ended too, so that what it held goes on.
    """
    while True:
        busy = [w for w in workers if w.request is not None and not w.has_stalled]
        due_s = min((w.heard_s for w in busy), default=inf) + stall_limit_s
        wait_s = due_s - time.monotonic()
        try:
            worker, message = inbox.get(timeout=None if wait_s == inf else max(0.0, wait_s))
        except queue.Empty:
            for worker in busy:
                if worker.heard_s + stall_limit_s <= time.monotonic():
                    worker.has_stalled = True
                    worker.process.kill()  # its end is a message of its own
            continue
        worker.heard_s = time.monotonic()
        worker.is_ready |= isinstance(message, Ready)
        worker.has_taken |= isinstance(message, Taken)
        return worker, message


def _environment() -> dict[str, str]:
    """The worker finds the packages this process finds, from wherever it was started."""
    # Not the package's own folders: Streamlit puts one there, and in it lies a site.py.
    paths = [path for path in map(os.path.abspath, sys.path) if _PACKAGE not in _lineage(path)]
    if str(_PACKAGE.parent) not in paths:
        paths.append(str(_PACKAGE.parent))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        environment.setdefault(name, "1")  # there are as many workers as cores already
    # glibc gives every thread of FFmpeg and the model memory of its own and never takes it back.
    environment.setdefault("MALLOC_ARENA_MAX", "2")
    return environment


def _lineage(path: str) -> set[Path]:
    return {Path(path), *Path(path).parents}
