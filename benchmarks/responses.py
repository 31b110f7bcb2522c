"""How soon formcheck answers: its help, a stored track scored, an analysis cancelled.

    python -m benchmarks.responses

Tests ask whether; this asks how fast, on an idle machine.  Best of three, beside what is wanted.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CLIP = ROOT / "sample_videos" / "front_warm_up.mp4"


def wall_s(work: Callable[[], object]) -> float:
    """The shortest of three runs."""
    times = []
    for _ in range(3):
        begun_s = time.monotonic()
        work()
        times.append(time.monotonic() - begun_s)
    return min(times)


def cancel_s(folder: Path) -> float:
    """From cancelling an analysis that has begun to the end of its process."""
    from formcheck.app.jobs.queue import JobQueue
    from formcheck.app.jobs.request import Request

    queue = JobQueue()
    job = queue.submit(Request(str(CLIP), CLIP.name, str(folder), str(folder / "look")))
    while not job.progress.n_frames and not job.state.is_over:
        time.sleep(0.01)
    begun_s = time.monotonic()
    queue.cancel(job)
    taken_s = time.monotonic() - begun_s
    queue.close()
    return taken_s


def main() -> None:
    """Print each time beside what is wanted."""
    sys.path.insert(0, str(ROOT / "tests" / "support"))
    from stickfigure import film, squat, stand

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        film([stand(1), squat(), stand(1)]).save(folder / "set.npz")

        def formcheck(*arguments: str) -> None:
            command = [sys.executable, "-m", "formcheck", *arguments]
            subprocess.run(command, check=True, capture_output=True, cwd=ROOT)

        score = ("score", str(folder / "set.npz"), "--out", str(folder / "out"), "--force")
        print(f"--help: {wall_s(lambda: formcheck('--help')):.2f} s (0.5)")
        print(f"score a stored track: {wall_s(lambda: formcheck(*score)):.2f} s (2)")
        print(f"cancel an analysis: {cancel_s(folder):.2f} s (2)")


if __name__ == "__main__":
    main()
