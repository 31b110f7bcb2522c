"""formcheck beside bare inference and, if given, a peer's command, on the same clips.

    python -m benchmarks.compare [--sizes 480 720 1080 2160] [--minutes 1 2 5 10]
        [--rest 0] [--runs 3] [--peer "python peer.py {clip}"] [--doc docs/speed.md sizes]

Clips are made from a sample by scaling and repeating, with so many seconds of rest between.
Each command runs in a process of its own, in turn, and is told by processor time, wall time and
peak memory as medians, as ratios to bare inference, and by how they grow with the length of the
clip.
"""

from __future__ import annotations

import argparse
import shlex
import statistics
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import NamedTuple

from benchmarks.clip_cost import Cost, measure
from benchmarks.clips import make_clip

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "sample_videos" / "front_valgus_both.mp4"
BARE = "bare inference"


class Row(NamedTuple):
    """One command on one clip: medians, and ratios to bare inference run by run."""

    size_px: int
    minutes: float
    what: str
    cost: Cost
    ratio: Cost


def commands(clip: Path, out: Path, peer: str | None) -> dict[str, list[str]]:
    """What is compared, by name."""
    score = [sys.executable, "-m", "formcheck", "score", str(clip), "--out", str(out), "--force"]
    found = {
        BARE: [sys.executable, "-m", "benchmarks.bare", str(clip)],
        "--no-video --every-frame": [*score, "--no-video", "--every-frame"],
        "score --no-video": [*score, "--no-video"],
        "score": score,
    }
    if peer is not None:
        found["peer"] = shlex.split(peer.replace("{clip}", shlex.quote(str(clip))))
    return found


def rows_of(size_px: int, minutes: float, clip: Path, options: argparse.Namespace) -> list[Row]:
    """Run everything on one clip."""
    with tempfile.TemporaryDirectory() as out:
        todo = commands(clip, Path(out), options.peer)
        costs: dict[str, list[Cost]] = {name: [] for name in todo}
        for _ in range(options.runs):
            for name, command in todo.items():
                costs[name].append(measure(command))
    found = []
    for name, runs in costs.items():
        # Pair by pair: both halves of a ratio saw the same state of the machine.
        pairs = list(zip(runs, costs[BARE], strict=True))
        cost = Cost(*(statistics.median(run[i] for run in runs) for i in range(3)))
        ratio = Cost(*(statistics.median(a[i] / b[i] for a, b in pairs) for i in range(3)))
        found.append(Row(size_px, minutes, name, cost, ratio))
    return found


def table(rows: list[Row]) -> str:
    """All rows as a Markdown table."""
    lines = [
        "| clip | what | processor s | ratio | wall s | ratio | MB | ratio |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for r in rows:
        lines.append(
            f"| {r.size_px}p, {r.minutes:g} min | {r.what} | {r.cost.cpu_s:.1f} | "
            f"{r.ratio.cpu_s:.2f} | {r.cost.wall_s:.1f} | {r.ratio.wall_s:.2f} | "
            f"{r.cost.peak_mb:.0f} | {r.ratio.peak_mb:.2f} |"
        )
    return "\n".join(lines)


def growth(rows: list[Row]) -> str:
    """Processor seconds a minute of clip and memory, shortest against longest."""
    lines = []
    for size_px in dict.fromkeys(r.size_px for r in rows):
        for what in dict.fromkeys(r.what for r in rows):
            mine = [r for r in rows if (r.size_px, r.what) == (size_px, what)]
            first, last = min(mine, key=lambda r: r.minutes), max(mine, key=lambda r: r.minutes)
            if last.minutes == first.minutes:
                continue
            lines.append(
                f"- {size_px}p, {what}: {first.cost.cpu_s / first.minutes:.1f} processor seconds "
                f"a minute of clip at {first.minutes:g} min, "
                f"{last.cost.cpu_s / last.minutes:.1f} at {last.minutes:g} min; "
                f"{first.cost.peak_mb:.0f} MB and {last.cost.peak_mb:.0f} MB"
            )
    return "\n".join(lines)


def around(page: Path, section: str) -> tuple[str, str]:
    """What stands before and after the contents of a section."""
    begin, end = f"<!-- {section} -->", f"<!-- /{section} -->"
    text = page.read_text("utf-8")
    if not 0 <= text.find(begin) < text.find(end):
        sys.exit(f"{page}: has no {begin} ... {end}")
    return text[: text.find(begin) + len(begin)], text[text.find(end) :]


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", nargs="+", type=int, default=[480, 720, 1080, 2160])
    parser.add_argument("--minutes", nargs="+", type=float, default=[1, 2, 5, 10])
    parser.add_argument("--rest", type=float, default=0.0, metavar="SECONDS")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--peer", metavar="COMMAND", help="with {clip} where the file goes")
    parser.add_argument("--clip", type=Path, default=SAMPLE)
    parser.add_argument(
        "--doc", nargs=2, metavar=("FILE", "SECTION"),
        help="put the result between <!-- SECTION --> and <!-- /SECTION --> of FILE",
    )  # fmt: skip
    options = parser.parse_args()
    if options.doc:
        around(Path(options.doc[0]), options.doc[1])  # rather now than after an hour
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="compare-") as folder:
        for size_px in options.sizes:
            for minutes in options.minutes:
                clip = Path(folder) / f"{size_px}p-{minutes:g}min.mp4"
                make_clip(options.clip, size_px, 60 * minutes, clip, options.rest)
                rows += rows_of(size_px, minutes, clip, options)
                print(table(rows[-len(commands(clip, clip, options.peer)) :]), flush=True)
                clip.unlink()
    print(f"\n{growth(rows)}")
    if options.doc:
        call = shlex.join(["python", "-m", "benchmarks.compare", *sys.argv[1:]])
        text = f"{date.today().isoformat()}: `{call}`\n\n{table(rows)}\n\n{growth(rows)}"
        page = Path(options.doc[0])
        before, after = around(page, options.doc[1])
        page.write_text(f"{before}\n\n{text.strip()}\n\n{after}", "utf-8")


if __name__ == "__main__":
    main()
