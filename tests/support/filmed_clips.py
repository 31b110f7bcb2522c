"""Clips of the grid's shape, made from stick figures instead of rendered people."""

from __future__ import annotations

import numpy as np
from stickfigure import Camera, Sampling, bottoms_of, duration_of, film, squat, stand

from benchmarks.validation.clips import JOINTS, LEG_MEASURES, SIDES, Clip, with_truth
from formcheck.pose.kinematics import hip_height_px
from formcheck.pose.track import LEFT_LEG, RIGHT_LEG, PoseTrack

POINT = {"hip": 0, "knee": 1, "ankle": 2, "heel": 3, "ball": 4, "toe": 4}


def filmed_clip(
    part: str = "held_out",
    number: int = 0,
    *,
    view: str = "front",
    yaw_deg: float = 0.0,
    amounts: tuple[float, ...] = (0.0, 20.0),
    how: str = "both",
    person: str = "p01",
    fps: float = 30.0,
) -> Clip:
    """A clip with one repetition per amount; ``how`` as in the grid's design."""
    story = [stand(0.8)]
    acts = []
    for amount in amounts:
        act = {
            "do": "squat",
            "inside_left_pct": 0.0,
            "inside_right_pct": 0.0,
            "inside_course": "depth",
            "knee_past_toe_pct": 5.0,
            "heel_rise_pct": 0.0,
        }
        if view == "front":
            act["inside_left_pct"] = 0.0 if how == "right" else amount
            act["inside_right_pct"] = 0.0 if how == "left" else amount
            left, right = float(act["inside_left_pct"]), float(act["inside_right_pct"])
            story += [squat(105.0, left_pct=left, right_pct=right), stand(0.6)]
        else:
            act["knee_past_toe_pct"] = amount
            story += [squat(105.0, past_toe_m=amount / 100 * 0.266), stand(0.6)]
        acts.append(act)
    camera = Camera(yaw_deg=yaw_deg, width_px=360, height_px=640)
    track = film(story, camera=camera, sampling=Sampling(rate_hz=fps, noise_m=0.003, seed=number))
    return _with_truth(part, number, view, yaw_deg, person, fps, story, acts, track)


def _with_truth(part, number, view, yaw_deg, person, fps, story, acts, track) -> Clip:  # type: ignore[no-untyped-def]
    n = len(track)
    assert abs(n - duration_of(story) * fps) <= 1.5
    times = np.arange(n) / fps
    height = hip_height_px(track.points_px)
    drop = 1 - height / np.percentile(height, 98)
    measures = {"drop": drop, "yaw": np.full(n, yaw_deg)}
    reps = []
    bottoms = bottoms_of(story)
    for act, (start_s, bottom_s, end_s) in zip(acts, bottoms, strict=True):
        rep = {"start_s": start_s, "bottom_s": bottom_s, "end_s": end_s}
        for side in SIDES:
            peaks = {
                "knee_inside_foot_line_pct_shank": act[f"inside_{side}_pct"],
                "knee_past_toe_pct_foot": act["knee_past_toe_pct"],
                "heel_rise_pct_foot": 0.0,
            }
            rep[side] = {"peak": {name: {"value": value} for name, value in peaks.items()}}
        reps.append(rep)
    for side in SIDES:
        for short in LEG_MEASURES:
            measures[f"{side}_{short}"] = np.zeros(n)
        for act, (start_s, _, end_s) in zip(acts, bottoms, strict=True):
            inside = (times >= start_s) & (times < end_s)
            measures[f"{side}_inside"][inside] = act[f"inside_{side}_pct"]
            measures[f"{side}_past_toe"][inside] = act["knee_past_toe_pct"]
            measures[f"{side}_flexion"][inside] = 105.0
    document = {
        "name": f"{part}_{view}_{number:03d}",
        "frames": n,
        "fps": fps,
        "camera": {"yaw_deg": yaw_deg},
        "person": {"name": person},
        "reps": reps,
        "spec": {
            "acts": acts,
            "fps": fps,
            "toe_out_deg": 15.0,
            "stance_hip_widths": 1.4,
            "look": {"bottom": "shorts", "top": "tee", "barbell_kg": 0, "room": "gym", "light": 1},
            "arms": "forward",
            "width_px": 360,
            "height_px": 640,
            "crf": 23,
            "noise": 1.0,
            "camera": {"distance_m": 3.0, "height_m": 0.9, "roll_deg": 0.0},
        },
    }
    return with_truth(part, document, _joints(track), measures, track)


def _joints(track: PoseTrack) -> np.ndarray:
    legs = {"left": LEFT_LEG, "right": RIGHT_LEG}
    shoulders = {"left": 11, "right": 12}
    columns = []
    for name in JOINTS:
        side, point = name.split("_")
        landmark = shoulders[side] if point == "shoulder" else legs[side][POINT[point]]
        columns.append(np.nan_to_num(track.points_px[:, landmark]))
    return np.stack(columns, axis=1)
