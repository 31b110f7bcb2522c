"""One clip, end to end: video or track in, analysis, track and result out."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from functools import partial
from itertools import chain, islice
from pathlib import Path

import numpy as np

from formcheck.errors import InputError
from formcheck.files import TRACK_SUFFIX
from formcheck.pose.camera import CameraMotion
from formcheck.pose.crowd import crowd_note, everybody, find_person
from formcheck.pose.estimator import mediapipe_version
from formcheck.pose.models import is_calibrated
from formcheck.pose.pacing import PacedEstimator
from formcheck.pose.people import Box, LifterTracker
from formcheck.pose.track import Inference, Pose, PoseRows, PoseTrack, origin
from formcheck.report.record import CheckedClip, checked_clip
from formcheck.squat.analysis import Analysis, Analyzer, JudgedRep, times
from formcheck.squat.faults.finding import MIN_RATE_HZ
from formcheck.squat.segmenter import Discarded
from formcheck.squat.settings import DEFAULT_SETTINGS, Settings
from formcheck.video.filmed import AS_STORED, Filmed
from formcheck.video.reading import Frame, FrameReader, Progress

EARLY_END_SHARE = 0.9
STANDING_STILL_S = 0.2
"""So long after the start of a squat the lifter still stands."""
OnRep = Callable[[JudgedRep], None]
"""Called with every repetition as soon as it is judged, in order."""


def check_clip(
    path: str | Path,
    settings: Settings = DEFAULT_SETTINGS,
    model: str | Path | None = None,
    progress: Progress | None = None,
    on_rep: OnRep | None = None,
    inference: Inference = Inference.ADAPTIVE,
    filmed: Filmed = AS_STORED,
) -> CheckedClip:
    """Judge a video, or a track written by :meth:`PoseTrack.save` (``.npz``) without the model.

    ``model`` is another pose landmarker bundle, ``inference`` which frames it looks at; ``on_rep``
    hears of every repetition while the rest of a video is still looked at.  InputError if the file
    cannot be used at all, ModelError if the model cannot.
    """
    path = Path(path)
    if path.suffix.lower() == TRACK_SUFFIX:
        if filmed != AS_STORED:
            raise InputError(
                f"{path}: a stored track keeps the sides and times it was made with. Score the "
                "video to say how it was filmed."
            )
        track = PoseTrack.load(path)
        return checked_clip(_judged(track, settings, progress, on_rep), track, settings)
    with unchanged(path):
        seed, why = None, ""
        if filmed.person is not None:
            seed, why = find_person(path, filmed, model, filmed.person)
        run = partial(_one_pass, path, settings, model, progress, on_rep, inference, filmed)
        checked, other = run(seed, why)
        if other is None:
            return checked
        # No squat, and somebody else is in the picture: perhaps that one squats.
        again, _ = run(other, "Several people are in the picture: the one who squats was judged.")
    return again if again.analysis.reps else checked


def _judged(
    track: PoseTrack, settings: Settings, progress: Progress | None, on_rep: OnRep | None
) -> Analysis:
    """Judge stored poses, and tell of it as it goes: an hour of them takes minutes."""
    analyzer = Analyzer(settings)
    n_told, end_s = 0, float(track.times_s[-1]) if len(track) else None
    for pose in track:
        n_told += _tell(analyzer.update(pose), on_rep)
        if progress is not None:
            progress("pose", pose.time_s, end_s)
    analysis = analyzer.finish()
    _tell(analysis.reps[n_told:], on_rep)
    return analysis


class Watcher:
    """Follows the lifter and judges what is done, frame by frame; close it when done.

    The analyzer outlives the watcher: a set goes on when a new model takes over.  With a ``seed``
    it follows the body in this part of the picture.  With adaptive ``inference`` poses and verdicts
    come up to 0.1 s late.
    """

    def __init__(
        self,
        analyzer: Analyzer,
        model: str | Path | None = None,
        seed: Box | None = None,
        inference: Inference = Inference.EVERY_FRAME,
    ) -> None:
        self.analyzer = analyzer
        self.tracker = LifterTracker(model, seed)
        self._camera = CameraMotion()
        self._last: Pose | None = None
        self._estimator = PacedEstimator(self._estimate, inference)

    @property
    def model_sha256(self) -> str:
        """Hash of the pose model in use."""
        return self.tracker.estimator.model_sha256

    def update(self, frame: Frame) -> tuple[tuple[Pose, ...], list[JudgedRep | Discarded]]:
        """Take the next frame; return the poses found with it and what was decided."""
        return self._judged(self._estimator.update(frame))

    def flush(self) -> tuple[tuple[Pose, ...], list[JudgedRep | Discarded]]:
        """Return the rest of the poses at the end, and what was decided with them."""
        return self._judged(self._estimator.flush())

    def _estimate(self, frame: Frame) -> Pose:
        camera = self._camera.update(frame, self._last)
        pose = replace(self.tracker.estimate(frame), camera=camera)
        if pose.is_present:
            self._last = pose
        return pose

    def _judged(
        self, poses: tuple[Pose, ...]
    ) -> tuple[tuple[Pose, ...], list[JudgedRep | Discarded]]:
        decided = [item for pose in poses for item in self.analyzer.update(pose)]
        for rep in (item.rep for item in decided if isinstance(item, JudgedRep)):
            self.tracker.squatted(rep.window.between(rep.start_s, rep.start_s + STANDING_STILL_S))
        return poses, decided

    def close(self) -> None:
        """Free the model; safe to call twice."""
        self.tracker.close()


def _one_pass(
    path: Path,
    settings: Settings,
    model: str | Path | None,
    progress: Progress | None,
    on_rep: OnRep | None,
    inference: Inference,
    filmed: Filmed,
    seed: Box | None,
    why: str,
) -> tuple[CheckedClip, Box | None]:
    """Go through a video once; return also where another person is if nobody squats.

    ``why`` is what to say of a ``seed``.
    """
    reader = FrameReader(path, filmed=filmed)
    analyzer = Analyzer(settings)
    poses = PoseRows()
    n_told = 0
    frames = iter(reader)
    first = list(islice(frames, 1))  # before the model is loaded: a file that is none costs little
    if not first:
        raise InputError(
            f"{path}: no picture could be decoded. The file is damaged: copy it again."
        )
    with closing(Watcher(analyzer, model, seed, inference)) as watcher:
        for frame in chain(first, frames):
            found, decided = watcher.update(frame)
            for pose in found:
                poses.append(pose)
            n_told += _tell(decided, on_rep)
            if progress is not None:
                progress("pose", frame.time_s, reader.claimed_s)
        for pose in watcher.flush()[0]:
            poses.append(pose)
        analysis = analyzer.finish()
        _tell(analysis.reps[n_told:], on_rep)
        tracker = watcher.tracker
        people = everybody(tracker.looks())
        other = None if analysis.reps or seed is not None else tracker.other_person()
        model_sha256, n_returns = watcher.model_sha256, tracker.n_returns
    info = reader.info
    assert info is not None  # it had a first picture
    damage = _damage_notes(poses.times_s, reader)
    notes = reader.notes + damage + _rate_notes(reader.rate_hz) + returns_notes(n_returns)
    if not is_calibrated(model_sha256):
        notes.append(
            "Limits and errors were measured with the full pose model, not with this one: take "
            "verdicts near a limit as open."
        )
    if note := why or crowd_note(people):
        notes.append(note)
    size = info.width_px, info.height_px
    meta = origin(
        np.array(poses.times_s),
        *size,
        file=path.name.encode("utf-8", "backslashreplace").decode(),
        sha256=sha256_of(path),
        versions={
            "mediapipe": mediapipe_version(),
            "model_sha256": model_sha256,
            "inference": inference,
        },
        notes=notes,
        is_partial=bool(damage),
    )
    if len(people) > 1:
        meta["people"] = [asdict(one) for one in people]
    if said := filmed.said():
        meta["filmed"] = said
    if reader.is_joined:
        meta["is_joined"] = True
    if reader.speed != 1.0:
        meta["speed"] = reader.speed
    return checked_clip(analysis, poses.track(*size, meta), settings), other


def _tell(decided: Iterable[JudgedRep | Discarded], on_rep: OnRep | None) -> int:
    """Pass repetitions on; return how many there were."""
    reps = [item for item in decided if isinstance(item, JudgedRep)]
    if on_rep is not None:
        for rep in reps:
            on_rep(rep)
    return len(reps)


def returns_notes(n_returns: int) -> list[str]:
    """What to say if somebody else was followed for a while."""
    if not n_returns:
        return []
    return [f"Somebody else crossed the picture: went back to the lifter {times(n_returns)}."]


def _rate_notes(rate_hz: float | None) -> list[str]:
    if rate_hz is None or rate_hz >= MIN_RATE_HZ:
        return []
    return [
        f"There are only {rate_hz:.0f} pictures a second, which is too few to follow a squat well: "
        "film at 24 or more."
    ]


def _damage_notes(times_s: Sequence[float], reader: FrameReader) -> list[str]:
    notes = []
    end_s, claimed_s = max(reader.end_s, times_s[-1]), reader.claimed_s
    if len(times_s) == 1:
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


@contextmanager
def unchanged(path: Path) -> Iterator[None]:
    """See that what was judged is what was hashed; InputError if the file changed meanwhile."""
    before = _state_of(path)
    yield
    if _state_of(path) != before:
        raise InputError(
            f"{path}: it was changed or replaced while it was being read. Score it again."
        )


def _state_of(path: Path) -> tuple[int, ...] | None:
    """What differs when a file is written or replaced; None if it is not there."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
