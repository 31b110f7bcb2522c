"""One clip scored into a results folder: result, track, picture, annotated video."""

import contextlib
import errno
import tempfile
from pathlib import Path

from formcheck._version import __version__
from formcheck.batch.job import SPOOL, Job, Outcome, Report
from formcheck.batch.manifest import Output
from formcheck.batch.source import fetch, hash_of
from formcheck.clip import OnRep, check_clip, sha256_of, unchanged
from formcheck.errors import FormcheckError, InputError, ModelError, OutputError
from formcheck.files import Suffix, write_atomic, writing_atomic
from formcheck.pose.models import landmarks_of
from formcheck.pose.track import Inference
from formcheck.report.annotate import annotate_clip
from formcheck.report.record import CheckedClip, rep_result
from formcheck.report.thumbnail import worst_frame_jpeg
from formcheck.squat.analysis import JudgedRep
from formcheck.squat.settings import DEFAULT_SETTINGS, Settings

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EROFS}


def score_clip(job: Job, report: Report) -> Outcome:
    """Score one clip into ``job.out``.

    Raises ModelError or OutputError, what would fail every clip; what a clip may hold is never
    raised.
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
    settings = DEFAULT_SETTINGS.with_values(job.settings)
    with_cues, blur_face = Output.NO_CUES not in job.outputs, Output.BLUR in job.outputs

    def on_rep(rep: JudgedRep) -> None:
        report.judged(rep_result(rep, with_cue=with_cues))

    _check_version("formcheck", __version__, job)  # first: what follows may take minutes
    inference = Inference(job.versions.get("inference", Inference.ADAPTIVE))
    stored = _from_track(job, settings, report, on_rep)
    with unchanged(path) if job.source.is_track else contextlib.nullcontext():
        checked = stored or check_clip(
            path, settings, job.model, report, on_rep, inference, job.filmed
        )
        track_sha256 = sha256_of(path) if job.source.is_track else ""
    if not job.source.is_track:
        for name in job.versions:
            _check_version(name, getattr(checked.result.versions, name), job)
    result = checked.result if with_cues else checked.result.without_cues()
    target = {suffix: Path(job.out) / f"{job.name}{suffix}" for suffix in Suffix}
    made = {Suffix.RESULT}

    def put(suffix: Suffix, content: bytes) -> None:
        write_atomic(target[suffix], content)
        made.add(suffix)

    track = target[Suffix.TRACK]
    if not (track.exists() and path.exists() and track.samefile(path)):
        with writing_atomic(track) as file:
            checked.track.write(file)
        made.add(Suffix.TRACK)
    with_video = Output.VIDEO in job.outputs
    if Output.THUMB in job.outputs:
        # A frame costs decoding up to it; without the annotated video the skeleton must do.
        thumb = worst_frame_jpeg(path if with_video else None, checked, blur_face=blur_face)
        if thumb is not None:
            put(Suffix.THUMB, thumb)
    if with_video:
        annotate_clip(
            path, target[Suffix.VIDEO], checked.track, checked.analysis,
            with_cues=with_cues, blur_face=blur_face,
            is_full_size=Output.FULL_SIZE in job.outputs, progress=report,
        )  # fmt: skip
        made.add(Suffix.VIDEO)
    put(Suffix.RESULT, result.to_json())  # the last, as it stands for all
    return Outcome(
        status="partial" if checked.is_partial else "scored",
        sha256=track_sha256 or result.source.sha256,
        files={suffix: target[suffix].stat().st_size for suffix in sorted(made)},
        n_frames=result.source.n_frames,
        is_from_track=stored is not None,
    )


def _check_version(name: str, ours: str, job: Job) -> None:
    wanted = job.versions.get(name, ours)
    if landmarks_of(ours) != landmarks_of(wanted):
        raise ModelError(
            f"a worker runs {name} {ours}, this run needs {wanted}. "
            "Install the same release on every worker."
        )


def _from_track(job: Job, settings: Settings, report: Report, on_rep: OnRep) -> CheckedClip | None:
    """The clip judged from its stored track; None if there is none that can be used."""
    if job.track is None:
        return None
    try:
        return check_clip(job.track, settings, progress=report, on_rep=on_rep)
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
