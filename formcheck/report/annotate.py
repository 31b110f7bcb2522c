"""The annotated video: a clip with skeleton, reference lines, verdicts and cues drawn on it."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

import cv2
import numpy as np

from formcheck.pose.track import PoseTrack
from formcheck.report.drawing import snapshot_at
from formcheck.report.face_blur import hide_face
from formcheck.report.faces import faces_of
from formcheck.report.painter import Painter, plain_picture, with_head
from formcheck.squat.analysis import Analysis
from formcheck.video.filmed import Filmed
from formcheck.video.reading import Frame, FrameReader, Progress
from formcheck.video.writing import VideoWriter

SHORT_SIDE_PX = 720
"""Shorter side of an annotated video, at most: more shows no more of a lifter on a screen."""


def annotate_clip(
    video: str | Path | None,
    target: str | Path,
    track: PoseTrack,
    analysis: Analysis,
    *,
    with_cues: bool = True,
    blur_face: bool = False,
    is_full_size: bool = False,
    progress: Progress | None = None,
) -> None:
    """Write the annotated video; raises InputError and OutputError.

    The clip is decoded a second time, and each frame gets what is known of the repetition it
    belongs to.  That is known seconds after the frame: keeping so many pictures would take more
    memory than all the rest, to save at 1080p a third of the work done here.

    Args:
        video: None draws the poses alone, as a stick figure on a plain picture.
        track, analysis: Of this video.
        with_cues: False leaves coaching cues out (somebody with a warning sign gets none).
        blur_face: Make the face of the measured person unrecognisable.
        is_full_size: As large as it was analysed, not at 720 px on the shorter side.
        progress: Told after every frame; what it raises ends the work and leaves no file.
    """
    faces = faces_of(track) if blur_face and video is not None else None
    total_s = float(track.times_s[-1]) if len(track) else 0.0
    frames: Iterable[Frame]
    if video is None:
        frames = _plain_frames(track)
    else:
        side_px, filmed = drawn_side_px(track, is_full_size), Filmed.of(track.meta)
        frames = FrameReader(video, max_side_px=side_px, filmed=filmed)
    painter: Painter | None = None
    with ExitStack() as stack:
        for i, (frame, smooth_px) in enumerate(zip(frames, analysis.points_px, strict=False)):
            image = frame.image
            if painter is None:
                height, width = image.shape[:2]
                painter = Painter(width, height)
                writer = stack.enter_context(VideoWriter(target, *painter.size))
            elif image.shape[:2] != (height, width):  # a stream may change its size
                image = np.asarray(cv2.resize(image, (width, height)), np.uint8)
            scale = width / track.width_px
            if faces is not None:
                image = hide_face(image, faces[i] * scale)
            points = smooth_px * scale
            if video is None:
                image = with_head(image, points)
            snapshot = snapshot_at(analysis, frame.time_s, with_cues=with_cues)
            writer.write(Frame(frame.time_s, painter.draw(image, points, snapshot)))
            if progress is not None:
                progress("video", frame.time_s, total_s)


def drawn_side_px(track: PoseTrack, is_full_size: bool) -> int:
    """Longer side of the picture an annotated video is drawn on."""
    short, long = sorted((track.width_px, track.height_px))
    return long if is_full_size else min(long, round(long * SHORT_SIDE_PX / short))


def _plain_frames(track: PoseTrack) -> Iterator[Frame]:
    picture = plain_picture(track.width_px, track.height_px)
    for time_s in track.times_s:
        yield Frame(float(time_s), picture)
