"""The product's verdicts on clips whose truth is known, one row per true repetition."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from benchmarks.validation.clips import SIDES, Array, Clip
from formcheck.pose.track import PoseTrack
from formcheck.squat.analysis import Analysis, JudgedRep, analyze
from formcheck.squat.settings import DEFAULT_SETTINGS, Settings

Row = dict[str, Any]


def matched(analysis: Analysis, truth: Sequence[Any]) -> list[JudgedRep | None]:
    """For each true repetition the one found that overlaps it most, each used once."""
    free = list(analysis.reps)
    pairs: list[JudgedRep | None] = []
    for rep in truth:
        overlap = [
            min(found.rep.end_s, rep["end_s"]) - max(found.rep.start_s, rep["start_s"])
            for found in free
        ]
        if overlap and max(overlap) > 0:
            pairs.append(free.pop(int(np.argmax(overlap))))
        else:
            pairs.append(None)
    return pairs


def judge_clip(
    clip: Clip, settings: Settings = DEFAULT_SETTINGS, track: PoseTrack | None = None
) -> tuple[Analysis, list[Row]]:
    """Judge a clip and put the product's values beside the true ones.

    Args:
        track: Judge this instead of the clip's own track, such as one with frames dropped.
    """
    analysis = analyze(clip.track if track is None else track, settings)
    return analysis, rows_of(clip, analysis)


def rows_of(clip: Clip, analysis: Analysis) -> list[Row]:
    """Rows of the true repetitions of a clip beside an analysis of it."""
    found = matched(analysis, clip.document["reps"])
    return [_row(clip, number, judged) for number, judged in enumerate(found)]


def judge_clips(clips: Iterable[Clip], settings: Settings = DEFAULT_SETTINGS) -> list[Row]:
    """Rows of all repetitions of several clips."""
    return [row for clip in clips for row in judge_clip(clip, settings)[1]]


def _row(clip: Clip, number: int, judged: JudgedRep | None) -> Row:
    row = _truth(clip, number)
    row["is_found"] = judged is not None
    return row | (_verdicts(clip, row, judged) if judged is not None else {})


def _truth(clip: Clip, number: int) -> Row:
    spec, measures = clip.spec, clip.measures
    truth = clip.document["reps"][number]
    frames = clip.judged_frames(number)
    row: Row = {
        "clip": clip.name,
        "part": clip.part,
        "grid": clip.view,
        "person": clip.person,
        "rep": number + 1,
        "how": clip.how(number),
        "amount_pct": clip.amount_pct(number),
        "yaw_true_deg": clip.yaw_deg,
        "near": "left" if clip.yaw_deg > 0 else "right",
    }
    for side in SIDES:
        peak = truth[side]["peak"]
        row[f"{side}_inside_true"] = peak["knee_inside_foot_line_pct_shank"]["value"]
        row[f"{side}_past_toe_true"] = peak["knee_past_toe_pct_foot"]["value"]
        row[f"{side}_heel_true"] = peak["heel_rise_pct_foot"]["value"]
        row[f"{side}_flexion_true"] = float(measures[f"{side}_flexion"][frames].max())
    both = 0.5 * (np.asarray(measures["left_inside"]) + np.asarray(measures["right_inside"]))
    row["mean_inside_true"] = clip.peak(number, both)
    row["drop_true"] = float(measures["drop"][frames].max())
    row["shank_true_deg"] = float(measures[f"{row['near']}_shank"][frames].max())
    row["start_true_s"], row["bottom_true_s"] = truth["start_s"], truth["bottom_s"]
    row["end_true_s"] = truth["end_s"]
    stand = slice(0, 10)
    leg = [
        np.hypot(*(clip.joint(f"{side}_{a}")[stand] - clip.joint(f"{side}_{b}")[stand]).T).mean()
        for side in SIDES
        for a, b in (("hip", "knee"), ("knee", "ankle"))
    ]
    row["leg_px"] = float(sum(leg) / 2)
    row["body_px"] = _body_px(clip)
    row["toe_out_deg"], row["stance"] = spec["toe_out_deg"], spec["stance_hip_widths"]
    row["bottom"], row["top"], row["arms"] = (
        spec["look"]["bottom"],
        spec["look"]["top"],
        spec["arms"],
    )
    row["barbell_kg"], row["fps"] = spec["look"]["barbell_kg"], spec["fps"]
    row["width_px"], row["height_px"], row["crf"] = (
        spec["width_px"],
        spec["height_px"],
        spec["crf"],
    )
    row["distance_m"], row["camera_m"] = spec["camera"]["distance_m"], spec["camera"]["height_m"]
    row["roll_deg"], row["room"] = spec["camera"]["roll_deg"], spec["look"]["room"]
    row["light"], row["noise"] = spec["look"]["light"], spec["noise"]
    return row


def _body_px(clip: Clip) -> float:
    """Height of the standing person in the picture, about 1.22 times floor to shoulder."""
    shoulder = 0.5 * (clip.joint("left_shoulder")[0] + clip.joint("right_shoulder")[0])
    heel = 0.5 * (clip.joint("left_heel")[0] + clip.joint("right_heel")[0])
    return float(1.22 * abs(heel[1] - shoulder[1]))


def _verdicts(clip: Clip, row: Row, judged: JudgedRep) -> Row:
    rep, view = judged.rep, judged.view
    out: Row = {
        "yaw_deg": view.yaw_deg,
        "yaw_sd_deg": view.sd_deg,
        "view": str(view.name),
        "drop": rep.hip_drop_ratio,
        "flexion": judged.knee_flexion_deg,
        "start_error_s": rep.start_s - row["start_true_s"],
        "bottom_error_s": rep.bottom_s - row["bottom_true_s"],
        "end_error_s": rep.end_s - row["end_true_s"],
    }
    for short, fault in (("valgus", "knee_valgus"), ("travel", "forward_knee_travel")):
        finding = judged.finding(fault)
        for name in ("verdict", "severity", "confidence"):
            out[f"{short}_{name}"] = str(getattr(finding, name))
        for name in ("side", "value", "threshold", "uncertainty", "time_s", "reason"):
            out[f"{short}_{name}"] = getattr(finding, name)
        out |= {f"{short}_{name}": value for name, value in finding.extra.items()}
    return out


def values(rows: Sequence[Row], name: str) -> Array:
    """A column as floats, NaN where a row has no such value."""
    return np.array(
        [np.nan if row.get(name) is None else row[name] for row in rows], dtype=np.float64
    )
