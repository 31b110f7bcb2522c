"""Frame by frame: where landmarks lie, and the product's curves against the true ones."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from benchmarks.validation.clips import SIDES, Array, Clip
from benchmarks.validation.judge import Row, matched
from benchmarks.validation.statistics import Agreement, agreement
from formcheck.pose.track import LEFT_LEG, RIGHT_LEG
from formcheck.squat.analysis import Analysis

TRUE_POINT = {"hip": "hip", "knee": "knee", "ankle": "ankle", "heel": "heel", "foot index": "toe"}
LANDMARKS = {
    side: dict(zip(TRUE_POINT, leg, strict=True))
    for side, leg in (("left", LEFT_LEG), ("right", RIGHT_LEG))
}
CURVES = {
    "left_inside_foot_line": ("left", "inside"),
    "right_inside_foot_line": ("right", "inside"),
    "knee_past_toe": ("near", "past_toe"),
    "knee_flexion": ("near", "flexion"),
}
"""The product's traces and the true measure each is compared with."""
DEPTHS = ((0.15, 0.3, "shallow"), (0.3, 0.45, "half"), (0.45, 1.0, "deep"))
"""Classes of true hip drop, as a share of standing hip height."""


def landmark_rows(clip: Clip) -> list[Row]:
    """Median error of each leg landmark, standing and at the bottom.

    ``across`` is towards the midline in the front part and forward in the
    side part, ``up`` is up in the picture; both in pixels, with the standing
    leg length beside them.
    """
    drop = np.asarray(clip.measures["drop"], float)
    poses = {"standing": drop < 0.03}
    bottoms = [clip.judged_frames(rep) for rep in range(len(clip.document["reps"]))]
    for number, frames in enumerate(bottoms):
        deep = np.zeros(len(drop), bool)
        deep[frames[drop[frames] >= 0.9 * drop[frames].max()]] = True
        poses[f"bottom {number}"] = deep
    rows = []
    for side in SIDES:
        stand = poses["standing"]
        sense = _sense(clip, side, stand)
        parts = [clip.joint(f"{side}_{name}")[stand] for name in ("hip", "knee", "ankle")]
        leg_px = float(
            np.median(np.hypot(*(parts[0] - parts[1]).T) + np.hypot(*(parts[1] - parts[2]).T))
        )
        for name, joint in TRUE_POINT.items():
            found = clip.track.points_px[:, LANDMARKS[side][name]].astype(float)
            error = found - clip.joint(f"{side}_{joint}")
            for pose, frames in poses.items():
                here = error[frames]
                here = here[np.isfinite(here).all(1)]
                if not len(here):
                    continue
                across, down = np.median(here, axis=0)
                rows.append(
                    {
                        "grid": clip.view,
                        "yaw_true_deg": clip.yaw_deg,
                        "person": clip.person,
                        "is_near": side == ("left" if clip.yaw_deg > 0 else "right"),
                        "landmark": name,
                        "pose": pose.split()[0],
                        "across_px": sense * across,
                        "up_px": -down,
                        "jitter_px": float(np.median(here.std(0))),
                        "leg_px": leg_px,
                    }
                )
    return rows


def _sense(clip: Clip, side: str, frames: Array) -> float:
    """+1 if towards the midline (front part) or forward (side part) is the image's right."""
    if clip.view == "side":
        ahead = clip.joint(f"{side}_toe")[frames, 0] - clip.joint(f"{side}_heel")[frames, 0]
        return float(np.sign(np.median(ahead)))
    other = "right" if side == "left" else "left"
    inward = clip.joint(f"{other}_ankle")[frames, 0] - clip.joint(f"{side}_ankle")[frames, 0]
    return float(np.sign(np.median(inward)))


def curve_rows(clip: Clip, analysis: Analysis, step_s: float = 0.1) -> list[Row]:
    """The product's curves every ``step_s`` beside the true values at the same time."""
    rows = []
    found = matched(analysis, clip.document["reps"])
    for number, judged in enumerate(found):
        if judged is None:
            continue
        frames = clip.judged_frames(number)
        first, last = clip.times_s[frames[0]], clip.times_s[frames[-1]]
        at = np.arange(first, last, step_s)
        drop = np.interp(at, clip.times_s, clip.measures["drop"])
        for assessment in judged.assessments:
            finding = assessment.finding
            for trace in assessment.traces:
                if trace.name not in CURVES or len(trace.times_s) < 2:
                    continue
                side, measure = CURVES[trace.name]
                if side == "near":
                    side = finding.side or ("left" if clip.yaw_deg > 0 else "right")
                true = np.interp(at, clip.times_s, clip.measures[f"{side}_{measure}"])
                got = np.interp(at, trace.times_s, trace.values, left=np.nan, right=np.nan)
                rows += [
                    {
                        "grid": clip.view,
                        "measure": measure,
                        "person": clip.person,
                        "yaw_true_deg": clip.yaw_deg,
                        "drop_true": float(drop[i]),
                        "true": float(true[i]),
                        "error": float(got[i] - true[i]),
                    }
                    for i in range(len(at))
                    if np.isfinite(got[i])
                ]
    return rows


def column(rows: Iterable[Row], name: str) -> Array:
    """One column as floats."""
    return np.array([row[name] for row in rows], float)


def landmark_agreement(rows: list[Row], axis: str) -> tuple[Agreement, Agreement]:
    """Agreement along one axis in pixels and in % of leg length."""
    pixels = column(rows, f"{axis}_px")
    return agreement(pixels), agreement(100 * pixels / column(rows, "leg_px"))
