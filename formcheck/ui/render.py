"""The annotated video and a picture per repetition, in one pass over the clip."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from formcheck.analysis import Analysis
from formcheck.overlay import MAX_SIDE_PX, canvas_size, crop_around, draw
from formcheck.pipeline import Progress, snapshot_at
from formcheck.pose import FloatArray, Pose, PoseTrack
from formcheck.smoothing import Smoother, TrackRepair
from formcheck.ui.moments import key_moment_s
from formcheck.ui.request import VIDEO_NAME, picture_name
from formcheck.video import Frame, FrameReader, ImageArray, VideoWriter

PICTURE_HEIGHT_PX = 420
_FACE = tuple(range(11))


def render(
    video: Path,
    folder: Path,
    track: PoseTrack,
    analysis: Analysis,
    *,
    with_cues: bool = True,
    blur: bool = False,
    progress: Progress | None = None,
) -> None:
    """Write ``annotated.mp4`` and ``rep-N.jpg`` into a folder.

    Parameters
    ----------
    video, folder : Path
    track : PoseTrack
        Of this video.
    analysis : Analysis
        Of this track.
    with_cues : bool
        False leaves coaching cues out (somebody with a warning sign gets none).
    blur : bool
        Make the face of the measured person unrecognisable.
    progress : callable, optional

    Raises
    ------
    InputError, OutputError
    """
    moments = {key_moment_s(rep): rep.number for rep in analysis.reps}
    faces = _faces(track) if blur else None
    times_s = track.times_s
    total_s = float(times_s[-1]) if len(times_s) else 0.0
    writer: VideoWriter | None = None
    frames = zip(FrameReader(video, max_side_px=MAX_SIDE_PX), display_poses(track), strict=False)
    try:
        for i, (frame, pose) in enumerate(frames):
            height, width = frame.image.shape[:2]
            scale = width / track.width_px
            image = frame.image
            if faces is not None:
                image = _blurred(image, faces[i] * scale)
            if writer is None:
                canvas_w, canvas_h, top, _ = canvas_size(width, height)
                writer = VideoWriter(folder / VIDEO_NAME, canvas_w, canvas_h).__enter__()
            snapshot = snapshot_at(analysis, frame.time_s)
            if not with_cues:
                snapshot = replace(snapshot, cue="")
            points = pose.points_px * scale
            drawn = draw(image, points, snapshot)
            writer.write(Frame(frame.time_s, drawn))
            for moment_s in _due(moments, frame.time_s, times_s, i):
                picture = drawn[top : top + height]
                _save_picture(folder / picture_name(moments.pop(moment_s)), picture, points)
            if progress is not None:
                progress("video", frame.time_s, total_s)
    except BaseException as error:
        if writer is not None:
            writer.__exit__(type(error), error, error.__traceback__)
        raise
    if writer is not None:
        writer.__exit__(None, None, None)


def display_poses(track: PoseTrack) -> Iterator[Pose]:
    """The smoothed poses of a track, one per frame, as the analyser saw them."""
    repair, smoother = TrackRepair(), Smoother()
    for pose in track:
        for smooth in smoother.update(*repair.update(pose)):
            yield smooth.pose
    for smooth in smoother.flush():
        yield smooth.pose


def _due(
    moments: Mapping[float, int], time_s: float, times_s: FloatArray, i: int
) -> tuple[float, ...]:
    """Moments nearer to this frame than to the next."""
    next_s = float(times_s[i + 1]) if i + 1 < len(times_s) else np.inf
    return tuple(m for m in moments if m < (time_s + next_s) / 2)


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


def _faces(track: PoseTrack) -> FloatArray:
    """Centre and radius of the face in every frame, shape (n, 3), in the track's pixels.

    Frames without a pose take the nearest known face: a gap must not show it.
    The radius is never below 0.32 of the trunk at its longest.
    """
    points = track.points_px.astype(np.float64)
    face = points[:, _FACE, :]
    centre = face.mean(1)
    extent = np.ptp(face, axis=1).max(1)
    trunk = np.hypot(*(points[:, (11, 12)].mean(1) - points[:, (23, 24)].mean(1)).T)
    known = np.isfinite(centre).all(1) & np.isfinite(extent)
    if not known.any():
        return np.zeros((len(points), 3))
    least = 0.32 * float(np.nanpercentile(trunk[known], 90))
    radius = np.maximum(extent * 0.95, least)
    index = np.arange(len(points))
    at = index[known]
    right = np.searchsorted(at, index).clip(0, len(at) - 1)
    left = (right - 1).clip(0)
    nearest = np.where(np.abs(at[left] - index) <= np.abs(at[right] - index), at[left], at[right])
    faces: FloatArray = np.column_stack([centre, radius])[nearest]
    return faces


def _blurred(image: ImageArray, face: FloatArray) -> ImageArray:
    """Replace an ellipse by a mosaic of a few tiles: nothing to sharpen back."""
    x, y, radius = (float(v) for v in face)
    if radius <= 0:
        return image
    height, width = image.shape[:2]
    # The landmarks lie on the face; the head goes on above it.
    y -= 0.15 * radius
    half_w, half_h = 1.0 * radius, 1.25 * radius
    x0, x1 = (int(np.clip(v, 0, width)) for v in (x - half_w, x + half_w))
    y0, y1 = (int(np.clip(v, 0, height)) for v in (y - half_h, y + half_h))
    if x1 - x0 < 2 or y1 - y0 < 2:
        return image
    out = image.copy()
    part = out[y0:y1, x0:x1]
    tiles = cv2.resize(part, (5, 6), interpolation=cv2.INTER_AREA)
    mosaic = cv2.resize(tiles, (x1 - x0, y1 - y0), interpolation=cv2.INTER_NEAREST)
    mask = np.zeros(part.shape[:2], np.uint8)
    centre = (round(x - x0), round(y - y0))
    cv2.ellipse(mask, centre, (round(half_w), round(half_h)), 0, 0, 360, 255, -1)
    part[mask > 0] = mosaic[mask > 0]
    return out
