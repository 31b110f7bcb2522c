"""Verdicts on real clips labelled by eye, as counts: the clips themselves stay where they are.

A folder holds clips or stored tracks and an ``expected.json``: a list of objects with ``file`` or
``track``, ``view``, and ``expect``: the range of repetitions and a word for each fault: ``clean``,
``clean_or_mild``, ``not_confident``, ``fault``, ``fault_or_na`` or ``na`` (cannot be judged).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.validation.clips import extract
from benchmarks.validation.tables import table
from formcheck.pose.track import PoseTrack
from formcheck.squat.analysis import Analysis, analyze
from formcheck.squat.faults.finding import Confidence, Verdict

COUNTS = Path(__file__).with_name("real_clips.json")
FAULTS = {"valgus": "knee_valgus", "forward": "forward_knee_travel"}
LABELS = {
    "clean": "none",
    "clean_or_mild": "none or a trace",
    "not_confident": "oblique: nothing sure",
    "fault": "there",
    "fault_or_na": "there, or not to be seen",
    "na": "not to be seen",
}
OUTCOMES = ("fault", "fault, low confidence", "borderline", "ok", "not assessable", "no repetition")


def judge_folders(folders: list[Path], tracks: Path | None = None) -> dict[str, Any]:
    """Judge every labelled clip once, from its stored track where there is one.

    Args:
        tracks: Holds or gets the tracks of clips, as ``FOLDER__NAME.npz``.
    """
    counting: list[dict[str, Any]] = []
    outcomes: dict[str, Counter[str]] = {}
    for folder in folders:
        for entry in json.loads((folder / "expected.json").read_text(encoding="utf-8")):
            analysis = analyze(_track(folder, entry, tracks))
            low, high = entry["expect"]["reps"]
            n = len(analysis.reps)
            counting.append({"view": _view(entry), "is_exact": low <= n <= high})
            for key, fault in FAULTS.items():
                label = entry["expect"].get(key)
                if label is not None:
                    outcomes.setdefault(f"{key}: {label}", Counter())[_worst(analysis, fault)] += 1
    views = sorted({item["view"] for item in counting})
    return {
        "counting": {
            view: [
                sum(item["is_exact"] for item in counting if item["view"] == view),
                sum(item["view"] == view for item in counting),
            ]
            for view in views
        },
        "outcomes": {name: dict(outcomes[name]) for name in sorted(outcomes)},
    }


def _track(folder: Path, entry: dict[str, Any], tracks: Path | None) -> PoseTrack:
    if entry.get("track"):
        return PoseTrack.load(folder / entry["track"])
    name = entry["file"]
    stored = None if tracks is None else tracks / f"{folder.name}__{Path(name).stem}.npz"
    if stored is not None and stored.exists():
        return PoseTrack.load(stored)
    track = extract(folder / name)
    if stored is not None:
        track.save(stored)
    return track


def _view(entry: dict[str, Any]) -> str:
    """The view as it was labelled; clips without a squat are a kind of their own."""
    if not entry["expect"]["reps"][1]:
        return "no squat in it"
    return re.split(r"[,(]", entry["view"])[0].strip()


def _worst(analysis: Analysis, fault: str) -> str:
    """The gravest outcome of a clip."""
    found = []
    for rep in analysis.reps:
        finding = rep.finding(fault)
        word = str(finding.verdict).replace("_", " ")
        if finding.verdict is Verdict.FAULT and finding.confidence is Confidence.LOW:
            word = "fault, low confidence"
        found.append(word)
    return min(found, key=OUTCOMES.index, default="no repetition")


def save(counts: dict[str, Any], path: Path = COUNTS) -> None:
    """Keep the counts for the page."""
    path.write_text(json.dumps(counts, indent=1) + "\n", encoding="utf-8")


def section(path: Path = COUNTS) -> str:
    """The tables of the page, from the stored counts."""
    if not path.exists():
        return "Not judged yet.\n"
    counts = json.loads(path.read_text(encoding="utf-8"))
    exact = [[view, f"{hit} of {n}"] for view, (hit, n) in counts["counting"].items()]
    total = [sum(pair[i] for pair in counts["counting"].values()) for i in (0, 1)]
    exact.append(["all", f"{total[0]} of {total[1]}"])
    rows = []
    for name, found in counts["outcomes"].items():
        fault, label = name.split(": ")
        cells = [str(found.get(outcome, 0)) for outcome in OUTCOMES]
        rows.append([{"forward": "knee travel"}.get(fault, fault), LABELS[label], *cells])
    return (
        table(("view it was taken for", "repetitions right"), exact)
        + "\n"
        + table(("", "seen by eye", *OUTCOMES), rows)
    )
