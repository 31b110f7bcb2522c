"""Pinhole camera around the subject, with hand-held shake, and projection to pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .geometry import Array, unit
from .spec import CameraSpec


@dataclass(frozen=True)
class Camera:
    """A camera at rest plus a small picture movement per frame.

    Attributes:
        width_px, height_px: Picture size.
        focal_px: Focal length.
        eye_m: Lens position in the world.
        axes: (3, 3) rows: right, up and backward directions of the camera.
        shake: (n, 3) picture movement per frame: shift right [px], shift down [px], roll [rad,
            clockwise].
    """

    width_px: int
    height_px: int
    focal_px: float
    eye_m: Array
    axes: Array
    shake: Array

    def view_matrix(self) -> Array:
        """World to camera (x right, y up, z backward), 4 x 4."""
        matrix = np.eye(4)
        matrix[:3, :3] = self.axes
        matrix[:3, 3] = -self.axes @ self.eye_m
        return matrix

    def projection_matrix(self, near_m: float = 0.1, far_m: float = 30.0) -> Array:
        """Camera to clip space, 4 x 4."""
        f, w, h = self.focal_px, self.width_px, self.height_px
        depth = far_m - near_m
        return np.array(
            [
                [2 * f / w, 0, 0, 0],
                [0, 2 * f / h, 0, 0],
                [0, 0, -(far_m + near_m) / depth, -2 * far_m * near_m / depth],
                [0, 0, -1, 0],
            ]
        )

    def shake_affine(self, frame: int) -> Array:
        """(2, 3) map of still pixel positions to the pixel positions of a frame."""
        right, down, roll = self.shake[frame]
        c, s = np.cos(roll), np.sin(roll)
        centre = np.array([self.width_px, self.height_px]) / 2.0
        turn = np.array([[c, -s], [s, c]])
        shift = centre - turn @ centre + np.array([right, down])
        return np.concatenate([turn, shift[:, None]], axis=1)

    def project(self, points_m: Array, frame: int | None = None) -> Array:
        """Pixel positions (n, 2) of world points (n, 3); with shake if ``frame`` is given."""
        local = (points_m - self.eye_m) @ self.axes.T
        depth = -local[:, 2]
        pixels = np.stack(
            [
                self.width_px / 2.0 + self.focal_px * local[:, 0] / depth,
                self.height_px / 2.0 - self.focal_px * local[:, 1] / depth,
            ],
            axis=1,
        )
        if frame is None:
            return np.asarray(pixels)
        affine = self.shake_affine(frame)
        return np.asarray(pixels @ affine[:, :2].T + affine[:, 2])


def hand_shake(count: int, fps: float, size_px: float, seed: int) -> Array:
    """Shake of a phone held in the hands: (n, 3) shift right, shift down [px], roll [rad]."""
    rng = np.random.default_rng(seed + 7919)
    times = np.arange(count) / fps
    shake = np.zeros((count, 3))
    for column, scale in enumerate((1.0, 0.8, 0.0015)):
        for frequency in (0.3, 0.8, 1.7, 3.4, 6.5):
            phase, amplitude = rng.uniform(0, 2 * np.pi), rng.uniform(0.5, 1.0) / frequency**0.8
            wave = amplitude * np.sin(2 * np.pi * frequency * times + phase)
            shake[:, column] += scale * size_px * 0.6 * wave
    return shake


def build_camera(
    spec: CameraSpec, width_px: int, height_px: int, count: int, fps: float, seed: int
) -> Camera:
    """Place a camera around the world's origin as the spec says.

    The direction from the subject to the lens is exactly ``yaw_deg``; ``aim_x`` only turns the
    camera so that the subject is off the picture's centre.
    """
    yaw = np.radians(spec.yaw_deg)
    eye = np.array([np.sin(yaw) * spec.distance_m, -np.cos(yaw) * spec.distance_m, spec.height_m])
    focal = 0.5 * height_px / np.tan(np.radians(spec.vertical_fov_deg) / 2.0)
    to_subject = np.array([-np.sin(yaw), np.cos(yaw), 0.0])
    right = np.cross(to_subject, (0.0, 0.0, 1.0))
    aside = spec.aim_x * width_px / focal * spec.distance_m
    target = np.array([0.0, 0.0, spec.aim_z_m]) - right * aside
    forward = unit(target - eye)
    right = unit(np.cross(forward, (0.0, 0.0, 1.0)))
    up = np.cross(right, forward)
    roll = np.radians(spec.roll_deg)
    right, up = (np.cos(roll) * right + np.sin(roll) * up, np.cos(roll) * up - np.sin(roll) * right)
    return Camera(
        width_px=width_px,
        height_px=height_px,
        focal_px=float(focal),
        eye_m=eye,
        axes=np.stack([right, up, -forward]),
        shake=hand_shake(count, fps, spec.shake_px, seed),
    )


def aim_for_height(spec: CameraSpec, person_height_m: float) -> float:
    """Height [m] to aim at so that floor and head have equal margins in the picture."""
    near = spec.distance_m
    low = np.arctan2(-spec.height_m, near - 0.15)
    high = np.arctan2(person_height_m + 0.02 - spec.height_m, near)
    return float(spec.height_m + near * np.tan(0.5 * (low + high)))
