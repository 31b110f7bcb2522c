"""What a pose says about the body, frame by frame.

Everything here is a pure function of pixels; arrays may carry any leading shape, so one frame and a
whole window go through the same code.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Literal

import numpy as np

from formcheck.pose.geometry import (
    flexion_deg,
    frontal_plane_projection_angle_deg,
    inclination_deg,
    median_known,
)
from formcheck.pose.smoothing import SmoothPose, exchanging
from formcheck.pose.track import (
    LEFT_LEG,
    RIGHT_LEG,
    BoolArray,
    FloatArray,
    Landmark,
    LegLandmarks,
    camera_of,
)

Side = Literal["left", "right", "both"]
MIN_SHOWN = 0.3
"""From this visibility on a landmark is seen; below, the model guesses.  The far leg of a side view
has 0.4 to 0.6."""
SIDES: tuple[Side, ...] = ("left", "right")
LEG: dict[Side, LegLandmarks] = {"left": LEFT_LEG, "right": RIGHT_LEG}
EARS = (Landmark.LEFT_EAR, Landmark.RIGHT_EAR)
SHOULDERS = (Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER)
HIPS = (Landmark.LEFT_HIP, Landmark.RIGHT_HIP)
KNEES = (Landmark.LEFT_KNEE, Landmark.RIGHT_KNEE)
ANKLES = (Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE)
WRISTS = (Landmark.LEFT_WRIST, Landmark.RIGHT_WRIST)


def middle(points: FloatArray, pair: tuple[int, int]) -> FloatArray:
    """Midpoint of two landmarks, shape (..., 2); NaN if either is missing."""
    one, other = pair
    return np.asarray((points[..., one, :] + points[..., other, :]) / 2)


def hip_height_px(points: FloatArray) -> FloatArray:
    """Height of the hips over the ankles in the picture, positive when upright."""
    return np.asarray(middle(points, ANKLES)[..., 1] - middle(points, HIPS)[..., 1])


def trunk_height_px(points: FloatArray) -> FloatArray:
    """Height of the shoulders over the hips in the picture, positive when upright."""
    return np.asarray(middle(points, HIPS)[..., 1] - middle(points, SHOULDERS)[..., 1])


@dataclass(frozen=True, slots=True, eq=False)
class Leg:
    """One leg over a window: joint positions in pixels, each of shape (n, 2)."""

    side: Side
    hip: FloatArray
    knee: FloatArray
    ankle: FloatArray
    heel: FloatArray
    foot_index: FloatArray
    visibility: FloatArray
    """Visibility of knee, ankle and foot index, shape (n, 3)."""

    @property
    def knee_flexion_deg(self) -> FloatArray:
        """Knee flexion in the picture: true only seen from the side."""
        return flexion_deg(self.hip, self.knee, self.ankle)

    def shank_inclination_deg(self, facing: float) -> FloatArray:
        """Lean of the shank from vertical, positive towards ``facing`` (+1 image right)."""
        return inclination_deg(self.ankle, self.knee, facing)

    def fppa_deg(self, medial: float) -> FloatArray:
        """Frontal plane projection angle, positive = valgus; shown, never judged."""
        return frontal_plane_projection_angle_deg(self.hip, self.knee, self.ankle, medial)


FOOT_TO_SHANK = 0.56
"""Heel to foot index over shank length, as the landmarks show a leg from its side."""
MAX_WIDENING = 1.7
"""A leg turned further away than this undoes is not widened any more."""
KNEE_FLEXION_BIAS_DEG = 5.0
"""How much too straight the landmarks show a bent knee from the side (rendered people)."""


def turned_side_on(leg: Leg, rest: Leg) -> Leg:
    """Undo the foreshortening of a leg that is not seen exactly from its side.

    A foot that looks shorter than it should beside its shank is turned away, by the camera or by
    toe-out, and so is the plane the leg moves in: widths are scaled until the foot of ``rest``, the
    same leg standing, has its length, by ``MAX_WIDENING`` at most.
    """
    foot = float(median_known(np.abs(rest.foot_index[:, 0] - rest.heel[:, 0])))
    shank = float(median_known(np.hypot(*(rest.knee - rest.ankle).T)))
    wide = np.array([np.clip(FOOT_TO_SHANK * shank / max(foot, 1e-6), 1.0, MAX_WIDENING), 1.0])
    return replace(leg, **{joint: getattr(leg, joint) * wide for joint in LegLandmarks._fields})


def side_knee_flexion_deg(leg: Leg, rest: Leg) -> FloatArray:
    """Knee flexion of a leg seen from the side, foreshortening and bias corrected."""
    return turned_side_on(leg, rest).knee_flexion_deg + KNEE_FLEXION_BIAS_DEG


def is_seen(
    points: FloatArray, visibility: FloatArray, size_px: tuple[int, int] | None
) -> BoolArray:
    """Which landmarks, of shape (..., 2), are neither hidden nor outside the picture.

    Of others the model only guesses where they are.
    """
    is_clear = (visibility >= MIN_SHOWN) & np.isfinite(points).all(-1)
    if size_px is None:
        return np.asarray(is_clear)
    with np.errstate(invalid="ignore"):
        return np.asarray(is_clear & ((points >= 0) & (points <= np.array(size_px))).all(-1))


def steady(points: FloatArray, camera: FloatArray | None) -> FloatArray:
    """Points of shape (..., k, 2) in the coordinates of the first picture.

    ``camera`` has the shape (..., 3); where it is None or NaN the points stay as they are.
    """
    if camera is None:
        return points
    known = np.where(np.isfinite(camera).all(-1, keepdims=True), camera, [1.0, 0.0, 0.0])
    return np.asarray((points - known[..., None, 1:]) / known[..., None, :1])


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """Smoothed poses over a stretch of time, stacked: n before the dimensions of a pose."""

    times_s: FloatArray
    points_px: FloatArray
    visibility: FloatArray
    world_m: FloatArray
    residual_px: FloatArray
    """Raw minus smooth landmarks, shape (n, 33, 2)."""
    camera: FloatArray | None = None
    """How the camera moved, shape (n, 3), as in a pose; None where that is unknown."""
    size_px: tuple[int, int] | None = None
    """Width and height of the picture; None where nobody knows."""

    @classmethod
    def stack(cls, poses: list[SmoothPose]) -> Window:
        """Stack smoothed poses in time order.

        Each leg has one name all through the window, the one the model gave it in most frames.
        """
        n_swapped = np.sum([p.swapped for p in poses], axis=0)
        name = exchanging(2 * n_swapped > len(poses))
        return cls(
            np.array([p.pose.time_s for p in poses]),
            np.array([p.pose.points_px[name] for p in poses]),
            np.array([p.pose.visibility[name] for p in poses]),
            np.array([p.pose.world_m[name] for p in poses]),
            np.array([p.residual_px[name] for p in poses]),
            camera_of([p.pose for p in poses]),
            poses[-1].pose.size_px if poses else None,
        )

    def between(self, start_s: float, end_s: float) -> Window:
        """The part with ``start_s <= time < end_s``."""
        i, j = np.searchsorted(self.times_s, [start_s, end_s])
        arrays = {of.name: getattr(self, of.name) for of in fields(self)}
        cut: dict[str, Any] = {
            name: a[i:j] for name, a in arrays.items() if isinstance(a, np.ndarray)
        }
        return replace(self, **cut)

    def packed(self) -> Window:
        """The same as 32-bit floats, to be kept: times as they are."""
        arrays = {of.name: getattr(self, of.name) for of in fields(self)}
        small: dict[str, Any] = {
            name: a.astype(np.float32)
            for name, a in arrays.items()
            if isinstance(a, np.ndarray) and name != "times_s"
        }
        return replace(self, **small)

    def is_seen(self, landmarks: tuple[int, ...]) -> BoolArray:
        """Which of these landmarks are seen, shape (n, len(landmarks))."""
        at = list(landmarks)
        return is_seen(self.points_px[:, at], self.visibility[:, at], self.size_px)

    def steady_px(self, landmarks: tuple[int, ...]) -> FloatArray:
        """These landmarks as a camera that had not moved would show them, shape (n, k, 2).

        As they are where nobody knows how it moved: ask :attr:`is_camera_known`.
        """
        return steady(self.points_px[:, list(landmarks)], self.camera)

    @property
    def is_camera_known(self) -> bool:
        """Whether how the camera moved is known all through the window."""
        return self.camera is not None and bool(np.isfinite(self.camera).all())

    def leg(self, side: Side) -> Leg:
        """One leg of the window."""
        leg = LEG[side]
        hip, knee, ankle, heel, foot_index = (self.points_px[:, joint] for joint in leg)
        seen = self.visibility[:, [leg.knee, leg.ankle, leg.foot_index]]
        return Leg(side, hip, knee, ankle, heel, foot_index, seen)

    def noise_px(self, landmarks: tuple[int, ...]) -> float:
        """Standard deviation of the raw landmarks about the smooth ones, one axis.

        Pooled over the given landmarks; the median absolute deviation, so a few wild frames do not
        count.  NaN for an empty window.
        """
        residual = self.residual_px[:, list(landmarks)]
        return float(1.4826 * median_known(np.abs(residual)))


def near_leg(window: Window) -> Leg:
    """The leg nearer to the camera: the one that is seen better."""
    legs = [window.leg(side) for side in SIDES]
    return max(legs, key=lambda leg: float(np.nan_to_num(np.mean(leg.visibility))))
