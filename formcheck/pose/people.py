"""Staying with the lifter when other people are in the picture.

The landmarker follows one body and does not care whose.  Two things are done about it, both only
when there is a reason, so an ordinary clip pays nothing:

- once a squat was seen, a tracked body that leaves the place where the feet
  stood is checked: if somebody else still stands there, that one is followed;
- if a clip shows no squat, a few of its pictures are searched for other
  people, and the clip is gone through again following the next one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from formcheck.pose.estimator import PeopleFinder, PoseEstimator
from formcheck.pose.kinematics import ANKLES, HIPS, SHOULDERS, Window, middle
from formcheck.pose.track import FloatArray, Pose
from formcheck.video.reading import Frame, ImageArray

LEAVING_S = 0.4
SEARCH_PAUSE_S = 3.0
SEARCH_SIDE_PX = 640
MAX_SAMPLES = 6
Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody stands: the middle of the feet, and how tall the trunk is."""

    feet_px: FloatArray
    trunk_px: float

    @classmethod
    def of(cls, points_px: FloatArray) -> Place:
        """The place of a body given by its landmarks, shape (33, 2)."""
        trunk = middle(points_px, SHOULDERS) - middle(points_px, HIPS)
        return cls(middle(points_px, ANKLES), float(np.hypot(*trunk)))

    def is_near(self, other: Place) -> bool:
        """Whether the same body could be at both; False if either is unknown."""
        reach = 0.9 * max(self.trunk_px, other.trunk_px)
        ratio = self.trunk_px / max(other.trunk_px, 1e-6)
        # A trunk that leans looks shorter, so only a large difference speaks.
        return bool(np.hypot(*(self.feet_px - other.feet_px)) < reach and 0.45 < ratio < 2.2)


def box_of(points_px: FloatArray, margin: float = 0.2) -> Box:
    """The box round a body, wider by a share of its height on every side."""
    known = points_px[np.isfinite(points_px).all(1)]
    low, high = known.min(0), known.max(0)
    pad = margin * (high[1] - low[1])
    return (*_pair(low - pad), *_pair(high + pad))


def _pair(point: FloatArray) -> tuple[float, float]:
    return float(point[0]), float(point[1])


@dataclass(slots=True)
class LifterTracker:
    """A pose estimator that stays with the one who squats.

    With a ``seed`` it follows the body in this part of the picture.
    """

    model: str | Path | None = None
    seed: Box | None = None
    n_returns: int = 0
    estimator: PoseEstimator = field(init=False)
    _finder: PeopleFinder | None = None
    _home: Place | None = None
    _away_since_s: float | None = None
    _searched_s: float = -np.inf
    _samples: list[tuple[Frame, float, Place | None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.estimator = PoseEstimator(self.model)
        if self.seed is not None:
            self.estimator.restrict_to(self.seed)

    def close(self) -> None:
        """Free the models."""
        self.estimator.close()
        if self._finder is not None:
            self._finder.close()

    def estimate(self, frame: Frame) -> Pose:
        """Return the lifter's pose in the next frame."""
        pose = self.estimator.estimate(frame)
        place = Place.of(pose.points_px) if pose.is_present else None
        self._sample(frame, place)
        if self._home is None or place is None or place.is_near(self._home):
            self._away_since_s = None
            return pose
        if self._away_since_s is None:
            self._away_since_s = frame.time_s
        is_due = frame.time_s - self._searched_s >= SEARCH_PAUSE_S
        if frame.time_s - self._away_since_s < LEAVING_S or not is_due:
            return pose
        return self._look_at_home(self._home, frame, pose)

    def squatted(self, standing: Window) -> None:
        """Note where the lifter stood at the start of a squat: the place from now on."""
        stand = standing.points_px
        stand = stand[np.isfinite(stand[:, list(ANKLES + HIPS + SHOULDERS)]).all((1, 2))]
        if len(stand):
            self._home = Place.of(np.median(stand, axis=0))

    def other_person(self) -> Box | None:
        """Where somebody else stands in most of the sampled pictures; None if nowhere.

        Ends the following: no frame can be estimated after it.
        """
        self.estimator.close()  # two models at once would take twice the memory
        needed = max(2, len(self._samples) // 2)
        found: list[tuple[Place, FloatArray]] = []
        n_left, n_with_others = len(self._samples), 0
        for frame, scale, tracked in reversed(self._samples):
            if n_with_others + n_left < needed:
                return None
            n_before, n_left = len(found), n_left - 1
            for points in self._people(frame.image):
                place = Place.of(points / scale)
                if tracked is None or not place.is_near(tracked):
                    found.append((place, points / scale))
            n_with_others += len(found) > n_before
        groups = [[body for place, body in found if place.is_near(one)] for one, _ in found]
        if not groups:
            return None
        best = max(groups, key=lambda g: (len(g), float(np.ptp(g[0][:, 1]))))
        if len(best) < needed:
            return None
        boxes = np.array([box_of(body) for body in best])
        low, high = boxes[:, :2].min(0), boxes[:, 2:].max(0)
        return (*_pair(low), *_pair(high))

    def looks(self) -> list[tuple[Place | None, list[FloatArray]]]:
        """Who is in two of the sampled pictures, and where the followed body is in them.

        Ends the following, as :meth:`other_person`.
        """
        self.estimator.close()
        return [
            (followed, [points / scale for points in self._people(frame.image)])
            for frame, scale, followed in self._samples[:3:2]
        ]

    def _look_at_home(self, home: Place, frame: Frame, pose: Pose) -> Pose:
        """Go back to the lifter if somebody still stands where the squats were done."""
        self._searched_s, self._away_since_s = frame.time_s, None
        image, scale = reduced(frame)
        bodies = [points / scale for points in self._people(image)]
        at_home = [body for body in bodies if Place.of(body).is_near(home)]
        if not at_home:
            self._home = None  # the lifter walked off
            return pose
        self.n_returns += 1
        self.estimator.restrict_to(box_of(at_home[0]))
        return self.estimator.estimate(frame)

    def _people(self, image: ImageArray) -> list[FloatArray]:
        if self._finder is None:
            self._finder = PeopleFinder(self.model)
        return self._finder.find(image)

    def _sample(self, frame: Frame, place: Place | None) -> None:
        """Keep a few small pictures, ever further apart, for a later search."""
        n = len(self._samples)
        if n < MAX_SAMPLES and frame.time_s >= 0.4 * 2**n:
            image, scale = reduced(frame)
            self._samples.append((Frame(frame.time_s, image), scale, place))


def reduced(frame: Frame) -> tuple[ImageArray, float]:
    """A smaller copy of the picture and its scale."""
    scale = min(1.0, SEARCH_SIDE_PX / max(frame.image.shape[:2]))
    small = cv2.resize(frame.image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8), scale
