"""A picture per repetition, at its decisive moment."""

from pathlib import Path

from formcheck.app.jobs.request import picture_name
from formcheck.pose.track import PoseTrack
from formcheck.report.annotate import drawn_side_px
from formcheck.report.thumbnail import moment_jpeg
from formcheck.squat.analysis import Analysis
from formcheck.squat.moments import key_moment_s
from formcheck.video.reading import Progress

PICTURE_HEIGHT_PX, QUALITY = 420, 82


def draw_pictures(
    video: Path | None,
    folder: Path,
    track: PoseTrack,
    analysis: Analysis,
    *,
    blur: bool = False,
    progress: Progress | None = None,
) -> None:
    """Write ``rep-N.jpg`` of every repetition into a folder.

    Args:
        video: Where the frames are; None draws the poses alone.
        track, analysis: Of this video.
        blur: Make the face of the measured person unrecognisable.
        progress: Told after every picture.
    """
    for n, judged in enumerate(analysis.reps, 1):
        data = moment_jpeg(
            video, track, analysis, judged, key_moment_s(judged.findings, judged.rep.bottom_s),
            blur_face=blur, height_px=PICTURE_HEIGHT_PX, quality=QUALITY,
            max_side_px=drawn_side_px(track, is_full_size=False),
        )  # fmt: skip
        if data is not None:
            (folder / picture_name(judged.number)).write_bytes(data)
        if progress is not None:
            progress("pictures", n, len(analysis.reps))
