"""A rendered clip: what the pose model saw, beside what was true."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from formcheck.pose.track import PoseTrack
from formcheck.squat.faults.finding import sustained_maximum

Array = NDArray[Any]
SIDES = ("left", "right")
JOINTS = tuple(
    f"{side}_{part}"
    for side in SIDES
    for part in ("hip", "knee", "ankle", "heel", "ball", "toe", "shoulder")
)
LEG_MEASURES = {
    "inside": "knee_inside_foot_line_pct_shank",
    "past_toe": "knee_past_toe_pct_foot",
    "flexion": "knee_flexion_deg",
    "heel_rise": "heel_rise_pct_foot",
    "shank": "shank_inclination_deg",
}
"""Short name to the renderer's name of each per-frame measure of a leg."""
BODY_MEASURES = {"drop": "hip_drop", "yaw": "view_yaw_deg"}
HOLD_S = 0.15
JUDGED_DROP = 0.15
"""Hip drop from which the renderer's truth judges a repetition."""


@dataclass(frozen=True)
class Clip:
    """One clip of the grid.

    Args:
        part: ``tuning`` or ``held_out``.
        document: The renderer's truth file: camera, person, repetitions and the clip's
            specification.
        joints_px (array, shape (n, 14, 2)): True joints in the picture, in the order of `JOINTS`,
            one row per frame of the track.
        measures (mapping of str to array, shape (n,)): ``left_inside``, ``right_flexion``, ...,
            ``drop``, ``yaw``; see `LEG_MEASURES`.
        track: What the pose model found, one row per frame.
    """

    part: str
    document: Mapping[str, Any]
    joints_px: Array
    measures: Mapping[str, Array]
    track: PoseTrack

    @property
    def name(self) -> str:
        """Name of the clip, such as ``tuning_front_000``."""
        return str(self.document["name"])

    @property
    def spec(self) -> Mapping[str, Any]:
        """Everything the clip was rendered from."""
        spec: Mapping[str, Any] = self.document["spec"]
        return spec

    @property
    def person(self) -> str:
        """Who is in the picture."""
        return str(self.document["person"]["name"])

    @property
    def view(self) -> str:
        """Which half of the grid: ``front`` or ``side``."""
        return self.name.split("_")[-2]

    @property
    def yaw_deg(self) -> float:
        """True yaw of the camera, positive when the face points to the image's left."""
        return float(self.document["camera"]["yaw_deg"])

    @property
    def times_s(self) -> Array:
        """Times of the frames."""
        return np.asarray(self.track.times_s)

    @cached_property
    def acts(self) -> list[Mapping[str, Any]]:
        """The repetitions as they were asked for."""
        return [act for act in self.spec["acts"] if act["do"] == "squat"]

    def joint(self, name: str) -> Array:
        """True pixels of one joint, shape (n, 2)."""
        return np.asarray(self.joints_px[:, JOINTS.index(name)], float)

    def how(self, rep: int) -> str:
        """What was asked of a repetition: left, right, both, ascent; heel down, heel up."""
        act = self.acts[rep]
        if self.view == "side":
            return "heel up" if act["heel_rise_pct"] > 0 else "heel down"
        if act["inside_course"] == "ascent":
            return "ascent"
        left, right = act["inside_left_pct"], act["inside_right_pct"]
        if left == right:
            return "both"
        return "left" if left > right else "right"

    def amount_pct(self, rep: int) -> float:
        """How much was asked for: % of shank from the front, % of foot from the side."""
        act = self.acts[rep]
        if self.view == "side":
            return float(act["knee_past_toe_pct"])
        return float(max(act["inside_left_pct"], act["inside_right_pct"]))

    def judged_frames(self, rep: int) -> Array:
        """Frames of a repetition in which its peaks are looked for."""
        truth = self.document["reps"][rep]
        drop = np.asarray(self.measures["drop"], float)
        inside = (self.times_s >= truth["start_s"]) & (self.times_s <= truth["end_s"])
        frames = np.flatnonzero(inside)
        deep = frames[drop[frames] >= min(JUDGED_DROP, 0.8 * drop[frames].max())]
        return np.arange(deep[0], deep[-1] + 1)

    def peak(self, rep: int, curve: Array) -> float:
        """Largest true value that a repetition holds for 0.15 s."""
        frames = self.judged_frames(rep)
        # A frame stands for its whole duration, so a stretch of k frames lasts k frame times.
        hold = HOLD_S - float(np.median(np.diff(self.times_s)))
        return sustained_maximum(self.times_s[frames], np.asarray(curve, float)[frames], hold)[0]


def read_truth(json_path: Path) -> tuple[dict[str, Any], Array, dict[str, Array]]:
    """Read a truth file and the per-frame arrays beside it."""
    document = json.loads(json_path.read_text(encoding="utf-8"))
    with np.load(json_path.with_suffix(".npz"), allow_pickle=False) as data:
        names = [str(name) for name in data["joints"]]
        joints = data["joints_px"][:, [names.index(name) for name in JOINTS]]
        measures = {
            f"{side}_{short}": data[f"{side}_{name}"]
            for side in SIDES
            for short, name in LEG_MEASURES.items()
        }
        measures |= {short: data[name] for short, name in BODY_MEASURES.items()}
    return document, joints, measures


def with_truth(
    part: str,
    document: Mapping[str, Any],
    joints_px: Array,
    measures: Mapping[str, Array],
    track: PoseTrack,
) -> Clip:
    """Put truth and track together, the truth at the times the product looked at.

    The product reads at most 30 frames a second, so a track may have fewer frames.

    Raises:
        ValueError: If a frame of the track was not rendered or the track ends early.
    """
    frames = np.round(track.times_s * float(document["fps"])).astype(int)
    late = np.abs(frames / float(document["fps"]) - track.times_s)
    gap = float(np.median(np.diff(track.times_s)))
    n = len(joints_px)
    if frames[-1] >= n or frames[-1] < n - 2 - gap * document["fps"] or late.max() > 0.005:
        raise ValueError(f"{document['name']}: the track is not of the {n} rendered frames")
    at = {name: np.asarray(values)[frames] for name, values in measures.items()}
    return Clip(part, document, joints_px[frames], at, track)


def extract(video: Path, model: Path | None = None) -> PoseTrack:
    """Run the pose model over a clip, as the product does."""
    from formcheck.clip import check_clip

    return check_clip(video, model=model).track
