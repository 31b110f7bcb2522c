"""One analysis in a process of its own: ``python -m formcheck.app.jobs.analyse``."""

import os
from pathlib import Path

from formcheck.app.jobs.admission import check_video
from formcheck.app.jobs.draw import PICTURE_HEIGHT_PX, draw_pictures
from formcheck.app.jobs.limits import can_be_drawn, check_length
from formcheck.app.jobs.request import PEOPLE_NAME, TRACK_NAME, VIDEO_NAME, Answer, Request
from formcheck.batch.job import Report
from formcheck.batch.workers.protocol import serve
from formcheck.clip import check_clip
from formcheck.errors import FormcheckError, InputError
from formcheck.files import TRACK_SUFFIX, write_atomic, writing_atomic
from formcheck.report.annotate import annotate_clip
from formcheck.report.record import rep_result
from formcheck.report.thumbnail import people_jpeg
from formcheck.squat.analysis import JudgedRep
from formcheck.squat.settings import DEFAULT_SETTINGS
from formcheck.video.filmed import AS_STORED, Filmed

POLITENESS = 10
"""An analysis can wait for a moment; a page that is looked at, or a live set, cannot."""


def run(request: Request, report: Report) -> Answer:
    """Do what is asked; what cannot be done is answered in words."""
    try:
        _analyse(request, report)
    except FormcheckError as error:
        # The person knows the file by its name, not by where it lies on the server.
        text = str(error)
        for path in (str(Path(request.folder) / TRACK_NAME), request.source):
            text = text.replace(path, request.name)
        return Answer(text)
    except OSError as error:  # a full disk, or the folder was cleaned away
        return Answer(f"{request.name}: {error.strerror or error}. Add the clip again.")
    return Answer()


def _analyse(request: Request, report: Report) -> None:
    source, folder, drawn = Path(request.source), Path(request.folder), Path(request.drawn)
    is_video = source.suffix.lower() != TRACK_SUFFIX
    track_path = folder / TRACK_NAME
    settings = DEFAULT_SETTINGS.with_values(request.settings)

    def progress(stage: str, done_s: float, total_s: float | None) -> None:
        if stage == "pose" and is_video:  # the length that was claimed need not be true
            check_length(done_s, request.name, request.limits)
        report(stage, done_s, total_s)

    def on_rep(rep: JudgedRep) -> None:
        report.judged(rep_result(rep, with_cue=request.with_cues))

    if is_video and not track_path.exists():
        check_video(source, request.name, request.limits)
    known = track_path if track_path.exists() else source
    filmed = AS_STORED
    if known.suffix.lower() != TRACK_SUFFIX:
        filmed = Filmed(is_mirrored=request.is_mirrored, person=request.person)
    checked = check_clip(known, settings, progress=progress, on_rep=on_rep, filmed=filmed)
    if not len(checked.track):
        raise InputError(f"{request.name}: the track holds no frames.")
    if not track_path.exists():
        with writing_atomic(track_path) as file:
            checked.track.write(file)
    if not is_video and not can_be_drawn(checked.track.times_s, request.limits):
        return
    drawn.mkdir(parents=True, exist_ok=True)
    picture = source if is_video else None
    people = checked.result.people
    if picture is not None and len(people) > 1 and not request.blur:
        seen = people_jpeg(picture, checked.track, people, height_px=PICTURE_HEIGHT_PX)
        if seen is not None:
            write_atomic(drawn / PEOPLE_NAME, seen)
    if not request.is_video:
        draw_pictures(
            picture, drawn, checked.track, checked.analysis, blur=request.blur, progress=progress
        )
    else:
        annotate_clip(
            picture, drawn / VIDEO_NAME, checked.track, checked.analysis,
            with_cues=request.with_cues, blur_face=request.blur, progress=progress,
        )  # fmt: skip


if __name__ == "__main__":
    if hasattr(os, "nice"):
        os.nice(POLITENESS)
    serve(Request, run)
