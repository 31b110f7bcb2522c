"""One clip, end to end: video or track in, result, track and annotated video out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from formcheck import __version__
from formcheck.analysis import DEFAULT_SETTINGS, Analysis, Analyzer, JudgedRep, Settings, analyze
from formcheck.errors import InputError
from formcheck.estimator import mediapipe_version
from formcheck.feedback import cue_for
from formcheck.overlay import MAX_SIDE_PX as OVERLAY_SIDE_PX
from formcheck.overlay import Snapshot, canvas_size, draw
from formcheck.people import Box, LifterTracker
from formcheck.pose import Pose, PoseTrack
from formcheck.report import to_dict
from formcheck.smoothing import Smoother, TrackRepair
from formcheck.video import Frame, FrameReader, VideoWriter

Progress = Callable[[str, float, float | None], None]
"""Called with the stage, seconds of video done and the total (None if unknown)."""

EARLY_END_SHARE = 0.9
TRACK_SUFFIX = ".npz"
SOURCE_KEYS = ("file", "sha256", "width_px", "height_px", "duration_s", "n_frames")


@dataclass(frozen=True, slots=True)
class CheckedClip:
    """A judged clip: its analysis, its track and the record made from them."""

    analysis: Analysis
    track: PoseTrack
    result: dict[str, Any] = field(repr=False)
    is_partial: bool = False


def check_clip(
    path: str | Path,
    settings: Settings = DEFAULT_SETTINGS,
    model: str | Path | None = None,
    progress: Progress | None = None,
) -> CheckedClip:
    """Judge a video, or a stored track without the model.

    Parameters
    ----------
    path : path
        A video, or a track written by :meth:`PoseTrack.save` (``.npz``).
    settings : Settings
    model : path, optional
        Another pose landmarker bundle.
    progress : callable, optional

    Raises
    ------
    InputError
        If the file cannot be used at all.
    ModelError
        If the model cannot.
    """
    path = Path(path)
    if path.suffix.lower() == TRACK_SUFFIX:
        track = PoseTrack.load(path)
        return _checked(analyze(track, settings), track, settings)
    return _check_video(path, settings, model, progress)


def _check_video(
    path: Path, settings: Settings, model: str | Path | None, progress: Progress | None
) -> CheckedClip:
    checked, other = _one_pass(path, settings, model, progress, seed=None)
    if other is None:
        return checked
    # No squat, and somebody else is in the picture: perhaps that one squats.
    again, _ = _one_pass(path, settings, model, progress, seed=other)
    return again if again.analysis.reps else checked


def _one_pass(
    path: Path,
    settings: Settings,
    model: str | Path | None,
    progress: Progress | None,
    seed: Box | None,
) -> tuple[CheckedClip, Box | None]:
    """Go through a video once; return also where another person is if nobody squats."""
    reader = FrameReader(path)
    analyzer = Analyzer(settings)
    poses: list[Pose] = []
    with LifterTracker(model, seed) as tracker:
        for frame in reader:
            pose = tracker.estimate(frame)
            poses.append(pose)
            for item in analyzer.update(pose):
                if isinstance(item, JudgedRep):
                    tracker.squatted(item.rep)
            if progress is not None:
                progress("pose", frame.time_s, reader.info.duration_s if reader.info else None)
        analysis = analyzer.finish()
        other = None if analysis.reps or seed is not None else tracker.other_person()
        model_sha256, n_returns = tracker.estimator.model_sha256, tracker.n_returns
    info = reader.info
    if not poses or info is None:
        raise InputError(
            f"{path}: no picture could be decoded. The file is damaged: copy it again."
        )
    damage = _damage_notes(poses, reader, info.duration_s)
    notes = list(damage)
    if n_returns:
        notes.append(
            f"Somebody else crossed the picture: went back to the lifter {n_returns} times."
        )
    if seed is not None:
        notes.append("Several people are in the picture: the one who squats was judged.")
    times = np.array([p.time_s for p in poses])
    frame_s = float(np.median(np.diff(times))) if len(times) > 1 else 0.0
    meta = {
        "source": {
            "file": path.name.encode("utf-8", "backslashreplace").decode(),
            "sha256": sha256_of(path),
            "width_px": info.width_px,
            "height_px": info.height_px,
            "duration_s": round(float(times[-1]) + frame_s, 3),
            "n_frames": len(poses),
        },
        "versions": {"mediapipe": mediapipe_version(), "model_sha256": model_sha256},
        "notes": notes,
        "is_partial": bool(damage),
    }
    track = PoseTrack.from_poses(poses, info.width_px, info.height_px, meta)
    return _checked(analysis, track, settings), other


def _checked(analysis: Analysis, track: PoseTrack, settings: Settings) -> CheckedClip:
    try:
        versions = {"formcheck": __version__}
        versions |= {k: track.meta["versions"][k] for k in ("mediapipe", "model_sha256")}
        source = {k: track.meta["source"][k] for k in SOURCE_KEYS}
        notes = [str(note) for note in track.meta["notes"]]
    except (KeyError, TypeError) as error:
        raise InputError(
            f"the track lacks its source ({error}). Score the video again to make one."
        ) from error
    result = to_dict(analysis, source, versions, settings.changed(), notes)
    return CheckedClip(analysis, track, result, is_partial=bool(track.meta.get("is_partial")))


def _damage_notes(poses: list[Pose], reader: FrameReader, claimed_s: float | None) -> list[str]:
    notes = []
    end_s = poses[-1].time_s
    if len(poses) == 1:
        notes.append("The clip holds a single picture: no movement can be judged.")
    elif claimed_s is not None and end_s < EARLY_END_SHARE * claimed_s - 0.5:
        notes.append(
            f"The file ends early: {end_s:.1f} s of {claimed_s:.1f} s could be read. "
            "The result is partial."
        )
    if reader.n_damaged:
        notes.append(
            f"{reader.n_damaged} damaged pieces of the file were skipped. The result is partial."
        )
    return notes


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def annotate_clip(
    video: str | Path,
    target: str | Path,
    checked: CheckedClip,
    progress: Progress | None = None,
) -> None:
    """Write the annotated video: skeleton, reference lines, verdicts and cues.

    The clip is decoded a second time, at most 1280 px on its longer side, and
    each frame gets what is known of the repetition it belongs to.

    Raises
    ------
    InputError, OutputError
    """
    track = checked.track
    reader = FrameReader(video, max_side_px=OVERLAY_SIDE_PX)
    poses = iter(_display_poses(track))
    writer: VideoWriter | None = None
    total_s = float(track.times_s[-1])
    try:
        for frame, pose in zip(reader, poses, strict=False):
            height, width = frame.image.shape[:2]
            if writer is None:
                canvas = canvas_size(width, height)
                writer = VideoWriter(target, canvas[0], canvas[1]).__enter__()
            points = pose.points_px * (width / track.width_px)
            snapshot = snapshot_at(checked.analysis, frame.time_s)
            writer.write(Frame(frame.time_s, draw(frame.image, points, snapshot)))
            if progress is not None:
                progress("video", frame.time_s, total_s)
    except BaseException as error:
        if writer is not None:
            writer.__exit__(type(error), error, error.__traceback__)
        raise
    if writer is not None:
        writer.__exit__(None, None, None)


def _display_poses(track: PoseTrack) -> Iterator[Pose]:
    """The smoothed poses of a track, one per frame, as the analyser saw them."""
    repair = TrackRepair()
    smoother = Smoother()
    for pose in track:
        for smooth in smoother.update(*repair.update(pose)):
            yield smooth.pose
    for smooth in smoother.flush():
        yield smooth.pose


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
        facing=judged.view.facing,
        findings=judged.findings,
    )
