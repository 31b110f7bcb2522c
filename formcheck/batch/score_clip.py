"""One clip scored into a results folder: result, track, picture, annotated video."""

from __future__ import annotations

import contextlib
import errno
import tempfile
from pathlib import Path

from formcheck.batch.job import SPOOL, Job, Outcome, Report
from formcheck.batch.manifest import NO_CUES
from formcheck.batch.source import fetch, hash_of
from formcheck.clip import check_clip, sha256_of
from formcheck.errors import FormcheckError, InputError, ModelError, OutputError
from formcheck.files import write_atomic
from formcheck.report.annotate import annotate_clip
from formcheck.report.record import CheckedClip
from formcheck.report.thumbnail import worst_frame_jpeg
from formcheck.squat.settings import DEFAULT_SETTINGS, Settings

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EROFS}


def score_clip(job: Job, report: Report) -> Outcome:
    """Score one clip into ``job.out``.

    Raises
    ------
    ModelError, OutputError
        What would fail every clip; what a clip may hold is never raised.
    """
    with contextlib.ExitStack() as stack:
        try:
            path = Path(job.source.location)
            if job.source.is_remote:
                spool = Path(job.out) / SPOOL
                spool.mkdir(exist_ok=True)
                folder = stack.enter_context(tempfile.TemporaryDirectory(dir=spool))
                path = fetch(job.source, Path(folder), lambda: report("fetch", 0.0, None))
            return _score_file(job, path, report)
        except (ModelError, OutputError):
            raise
        except FormcheckError as error:
            return _failed(job, path, error)
        except OSError as error:
            if error.errno not in _FULL:
                raise
            raise OutputError(f"{job.out}: {error.strerror or error}. Free some space.") from error


def _score_file(job: Job, path: Path, report: Report) -> Outcome:
    out = Path(job.out)
    checked = _from_track(job)
    is_from_track = checked is not None
    if checked is None:
        checked = check_clip(path, _settings(job), job.model, report)
    for name, wanted in job.versions.items():
        ours = getattr(checked.result.versions, name, None)
        if not job.source.is_track and ours != wanted:
            raise ModelError(
                f"a worker runs {name} {ours}, this run needs {wanted}. "
                "Install the same release on every worker."
            )
    result = checked.result if job.with_cues else checked.result.without_cues()
    data = {".json": result.to_json()}
    target = out / f"{job.name}.track.npz"
    if not (target.exists() and path.exists() and target.samefile(path)):
        data[".track.npz"] = checked.track.to_bytes()
    outputs = []
    if job.with_thumb:
        # A frame costs decoding up to it; without the annotated video the skeleton must do.
        has_picture = job.with_video and not job.source.is_track
        thumb = worst_frame_jpeg(path if has_picture else None, checked, blur_face=job.blur_face)
        outputs.append("thumb")
        if thumb is not None:
            data[".worst.jpg"] = thumb
    files = {}
    for suffix in sorted(data, key=lambda s: s == ".json"):  # the result last
        if suffix == ".json" and job.with_video and not job.source.is_track:
            video = out / f"{job.name}.annotated.mp4"
            annotate_clip(
                path, video, checked.track, checked.analysis,
                with_cues=job.with_cues, blur_face=job.blur_face, progress=report,
            )  # fmt: skip
            files[".annotated.mp4"] = video.stat().st_size
            outputs.append("video")
        write_atomic(out / f"{job.name}{suffix}", data[suffix])
        files[suffix] = len(data[suffix])
    return Outcome(
        status="partial" if checked.is_partial else "scored",
        sha256=sha256_of(path) if job.source.is_track else result.source.sha256,
        files=dict(sorted(files.items())),
        outputs=tuple(
            sorted(
                [
                    *outputs,
                    *(["blur"] if job.blur_face else []),
                    *([] if job.with_cues else [NO_CUES]),
                ]
            )
        ),
        n_frames=result.source.n_frames,
        is_from_track=is_from_track,
    )


def _settings(job: Job) -> Settings:
    return DEFAULT_SETTINGS.with_values(job.settings)


def _from_track(job: Job) -> CheckedClip | None:
    """The clip judged from its stored track; None if there is none that can be used."""
    if job.track is None:
        return None
    try:
        return check_clip(job.track, _settings(job))
    except InputError:  # damaged, or out of a cluster worker's reach: the video is there
        return None


def _failed(job: Job, path: Path, error: FormcheckError) -> Outcome:
    message = str(error).replace(str(path), job.source.label)
    if job.source.label not in message:
        message = f"{job.source.label}: {message}"
    try:
        sha256 = hash_of(job.source)
    except FormcheckError:
        return Outcome("failed", message, kind="access")
    return Outcome("failed", message, kind="content", sha256=sha256)
