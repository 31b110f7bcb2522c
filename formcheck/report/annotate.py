"""The annotated video: a clip with skeleton, reference lines, verdicts and cues drawn on it."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from formcheck.pose.track import FloatArray, PoseTrack
from formcheck.report.face_blur import faces_of, hide_face
from formcheck.report.painter import MAX_SIDE_PX, Painter, Snapshot, plain_picture, with_head
from formcheck.squat.analysis import Analysis
from formcheck.squat.feedback import cue_for
from formcheck.video.reading import Frame, FrameReader, ImageArray, Progress
from formcheck.video.writing import VideoWriter


@dataclass(frozen=True, slots=True)
class DrawnFrame:
    """A frame as it went into the annotated video; valid until the next one.

    ``index`` is that of the frame in the track; ``picture`` is RGB, of shape (height, width, 3) and
    uint8, with the skeleton and without the strips of words; ``points_px``, of shape (33, 2), are
    the landmarks in its pixels, NaN where unknown.
    """

    index: int
    time_s: float
    picture: ImageArray
    points_px: FloatArray


def annotate_clip(
    video: str | Path | None,
    target: str | Path,
    track: PoseTrack,
    analysis: Analysis,
    *,
    with_cues: bool = True,
    blur_face: bool = False,
    progress: Progress | None = None,
    on_frame: Callable[[DrawnFrame], None] | None = None,
) -> None:
    """Write the annotated video; raises InputError and OutputError.

    The clip is decoded a second time, at most 960 px on its longer side, and each frame gets what
    is known of the repetition it belongs to.

    Args:
        video: None draws the poses alone, as a stick figure on a plain picture.
        track, analysis: Of this video.
        with_cues: False leaves coaching cues out (somebody with a warning sign gets none).
        blur_face: Make the face of the measured person unrecognisable.
        progress: Told after every frame; what it raises ends the work and leaves no file.
        on_frame: Gets every frame as drawn.
    """
    faces = faces_of(track) if blur_face and video is not None else None
    total_s = float(track.times_s[-1]) if len(track) else 0.0
    frames: Iterable[Frame] = (
        _plain_frames(track) if video is None else FrameReader(video, max_side_px=MAX_SIDE_PX)
    )
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
            snapshot = snapshot_at(analysis, frame.time_s)
            if not with_cues:
                snapshot = replace(snapshot, cue="")
            points = smooth_px * scale
            if video is None:
                image = with_head(image, points)
            writer.write(Frame(frame.time_s, painter.draw(image, points, snapshot)))
            if on_frame is not None:
                on_frame(DrawnFrame(i, frame.time_s, painter.picture, points))
            if progress is not None:
                progress("video", frame.time_s, total_s)


def _plain_frames(track: PoseTrack) -> Iterator[Frame]:
    picture = plain_picture(track.width_px, track.height_px)
    for time_s in track.times_s:
        yield Frame(float(time_s), picture)


def snapshot_at(analysis: Analysis, time_s: float) -> Snapshot:
    """What to show at a moment: the repetition under way, or the last one."""
    started = [judged for judged in analysis.reps if judged.rep.start_s <= time_s]
    if not started:
        return Snapshot(n_reps=len(analysis.reps))
    judged = started[-1]
    rep, cue = judged.rep, cue_for(judged)
    is_inside = time_s < rep.end_s
    if not is_inside:
        phase = "standing"
    elif time_s < rep.start_s + rep.eccentric_s:
        phase = "down"
    elif time_s < rep.end_s - rep.concentric_s:
        phase = "bottom"
    else:
        phase = "up"
    return Snapshot(
        rep_number=judged.number,
        n_reps=len(analysis.reps),
        phase=phase,
        cue=cue.spoken if cue is not None else "",
        view=str(judged.view.name) if is_inside else "",
        findings=judged.findings,
    )
