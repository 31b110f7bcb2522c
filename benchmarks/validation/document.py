"""docs/validation.md: methods, results and limits, with every number taken from the run."""

from __future__ import annotations

import json
import textwrap
import tomllib
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.validation import (
    fault_tables,
    findings,
    real_clips,
    results,
    squat7,
    tables,
    wording,
)
from benchmarks.validation.clips import SIDES
from benchmarks.validation.evidence import Evidence
from benchmarks.validation.results import front
from benchmarks.validation.statistics import Rate, agreement
from benchmarks.validation.tables import number, table
from formcheck.squat.faults import forward_knee_travel, knee_valgus
from formcheck.squat.settings import DEFAULT_SETTINGS, Settings

TRIALS = Path(__file__).with_name("trials.toml")
JUDGED_SECTIONS = ("valgus", "travel")


def write_document(
    held_out: Evidence, tuning: Evidence, notes: dict[str, Any], path: Path, figures: str = "img"
) -> None:
    """Write the page and, in ``appendix`` beside it, its methods and long tables.

    Args:
        notes: Header notes of the two parts of the data, by part.
        figures: Folder of the figures as seen from the page.
    """
    page = [
        wording.INTRODUCTION,
        wording.REAL,
        real_clips.section(),
        wording.RENDERED.format(
            people=len({row["person"] for row in held_out.rows}), reps=len(held_out.rows)
        ),
        error_summary(held_out),
        tables.bounds_table([held_out, tuning]),
        wording.RENDERED_END,
    ]
    appendix = [
        wording.APPENDIX,
        findings.summary(held_out),
        wording.METHODS.format(**_amounts(held_out, tuning, notes)),
        formulas(),
        settings_table(DEFAULT_SETTINGS),
        _results(held_out, f"../{figures}"),
        _real_movement(),
        wording.LIMITS,
        trials_section(),
        wording.REPRODUCE,
    ]
    (path.parent / "appendix").mkdir(exist_ok=True)
    for place, parts in ((path, page), (path.parent / "appendix" / path.name, appendix)):
        text = "\n".join(part.strip("\n") + "\n" for part in parts)
        place.write_text(text, encoding="utf-8")


def error_summary(evidence: Evidence) -> str:
    """Bias, SD and coverage of what is stated, by the view it is stated in."""
    faces = front(evidence.rows, in_view=False)

    def seen(rows: Sequence[Any], low: float, high: float) -> list[Any]:
        return [row for row in rows if low <= abs(row["yaw_true_deg"]) <= high]

    def near(rows: Sequence[Any]) -> list[Any]:
        return [row for row in rows if row["leg"] == row["near"]]

    profiles = results.side(evidence.rows, in_view=False)
    listed = (
        ("each knee inside its foot line [% of shank]", "0–20",
         results.valgus_errors(seen(faces, 0, 20))),
        ("near knee inside its foot line [% of shank]", "30",
         near(results.valgus_errors(seen(faces, 30, 30)))),
        ("mean of both knees [% of shank]", "0–20",
         results.valgus_errors(seen(faces, 0, 20), ("mean",))),
        ("mean of both knees [% of shank]", "30",
         results.valgus_errors(seen(faces, 30, 30), ("mean",))),
        *(("knee past toe [% of foot]", f"{yaw}",
           results.travel_errors(seen(profiles, yaw, yaw))) for yaw in (60, 75, 90)),
        ("yaw [deg]", "0–30", results.yaw_errors(seen(evidence.rows, 0, 30))),
        ("yaw [deg]", "60–90", results.yaw_errors(seen(evidence.rows, 60, 90))),
    )  # fmt: skip
    rows = []
    for name, yaw, found in listed:
        fit = agreement(results.errors(found))
        held = [abs(row["error"]) <= row["half_width"] for row in found]
        covered = tables.rate(Rate.of(np.array(held, bool)))
        rows.append(
            [name, yaw, number(fit.bias, 1, True), number(fit.sd), number(fit.p95), covered]
        )
    head = ("", "true yaw [deg]", "bias", "SD", "95th pct. abs.", "covered")
    return table(head, rows)


def _amounts(held_out: Evidence, tuning: Evidence, notes: dict[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, part in (("held", held_out), ("tune", tuning)):
        out[f"{name}_clips"] = len(part.clips)
        out[f"{name}_reps"] = len(part.rows)
        out[f"{name}_planned"] = notes[part.part]["n_reps_planned"]
        out[f"{name}_people"] = len({row["person"] for row in part.rows})
        out[f"{name}_frames"] = sum(row["n_frames"] for row in part.clips)
        out[f"{name}_packed"] = notes[part.part]["n_verdicts_changed_by_packing"]
    versions = notes[held_out.part]["versions"]
    out["mediapipe"] = versions.get("mediapipe", "not recorded")
    out["model"] = str(versions.get("model_sha256", "not recorded"))[:12]
    return out


def formulas() -> str:
    """The formula of each fault, from the product's own documentation."""
    blocks = []
    for module in (knee_valgus, forward_knee_travel):
        text = module.__doc__ or ""
        title = text.strip().splitlines()[0].rstrip(".")
        _, _, rest = text.partition("::\n\n")
        formula = rest.split("\n\n")[0]
        if formula:
            blocks.append(f"{title}:\n\n```\n{textwrap.dedent(formula)}\n```\n")
    return wording.FORMULAS + "\n" + "\n".join(blocks)


def settings_table(settings: Settings) -> str:
    """The limits in force, read from the product."""
    rows = []
    for section in JUDGED_SECTIONS:
        part = settings.section(section)
        for item in fields(part):
            value = getattr(part, item.name)
            if isinstance(value, bool | int | float | str):
                rows.append([f"`{section}.{item.name}`", f"{value}"])
    text = "<details><summary>Settings judged with</summary>\n\n"
    return text + table(("setting", "value"), rows) + "\n</details>\n"


def _results(evidence: Evidence, figures: str) -> str:
    def figure(name: str, caption: str) -> str:
        return f"![{caption}]({figures}/validation-{name}.svg)\n\n*{caption}*\n"

    say = wording.RESULTS
    return "\n".join(
        [
            "## Results (held-out part)\n",
            "### Detection of the person and of repetitions\n",
            say["detection"],
            tables.detection_table(evidence),
            tables.timing_table(evidence),
            "### Landmarks\n",
            say["landmarks"],
            tables.landmark_table(evidence),
            "### Error of the measures\n",
            say["errors"],
            tables.error_table(evidence),
            figure("agreement", say["figure agreement"]),
            "By depth, in the right view:\n",
            tables.depth_table(evidence),
            figure("depth", say["figure depth"]),
            "### Stated uncertainty\n",
            say["coverage"],
            tables.coverage_table(evidence),
            "### Where each measure stops being measurable\n",
            say["yaw"],
            tables.yaw_limit_table(evidence),
            figure("yaw", say["figure yaw"]),
            "### Knee valgus\n",
            say["valgus"].format(amount_error=_amount_error(evidence)),
            figure("detection", say["figure detection"]),
            fault_tables.valgus_table(evidence),
            figure("verdicts", say["figure verdicts"]),
            say["auc"],
            fault_tables.auc_table(evidence),
            figure("roc", say["figure roc"]),
            say["side"],
            fault_tables.side_table(evidence),
            say["conditions"],
            fault_tables.condition_table(evidence),
            "### Forward knee travel\n",
            say["travel"],
            fault_tables.travel_table(evidence),
            fault_tables.travel_condition_table(evidence),
            "### Other frame rates, missing frames\n",
            say["stability"],
            tables.stability_table(evidence),
        ]
    )


def _amount_error(evidence: Evidence) -> str:
    """Largest difference between the amount asked for and the true peak of a knee."""
    gaps = []
    for row in front(evidence.rows, in_view=False):
        sides = (row["how"],) if row["how"] in SIDES else SIDES
        gaps += [abs(row[f"{side}_inside_true"] - row["amount_pct"]) for side in sides]
    return number(max(gaps, default=float("nan")))


def _real_movement() -> str:
    """The stored scores on real recordings, if they were computed."""
    text = wording.REAL_MOVEMENT
    if not squat7.SCORES.exists():
        return text + "\nNot computed yet.\n"
    scores = json.loads(squat7.SCORES.read_text(encoding="utf-8"))
    rows = []
    for name in squat7.CASES:
        for half, case in scores[name].items():
            interval = f"{case['low']:.3f} to {case['high']:.3f}"
            counts = f"{case['n_positive']} against {case['n_negative']}"
            rows.append(
                [name, half, f"{case['auc']:.3f}", interval, counts, str(case["n_not_judged"])]
            )
    head = ("ranked highest", "half", "AUC", "95 % interval", "recordings", "not judged")
    return text + "\n" + table(head, rows)


def trials_section(path: Path = TRIALS) -> str:
    """The calibration trials, failures too."""
    trials: Sequence[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8")).get(
        "trial", []
    )
    rows = [
        [
            str(trial["date"]),
            str(trial["tried"]),
            str(trial["tuning"]),
            "kept" if trial["kept"] else "not kept",
            str(trial["why"]),
        ]
        for trial in trials
    ]
    head = ("date", "what was tried", "tuning result", "kept or not", "why")
    return f"## Trials\n\n{wording.TRIALS}\n" + table(head, rows)
