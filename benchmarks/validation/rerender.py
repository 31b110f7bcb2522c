"""Render some clips of the grid again and compare them with the committed data."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.validation.clips import Clip, extract, read_truth, with_truth
from benchmarks.validation.judge import judge_clip
from benchmarks.validation.packing import KEPT, PX, load_part

MAX_TRUTH_PX = 0.1
"""Truth may differ by rounding only."""
MAX_MEDIAN_PX = 1.0
"""Renderers and encoders differ a little between machines; the median landmark may move so far."""


def compare_rendered(data: Path, n: int, parts: tuple[str, ...] = ("tuning", "held_out")) -> bool:
    """Render ``n`` clips spread over the parts, print the differences, say whether they are small.

    Args:
        data: Folder of the packed parts.
    """
    from tools.render.clip import render_clip
    from tools.render.spec import ClipSpec

    clips = [clip for part in parts for clip in load_part(data / f"{part}.npz")]
    chosen = [clips[i] for i in np.unique(np.linspace(0, len(clips) - 1, n).round().astype(int))]
    is_same = True
    with tempfile.TemporaryDirectory() as folder:
        for clip in chosen:
            truth = render_clip(ClipSpec.from_dict(dict(clip.spec)), Path(folder))
            document, joints, measures = read_truth(truth)
            track = extract(truth.with_name(f"{clip.name}.mp4"))
            again = with_truth(clip.part, document, joints, measures, track)
            found = differences(clip, again)
            is_same &= found["truth_px"] <= MAX_TRUTH_PX and found["median_px"] <= MAX_MEDIAN_PX
            print(
                f"{clip.name}: truth {found['truth_px']:.2f} px, landmarks median "
                f"{found['median_px']:.2f} px, 95 % {found['p95_px']:.2f} px, verdicts changed "
                f"{found['n_changed']} of {found['n_reps']}"
            )
    return bool(is_same)


def differences(old: Clip, new: Clip) -> dict[str, Any]:
    """Largest difference of the truth, typical ones of the landmarks, verdicts that changed."""
    if len(old.track) != len(new.track):
        raise ValueError(f"{old.name}: {len(new.track)} frames, committed {len(old.track)}")
    truth = np.abs(old.joints_px - new.joints_px)
    moved = np.hypot(
        *np.moveaxis(old.track.points_px[:, KEPT] - new.track.points_px[:, KEPT], -1, 0)
    )
    moved = moved[np.isfinite(moved)]
    rows = judge_clip(old)[1], judge_clip(new)[1]
    names = ("is_found", "valgus_verdict", "travel_verdict")
    changed = [any(a.get(k) != b.get(k) for k in names) for a, b in zip(*rows, strict=True)]
    return {
        "truth_px": max(0.0, float(truth.max()) - PX),
        "median_px": float(np.median(moved)),
        "p95_px": float(np.percentile(moved, 95)),
        "n_changed": sum(changed),
        "n_reps": len(changed),
    }
