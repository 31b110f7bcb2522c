"""Vectors, rotations and time courses used by the motion model."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

SIDES = ("left", "right")
SIGN = {"left": 1.0, "right": -1.0}
SUFFIX = {"left": ".L", "right": ".R"}


def unit(vector: Array) -> Array:
    """Scale vectors (last axis) to length one."""
    return np.asarray(vector / np.linalg.norm(vector, axis=-1, keepdims=True))


def rotation(axis: npt.ArrayLike, angle_rad: float) -> Array:
    """Rotation matrix about ``axis`` by ``angle_rad`` (right-handed)."""
    x, y, z = unit(np.asarray(axis, float))
    c, s = np.cos(angle_rad), np.sin(angle_rad)
    d = 1.0 - c
    return np.array(
        [
            [c + x * x * d, x * y * d - z * s, x * z * d + y * s],
            [y * x * d + z * s, c + y * y * d, y * z * d - x * s],
            [z * x * d - y * s, z * y * d + x * s, c + z * z * d],
        ]
    )


def about_x(angle_rad: float) -> Array:
    """Rotation about +X; a positive angle leans the upper end forward (to -Y)."""
    return rotation((1.0, 0.0, 0.0), angle_rad)


def about_z(angle_rad: float) -> Array:
    """Rotation about the vertical; a positive angle turns the front to the subject's left."""
    return rotation((0.0, 0.0, 1.0), angle_rad)


def bone_frame(axis: Array, hinge: Array) -> Array:
    """Orthonormal columns from a bone axis and an approximate hinge direction."""
    first = unit(axis)
    second = unit(hinge - first * float(first @ hinge))
    return np.stack([first, second, np.cross(first, second)], axis=1)


def rotation_vector(matrix: Array) -> Array:
    """Axis times angle [rad] of a rotation matrix."""
    angle = float(np.arccos(np.clip((np.trace(matrix) - 1.0) / 2.0, -1.0, 1.0)))
    if angle < 1e-8:
        return np.zeros(3)
    skew = np.array(
        [matrix[2, 1] - matrix[1, 2], matrix[0, 2] - matrix[2, 0], matrix[1, 0] - matrix[0, 1]]
    )
    return np.asarray(angle / (2.0 * np.sin(angle)) * skew)


def rotation_between(start: Array, end: Array, share: float) -> Array:
    """Interpolate rotations; ``share`` 0 gives ``start``, 1 gives ``end``."""
    vector = rotation_vector(start.T @ end)
    angle = float(np.linalg.norm(vector))
    return start if angle < 1e-9 else np.asarray(start @ rotation(vector, angle * share))


def two_bone_joint(root: Array, end: Array, upper_m: float, lower_m: float, pole: Array) -> Array:
    """Middle joint of two bones between ``root`` and ``end``, bent towards ``pole``."""
    span = end - root
    distance = min(float(np.linalg.norm(span)), (upper_m + lower_m) * 0.9999)
    axis = unit(span)
    along = (upper_m**2 + distance**2 - lower_m**2) / (2.0 * distance)
    aside = np.sqrt(max(upper_m**2 - along**2, 0.0))
    bend = unit(pole - axis * float(axis @ pole))
    return np.asarray(root + axis * along + bend * aside)


def angle_at_deg(first: Array, middle: Array, last: Array) -> Array:
    """Angle [deg] at ``middle`` between the directions to ``first`` and ``last``."""
    a, b = unit(first - middle), unit(last - middle)
    return np.asarray(np.degrees(np.arccos(np.clip((a * b).sum(-1), -1.0, 1.0))))


def minimum_jerk(u: npt.ArrayLike) -> Array:
    """Smooth 0 to 1 course with zero speed and acceleration at both ends."""
    t = np.clip(np.asarray(u, float), 0.0, 1.0)
    return np.asarray(np.clip(t**3 * (t * (6.0 * t - 15.0) + 10.0), 0.0, 1.0), float)
