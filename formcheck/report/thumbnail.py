"""One small picture per clip: the moment that matters most, with the skeleton on it."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from formcheck.errors import FormcheckError
from formcheck.report.face_blur import faces_of, hide_face
from formcheck.report.painter import (
    PLAIN_SIDE_PX,
    Painter,
    Snapshot,
    crop_around,
    plain_picture,
    with_head,
)
from formcheck.report.record import CheckedClip
from formcheck.squat.moments import worst_moment
from formcheck.video.reading import Frame, FrameReader, ImageArray

HEIGHT_PX = 180
QUALITY = 72


def worst_frame_jpeg(
    video: Path | None, checked: CheckedClip, *, blur_face: bool = False
) -> bytes | None:
    """The picture of a clip as JPEG; None if there is nothing to show.

    The frame is read from ``video``, None draws the skeleton alone; ``blur_face`` makes the face of
    the measured person unrecognisable.
    """
    moment = worst_moment(checked.analysis.reps)
    if moment is None or not len(checked.track):
        return None
    rep, time_s = moment
    track = checked.track
    nearest = int(np.argmin(np.abs(track.times_s - time_s)))
    seen = None if video is None else frame_at(video, float(track.times_s[nearest]))
    image = plain_picture(track.width_px, track.height_px) if seen is None else seen
    scale = image.shape[1] / track.width_px
    points = track[nearest].points_px * scale
    if seen is None:
        image = with_head(image, points)
    elif blur_face:
        image = hide_face(image, faces_of(track)[nearest] * scale)
    painter = Painter(image.shape[1], image.shape[0])
    painter.draw(image, points, Snapshot(view=str(rep.view.name), findings=rep.findings))
    part = crop_around(painter.picture, points)
    size = max(1, round(HEIGHT_PX * part.shape[1] / part.shape[0]))
    small = cv2.resize(part, (min(size, 3 * HEIGHT_PX), HEIGHT_PX), interpolation=cv2.INTER_AREA)
    done, data = cv2.imencode(
        ".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, QUALITY]
    )
    return bytes(data) if done else None


def frame_at(video: Path, time_s: float) -> ImageArray | None:
    """The frame of a video at a time from its first frame; None if it cannot be had."""
    try:
        frame: Frame | None = next(iter(_SeekingReader(video, time_s)), None)
    except (FormcheckError, OSError, ValueError, ArithmeticError):
        return None
    return None if frame is None else frame.image


class _SeekingReader(FrameReader):
    """Reads on from the key frame before a time; its first frame is the one at that time."""

    def __init__(self, path: Path, time_s: float) -> None:
        super().__init__(path, rate_hz=None, max_side_px=PLAIN_SIDE_PX)
        self._time_s = time_s

    def _decode(self, container: Any, stream: Any) -> Iterator[Any]:
        base = stream.time_base
        wanted_s = 0.0
        if base:
            start = stream.start_time or 0
            container.seek(start + math.floor(self._time_s / base), stream=stream)
            wanted_s = float(start * base) + self._time_s - 1e-3
        last = None
        for raw in super()._decode(container, stream):
            last = raw
            if raw.time is None or raw.time >= wanted_s:
                break
        if last is not None:
            yield last
