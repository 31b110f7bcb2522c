"""One pass over the clips of a part: everything later tables and figures are made from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np

from benchmarks.validation.clips import Array, Clip
from benchmarks.validation.frames import curve_rows, landmark_rows
from benchmarks.validation.judge import Row, judge_clip, rows_of
from formcheck.pose.track import PoseTrack
from formcheck.squat.analysis import Analysis, judge
from formcheck.squat.settings import DEFAULT_SETTINGS, Settings

VARIANTS = ("15 frames a second", "10 % of frames dropped")


@dataclass
class Evidence:
    """What was measured on the clips of a part.

    ``rows`` has a row per true repetition; ``open_rows`` the same with the
    limits of the view lifted, to see what the view limits keep out; ``clips``
    a row per clip; ``variants`` rows and clip rows of resampled tracks.
    """

    part: str
    rows: list[Row] = field(default_factory=list)
    open_rows: list[Row] = field(default_factory=list)
    clips: list[Row] = field(default_factory=list)
    landmarks: list[Row] = field(default_factory=list)
    curves: list[Row] = field(default_factory=list)
    variants: dict[str, tuple[list[Row], list[Row]]] = field(default_factory=dict)


def gather(
    clips: Iterable[Clip], settings: Settings = DEFAULT_SETTINGS, *, with_variants: bool = True
) -> Evidence:
    """Judge all clips of a part, also with open view limits and resampled.

    Args:
        with_variants: Judge the resampled tracks too; doubles the time.
    """
    evidence = Evidence("")
    wide = without_view_limits(settings)
    for clip in clips:
        evidence.part = clip.part
        analysis, rows = judge_clip(clip, settings)
        evidence.rows += rows
        again = tuple(judge(rep.rep, rep.number, wide) for rep in analysis.reps)
        evidence.open_rows += rows_of(clip, replace(analysis, reps=again))
        evidence.clips.append(_clip_row(clip, clip.track, analysis))
        evidence.landmarks += landmark_rows(clip)
        evidence.curves += curve_rows(clip, analysis)
        if not with_variants:
            continue
        for name in VARIANTS:
            track = resampled_track(clip.track, name)
            other, other_rows = judge_clip(clip, settings, track)
            kept = evidence.variants.setdefault(name, ([], []))
            kept[0].extend(other_rows)
            kept[1].append(_clip_row(clip, track, other))
    return evidence


def without_view_limits(settings: Settings) -> Settings:
    """Settings with which no repetition is refused for its yaw."""
    changes: dict[str, float | bool] = {}
    for section, part in settings.sections:
        for item in fields(part):
            if "yaw" in item.name and item.name.startswith("max"):
                changes[f"{section}.{item.name}"] = 120.0
            elif "yaw" in item.name and item.name.startswith("min"):
                changes[f"{section}.{item.name}"] = 0.0
    return settings.with_values(changes)


def resampled_track(track: PoseTrack, variant: str) -> PoseTrack:
    """A track as another camera would have given it.

    ``15 frames a second``: for each tick of a 15 Hz clock the nearest frame.
    ``10 % of frames dropped``: a fixed random tenth is missing.
    """
    n = len(track)
    if variant == VARIANTS[0]:
        ticks = np.arange(0.0, track.times_s[-1] + 1e-9, 1 / 15)
        keep = np.unique([int(np.argmin(np.abs(track.times_s - tick))) for tick in ticks])
    else:
        rng = np.random.default_rng(n)
        keep = np.sort(rng.choice(n, n - round(0.1 * n), replace=False))
    return _subset(track, keep)


def _subset(track: PoseTrack, keep: Array) -> PoseTrack:
    return PoseTrack(
        track.times_s[keep],
        track.points_px[keep],
        track.visibility[keep],
        track.world_m[keep],
        track.width_px,
        track.height_px,
        track.meta,
    )


def _clip_row(clip: Clip, track: PoseTrack, analysis: Analysis) -> dict[str, Any]:
    return {
        "clip": clip.name,
        "grid": clip.view,
        "person": clip.person,
        "yaw_true_deg": clip.yaw_deg,
        "fps": clip.spec["fps"],
        "n_frames": len(track),
        "n_present": int(np.isfinite(track.points_px[:, 23, 0]).sum()),
        "n_reps_true": len(clip.document["reps"]),
        "n_reps": len(analysis.reps),
        "discarded": [item.reason for item in analysis.discarded],
    }
