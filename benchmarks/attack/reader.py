"""Reads one file after another as the command line's worker does, without the pose model.

``python -m benchmarks.attack.reader``: a JSON object with ``path`` a line in,
one with what became of it a line out.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
N_FRAMES = 150
MAX_MEMORY_BYTES = 6 << 30
"""Address space of the reader: what asks for more gets an error, not the machine's memory."""


@dataclass
class Reader:
    """The reading process; a new one after each crash or hang.  Use as a context manager."""

    limit_s: float
    process: subprocess.Popen[str] | None = None
    answers: SimpleQueue[str] = field(default_factory=SimpleQueue)

    def read(self, path: Path) -> dict[str, Any]:
        """What became of a file: ``status`` is read, refused, bug, crash or hang."""
        if self.process is None:
            self._start()
        assert self.process is not None
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"path": os.fspath(path)}) + "\n")
        self.process.stdin.flush()
        try:
            line = self.answers.get(timeout=self.limit_s)
        except Empty:
            self.close()
            return {"status": "hang", "message": f"no end within {self.limit_s:g} s"}
        if line:
            return dict(json.loads(line))
        code = self.process.wait(10)
        self.close()
        return {"status": "crash", "message": f"the reader ended with {code}"}

    def _start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.attack.reader"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            cwd=ROOT,
        )  # fmt: skip
        self.answers = SimpleQueue()
        threading.Thread(target=_pass_on, args=(self.process, self.answers), daemon=True).start()

    def close(self) -> None:
        """End the process."""
        process, self.process = self.process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                # What the dead reader left unread in its pipe is lost with it.
                with suppress(OSError):
                    pipe.close()  # type: ignore[union-attr]

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _pass_on(process: subprocess.Popen[str], answers: SimpleQueue[str]) -> None:
    assert process.stdout is not None
    with suppress(ValueError, OSError):
        for line in process.stdout:
            answers.put(line)
    answers.put("")


def _read(path: str) -> dict[str, Any]:
    """Probe a file, then take its first frames, as a clip is scored."""
    from formcheck.batch.inputs import printable
    from formcheck.errors import FormcheckError
    from formcheck.video.reading import FrameReader, probe

    try:
        info = probe(path)
        reader = FrameReader(path)
        times, shapes = [], set()
        for frame in itertools.islice(reader, N_FRAMES):
            times.append(frame.time_s)
            shapes.add(frame.image.shape)
    except FormcheckError as error:
        return {"status": "refused", "message": str(error).replace(path, printable(path))}
    except Exception as error:
        return {"status": "bug", "message": f"{type(error).__name__}: {error}"[:300]}
    return {
        "status": "read",
        "n_frames": len(times),
        "n_damaged": reader.n_damaged,
        "is_ordered": all(a < b for a, b in itertools.pairwise(times)),
        "size": [info.width_px, info.height_px],
        "sides_px": max((max(s[:2]) for s in shapes), default=0),
        "message": "",
    }


def _peak_mb() -> float:
    """Highest resident memory since the last reset; 0 where the system does not tell."""
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
    return 0.0


def main() -> None:
    """Answer until the input ends."""
    import resource
    import time

    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        with suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5")
        began = time.process_time()
        answer = _read(json.loads(line)["path"])
        answer |= {"peak_mb": round(_peak_mb()), "cpu_s": round(time.process_time() - began, 3)}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
