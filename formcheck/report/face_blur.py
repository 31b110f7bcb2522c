"""Making the face of the measured person unrecognisable."""

import cv2
import numpy as np

from formcheck.pose.kinematics import HIPS, SHOULDERS, middle
from formcheck.pose.track import FloatArray, PoseTrack
from formcheck.video.reading import ImageArray

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


def hide_face(image: ImageArray, face: FloatArray) -> ImageArray:
    """Return the picture with an ellipse replaced by a few tiles: nothing to sharpen back.

    ``face`` is one of :func:`faces_of`, in the pixels of ``image``, which stays as it is.
    """
    x, y, radius = (float(v) for v in face)
    if radius <= 0:
        return image
    height, width = image.shape[:2]
    y -= UP * radius
    half_w, half_h = radius, TALL * radius
    x0, x1 = (int(np.clip(v, 0, width)) for v in (x - half_w, x + half_w))
    y0, y1 = (int(np.clip(v, 0, height)) for v in (y - half_h, y + half_h))
    if x1 - x0 < 2 or y1 - y0 < 2:
        return image
    out = image.copy()
    part = out[y0:y1, x0:x1]
    tiles = cv2.resize(part, TILES, interpolation=cv2.INTER_AREA)
    mosaic = cv2.resize(tiles, (x1 - x0, y1 - y0), interpolation=cv2.INTER_NEAREST)
    mask = np.zeros(part.shape[:2], np.uint8)
    centre = (round(x - x0), round(y - y0))
    cv2.ellipse(mask, centre, (round(half_w), round(half_h)), 0, 0, 360, 255, -1)
    part[mask > 0] = mosaic[mask > 0]
    return out
