"""Independent check of truth files: rigid bones, planted feet, requests reached.

Uses only the stored joints, the stored measures and the stored request.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .geometry import SIDES, SIGN, Array

BONE_TOLERANCE_M = 0.0005
DRIFT_TOLERANCE_M = 0.002
REQUEST_TOLERANCE_PCT = 0.5
INSIDE, PAST_TOE, HEEL = (
    "knee_inside_foot_line_pct_shank",
    "knee_past_toe_pct_foot",
    "heel_rise_pct_foot",
)


@dataclass(frozen=True)
class Finding:
    """One number that is out of tolerance."""

    clip: str
    what: str
    value: float


def inside_pct(knee: Array, ankle: Array, heel: Array, toe: Array, side: str) -> Array:
    """Knee inside the vertical plane through the ankle along the foot, % of shank.

    Worked out by the cross product of the foot axis with the ankle-knee vector seen from above,
    independently of `truth`.
    """
    foot, shank = (toe - heel)[..., :2], (knee - ankle)[..., :2]
    area = foot[..., 0] * shank[..., 1] - foot[..., 1] * shank[..., 0]
    length = np.linalg.norm(knee - ankle, axis=-1)
    return np.asarray(-SIGN[side] * 100.0 * area / np.linalg.norm(foot, axis=-1) / length)


def check_joints(
    clip: str, joints: dict[str, Array], planted: Array, rounding_m: float = 0.0
) -> list[Finding]:
    """Bones keep their length and planted feet stay where they are.

    ``rounding_m`` is the step the joints were rounded to.
    """
    findings = []
    for number, side in enumerate(SIDES):
        for upper, lower in (("hip", "knee"), ("knee", "ankle"), ("shoulder", "elbow")):
            span = joints[f"{side}_{upper}"] - joints[f"{side}_{lower}"]
            spread = float(np.ptp(np.linalg.norm(span, axis=1)))
            if spread > BONE_TOLERANCE_M + 2.0 * rounding_m:
                findings.append(Finding(clip, f"{side} {upper}-{lower} length changes", spread))
        still = planted[:, number]
        edges = np.flatnonzero(np.diff(np.concatenate([[False], still, [False]]).astype(int)))
        for start, end in edges.reshape(-1, 2):
            drift = float(np.ptp(joints[f"{side}_toe"][start:end], axis=0).max())
            if drift > DRIFT_TOLERANCE_M:
                findings.append(Finding(clip, f"{side} toe drifts while planted", drift))
            low = float(joints[f"{side}_toe"][start:end, 2].min())
            if low < 0.0:
                findings.append(Finding(clip, f"{side} toe below the floor", low))
    return findings


def check_requests(clip: str, document: dict[str, Any]) -> list[Finding]:
    """Every repetition reaches what the spec asked for."""
    findings = []
    wanted = [act for act in document["spec"]["acts"] if act["do"] == "squat"]
    if len(wanted) != len(document["reps"]):
        findings.append(Finding(clip, "number of repetitions", len(document["reps"])))
    for number, (ask, rep) in enumerate(zip(wanted, document["reps"], strict=False)):
        for side in SIDES:
            got = rep[side]
            key = "peak" if ask["inside_course"] == "ascent" else "at_bottom"
            value = got[key][INSIDE]
            value = value["value"] if isinstance(value, dict) else value
            pairs = {
                INSIDE: (value, ask[f"inside_{side}_pct"]),
                PAST_TOE: (got["at_bottom"][PAST_TOE], ask["knee_past_toe_pct"]),
                HEEL: (got["at_bottom"][HEEL], ask["heel_rise_pct"]),
            }
            for name, (is_value, should) in pairs.items():
                if abs(is_value - should) > REQUEST_TOLERANCE_PCT:
                    what = f"rep {number + 1} {side} {name}, asked {should}"
                    findings.append(Finding(clip, what, is_value))
        flexion = np.mean([rep[side]["at_bottom"]["knee_flexion_deg"] for side in SIDES])
        if abs(flexion - ask["knee_flexion_deg"]) > 2.0:
            what = f"rep {number + 1} knee flexion, asked {ask['knee_flexion_deg']}"
            findings.append(Finding(clip, what, float(flexion)))
    return findings


def load_joints(document: dict[str, Any], path: Path) -> tuple[dict[str, Array], Array, Array]:
    """Joints by name, planted flags and frame times of a truth file."""
    arrays = path.with_name(path.name.replace(".truth.json", ".truth.npz"))
    if arrays.exists():
        with np.load(arrays) as stored:
            tracks = stored["joints_m"].swapaxes(0, 1)
            joints = dict(zip(stored["joints"].tolist(), tracks, strict=True))
            return joints, stored["planted"], stored["times_s"]
    sparse = document["sparse_frames"]
    tracks = np.array(sparse["joints_m"]).swapaxes(0, 1)
    times = (
        np.arange(tracks.shape[1], dtype=float) * float(sparse["every"]) / float(document["fps"])
    )
    planted = np.array(sparse["planted"], bool)
    return dict(zip(sparse["joints"], tracks, strict=True)), planted, times


def check_file(path: Path) -> list[Finding]:
    """Check one truth file and the arrays beside it."""
    document = json.loads(path.read_text(encoding="utf-8"))
    name = document["name"]
    joints, planted, times = load_joints(document, path)
    findings = check_requests(name, document)
    exact = path.with_name(f"{name}.truth.npz").exists()
    findings += check_joints(name, joints, planted, 0.0 if exact else 0.001)
    if exact:
        for rep in document["reps"]:
            frame = int(np.argmin(np.abs(times - rep["bottom_s"])))
            for side in SIDES:
                knee, ankle, heel, toe = (
                    joints[f"{side}_{part}"][frame] for part in ("knee", "ankle", "heel", "toe")
                )
                value = float(inside_pct(knee, ankle, heel, toe, side))
                stored = rep[side]["at_bottom"][INSIDE]
                if abs(value - stored) > 0.1:
                    findings.append(Finding(name, f"{side} {INSIDE} stored {stored}", value))
    return findings


def report(paths: list[Path]) -> int:
    """Check files or folders, print what is wrong, return the exit status."""
    files = [
        file
        for path in paths
        for file in (sorted(path.rglob("*.truth.json")) if path.is_dir() else [path])
    ]
    findings = [finding for file in files for finding in check_file(file)]
    for finding in findings:
        print(f"{finding.clip}: {finding.what}: {finding.value:.4f}")
    print(f"{len(files)} truth files, {len(findings)} findings")
    return 1 if findings else 0
