"""How the camera moves, measured on what stands still behind the lifter.

A hand that holds a phone shifts the whole picture, so that feet seem to walk and to jump.  Points
of the background are followed in a small grey copy of the picture, and one shift and one scale are
fitted to them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from formcheck.pose.geometry import median
from formcheck.pose.track import CAMERA_SHAPE, FloatArray, Pose
from formcheck.video.reading import LUMA_SIDE_PX, Frame, ImageArray, small_grey

N_POINTS = 60
"""So many points of the background are followed at most."""
MIN_POINTS = 10
"""Fewer than these, in agreement, say nothing."""
MIN_AGREEING_SHARE = 0.5
"""So does a background of which less than this share moves as one."""
MAX_RESIDUAL_PX = 0.7
"""Points that move as one are this near to the fitted motion, in pixels of the small picture."""
MAX_SHIFT_SHARE = 0.12
"""After a shift by this share of the small picture, ..."""
MAX_SCALING = 0.08
"""... or this much larger or smaller, new points are taken."""
MARGIN_SHARE = 0.15
"""The lifter's box is wider by this share of its height: a bar, arms, loose clothes."""
_UNKNOWN = np.full(CAMERA_SHAPE, np.nan)
_STILL = np.array([1.0, 0.0, 0.0])


@dataclass(slots=True)
class CameraMotion:
    """Follows the background from frame to frame.

    Points are compared with where they were in a key picture, not in the frame before, so that
    small errors do not add up while the camera stands still.
    """

    _key: ImageArray | None = None
    _points: FloatArray = field(default_factory=lambda: np.empty((0, 2), np.float32))
    """Points of the background in the key picture, shape (k, 2)."""
    _key_motion: FloatArray = field(default_factory=_STILL.copy)
    """From the first picture to the key picture, in pixels of the small picture."""
    _since_key: FloatArray = field(default_factory=_STILL.copy)

    def update(self, frame: Frame, lifter: Pose | None) -> FloatArray:
        """Return ``scale, dx, dy`` from the first picture to this one [px], NaN where unknown.

        ``lifter`` is the last pose known: what lies in its box is not the background.
        """
        small = frame.luma if frame.luma is not None else _grey(frame.image)
        per_px = frame.image.shape[1] / small.shape[1]
        if self._key is None or self._key.shape != small.shape:
            self._take(small, lifter, per_px, _STILL)
            return _STILL.copy()
        step = self._step(small)
        if step is None:
            self._take(small, lifter, per_px, _STILL)
            return _UNKNOWN.copy()
        self._since_key = step
        now = _chained(self._key_motion, step)
        is_far = np.abs(step[1:]).max() > MAX_SHIFT_SHARE * max(small.shape)
        if is_far or abs(np.log(step[0])) > MAX_SCALING:
            self._take(small, lifter, per_px, now)
        # 32 bits, as a saved track holds them: a re-scored track gives the same verdicts.
        return np.asarray((now * [1.0, per_px, per_px]).astype(np.float32), np.float64)

    def _take(
        self, small: ImageArray, lifter: Pose | None, per_px: float, motion: FloatArray
    ) -> None:
        """Take this picture as the key picture, and points of its background."""
        mask = np.full(small.shape, 255, np.uint8)
        if lifter is not None and lifter.is_present:
            known = lifter.points_px[np.isfinite(lifter.points_px).all(1)] / per_px
            low, high = known.min(0), known.max(0)
            margin = MARGIN_SHARE * (high[1] - low[1])
            (left, top), (right, bottom) = (low - margin).astype(int), (high + margin).astype(int)
            mask[max(0, top) : max(0, bottom), max(0, left) : max(0, right)] = 0
        found = cv2.goodFeaturesToTrack(small, N_POINTS, 0.02, 5, mask=mask)
        self._points = np.empty((0, 2), np.float32) if found is None else found.reshape(-1, 2)
        self._key, self._key_motion, self._since_key = small, motion, _STILL.copy()

    def _step(self, small: ImageArray) -> FloatArray | None:
        """From the key picture to this one; None if the background does not say."""
        assert self._key is not None
        if len(self._points) < MIN_POINTS:
            return None
        guess = self._points * self._since_key[0] + self._since_key[1:]
        moved, is_found, _ = cv2.calcOpticalFlowPyrLK(
            self._key,
            small,
            self._points[:, None].astype(np.float32),
            guess[:, None].astype(np.float32),
            winSize=(11, 11),
            maxLevel=2,
            flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
        )
        is_found = is_found.ravel() == 1
        scale = float(self._since_key[0])
        return _fitted(self._points[is_found], moved.reshape(-1, 2)[is_found], scale)


def _grey(image: ImageArray) -> ImageArray:
    """A small grey copy of a picture that came without: its green channel."""
    scale = min(1.0, LUMA_SIDE_PX / max(image.shape[:2]))
    size = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
    return small_grey(image[..., 1], size)


def _chained(first: FloatArray, then: FloatArray) -> FloatArray:
    """One motion after another."""
    return np.array([first[0] * then[0], *(then[0] * first[1:] + then[1:])])


def _fitted(before: FloatArray, after: FloatArray, scale: float) -> FloatArray | None:
    """Scale and shift that most points agree on; None if they do not.

    Starts from the scale of the frame before and the median shift, and leaves out what does not
    follow: people who walk behind.
    """
    if len(before) < MIN_POINTS:
        return None
    shift = median(after - scale * before)
    for limit in (4 * MAX_RESIDUAL_PX, 2 * MAX_RESIDUAL_PX, MAX_RESIDUAL_PX):
        residual = np.hypot(*(after - (scale * before + shift)).T)
        agrees = residual <= limit
        if agrees.sum() < max(MIN_POINTS, MIN_AGREEING_SHARE * len(before)):
            return None
        p, q = before[agrees], after[agrees]
        p_mean, q_mean = p.mean(0), q.mean(0)
        spread = float(((p - p_mean) ** 2).sum())
        scale = float(((p - p_mean) * (q - q_mean)).sum()) / spread if spread > 0 else 1.0
        shift = q_mean - scale * p_mean
    return np.array([scale, *shift])
