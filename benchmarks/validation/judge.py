"""The product's verdicts on clips whose truth is known, one row per true repetition."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from benchmarks.validation.clips import HOLD_S, JUDGED_DROP, SIDES, Array, Clip
from formcheck.pose.track import PoseTrack
from formcheck.squat.analysis import Analysis, JudgedRep, analyze
from formcheck.squat.faults.finding import sustained_maximum
from formcheck.squat.faults.valgus_definition import is_judged, moved_in
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
        row[f"{side}_past_toe_true"] = peak["knee_past_toe_pct_foot"]["value"]
        row[f"{side}_heel_true"] = peak["heel_rise_pct_foot"]["value"]
        row[f"{side}_flexion_true"] = float(measures[f"{side}_flexion"][frames].max())
    row |= _witnesses(clip, number)
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


def _witnesses(clip: Clip, number: int) -> Row:
    """True witnesses of valgus of each knee and of the mean of both, % of shank.

    Inside the foot line and moved in, each held near the bottom and on the way up.
    """
    truth = clip.document["reps"][number]
    frames = np.flatnonzero((clip.times_s >= truth["start_s"]) & (clip.times_s <= truth["end_s"]))
    drop = np.asarray(clip.measures["drop"], float)[frames]
    counts = is_judged(drop, min(JUDGED_DROP, 0.8 * float(drop.max())))
    hold = HOLD_S - float(np.median(np.diff(clip.times_s)))

    def held(curve: Array) -> float:
        known = np.where(counts & np.isfinite(curve), curve, -100.0)
        return sustained_maximum(clip.times_s[frames], known, hold)[0]

    inside, medial = {}, {}
    spec = clip.spec
    for side, sign in (("left", 1), ("right", -1)):
        inside[side] = np.asarray(clip.measures[f"{side}_inside"], float)[frames]
        lean = np.tan(np.radians(np.asarray(clip.measures[f"{side}_shank"], float)[frames]))
        # Knee to ankle is one shank: what it is not inside, it is up and ahead along the foot.
        ahead = lean * np.sqrt((100**2 - inside[side] ** 2) / (1 + lean**2))
        out = spec["toe_out_deg"] + sign * spec.get("toe_out_difference_deg", 0.0) / 2
        cosine, sine = np.cos(np.radians(out)), np.sin(np.radians(out))
        medial[side] = inside[side] * cosine - ahead * sine
    for curves in (inside, medial):
        curves["mean"] = (curves["left"] + curves["right"]) / 2
    return {f"{side}_inside_true": held(curve) for side, curve in inside.items()} | {
        f"{side}_moved_true": held(moved_in(curve, drop, JUDGED_DROP))
        for side, curve in medial.items()
    }


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
