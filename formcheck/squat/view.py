"""From where the camera sees the lifter.

Yaw is how far the lifter is turned away from facing the camera: 0 = front, positive = the face
points to the image's left, +-90 = side, 180 = rear.

Of a repetition it is estimated from the standing and the bent pose together: the hip line of the
world landmarks, which reads 4 deg too near the front in front and 9 at the side, and with it how
the feet point, how wide the body looks, and which way the knees travel in the picture.  How much
each counts was learnt on rendered people (:mod:`formcheck.squat.learnt`).
"""

from dataclasses import dataclass
from enum import StrEnum
from math import nan

import numpy as np

from formcheck.pose.geometry import median_known
from formcheck.pose.kinematics import (
    ANKLES,
    HIPS,
    KNEES,
    SHOULDERS,
    SIDES,
    Window,
    middle,
    trunk_height_px,
)
from formcheck.pose.track import FloatArray, Landmark
from formcheck.squat.learnt import arrays, products
from formcheck.squat.rep import Rep

YAW_BIAS_DEG = 7.5
"""Standard error of the hip line's yaw on rendered people: 4 deg too near the front at yaw 0 to 30,
9 at 60, 13 at 90."""
YAW_ERROR_AT_DEG = (0.0, 20.0, 60.0, 75.0, 90.0)
"""At these yaws ..."""
YAW_ERROR_DEG = (1.6, 2.6, 3.7, 4.6, 4.0)
"""... the standard error of a repetition's yaw on rendered people left out of the fit."""
REAR_FROM_DEG = (100.0, 110.0)
"""Nobody was rendered from behind: between these the hip line takes over."""
LOW_SHARE = 0.9
"""From this share of its depth on a repetition is at its bottom."""
NEAR_DEG = 30.0
"""Frames within this of the circular median count."""
MIN_NEAR_SHARE = 0.7
"""If fewer frames than this share count, the view is unknown."""
TOES = (Landmark.LEFT_FOOT_INDEX, Landmark.RIGHT_FOOT_INDEX)
HEELS = (Landmark.LEFT_HEEL, Landmark.RIGHT_HEEL)
FRONT_MAX_DEG = 20.0
"""Up to here the view is ``front`` ..."""
FRONT_OBLIQUE_MAX_DEG = 40.0
"""... up to here ``front_oblique``, then ``oblique`` ..."""
SIDE_MIN_DEG = 65.0
"""... from here ``side`` ..."""
SIDE_MAX_DEG = 115.0
"""... up to here, then ``oblique`` again ..."""
REAR_MIN_DEG = 135.0
"""... and from here ``rear``."""


class ViewName(StrEnum):
    """The names a view may have in a result."""

    FRONT = "front"
    FRONT_OBLIQUE = "front_oblique"
    OBLIQUE = "oblique"
    SIDE = "side"
    REAR = "rear"
    UNKNOWN = "unknown"


FRONT_VIEWS = (ViewName.FRONT, ViewName.FRONT_OBLIQUE)
SIDE_VIEWS = (ViewName.SIDE,)


@dataclass(frozen=True, slots=True)
class View:
    """Yaw of a window, its standard error and the name of the view.

    ``yaw_deg`` is NaN and the name ``unknown`` when the hips were not seen.
    """

    yaw_deg: float
    sd_deg: float
    name: ViewName

    @property
    def facing(self) -> float:
        """+1 if forward is the image's right, -1 if its left."""
        return -1.0 if self.yaw_deg > 0 else 1.0


_UNKNOWN = View(nan, nan, ViewName.UNKNOWN)


def view_name(yaw_deg: float) -> ViewName:
    """Name a yaw; symmetric in left and right."""
    turn = abs(yaw_deg)
    if not np.isfinite(turn):
        return ViewName.UNKNOWN
    if turn <= FRONT_MAX_DEG:
        return ViewName.FRONT
    if turn <= FRONT_OBLIQUE_MAX_DEG:
        return ViewName.FRONT_OBLIQUE
    if turn < SIDE_MIN_DEG:
        return ViewName.OBLIQUE
    if turn <= SIDE_MAX_DEG:
        return ViewName.SIDE
    if turn < REAR_MIN_DEG:
        return ViewName.OBLIQUE
    return ViewName.REAR


def yaw_of(window: Window) -> View:
    """Estimate the view of a window from the hip line of the world landmarks.

    ``yaw = -atan2(dz, dx)`` of the line from the right to the left hip.  Exchanged hips turn it by
    180 deg, so the circular mean is taken over the frames within 30 deg of the circular median; if
    those are too few the view is unknown.  The shoulder line is not used: in rendered people it is
    8 to 10 deg off at 45 deg, the hip line 2 to 9 deg.
    """
    left, right = (window.world_m[:, hip] for hip in HIPS)
    line = left - right
    line = line[np.isfinite(line).all(1)]
    if not len(line):
        return _UNKNOWN
    yaw = -np.arctan2(line[:, 2], line[:, 0])
    some = yaw[:: max(1, len(yaw) // 60)]
    median = min(some, key=lambda a: float(np.abs(np.angle(np.exp(1j * (some - a)))).sum()))
    is_near = np.abs(np.angle(np.exp(1j * (yaw - median)))) < np.radians(NEAR_DEG)
    if is_near.mean() < MIN_NEAR_SHARE:
        return _UNKNOWN
    yaw = yaw[is_near]
    centre = np.arctan2(np.sin(yaw).mean(), np.cos(yaw).mean())
    spread = np.angle(np.exp(1j * (yaw - centre)))
    sd = float(np.degrees(np.sqrt(np.mean(spread**2))))
    yaw_deg = float(np.degrees(centre))
    return View(yaw_deg, float(np.hypot(YAW_BIAS_DEG, sd / 2)), view_name(yaw_deg))


def view_of(rep: Rep) -> View:
    """Estimate the view of a repetition from its standing and its bent pose together.

    Falls back on :func:`yaw_of` from behind and where hips, knees, ankles or feet were not seen.
    """
    dip = rep.window.between(rep.start_s, rep.end_s)
    line = yaw_of(dip)
    odd, even = yaw_inputs(rep, line.yaw_deg)
    turn = abs(line.yaw_deg)
    if not np.isfinite([*odd, *even]).all() or turn >= REAR_FROM_DEG[1]:
        return line
    model = arrays("yaw")
    learnt = float(products(odd[None], even[None], model)[0] @ model["weights_deg"])
    share = float(np.interp(turn, REAR_FROM_DEG, (0.0, 1.0)))
    yaw_deg = share * line.yaw_deg + (1 - share) * learnt
    sd = float(np.interp(abs(yaw_deg), YAW_ERROR_AT_DEG, YAW_ERROR_DEG))
    return View(yaw_deg, max(sd, share * line.sd_deg), view_name(yaw_deg))


def yaw_inputs(rep: Rep, hip_line_deg: float) -> tuple[FloatArray, FloatArray]:
    """What the yaw is learnt from: inputs that change their sign in a mirror, and ones that do not.

    Lengths in standing legs; NaN where a landmark was missing.
    """
    stand, dip = rep.standing(), rep.window.between(rep.start_s, rep.end_s)
    drop = rep.drop_ratio[np.isin(rep.window.times_s, dip.times_s)]
    low = dip.points_px[drop >= LOW_SHARE * np.max(drop, initial=0.0, where=np.isfinite(drop))]
    legs = [stand.leg(side) for side in SIDES]
    leg_px = sum(
        float(median_known(np.concatenate([np.hypot(*bone.T) for bone in bones])))
        for bones in ([leg.knee - leg.ankle for leg in legs], [leg.hip - leg.knee for leg in legs])
    )

    def apart(points: FloatArray, pair: tuple[int, int], axis: int = 0) -> float:
        return float(median_known(points[:, pair[0], axis] - points[:, pair[1], axis])) / leg_px

    def ahead(points: FloatArray, of: tuple[int, int], over: tuple[int, int]) -> float:
        return sum(apart(points, pair) for pair in zip(of, over, strict=True))

    def moved(pair: tuple[int, int]) -> float:
        ways = [median_known(middle(points, pair)[:, 0]) for points in (low, stand.points_px)]
        return float(ways[0] - ways[1]) / leg_px

    yaw = np.radians(hip_line_deg)
    odd = (
        np.sin(yaw),
        yaw,
        ahead(dip.points_px, TOES, HEELS),
        ahead(stand.points_px, TOES, ANKLES),
        moved(KNEES),
        apart(stand.points_px, TOES, axis=1),
        ahead(stand.points_px, ANKLES, HIPS) / 2,
    )
    even = (
        np.cos(yaw),
        apart(stand.points_px, ANKLES),
        apart(stand.points_px, SHOULDERS),
        apart(dip.points_px, KNEES),
        float(median_known(trunk_height_px(stand.points_px))) / leg_px,
    )
    return np.array(odd), np.array(even)
