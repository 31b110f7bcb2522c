"""Cost of scoring a clip against bare inference on the same clip.

Runs bare inference, ``formcheck score --no-video``, with ``--every-frame`` as well, and
``formcheck score`` in turn, each in a process of its own, several times, and prints processor time,
wall time and peak memory as medians and as ratios to bare inference::

    python benchmarks/clip_cost.py CLIP... [--runs 3]
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent


class Cost(NamedTuple):
    """What one process used."""

    cpu_s: float
    wall_s: float
    peak_mb: float


def measure(command: list[str]) -> Cost:
    """Run a command to its end and return what the system counted for it."""
    start = time.monotonic()
    quiet = subprocess.DEVNULL
    # As installed: with compiled modules.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(
        command, stdout=quiet, stderr=quiet, cwd=HERE.parent, env=environment
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)} failed with {process.returncode}")
    wall_s = time.monotonic() - start
    return Cost(usage.ru_utime + usage.ru_stime, wall_s, usage.ru_maxrss / 1024)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clips", nargs="+", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    print(f"{'clip':24s} {'what':22s} {'cpu s':>7s} {'ratio':>6s} {'wall s':>7s} {'MB':>5s}")
    for clip in options.clips:
        clip = clip.resolve()
        with tempfile.TemporaryDirectory() as out:
            score = [sys.executable, "-m", "formcheck", "score", str(clip), "--out", out]
            commands = {
                "bare inference": [sys.executable, "-m", "benchmarks.bare", str(clip)],
                "--no-video --every-frame": [*score, "--no-video", "--every-frame", "--force"],
                "score --no-video": [*score, "--no-video", "--force"],
                "score": [*score, "--force"],
            }
            costs: dict[str, list[Cost]] = {name: [] for name in commands}
            for _ in range(options.runs):
                for name, command in commands.items():
                    costs[name].append(measure(command))
        for name, runs in costs.items():
            # Pair by pair: both halves of a ratio saw the same state of the machine.
            pairs = zip(runs, costs["bare inference"], strict=True)
            ratio = statistics.median(a.cpu_s / b.cpu_s for a, b in pairs)
            cpu, wall, peak = (statistics.median(r[i] for r in runs) for i in range(3))
            print(f"{clip.name:24.24s} {name:22s} {cpu:7.2f} {ratio:6.2f} {wall:7.2f} {peak:5.0f}")


if __name__ == "__main__":
    main()
