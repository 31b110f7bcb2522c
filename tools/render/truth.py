"""True values of a rendered clip in the product's own measures.

Everything is measured from the joint centres and foot points of the posed skeleton, not copied
from the request.  ``README.md`` defines the measures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from formcheck.squat.faults.valgus_definition import is_judged, moved_in

from .geometry import SIDES, SIGN, Array, angle_at_deg, unit
from .motion import JOINTS, Motion, RepTimes

SUSTAINED_S = 0.15
JUDGED_DROP = 0.15  # hip drop over standing hip height from which a repetition is judged
NEAR_BOTTOM = 0.9  # share of the greatest hip drop that counts as the bottom
VALGUS_PCT = 8.0  # inside the foot line, and ...
MOVED_IN_PCT = 4.0  # ... moved in, from which a knee is in valgus
KNEE_FORWARD_PCT = 30.0
HEEL_UP_PCT = 8.0
LEG_MEASURES = (
    "knee_inside_foot_line_pct_shank",
    "knee_inside_foot_line_deg",
    "knee_inside_ankle_pct_shank",
    "knee_past_toe_pct_foot",
    "knee_past_toe_cm",
    "knee_flexion_deg",
    "heel_rise_pct_foot",
    "heel_rise_cm",
    "shank_inclination_deg",
    "thigh_elevation_deg",
)
BODY_MEASURES = ("trunk_lean_deg", "hip_height_ratio", "hip_drop", "view_yaw_deg")


def joint_tracks(joints_m: Array) -> dict[str, Array]:
    """Joint name to its (n, 3) positions."""
    return {name: joints_m[:, number] for number, name in enumerate(JOINTS)}


def leg_measures(tracks: dict[str, Array], side: str) -> dict[str, Array]:
    """Per-frame measures of one leg; see `LEG_MEASURES`."""
    hip, knee, ankle, heel, toe = (
        tracks[f"{side}_{part}"] for part in ("hip", "knee", "ankle", "heel", "toe")
    )
    level = np.array([1.0, 1.0, 0.0])
    axis = unit((toe - heel) * level)
    other = tracks[f"{'right' if side == 'left' else 'left'}_ankle"]
    midwards = unit((other - ankle) * level)
    outward = np.stack([-axis[:, 1], axis[:, 0], np.zeros(len(axis))], axis=1) * SIGN[side]
    foot = float(np.linalg.norm((toe - heel)[0] * level))
    shank = np.linalg.norm(knee - ankle, axis=1)
    inside = -((knee - ankle) * outward).sum(1)
    inside_its_ankle = ((knee - ankle) * midwards).sum(1)
    ahead = ((knee - ankle) * axis).sum(1)
    past_toe = ((knee - toe) * axis).sum(1)
    heel_rise = heel[:, 2] - heel[:, 2].min()
    thigh = hip - knee
    sine = np.clip(thigh[:, 2] / np.linalg.norm(thigh, axis=1), -1.0, 1.0)
    values = (
        100.0 * inside / shank,
        np.degrees(np.arctan2(inside, ahead)),
        100.0 * inside_its_ankle / shank,
        100.0 * past_toe / foot,
        100.0 * past_toe,
        180.0 - angle_at_deg(hip, knee, ankle),
        100.0 * heel_rise / foot,
        100.0 * heel_rise,
        np.degrees(np.arctan2(ahead, (knee - ankle)[:, 2])),
        np.degrees(np.arcsin(sine)),
    )
    return dict(zip(LEG_MEASURES, values, strict=True))


def body_measures(
    tracks: dict[str, Array], heading_deg: Array, camera_yaw_deg: float
) -> dict[str, Array]:
    """Per-frame measures of the whole body; see `BODY_MEASURES`."""
    hip, shoulder, ankle = (
        0.5 * (tracks[f"left_{part}"] + tracks[f"right_{part}"])
        for part in ("hip", "shoulder", "ankle")
    )
    trunk = shoulder - hip
    lean = np.degrees(np.arctan2(np.linalg.norm(trunk[:, :2], axis=1), trunk[:, 2]))
    height = hip[:, 2] - ankle[:, 2]
    standing = float(np.percentile(height, 98))
    yaw = (camera_yaw_deg - heading_deg + 180.0) % 360.0 - 180.0
    return {
        "trunk_lean_deg": lean,
        "hip_height_ratio": height / standing,
        "hip_drop": 1.0 - height / standing,
        "view_yaw_deg": yaw,
    }


@dataclass(frozen=True)
class Truth:
    """Per-frame measures: ``legs[side][measure]`` and ``body[measure]``, each (n,)."""

    times_s: Array
    legs: dict[str, dict[str, Array]]
    body: dict[str, Array]


def measure(motion: Motion, camera_yaw_deg: float) -> Truth:
    """Measure every frame of a motion."""
    tracks = joint_tracks(motion.joints_m)
    return Truth(
        times_s=motion.times_s,
        legs={side: leg_measures(tracks, side) for side in SIDES},
        body=body_measures(tracks, motion.heading_deg, camera_yaw_deg),
    )


def sustained_peak(values: Array, frame_s: float) -> tuple[float, int]:
    """Largest value held for at least `SUSTAINED_S`, and the frame in the middle of it."""
    width = max(1, min(len(values), int(np.ceil(SUSTAINED_S / frame_s - 1e-9))))
    held = np.lib.stride_tricks.sliding_window_view(values, width).min(axis=1)
    best = int(np.argmax(held))
    return float(held[best]), best + width // 2


def rep_truth(truth: Truth, times: RepTimes) -> dict[str, Any]:
    """True values and labels of one repetition."""
    frame_s = float(truth.times_s[1] - truth.times_s[0])
    frames = np.flatnonzero((truth.times_s >= times.start_s) & (truth.times_s <= times.end_s))
    bottom = int(np.argmin(np.abs(truth.times_s - times.bottom_s)))
    drop = truth.body["hip_drop"]
    judged = frames[drop[frames] >= min(JUDGED_DROP, 0.8 * float(drop[frames].max()))]
    judged = np.arange(judged[0], judged[-1] + 1)
    near = judged[drop[judged] >= NEAR_BOTTOM * drop[judged].max()]
    counts = is_judged(drop[frames], min(JUDGED_DROP, 0.8 * float(drop[frames].max())))

    def phase(frame: int) -> str:
        if frame < near[0]:
            return "descent"
        return "ascent" if frame > near[-1] else "bottom"

    sides: dict[str, Any] = {}
    for side in SIDES:
        leg = truth.legs[side]
        values: dict[str, Any] = {
            "at_bottom": {name: round(float(leg[name][bottom]), 3) for name in LEG_MEASURES},
            "peak": {},
        }
        for name in (
            "knee_inside_foot_line_pct_shank",
            "knee_inside_foot_line_deg",
            "knee_past_toe_pct_foot",
            "heel_rise_pct_foot",
        ):
            peak, where = sustained_peak(leg[name][judged], frame_s)
            frame = int(judged[where])
            values["peak"][name] = {
                "value": round(peak, 3),
                "time_s": round(float(truth.times_s[frame]), 3),
                "phase": phase(frame),
            }
        inside, medial = (
            leg[name][frames]
            for name in ("knee_inside_foot_line_pct_shank", "knee_inside_ankle_pct_shank")
        )
        values["valgus"] = {
            "inside_foot_line_pct_shank": _held(inside, counts, frame_s),
            "moved_in_pct_shank": _held(
                moved_in(medial, drop[frames], JUDGED_DROP), counts, frame_s
            ),
        }
        sides[side] = values
    return {
        "start_s": round(times.start_s, 3),
        "bottom_s": round(times.bottom_s, 3),
        "end_s": round(times.end_s, 3),
        "view_yaw_deg": round(float(truth.body["view_yaw_deg"][bottom]), 2),
        "body_at_bottom": {
            name: round(float(truth.body[name][bottom]), 3) for name in BODY_MEASURES
        },
        **sides,
        "labels": labels(sides),
    }


def _held(curve: Array, counts: Array, frame_s: float) -> float:
    """Largest value held while the knees are judged, far below any limit where there is none."""
    known = np.where(counts & np.isfinite(curve), curve, -100.0)
    return round(sustained_peak(known, frame_s)[0], 3)


def labels(sides: dict[str, Any]) -> dict[str, Any]:
    """Plain labels from the true values of a repetition."""
    valgus = {side: sides[side]["valgus"] for side in SIDES}
    caving = [
        side
        for side in SIDES
        if valgus[side]["inside_foot_line_pct_shank"] >= VALGUS_PCT
        and valgus[side]["moved_in_pct_shank"] >= MOVED_IN_PCT
    ]
    bottom_name = "knee_inside_foot_line_pct_shank"
    course = "none"
    if caving:
        at_bottom = max(sides[side]["at_bottom"][bottom_name] for side in caving)
        course = "ascent" if at_bottom < 0.5 * VALGUS_PCT else "whole"
    past_toe = [sides[side]["at_bottom"]["knee_past_toe_pct_foot"] for side in SIDES]
    heel = [sides[side]["peak"]["heel_rise_pct_foot"]["value"] for side in SIDES]
    return {
        "knee_valgus": "both" if len(caving) == 2 else caving[0] if caving else "none",
        "knee_valgus_course": course,
        "knee_forward": bool(max(past_toe) >= KNEE_FORWARD_PCT),
        "heel_up": bool(max(heel) >= HEEL_UP_PCT),
    }
