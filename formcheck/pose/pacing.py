"""Which frames of a clip are looked at, and poses for those that are not.

People in a video mostly rest.  The model looks at every frame from the moment the hips sink until
they are up again, and about ten times a second otherwise; the poses between are put on the line
between their neighbours.  Over a tenth of a second a body in free fall is 1.2 cm off that line
(``g t**2 / 8``), so a fast squat loses nothing at its start.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from formcheck.pose.kinematics import hip_height_px
from formcheck.pose.smoothing import absent, is_someone_else, swapped, with_swapped
from formcheck.pose.track import FloatArray, Inference, Pose
from formcheck.video.reading import Frame

RESTING_S = 0.1
"""Frames of somebody at rest that are looked at lie no further apart, at any steady frame rate."""
JITTER = 1.05
"""Time stamps are rounded: 0.1 s may read 0.101."""
DROP_SHARE = 0.08
"""Hips that have sunk by this share of their height are on their way down: every frame counts."""
TOP_S = 1.5
"""That height is the greatest of so many seconds; as long after losing sight of somebody the model
looks for them in every frame."""
AFTER_S = 0.3
"""Every frame is still looked at for so long after the hips are up again."""
MAX_DIP_S = 15.0
"""Hips that stay down longer are sitting, or further from the camera."""


@dataclass(slots=True)
class Pace:
    """Says whether a frame has to be looked at, from the poses found so far."""

    _recent: deque[tuple[float, float]] = field(default_factory=deque)
    """Times and hip heights of the last ``TOP_S`` seconds."""
    _top: float | None = None
    """Hip height before the dip under way; None while there is none."""
    _looked_s: float = -np.inf
    _frame_s: float = -np.inf
    _full_until_s: float = -np.inf

    def is_due(self, time_s: float) -> bool:
        """Whether the frame at this time has to be looked at.

        At rest it must unless the next one, an equal step later, is still near enough to the last.
        """
        step_s, self._frame_s = time_s - self._frame_s, time_s
        is_far = time_s + step_s - self._looked_s > JITTER * RESTING_S
        return time_s <= self._full_until_s or is_far

    def looked(self, pose: Pose) -> None:
        """Take the pose found in a frame that was looked at."""
        now_s = self._looked_s = pose.time_s
        while self._recent and self._recent[0][0] < now_s - TOP_S:
            self._recent.popleft()
        if not pose.is_present:
            if self._recent:  # lost a moment ago
                self._full_until_s = max(self._full_until_s, self._recent[-1][0] + TOP_S)
            return
        height = float(hip_height_px(pose.points_px))
        self._recent.append((now_s, height))
        if self._top is None:
            top = max(h for _, h in self._recent)
            if height < (1 - DROP_SHARE) * top:
                self._top, self._full_until_s = top, now_s + MAX_DIP_S
        elif height >= (1 - DROP_SHARE) * self._top:
            self._top, self._full_until_s = None, now_s + AFTER_S
        elif now_s >= self._full_until_s:
            self._top = None
            self._recent.clear()


@dataclass(slots=True)
class PacedEstimator:
    """One pose for every frame of a clip, in order, from a model that looks at some of them.

    ``estimate`` finds the pose in a frame.  Poses come once the next frame is looked at, so at most
    ``RESTING_S`` late; with ``Inference.EVERY_FRAME`` each comes with its frame.
    """

    estimate: Callable[[Frame], Pose]
    inference: Inference = Inference.ADAPTIVE
    _pace: Pace = field(default_factory=Pace)
    _last: Pose | None = None
    _skipped_s: list[float] = field(default_factory=list)
    _newest: Frame | None = None
    """The last frame that was skipped."""

    def update(self, frame: Frame) -> tuple[Pose, ...]:
        """Take the next frame; return the poses that are known with it."""
        if self.inference is Inference.EVERY_FRAME:
            return (self.estimate(frame),)
        if not self._pace.is_due(frame.time_s):
            self._skipped_s.append(frame.time_s)
            self._newest = frame
            return ()
        return self._look(frame)

    def flush(self) -> tuple[Pose, ...]:
        """Return the rest at the end of the clip, whose last frame is looked at."""
        if self._newest is None:
            return ()
        self._skipped_s.pop()
        return self._look(self._newest)

    def _look(self, frame: Frame) -> tuple[Pose, ...]:
        pose = self.estimate(frame)
        self._pace.looked(pose)
        between = [between_poses(self._last, pose, time_s) for time_s in self._skipped_s]
        self._last, self._newest = pose, None
        self._skipped_s.clear()
        return (*between, pose)


def between_poses(before: Pose | None, after: Pose, time_s: float) -> Pose:
    """The pose at a time between two, all of it on the straight line; 32 bits as in a track.

    Absent if either is, or if they are of two people.  Legs that are swapped in the later pose are
    taken as if they were not.
    """
    if before is None:
        return Pose.absent(time_s)
    share = (time_s - before.time_s) / (after.time_s - before.time_s)

    def line(a: FloatArray, b: FloatArray) -> FloatArray:
        return (a + share * (b - a)).astype(np.float32).astype(np.float64)

    camera = None
    if before.camera is not None and after.camera is not None:
        camera = line(before.camera, after.camera)
    here = replace(before, time_s=time_s, camera=camera)
    if not (before.is_present and after.is_present) or is_someone_else(after, before):
        return absent(here)
    after = with_swapped(after, swapped(after, before, [before]))
    return replace(
        here,
        points_px=line(before.points_px, after.points_px),
        visibility=line(before.visibility, after.visibility),
        world_m=line(before.world_m, after.world_m),
    )
