"""A live camera without a camera: stick figures stand in for what the model would find."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from stickfigure import Camera, squat, stand

from formcheck.live.session import LiveSession, LiveUpdate
from formcheck.pose.track import Pose, PoseTrack
from formcheck.video.reading import Frame, ImageArray

CAMERA = (640, 480)
WEBCAM = Camera(width_px=640, height_px=480, focal=1.15, height_m=0.95)
"""A laptop's camera, three metres away."""
FRONT_SET = (
    stand(1.6), squat(), stand(0.8), squat(left_pct=22), stand(0.8), squat(), stand(1.5),
)  # fmt: skip


@dataclass
class Actor:
    """Takes the place of the tracker: finds in each picture the pose its number stands for."""

    track: PoseTrack
    n_open: int = 0
    n_returns: int = 0
    seen: Any = None

    @property
    def estimator(self) -> Any:
        return self

    model_sha256 = "0" * 64

    def __call__(self, *_: Any) -> Actor:
        self.n_open += 1
        return self

    def estimate(self, frame: Frame) -> Pose:
        index = number_of(frame.image)
        if index >= len(self.track):
            return Pose.absent(frame.time_s)
        return replace(self.track[index], time_s=frame.time_s)

    def squatted(self, rep: Any) -> None:
        self.seen = rep

    def close(self) -> None:
        self.n_open -= 1


def picture(index: int, light: int = 150, size: tuple[int, int] = CAMERA) -> ImageArray:
    """A grey picture that carries a number, also through JPEG."""
    image = np.full((size[1], size[0], 3), light, np.uint8)
    for bit in range(12):
        image[:16, 16 * bit : 16 * (bit + 1)] = 255 if index >> bit & 1 else 0
    return image


def number_of(image: ImageArray) -> int:
    return sum((int(image[8, 16 * bit + 8].mean()) > 127) << bit for bit in range(12))


def playing(
    session: LiveSession, track: PoseTrack, kept: Iterable[int] | None = None, start_s: float = 0.0
) -> Iterator[LiveUpdate]:
    """Play a track, or some of its frames, to a session."""
    for index in range(len(track)) if kept is None else kept:
        yield session.update(picture(index), start_s + float(track.times_s[index]))
