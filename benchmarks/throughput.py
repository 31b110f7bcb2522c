"""Clips per second with N processes, with one, and with bare inference, side by side.

Copies the clips until every process has work, then times in turn: bare
inference in one and in N processes, ``formcheck score --no-video`` with one and
N jobs, and with annotated video::

    python benchmarks/throughput.py CLIP... [--jobs 2] [--copies 4] [--runs 3]

Rounds are interleaved, so that a busy machine slows all of them alike; the
median of each is printed, with ratios, and the largest memory of any one
process.  Start-up is part of every figure.  On a machine that does other work
compare processor time, not wall time.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent


class Cost(NamedTuple):
    """Wall and processor time, and the largest resident memory of one process."""

    wall_s: float
    cpu_s: float
    peak_mb: float


class MemoryWatch:
    """Watches the peak memory of this process's descendants, one by one (Linux)."""

    def __init__(self) -> None:
        self.peak_mb = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> MemoryWatch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(0.1):
            for pid in descendants(os.getpid()):
                self.peak_mb = max(self.peak_mb, peak_mb(pid))


def descendants(pid: int) -> list[int]:
    found: list[int] = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            own = [int(p) for p in path.read_text().split()]
        except OSError:
            continue
        for child in own:
            found += [child, *descendants(child)]
    return found


def peak_mb(pid: int) -> float:
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


def measure(work: Callable[[], None]) -> Cost:
    with MemoryWatch() as watch:
        begun_s, before_s = time.monotonic(), children_s()
        work()
        wall_s, cpu_s = time.monotonic() - begun_s, children_s() - before_s
    return Cost(wall_s, cpu_s, watch.peak_mb)


def children_s() -> float:
    """Processor time of all processes that were started and have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def bare(clips: list[Path], n: int) -> None:
    """Bare inference over the clips, shared out to ``n`` processes as they get free."""
    waiting = list(reversed(clips))
    lock = threading.Lock()

    def serve() -> None:
        while True:
            with lock:
                if not waiting:
                    return
                clip = waiting.pop()
            command = [sys.executable, str(HERE / "bare.py"), str(clip)]
            subprocess.run(command, check=True, capture_output=True, cwd=HERE.parent)

    threads = [threading.Thread(target=serve) for _ in range(n)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def formcheck(folder: Path, jobs: int, *options: str) -> None:
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "formcheck", "score", str(folder), "--out", out]
        command += ["--jobs", str(jobs), "--progress", "none", *options]
        subprocess.run(command, check=True, capture_output=True, cwd=HERE.parent)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clips", nargs="+", type=Path)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--copies", type=int, default=4, help="copies of each clip")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--skip-video", action="store_true", help="leave the video rows out")
    options = parser.parse_args()
    n = options.jobs
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for clip in options.clips:
            for i in range(options.copies):
                shutil.copy(clip, folder / f"{i}-{clip.name}")
        clips = sorted(folder.iterdir())
        rows: dict[str, Callable[[], None]] = {
            "bare, 1 process": lambda: bare(clips, 1),
            f"bare, {n} processes": lambda: bare(clips, n),
            "score --no-video, 1 job": lambda: formcheck(folder, 1, "--no-video"),
            f"score --no-video, {n} jobs": lambda: formcheck(folder, n, "--no-video"),
        }
        if not options.skip_video:
            rows["score, 1 job"] = lambda: formcheck(folder, 1)
            rows[f"score, {n} jobs"] = lambda: formcheck(folder, n)
        costs: dict[str, list[Cost]] = {what: [] for what in rows}
        for _ in range(options.runs):
            for what, work in rows.items():
                costs[what].append(measure(work))
    wall_s = {what: statistics.median(c.wall_s for c in found) for what, found in costs.items()}
    print(f"{len(clips)} clips, {n} processes, median of {options.runs}")
    print(f"{'':26s} {'wall s':>8s} {'clips/s':>8s} {'cpu s':>8s} {'MB':>6s}")
    for what, found in costs.items():
        most = max(c.peak_mb for c in found)
        cpu_s = statistics.median(c.cpu_s for c in found)
        rate = len(clips) / wall_s[what]
        print(f"{what:26s} {wall_s[what]:8.1f} {rate:8.2f} {cpu_s:8.1f} {most:6.0f}")
    pairs = [
        ("--no-video: N jobs against N x one job", "score --no-video, 1 job",
         f"score --no-video, {n} jobs", n, 0.90),
        ("--no-video: against N bare processes", f"bare, {n} processes",
         f"score --no-video, {n} jobs", 1, 0.90),
        ("with video: N jobs against N x one job", "score, 1 job", f"score, {n} jobs", n, 0.70),
    ]  # fmt: skip
    for what, base, ours, times, wanted in pairs:
        if base in wall_s and ours in wall_s:
            ratio = wall_s[base] / times / wall_s[ours]
            print(f"{what:42s} {ratio:5.2f}  (wanted at least {wanted:.2f})")


if __name__ == "__main__":
    main()
