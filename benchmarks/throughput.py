"""Throughput with N processes, with one, and of bare inference, side by side; and memory.

::

    python benchmarks/throughput.py [CLIP...] [--jobs 2] [--runs 1]

For a short and a longer clip (cut from a sample clip, unless clips are given)
it makes copies and times in turn: bare inference in one and in N processes,
``formcheck score --no-video`` with one and N jobs, and with annotated video.
Then it scores clips of 1080 x 1920 pixels of two lengths and prints the peak
memory of the largest process.  About three minutes on two idle cores.

Start-up is part of every figure.  On a machine that does other work compare
processor time, not wall time; ``--runs`` repeats the rounds, interleaved, and
prints medians.
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
SAMPLE = HERE.parent / "sample_videos" / "front_good.mp4"
LENGTHS_S = (4.0, 9.0)
"""Long enough for a repetition: without one, other people in the picture are searched for."""
COPIES = (8, 4)
TALL_LENGTHS_S = (2.0, 8.0)
MEMORY_MB = 450


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


def environment() -> dict[str, str]:
    """As installed: with compiled modules, of this checkout."""
    values = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return {**values, "PYTHONPATH": str(HERE.parent)}


def run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, env=environment())
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")


def bare(clips: list[Path], n: int) -> None:
    """Bare inference over the clips, dealt out to ``n`` processes."""
    shares = [clips[i::n] for i in range(n)]
    commands = [[sys.executable, str(HERE / "bare.py"), *map(str, s)] for s in shares if s]
    threads = [threading.Thread(target=run, args=(command,)) for command in commands]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def formcheck(folder: Path, jobs: int, *options: str) -> None:
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "formcheck", "score", str(folder), "--out", out]
        run([*command, "--jobs", str(jobs), "--progress", "none", *options])


def cut(clip: Path, target: Path, length_s: float, tall: bool = False) -> None:
    """Write the first seconds of a clip, at 1080 x 1920 if ``tall``."""
    import cv2

    from formcheck.video.reading import Frame, FrameReader, probe
    from formcheck.video.writing import VideoWriter

    info = probe(clip)
    size = (1080, 1920) if tall else (info.width_px, info.height_px)
    with VideoWriter(target, *size) as writer:
        for frame in FrameReader(clip):
            if frame.time_s >= length_s:
                break
            writer.write(Frame(frame.time_s, cv2.resize(frame.image, size)))


def compare(clips: list[Path], folder: Path, n: int, runs: int, with_video: bool) -> None:
    """Time everything over the clips of a folder and print it with the ratios that count."""
    rows: dict[str, Callable[[], None]] = {
        "bare, 1 process": lambda: bare(clips, 1),
        f"bare, {n} processes": lambda: bare(clips, n),
        "score --no-video, 1 job": lambda: formcheck(folder, 1, "--no-video"),
        f"score --no-video, {n} jobs": lambda: formcheck(folder, n, "--no-video"),
    }
    if with_video:
        rows["score, 1 job"] = lambda: formcheck(folder, 1)
        rows[f"score, {n} jobs"] = lambda: formcheck(folder, n)
    costs: dict[str, list[Cost]] = {what: [] for what in rows}
    for _ in range(runs):
        for what, work in rows.items():
            costs[what].append(measure(work))
    wall_s = {what: statistics.median(c.wall_s for c in found) for what, found in costs.items()}
    cpu_s = {what: statistics.median(c.cpu_s for c in found) for what, found in costs.items()}
    print(f"{'':26s} {'wall s':>8s} {'clips/s':>8s} {'cpu s':>8s} {'x bare':>7s} {'MB':>6s}")
    for what, found in costs.items():
        most, rate = max(c.peak_mb for c in found), len(clips) / wall_s[what]
        share = cpu_s[what] / cpu_s["bare, 1 process"]
        print(f"{what:26s} {wall_s[what]:8.1f} {rate:8.2f} ", end="")
        print(f"{cpu_s[what]:8.1f} {share:7.2f} {most:6.0f}")
    ratios = [
        ("--no-video: N jobs against N x one job", "score --no-video, 1 job",
         f"score --no-video, {n} jobs", n, 0.90),
        ("--no-video: against N bare processes", f"bare, {n} processes",
         f"score --no-video, {n} jobs", 1, 0.90),
        ("with video: N jobs against N x one job", "score, 1 job", f"score, {n} jobs", n, 0.90),
        ("with video: against N bare processes", f"bare, {n} processes",
         f"score, {n} jobs", 1, 0.70),
    ]  # fmt: skip
    for what, base, ours, times, wanted in ratios:
        if base in wall_s and ours in wall_s:
            ratio = wall_s[base] / times / wall_s[ours]
            print(f"{what:42s} {ratio:5.2f}  (wanted at least {wanted:.2f})")


def memory(clip: Path, folder: Path) -> None:
    """Print the peak memory of the largest process at 1080p, for two lengths."""
    for length_s in TALL_LENGTHS_S:
        target = folder / f"tall {length_s:g} s.mp4"
        cut(clip, target, length_s, tall=True)
        cost = measure(lambda target=target: formcheck(target, 1))
        print(
            f"1080 x 1920, {length_s:g} s, with video: {cost.peak_mb:.0f} MB "
            f"(wanted at most {MEMORY_MB})"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clips", nargs="*", type=Path, help="instead of the sample clip's cuts")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--copies", type=int, default=4, help="copies of each given clip")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--skip-video", action="store_true", help="leave the video rows out")
    parser.add_argument("--skip-memory", action="store_true", help="leave the 1080p rows out")
    options = parser.parse_args()
    sys.path.insert(0, str(HERE.parent))
    with tempfile.TemporaryDirectory() as name:
        sets: dict[str, tuple[list[Path], int]] = {}
        if options.clips:
            sets["the given clips"] = options.clips, options.copies
        else:
            for length_s, copies in zip(LENGTHS_S, COPIES, strict=True):
                clip = Path(name) / f"{length_s:g}.mp4"
                cut(SAMPLE, clip, length_s)
                sets[f"clips of {length_s:g} s"] = [clip], copies
        for i, (what, (originals, copies)) in enumerate(sets.items()):
            folder = Path(name) / str(i)
            folder.mkdir()
            for clip in originals:
                for j in range(copies):
                    shutil.copy(clip, folder / f"{j}-{clip.name}")
            clips = sorted(folder.iterdir())
            print(f"{what}: {len(clips)} files, {options.jobs} processes", flush=True)
            compare(clips, folder, options.jobs, options.runs, not options.skip_video)
        if not options.skip_memory:
            memory(options.clips[0] if options.clips else SAMPLE, Path(name))


if __name__ == "__main__":
    main()
