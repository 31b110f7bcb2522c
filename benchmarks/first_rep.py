"""How soon the first repetition of a clip is shown, as a share of the whole job.

    python -m benchmarks.first_rep [--sizes 480 1080] [--minutes 1] [--runs 3]
        [--clip CLIP] [--doc docs/speed.md first]

On the command line: when ``formcheck score --progress json`` tells of it, and when the run with
its annotated video is over; start-up included.  In the app: when the job knows it (the page asks
twice a second), and when the result is there; the annotated video, on demand, comes on top.
"""

from __future__ import annotations

import argparse
import json
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import NamedTuple

from benchmarks.clips import make_clip
from benchmarks.compare import ROOT, SAMPLE, around

MOST_SHARE = 0.15
POLL_S = 0.02


class Run(NamedTuple):
    """Seconds to the first repetition and to the end."""

    first_s: float
    whole_s: float


def on_the_command_line(clip: Path, out: Path) -> Run:
    """Score a clip as from a terminal."""
    command = [sys.executable, "-m", "formcheck", "score", str(clip), "--out", str(out), "--force"]
    start_s, first_s = time.monotonic(), None
    with subprocess.Popen(
        [*command, "--progress", "json"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        text=True, cwd=ROOT,
    ) as process:  # fmt: skip
        for line in process.stderr or ():
            if first_s is None and json.loads(line)["event"] == "rep":
                first_s = time.monotonic() - start_s
    if process.returncode or first_s is None:
        sys.exit(f"{clip}: no repetition (exit code {process.returncode})")
    return Run(first_s, time.monotonic() - start_s)


def in_the_app(clip: Path, folder: Path) -> tuple[Run, float]:
    """Analyse a clip as the app does; return also the seconds its video takes, if wanted."""
    from formcheck.app.jobs.queue import JobQueue, JobState
    from formcheck.app.jobs.request import Request

    queue = JobQueue()

    def done(is_video: bool) -> Run:
        start_s, first_s = time.monotonic(), None
        request = Request(str(clip), clip.name, str(folder), str(folder / "l"), is_video=is_video)
        job = queue.submit(request)
        while not job.state.is_over:
            if first_s is None and job.reps:
                first_s = time.monotonic() - start_s
            time.sleep(POLL_S)
        if job.state is not JobState.DONE or first_s is None:
            sys.exit(f"{clip}: {job.message or 'no repetition'}")
        return Run(first_s, time.monotonic() - start_s)

    run = done(is_video=False)
    return run, done(is_video=True).whole_s


def row(size_px: int, clip: Path, n_runs: int) -> str:
    """Everything about one clip as a row of the table: medians."""
    shell, app, video_s = [], [], []
    for _ in range(n_runs):
        with tempfile.TemporaryDirectory() as folder:
            shell.append(on_the_command_line(clip, Path(folder) / "out"))
            one, extra_s = in_the_app(clip, Path(folder))
            app.append(one)
            video_s.append(extra_s)
    cells = [f"{size_px}p"]
    for runs in (shell, app):
        share = statistics.median(run.first_s / run.whole_s for run in runs)
        seconds = (f"{statistics.median(run[i] for run in runs):.1f}" for i in (0, 1))
        cells += [*seconds, f"{share:.2f}"]
    cells.append(f"{statistics.median(video_s):.1f}")
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", nargs="+", type=int, default=[480, 1080])
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--clip", type=Path, default=SAMPLE)
    parser.add_argument("--doc", nargs=2, metavar=("FILE", "SECTION"))
    options = parser.parse_args()
    lines = [
        "| clip | command line: first repetition s | all s | share | app: first repetition s "
        "| result s | share | video on demand s |",
        "|---|---|---|---|---|---|---|---|",
    ]
    with tempfile.TemporaryDirectory(prefix="first-rep-") as folder:
        for size_px in options.sizes:
            clip = Path(folder) / f"{size_px}p.mp4"
            make_clip(options.clip, size_px, 60 * options.minutes, clip)
            lines.append(row(size_px, clip, options.runs))
            print("\n".join(lines if len(lines) == 3 else lines[-1:]), flush=True)
    lines.append(f"\nWanted: at most {MOST_SHARE} of the whole.")
    if options.doc:
        call = shlex.join(["python", "-m", "benchmarks.first_rep", *sys.argv[1:]])
        page = Path(options.doc[0])
        before, after = around(page, options.doc[1])
        text = f"{date.today().isoformat()}: `{call}`\n\n" + "\n".join(lines)
        page.write_text(f"{before}\n\n{text}\n\n{after}", "utf-8")


if __name__ == "__main__":
    main()
