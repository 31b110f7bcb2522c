"""From where the camera sees the lifter.

Yaw is how far the lifter is turned away from facing the camera: 0 = front, positive = the face
points to the image's left, +-90 = side, 180 = rear.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import nan

import numpy as np

from formcheck.pose.kinematics import HIPS, Window

YAW_BIAS_DEG = 7.5
"""Standard error of the hip line's yaw on rendered people: 4 deg too near the front at yaw 0 to 30,
9 at 60, 13 at 90."""
NEAR_DEG = 30.0
"""Frames within this of the circular median count."""
MIN_NEAR_SHARE = 0.7
"""If fewer frames than this share count, the view is unknown."""
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
