"""Plane geometry on pixels.  NaN in, NaN out; y points down; angles in degrees."""

import numpy as np
from numpy.typing import ArrayLike

from formcheck.pose.track import FloatArray


def median(values: ArrayLike) -> FloatArray:
    """``numpy.median`` along the first axis at a third of its cost, of which a frame pays many."""
    ordered = np.sort(np.asarray(values, float), axis=0)  # NaN sorts last
    i = len(ordered) // 2
    middle = ordered[i] if len(ordered) % 2 else (ordered[i - 1] + ordered[i]) / 2
    return np.asarray(np.where(np.isnan(ordered[-1]), np.nan, middle))


def median_known(values: ArrayLike, axis: int | None = None) -> FloatArray:
    """Median of the known values along an axis; NaN where none is known.

    Like ``numpy.nanmedian`` without its warning: nothing known is a normal case here.
    """
    array = np.asarray(values, float)
    if axis is None:
        array, axis = array.ravel(), 0
    if array.shape[axis] == 0:
        return np.full(np.delete(array.shape, axis), np.nan)
    ordered = np.sort(array, axis=axis)  # NaN sorts last
    n_known = np.isfinite(array).sum(axis=axis, keepdims=True)
    low = np.take_along_axis(ordered, np.maximum((n_known - 1) // 2, 0), axis)
    high = np.take_along_axis(ordered, np.minimum(n_known // 2, array.shape[axis] - 1), axis)
    median = np.where(n_known > 0, (low + high) / 2, np.nan)
    return np.asarray(np.squeeze(median, axis))


def _cross_and_dot(a: ArrayLike, b: ArrayLike) -> tuple[FloatArray, FloatArray]:
    a, b = np.asarray(a, float), np.asarray(b, float)
    return a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0], (a * b).sum(-1)


def flexion_deg(proximal: ArrayLike, joint: ArrayLike, distal: ArrayLike) -> FloatArray:
    """Flexion of a hinge from three points of shape (..., 2), 0 = straight, positive = bent.

    For the knee: hip, knee, ankle.  180 less the angle between the segments a and b, ``atan2(|a x
    b|, a . b)``, exact also near 0 and 180; NaN for a segment without length.
    """
    joint = np.asarray(joint, float)
    cross, dot = _cross_and_dot(np.asarray(proximal) - joint, np.asarray(distal) - joint)
    angle = np.degrees(np.arctan2(np.abs(cross), dot))
    return 180.0 - np.where(np.hypot(cross, dot) > 0, angle, np.nan)


def inclination_deg(base: ArrayLike, tip: ArrayLike, forward: ArrayLike = 1.0) -> FloatArray:
    """Lean of the segment base->tip from vertical, positive towards ``forward``.

    Base and tip, of shape (..., 2), are ankle and knee for the shank, hip and shoulder for the
    trunk; ``forward``, of shape (...), is +1 if that is the image's right, -1 if its left.
    """
    v = np.asarray(tip, float) - np.asarray(base, float)
    return np.asarray(np.degrees(np.arctan2(np.asarray(forward) * v[..., 0], -v[..., 1])))


def frontal_plane_projection_angle_deg(
    hip: ArrayLike, knee: ArrayLike, ankle: ArrayLike, medial: ArrayLike
) -> FloatArray:
    """Frontal plane projection angle (FPPA), positive = valgus.

    The signed supplement of the hip-knee-ankle angle in the picture (Willson and Herrington's
    convention).  Shown beside the literature's values, never thresholded at depth: at parallel the
    thigh points at the camera and the angle collapses whatever the knees do.

    The points have shape (..., 2); ``medial``, of shape (...), is +1 if towards the other leg is
    the image's right, -1 if its left.
    """
    knee = np.asarray(knee, float)
    cross, dot = _cross_and_dot(knee - np.asarray(hip, float), np.asarray(ankle, float) - knee)
    return np.asarray(np.asarray(medial) * np.degrees(np.arctan2(cross, dot)))
