"""The annotated video and a picture per repetition, in one pass over the clip or its poses."""

from pathlib import Path

import cv2
import numpy as np

from formcheck.app.jobs.request import VIDEO_NAME, picture_name
from formcheck.pose.track import FloatArray, PoseTrack
from formcheck.report.annotate import DrawnFrame, annotate_clip
from formcheck.report.painter import crop_around
from formcheck.squat.analysis import Analysis
from formcheck.squat.moments import key_moment_s
from formcheck.video.reading import ImageArray, Progress

PICTURE_HEIGHT_PX = 420


def draw_result(
    video: Path | None,
    folder: Path,
    track: PoseTrack,
    analysis: Analysis,
    *,
    with_cues: bool = True,
    blur: bool = False,
    progress: Progress | None = None,
) -> None:
    """Write ``annotated.mp4`` and ``rep-N.jpg`` into a folder.

    Parameters and errors are those of :func:`formcheck.report.annotate.annotate_clip`.
    """
    moments = {
        key_moment_s(judged.findings, judged.rep.bottom_s): judged.number
        for judged in analysis.reps
    }
    times_s = track.times_s

    def keep(frame: DrawnFrame) -> None:
        next_s = float(times_s[frame.index + 1]) if frame.index + 1 < len(times_s) else np.inf
        # Nearer to this frame than to the next.
        for moment_s in [m for m in moments if m < (frame.time_s + next_s) / 2]:
            path = folder / picture_name(moments.pop(moment_s))
            _save_picture(path, frame.picture, frame.points_px)

    annotate_clip(
        video, folder / VIDEO_NAME, track, analysis,
        with_cues=with_cues, blur_face=blur, progress=progress, on_frame=keep,
    )  # fmt: skip


def _save_picture(path: Path, picture: ImageArray, points: FloatArray) -> None:
    part = crop_around(picture, points)
    scale = PICTURE_HEIGHT_PX / part.shape[0]
    if scale < 1:
        size = (max(1, round(part.shape[1] * scale)), PICTURE_HEIGHT_PX)
        part = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.uint8)
    bgr = cv2.cvtColor(np.ascontiguousarray(part), cv2.COLOR_RGB2BGR)
    done, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, 82])
    if done:
        path.write_bytes(data.tobytes())
