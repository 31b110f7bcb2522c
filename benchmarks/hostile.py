"""Hostile input: damaged, lying and disguised files against the reading of clips.

    python -m benchmarks.hostile [--n 2400] [--seed 1] [--whole 200] [--doc docs/hostile.md]

Each file is probed and read in a process of its own, watched for hangs, crashes,
memory, other files or addresses opened; a share goes through the whole ``formcheck
score``.  Label files, lists, settings, histories, tracks and messages to the live page's
socket are fuzzed as well.
Exits with 1 if anything was wrong.
"""

from __future__ import annotations

import argparse
import csv
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from benchmarks.app_load import SAMPLE
from benchmarks.attack.cases import Case, all_cases, plant
from benchmarks.attack.messages import fuzz_socket
from benchmarks.attack.reader import ROOT, Reader
from benchmarks.attack.seeds import HEAVY
from benchmarks.attack.texts import fuzz_texts
from benchmarks.attack.verdicts import (
    Listener,
    Tally,
    complaints,
    complaints_about_words,
    everything,
)

LIMIT_S = 20.0


def attack_reading(cases: Iterable[Case], work: Path, limit_s: float) -> dict[str, Tally]:
    """Read every case; return a tally for each group."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    before = everything(work)
    with Reader(limit_s) as reader:
        for case in cases:
            tally = tallies[case.group]
            folder = work / f"case-{case.number}"
            folder.mkdir()
            plant(folder, work / "seeds")
            path = case.make(folder)
            began = time.monotonic()
            answer = reader.read(path)
            tally.slowest_s = max(tally.slowest_s, time.monotonic() - began)
            tally.peak_mb = max(tally.peak_mb, float(answer.get("peak_mb", 0)))
            tally.n_read += answer["status"] == "read"
            tally.n_refused += answer["status"] == "refused"
            left = everything(folder) - {str(path), str(folder / "secret.mp4")}
            left -= {str(folder / "target.bin")}
            wrong = complaints(case.expect, path, answer) + [f"left {p} behind" for p in left]
            tally.wrong += [f"case {case.number} ({case.name}): {text}" for text in wrong]
            shutil.rmtree(folder)
    new = {p for p in everything(work) - before if "/seeds" not in p}
    if new:
        tallies["all"].wrong.append(f"files outside their folders: {sorted(new)[:5]}")
    return tallies


def attack_scoring(cases: Iterable[Case], work: Path, limit_s: float) -> Tally:
    """Put files through ``formcheck score`` as a folder of clips."""
    tally = Tally()
    clips, out, home = work / "clips", work / "out", work / "home"
    for folder in (clips, home):
        folder.mkdir()
    names: dict[str, Case] = {}
    for case in cases:
        folder = clips / f"{case.number:05d}"
        folder.mkdir()
        path = case.make(folder)
        if not path.is_relative_to(folder):
            folder.rmdir()
            continue
        names[f"{path.parent.name}/{path.name}"] = case
    before = everything(work)
    began = time.monotonic()
    environment = {**os.environ, "HOME": str(home), "TMPDIR": str(home), "PYTHONPATH": str(ROOT)}
    try:
        run = subprocess.run(
            [sys.executable, "-m", "formcheck", "score", str(clips), "--out", str(out)],
            cwd=home, env=environment, capture_output=True, text=True, errors="replace",
            timeout=limit_s * max(1, len(names)), stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        tally.wrong.append(f"formcheck score did not end within {limit_s:g} s a file")
        return tally
    tally.slowest_s = time.monotonic() - began
    if run.returncode not in (0, 1) or "Traceback" in run.stderr:
        tally.wrong.append(f"formcheck score ended with {run.returncode}: {run.stderr[-500:]}")
        return tally
    outside = {p for p in everything(work) - before if not p.startswith(str(out))}
    if outside:
        tally.wrong.append(f"files outside the output folder: {sorted(outside)[:5]}")
    _read_table(out / "clips.csv", len(names), tally)
    return tally


def _read_table(path: Path, n_files: int, tally: Tally) -> None:
    """Every file has its row, and what failed has its reason."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    # Special files are no clips to a folder search; links to nowhere are.
    tally.n_read = sum(row["status"] in ("scored", "partial") for row in rows)
    tally.n_refused = sum(row["status"] == "failed" for row in rows)
    if tally.n_read + tally.n_refused != len(rows) or not len(rows) <= n_files:
        tally.wrong.append(f"{len(rows)} rows for {n_files} files")
    for row in rows:
        if row["status"] != "failed":
            continue
        message = row["message"].removeprefix("'")
        name = Path(row["file"].removeprefix("'"))
        tally.wrong += [f"{row['file']!r}: {w}" for w in complaints_about_words(message, name)]
        if "crashed the worker" in message or "Please report" in message:
            tally.wrong.append(message)


def table(tallies: Mapping[str, Tally]) -> str:
    """The outcome as a Markdown table."""
    lines = [
        "| attack | files | read | refused | wrong | slowest s | peak MB |",
        "|---|---|---|---|---|---|---|",
    ]
    for group, t in tallies.items():
        n = t.n_read + t.n_refused
        lines.append(
            f"| {group} | {n} | {t.n_read} | {t.n_refused} | {len(t.wrong)} | "
            f"{t.slowest_s:.1f} | {t.peak_mb:.0f} |"
        )
    return "\n".join(lines)


def document(call: str, tallies: Mapping[str, Tally], n_calls: int) -> str:
    """The dated result for the documentation."""
    n_wrong = sum(len(t.wrong) for t in tallies.values())
    return (
        "# Hostile input\n\n"
        "<!-- written by `python -m benchmarks.hostile` -->\n\n"
        f"{date.today().isoformat()}: `python -m benchmarks.hostile {call}`. "
        f"{n_wrong} things went wrong; {n_calls} connections were opened to the address hidden in "
        "the disguises.\n\n"
        "Wrong is a crash, an unexpected exception, no answer within "
        f"{LIMIT_S:g} s, more than 1.5 GB, another file or address opened, a file left outside "
        "its folder, a sound clip that is not read, something that is no clip and is taken for "
        "one, and a refusal that is not one line with the file's name and what to do. `read` "
        "means that at least the sound part of a damaged file was used, or the message taken for a "
        "frame or a command; times include the other work of a busy machine.\n\n"
        + table(tallies)
        + "\n"
    )


def parser() -> argparse.ArgumentParser:
    """The command line."""
    out = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    out.add_argument("--n", type=int, default=2400, help="files to read")
    out.add_argument("--seed", type=int, default=1)
    out.add_argument("--whole", type=int, default=200, help="how many go through formcheck score")
    out.add_argument("--texts", type=int, default=2000, help="damaged files that are no videos")
    out.add_argument("--messages", type=int, default=600, help="to the live page's socket")
    out.add_argument("--only", type=int, help="read this case alone and say what became of it")
    out.add_argument("--keep", type=Path, help="with --only: copy the file here")
    out.add_argument("--limit-s", type=float, default=LIMIT_S, help="for one file")
    out.add_argument("--doc", type=Path, help="write the result here")
    return out


def _only(options: argparse.Namespace, work: Path, port: int) -> None:
    cases = all_cases(options.only + 1, options.seed, work / "seeds", port)
    case = next(c for c in cases if c.number == options.only)
    path = case.make(work)
    if options.keep:
        shutil.copy(path, options.keep)
    with Reader(options.limit_s) as reader:
        print(case.group, "-", case.name, "-", reader.read(path))


def main() -> None:
    """Attack and tell."""
    options = parser().parse_args()
    with tempfile.TemporaryDirectory(prefix="hostile-") as folder, Listener() as listener:
        work = Path(folder)
        (work / "seeds").mkdir()
        if options.only is not None:
            _only(options, work, listener.port)
            return
        cases = list(all_cases(options.n, options.seed, work / "seeds", listener.port))
        tallies: dict[str, Tally] = dict(attack_reading(cases, work, options.limit_s))
        if options.whole:
            step = max(1, len(cases) // options.whole)
            score = work / "score"
            score.mkdir()
            light = [c for c in cases[::step] if c.name not in HEAVY]
            tallies["formcheck score"] = attack_scoring(light, score, options.limit_s)
        for kind, (n_read, n_refused, wrong) in fuzz_texts(options.texts, options.seed, work):
            tallies[kind] = Tally(n_read, n_refused, wrong=wrong)
        if options.messages:
            told = fuzz_socket(options.messages, options.seed, SAMPLE, options.limit_s)
            tallies["socket messages"] = told
        print(table(tallies))
        wrong = [text for tally in tallies.values() for text in tally.wrong]
        if listener.n_calls:
            wrong.append(f"{listener.n_calls} connections to the hidden address")
        print(f"\n{len(wrong)} wrong, {listener.n_calls} connections", *wrong[:200], sep="\n")
        if options.doc:
            call = f"--n {options.n} --seed {options.seed} --whole {options.whole}"
            text = document(call, tallies, listener.n_calls)
            options.doc.write_text(text, "utf-8")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
