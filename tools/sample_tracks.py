"""Keep what the pose model sees on the sample clips, for tests of what lies behind the model.

    python tools/sample_tracks.py

Writes ``tests/data/tracks/NAME.npz`` for every clip of ``sample_videos``; to be run after a clip,
the model or what lies before the landmarks has changed.  ``tests/benchmarks/test_samples.py`` tells
when: it compares the hashes of clip and model, and the landmarks themselves on some clips.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from formcheck.clip import check_clip
from formcheck.pose.track import FloatArray, PoseTrack

ROOT = Path(__file__).resolve().parents[1]
TRACKS = ROOT / "tests" / "data" / "tracks"
SAMPLES = ROOT / "sample_videos"
MOST_REPS = {"front_warm_up": 5}
"""The other sets of the warm-up are like the first, and a track of all of them is large."""
STEPS_PER_PX, STEPS_PER_M, STEPS_OF_VISIBILITY = 16, 1024, 64
"""Rounded far below anything a verdict can feel, a track is half as large."""


def length_s(name: str) -> float | None:
    """Where the kept part of a clip ends: half way between two repetitions; None: at its end."""
    truth = json.loads((SAMPLES / f"{name}.truth.json").read_text(encoding="utf-8"))["reps"]
    n = MOST_REPS.get(name, len(truth))
    return None if n >= len(truth) else float(truth[n - 1]["end_s"] + truth[n]["start_s"]) / 2


def rounded(values: FloatArray, steps: int) -> FloatArray:
    """To the nearest step, as 32-bit floats."""
    return (np.round(values * steps) / steps).astype(np.float32)


def kept(track: PoseTrack, end_s: float | None) -> PoseTrack:
    """The part of a track that tests need, rounded."""
    n = len(track) if end_s is None else int(np.searchsorted(track.times_s, end_s))
    return replace(
        track,
        times_s=track.times_s[:n],
        points_px=rounded(track.points_px[:n], STEPS_PER_PX),
        visibility=rounded(track.visibility[:n], STEPS_OF_VISIBILITY),
        world_m=rounded(track.world_m[:n], STEPS_PER_M),
        camera=None if track.camera is None else track.camera[:n],
    )


if __name__ == "__main__":
    TRACKS.mkdir(parents=True, exist_ok=True)
    for clip in sorted(SAMPLES.glob("*.mp4")):
        track = kept(check_clip(clip).track, length_s(clip.stem))
        track.save(TRACKS / f"{clip.stem}.npz")
        print(f"{clip.stem}: {len(track)} frames")
