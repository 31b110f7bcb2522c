"""How high the hips are over the floor, also where the feet cannot be seen."""

from dataclasses import dataclass

import numpy as np

from formcheck.pose.geometry import median_known
from formcheck.pose.kinematics import ANKLES, HIPS, SHOULDERS, is_seen, middle
from formcheck.pose.track import Pose

LEG_TO_TRUNK = 1.7
"""Hip to ankle over shoulder to hip, standing (Winter's segment lengths: 0.491 / 0.288)."""
HOLD_S = 15.0
"""The floor stays where it was for so long after the feet went out of the picture."""
GLIMPSE_S = 0.3
"""Feet that were out of the picture must be in sight for so long to be believed."""


@dataclass(slots=True)
class HipHeight:
    """Height of the hips over the ankles [px], pose by pose.

    Feet outside the picture are where they were last seen.  Feet that were never in it are a leg
    below the highest place of the hips, and a leg is as long as the trunk says, whatever is guessed
    at the edge of the picture for a moment.  What the camera did meanwhile is taken out, as far as
    it is known.
    """

    _floor_px: float = np.nan
    """Where the ankles are, y in the first picture of the clip."""
    _seen_s: float = -np.inf
    _hidden_s: float = -np.inf
    """When no foot was seen last."""
    _highest_px: float = np.inf
    _trunk_px: float = 0.0

    def update(self, pose: Pose) -> float:
        """Return the height in the next pose; NaN where the hips are not known."""
        scale, down_px = 1.0, 0.0
        if pose.camera is not None and np.isfinite(pose.camera).all():
            scale, down_px = float(pose.camera[0]), float(pose.camera[2])
        points = pose.points_px
        hips = (float(middle(points, HIPS)[1]) - down_px) / scale
        feet = list(ANKLES)
        are_seen = is_seen(points[feet], pose.visibility[feet], pose.size_px).any()
        is_assumed = np.isfinite(self._highest_px)
        if not are_seen:
            self._hidden_s = pose.time_s
        if are_seen and not (is_assumed and pose.time_s - self._hidden_s < GLIMPSE_S):
            self._floor_px = (float(median_known(points[feet, 1])) - down_px) / scale
            self._seen_s, self._highest_px = pose.time_s, np.inf
        elif np.isfinite(hips) and pose.time_s - self._seen_s > HOLD_S:
            trunk = middle(points, SHOULDERS) - middle(points, HIPS)
            length = float(np.nan_to_num(np.hypot(*trunk))) / scale
            self._trunk_px = max(self._trunk_px, length)
            self._highest_px = min(self._highest_px, hips)
            self._floor_px = self._highest_px + LEG_TO_TRUNK * self._trunk_px
        return (self._floor_px - hips) * scale
