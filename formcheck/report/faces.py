"""Where faces are, and how they are hidden; what hides them is elsewhere."""

import numpy as np

from formcheck.pose.kinematics import HIPS, SHOULDERS, middle
from formcheck.pose.track import FloatArray, PoseTrack

_FACE = tuple(range(11))
UP, TALL = 0.15, 1.25
"""The landmarks lie on the face: the head goes on above it, and is higher than wide."""
TILES = (5, 6)
"""What is left of a face: tiles across and down."""


def faces_of(track: PoseTrack) -> FloatArray:
    """Centre and radius of the face in every frame, shape (n, 3), in the track's pixels.

    Frames without a pose take the nearest known face: a gap must not show it. The radius is never
    below 0.32 of the trunk at its longest.
    """
    points = track.points_px.astype(np.float64)
    face = points[:, _FACE, :]
    centre = face.mean(1)
    extent = np.ptp(face, axis=1).max(1)
    trunk = np.hypot(*(middle(points, SHOULDERS) - middle(points, HIPS)).T)
    known = np.isfinite(centre).all(1) & np.isfinite(extent)
    if not known.any():
        return np.zeros((len(points), 3))
    least = 0.32 * float(np.nanpercentile(trunk[known], 90))
    radius = np.maximum(extent * 0.95, least)
    index = np.arange(len(points))
    at = index[known]
    right = np.searchsorted(at, index).clip(0, len(at) - 1)
    left = (right - 1).clip(0)
    nearest = np.where(np.abs(at[left] - index) <= np.abs(at[right] - index), at[left], at[right])
    faces: FloatArray = np.column_stack([centre, radius])[nearest]
    return faces
