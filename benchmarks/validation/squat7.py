"""Real movement, ranking only: 804 recorded squats through a virtual camera.

The recordings hold 3D landmarks of unknown unit that are not metric, so only the order of the
product's values is used: does caving rank above every other kind of squat?  The file is not part
of the project; nothing but the scores in ``squat7.json`` is kept.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.validation.clips import Array
from benchmarks.validation.packing import KEPT
from benchmarks.validation.results import Bound
from benchmarks.validation.statistics import auc, auc_interval
from formcheck.errors import InputError
from formcheck.pose.track import N_LANDMARKS, PoseTrack
from formcheck.squat.analysis import analyze
from formcheck.squat.faults.finding import Finding

SCORES = Path(__file__).with_name("squat7.json")
LEAST_AUC = 0.98
RATE_HZ = 30.0
BODY_M = 1.55
"""Nose to ankle; the recordings' unit is not known."""
DISTANCE_M, LENS_M, FOCAL_PX, SIZE_PX = 3.0, 0.9, 1100.0, 1080
CASES = {
    "knees caving, by the mean of both knees": (
        "front",
        "knee_valgus",
        "mean_pct_shank",
        "knees caving",
    ),
    "knees caving, by the decisive value over its limit": (
        "front",
        "knee_valgus",
        None,
        "knees caving",
    ),
    "heels lifting, by knee travel over its limit": (
        "side",
        "forward_knee_travel",
        None,
        "heels lifting",
    ),
}
"""Name, view, fault, entry of the finding that ranks (None: value over limit), label on top."""
HALVES = ("tuned on", "not tuned on")


def rank(path: Path, every: int = 1) -> dict[str, Any]:
    """AUC of each case on the even (tuned on) and odd (not tuned on) recordings.

    Args:
        path: The recordings.
        every: Use only every n-th recording of each half.

    Raises:
        InputError: If the file is not what it should be.
    """
    try:
        with np.load(path, allow_pickle=False) as data:
            xyz, frame, label = data["xyz"], data["frame"], data["label"]
            ends = np.cumsum(data["n_frames"])
    except (OSError, KeyError, ValueError) as error:
        raise InputError(f"{path}: not the recordings ({error}).") from error
    chosen = (np.arange(len(label)) // 2) % every == 0
    scores = {name: np.full(len(label), np.nan) for name in CASES}
    for i in np.flatnonzero(chosen):
        part = slice(ends[i - 1] if i else 0, ends[i])
        for view in ("front", "side"):
            reps = analyze(virtual_track(xyz[part].astype(float), frame[part], view)).reps
            for name, (seen_from, fault, entry, _) in CASES.items():
                if seen_from == view:
                    scores[name][i] = score([rep.finding(fault) for rep in reps], entry)
    result: dict[str, Any] = {"n_recordings": len(label)}
    for name, (*_, wanted) in CASES.items():
        result[name] = {}
        for number, half in enumerate(HALVES):
            mine = chosen & (np.arange(len(label)) % 2 == number)
            result[name][half] = _case(scores[name][mine], label[mine], wanted)
    return result


def _case(scores: Array, label: Array, wanted: str) -> dict[str, Any]:
    known = np.isfinite(scores)
    positive, negative = scores[known & (label == wanted)], scores[known & (label != wanted)]
    low, high = auc_interval(positive, negative)
    return {
        "auc": round(auc(positive, negative), 4),
        "low": round(low, 4),
        "high": round(high, 4),
        "n_positive": len(positive),
        "n_negative": len(negative),
        "n_not_judged": int((~known).sum()),
    }


def score(findings: Sequence[Finding], entry: str | None) -> float:
    """The highest value of a recording's repetitions; NaN if none was assessable.

    Args:
        entry: Name of an entry of ``extra``; None for the value over its limit.
    """
    best = float("nan")
    for finding in findings:
        if finding.value is None or finding.threshold is None:
            continue
        value = finding.value - finding.threshold if entry is None else finding.extra[entry]
        if value is not None:
            best = float(np.nanmax([best, value]))
    return best


def virtual_track(xyz: Array, frame: Array, view: str) -> PoseTrack:
    """Project a recording through a camera in front of the person or at the left side.

    Args:
        xyz (array, shape (n, 19, 3)): Unknown unit, y down, the camera axis not stated: sideways is
            from ankle to ankle.
        frame (array, shape (n,)): Frame numbers of the recording.
        view: ``front`` or ``side``.
    """
    keep = np.concatenate([[True], np.diff(frame) > 0])
    xyz, frame = xyz[keep], frame[keep]
    at = {landmark: number for number, landmark in enumerate(KEPT)}
    sideways = np.nanmedian(xyz[:, at[27]] - xyz[:, at[28]], axis=0) * [1, 0, 1]
    sideways /= np.linalg.norm(sideways)
    toes, heels = (xyz[:, at[a]] + xyz[:, at[b]] for a, b in ((31, 32), (29, 30)))
    forward = np.nanmedian(toes - heels, axis=0) * [1, 0, 1]
    forward -= sideways * (forward @ sideways)
    forward /= np.linalg.norm(forward)
    floor = np.nanmedian(np.nanmax(xyz[:, [at[27], at[28]], 1], axis=1))
    extent = float(np.nanpercentile(floor - xyz[:, at[0], 1], 95))
    scale = BODY_M / max(extent, 1e-9)
    centre = np.nanmedian((xyz[:, at[27]] + xyz[:, at[28]]) / 2, axis=0)
    left, ahead = scale * ((xyz - centre) @ sideways), scale * ((xyz - centre) @ forward)
    down = scale * (xyz[..., 1] - floor)
    # Seen from the front the left side is the image's right; from the left side the face is left.
    across, away = (left, -ahead) if view == "front" else (-ahead, -left)
    depth = DISTANCE_M + away
    pixels = np.stack([across / depth, (down + LENS_M) / depth], axis=-1) * FOCAL_PX + SIZE_PX / 2
    n = len(xyz)
    points = np.full((n, N_LANDMARKS, 2), np.nan, np.float32)
    world = np.full((n, N_LANDMARKS, 3), np.nan, np.float32)
    seen = np.zeros((n, N_LANDMARKS), np.float32)
    points[:, KEPT], seen[:, KEPT] = pixels, 0.99
    world[:, KEPT] = np.stack([across, down, away], axis=-1)
    if view == "side":  # the far leg is hidden
        seen[:, [26, 28, 30, 32]] = 0.6
    times = (frame - frame[0]) / RATE_HZ
    return PoseTrack(times, points, seen, world, SIZE_PX, SIZE_PX, {})


def bounds() -> dict[str, Bound]:
    """What must hold for the stored scores, by half; empty without them."""
    if not SCORES.exists():
        return {}
    case = json.loads(SCORES.read_text(encoding="utf-8"))[next(iter(CASES))]
    out = {}
    for half in HALVES:
        found = case[half]
        text = f"{found['auc']:.3f} ({found['low']:.3f} to {found['high']:.3f})"
        name = "caving knees on real recordings: AUC, mean of both knees"
        out[half] = Bound(name, f"at least {LEAST_AUC}", text, bool(found["auc"] >= LEAST_AUC))
    return out


def save(result: dict[str, Any]) -> None:
    """Keep the scores for the document."""
    SCORES.write_text(json.dumps(result, indent=2, sort_keys=True) + "\n", encoding="utf-8")
