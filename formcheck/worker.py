"""One clip in a process of its own.

``python -m formcheck.worker MODULE:FUNCTION`` reads jobs from its standard
input and answers on its standard output, as length-prefixed pickles.  It ends
when its input ends, so no worker outlives the run that started it.
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import io
import os
import pickle
import queue
import re
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from formcheck.analysis import Settings
from formcheck.errors import FormcheckError, InputError, ModelError, OutputError
from formcheck.sources import Source, fetch, hash_of

DEFAULT_FUNCTION = "formcheck.worker:score_clip"
REPORT_EVERY_S = 0.2
SPOOL = ".fetched"
"""Folder inside the results folder where remote clips lie while they are scored."""
_SOURCE = ("file", "sha256", "width_px", "height_px", "duration_s", "n_frames")
_VERSIONS = ("formcheck", "mediapipe", "model_sha256")
_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EROFS}

Report = Callable[[str, float, float | None], None]
"""Called with the stage, seconds of video done and the total (None if unknown)."""


@dataclass(frozen=True, slots=True)
class Job:
    """Everything a worker needs to score one clip."""

    index: int
    source: Source
    name: str
    out: str
    settings: Settings
    model: str | None = None
    with_video: bool = True
    with_thumb: bool = True
    versions: Mapping[str, str] = field(default_factory=dict)
    """What the worker must run: another release would judge otherwise."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a job.

    ``status`` is ``scored``, ``partial``, ``failed`` or ``stop`` (it would
    fail every clip); ``kind`` says of a failure whether it lies in the clip's
    content (``content``, ``crash``, ``bug``) or was met on the way (``access``).
    """

    status: str
    message: str = ""
    kind: str = ""
    sha256: str = ""
    files: Mapping[str, int] = field(default_factory=dict)
    outputs: tuple[str, ...] = ()
    n_frames: int = 0
    detail: str = ""
    contents: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """The files themselves, where the worker has no access to the folder."""


def score_clip(job: Job, report: Report) -> Outcome:
    """Score one clip into ``job.out``.

    Raises
    ------
    ModelError, OutputError
        What would fail every clip; what a clip may hold is never raised.
    """
    with contextlib.ExitStack() as stack:
        try:
            path = Path(job.source.location)
            if job.source.is_remote:
                spool = Path(job.out) / SPOOL
                spool.mkdir(exist_ok=True)
                folder = stack.enter_context(tempfile.TemporaryDirectory(dir=spool))
                report("fetch", 0.0, None)
                path = fetch(job.source, Path(folder))
            return _score_file(job, path, report)
        except (ModelError, OutputError):
            raise
        except FormcheckError as error:
            return _failed(job, path, error)
        except OSError as error:
            if error.errno not in _FULL:
                raise
            raise OutputError(f"{job.out}: {error.strerror or error}. Free some space.") from error


def _score_file(job: Job, path: Path, report: Report) -> Outcome:
    from formcheck.files import write_atomic
    from formcheck.pipeline import annotate_clip, check_clip, sha256_of
    from formcheck.report import to_json

    out = Path(job.out)
    checked = check_clip(path, job.settings, job.model, report)
    for name, wanted in job.versions.items():
        ours = checked.result["versions"].get(name)
        if not job.source.is_track and ours != wanted:
            raise ModelError(
                f"a worker runs {name} {ours}, this run needs {wanted}. "
                "Install the same release on every worker."
            )
    result = _in_order(path, checked.result)
    data = {".json": to_json(result)}
    target = out / f"{job.name}.track.npz"
    if not (target.exists() and path.exists() and target.samefile(path)):
        data[".track.npz"] = checked.track.to_bytes()
    outputs = []
    if job.with_thumb:
        from formcheck.thumbs import worst_frame_jpeg

        # A frame costs decoding up to it; without the annotated video the skeleton must do.
        has_picture = job.with_video and not job.source.is_track
        thumb = worst_frame_jpeg(path if has_picture else None, checked)
        outputs.append("thumb")
        if thumb is not None:
            data[".worst.jpg"] = thumb
    files = {}
    for suffix in sorted(data, key=lambda s: s == ".json"):  # the result last
        if suffix == ".json" and job.with_video and not job.source.is_track:
            video = out / f"{job.name}.annotated.mp4"
            annotate_clip(path, video, checked, report)
            files[".annotated.mp4"] = video.stat().st_size
            outputs.append("video")
        write_atomic(out / f"{job.name}{suffix}", data[suffix])
        files[suffix] = len(data[suffix])
    source = result["source"]
    return Outcome(
        status="partial" if checked.is_partial else "scored",
        sha256=sha256_of(path) if job.source.is_track else source["sha256"],
        files=dict(sorted(files.items())),
        outputs=tuple(sorted(outputs)),
        n_frames=int(source["n_frames"]),
    )


def _in_order(path: Path, result: Mapping[str, Any]) -> dict[str, Any]:
    """The result with its source's keys in one order, whether it comes from a video or a track.

    Raises
    ------
    InputError
        If the source is none that formcheck wrote.
    """
    source, versions = result["source"], result["versions"]
    texts = [source.get("file"), source.get("sha256"), *(versions.get(k) for k in _VERSIONS)]
    numbers = [source.get(k) for k in _SOURCE[2:]]
    if (
        not all(isinstance(t, str) for t in texts)
        or not all(isinstance(n, int | float) and n >= 0 for n in numbers)
        or not all(isinstance(note, str) for note in result["notes"])
        or re.fullmatch("[0-9a-f]{64}", source["sha256"]) is None
    ):
        raise InputError(
            f"{path}: the track does not say which video it is from. Score the video again."
        )
    return {
        **result,
        "source": {k: source[k] for k in _SOURCE},
        "versions": {k: versions[k] for k in _VERSIONS},
    }


def _failed(job: Job, path: Path, error: FormcheckError) -> Outcome:
    message = str(error).replace(str(path), job.source.label)
    if job.source.label not in message:
        message = f"{job.source.label}: {message}"
    try:
        sha256 = hash_of(job.source)
    except FormcheckError:
        return Outcome("failed", message, kind="access")
    return Outcome("failed", message, kind="content", sha256=sha256)


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
        outcome = run_guarded(
            function, job, Reporter(lambda message: write_message(answers, message))
        )
        write_message(answers, ("done", outcome))


if __name__ == "__main__":
    # Under its real name: what this module pickles must be found by the other side.
    from formcheck.worker import main as serve

    serve()
