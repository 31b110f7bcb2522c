"""Small pictures of moments that matter, with the skeleton on them."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from formcheck.errors import FormcheckError
from formcheck.pose.track import PoseTrack
from formcheck.report.drawing import INK, PAPER, Snapshot
from formcheck.report.face_blur import hide_face
from formcheck.report.faces import faces_of
from formcheck.report.painter import PLAIN_SIDE_PX, Painter, cut_to_legs, plain_picture, with_head
from formcheck.report.record import CheckedClip
from formcheck.report.result import PersonSeen
from formcheck.report.words import COLOURS
from formcheck.squat.analysis import Analysis, JudgedRep
from formcheck.squat.faults.finding import Verdict
from formcheck.squat.moments import worst_moment
from formcheck.video.filmed import AS_STORED, Filmed
from formcheck.video.reading import Frame, FrameReader, ImageArray

LOOK_S = 0.4
"""When people are pictured who are in a clip from its start."""
HEIGHT_PX, QUALITY = 180, 72
"""Of a clip's picture on the page over all clips."""


def worst_frame_jpeg(
    video: Path | None, checked: CheckedClip, *, blur_face: bool = False, height_px: int = HEIGHT_PX
) -> bytes | None:
    """The picture of a clip as JPEG, so high; None if there is nothing to show.

    The frame is read from ``video``, None draws the skeleton alone; ``blur_face`` makes the face of
    the measured person unrecognisable.
    """
    moment = worst_moment(checked.analysis.reps)
    if moment is None or not len(checked.track):
        return None
    judged, time_s = moment
    return moment_jpeg(
        video, checked.track, checked.analysis, judged, time_s,
        blur_face=blur_face, height_px=height_px,
    )  # fmt: skip


def moment_jpeg(
    video: Path | None,
    track: PoseTrack,
    analysis: Analysis,
    judged: JudgedRep,
    time_s: float,
    *,
    blur_face: bool = False,
    height_px: int = HEIGHT_PX,
    quality: int = QUALITY,
    max_side_px: int = PLAIN_SIDE_PX,
) -> bytes | None:
    """A moment of a repetition, cut to hips and feet, as JPEG; None if it cannot be made.

    The frame is read at no more than ``max_side_px`` and comes out ``height_px`` high.
    """
    nearest = int(np.argmin(np.abs(track.times_s - time_s)))
    seen = None
    if video is not None and not track.meta.get("is_joined"):  # a time is no place in such a file
        nearest_s, filmed = float(track.times_s[nearest]), Filmed.of(track.meta)
        seen = frame_at(video, nearest_s, max_side_px, filmed)
    image = plain_picture(track.width_px, track.height_px) if seen is None else seen
    scale = image.shape[1] / track.width_px
    points = analysis.points_px[nearest] * scale
    if seen is None:
        image = with_head(image, points)
    elif blur_face:
        image = hide_face(image, faces_of(track)[nearest] * scale)
    part, points = cut_to_legs(image, points, height_px)
    painter = Painter(part.shape[1], part.shape[0])
    judging = tuple(f.fault for f in judged.findings)
    shot = Snapshot(view=str(judged.view.name), findings=judged.findings, judging=judging)
    painter.draw(part, points, shot)
    return _jpeg(painter.picture, quality)


def _jpeg(image: ImageArray, quality: int) -> bytes | None:
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    done, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return bytes(data) if done else None


def people_jpeg(
    video: Path, track: PoseTrack, people: Sequence[PersonSeen], *, height_px: int
) -> bytes | None:
    """Everybody in the picture outlined and numbered from the left, as JPEG.

    None if there is no such picture.
    """
    side_px = max(height_px, round(height_px * track.width_px / track.height_px))
    time_s = float(track.times_s[np.searchsorted(track.times_s, LOOK_S).clip(0, len(track) - 1)])
    image = frame_at(video, time_s, side_px, Filmed.of(track.meta))
    if image is None:
        return None
    image = np.ascontiguousarray(image)
    scale = image.shape[1] / track.width_px
    for number, one in enumerate(people, 1):
        left, top, right, bottom = (round(side * scale) for side in one.box)
        colour = COLOURS[Verdict.OK] if one.is_followed else INK
        thickness = 4 if one.is_followed else 2
        place = max(4, left + 8), max(26, top + 26)
        for ink, width in ((PAPER, 4), (colour, 0)):  # seen on light and dark
            cv2.rectangle(image, (left, top), (right, bottom), ink, thickness + width)
            cv2.putText(image, str(number), place, cv2.FONT_HERSHEY_SIMPLEX, 0.9, ink, 2 + width)
    return _jpeg(image, QUALITY)


def frame_at(
    video: Path, time_s: float, max_side_px: int = PLAIN_SIDE_PX, filmed: Filmed = AS_STORED
) -> ImageArray | None:
    """The frame of a video at a time from its first frame; None if it cannot be had."""
    try:
        frame: Frame | None = next(iter(_SeekingReader(video, time_s, max_side_px, filmed)), None)
    except (FormcheckError, OSError, ValueError, ArithmeticError):
        return None
    return None if frame is None else frame.image


class _SeekingReader(FrameReader):
    """Reads on from the key frame before a time; its first frame is the one at that time."""

    def __init__(self, path: Path, time_s: float, max_side_px: int, filmed: Filmed) -> None:
        super().__init__(path, rate_hz=None, max_side_px=max_side_px, filmed=filmed)
        self._time_s = time_s

    def _decode(self, container: Any, stream: Any) -> Iterator[Any]:
        base = stream.time_base
        wanted_s = 0.0
        if base:
            start, played_s = stream.start_time or 0, self._time_s * self.speed
            container.seek(start + math.floor(played_s / base), stream=stream)
            wanted_s = float(start * base) + played_s - 1e-3
        last = None
        for raw in super()._decode(container, stream):
            last = raw
            if raw.time is None or raw.time >= wanted_s:
                break
        if last is not None:
            yield last
