"""A live set: frames in as they come, coaching out at once, a judged set at the end.

Knows no camera and no page.  Poses and verdicts come from the loop that judges clips; what is here
is a clock that forgives, provisional hints and what to say.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from formcheck.clip import Watcher, returns_notes
from formcheck.live.clock import SetClock
from formcheck.live.setup_coach import Instruction, SetupCoach
from formcheck.live.spool import PoseSpool
from formcheck.pose.estimator import PeopleFinder, mediapipe_version, verify_model
from formcheck.pose.track import FloatArray, Inference, Pose, PoseTrack
from formcheck.report.record import CheckedClip, checked_clip
from formcheck.squat.analysis import Analyzer, JudgedRep, analyze, judge, without_verdicts
from formcheck.squat.faults import FAULTS
from formcheck.squat.faults.finding import Finding, Verdict
from formcheck.squat.feedback import CueGiven, cue_for
from formcheck.squat.segmenter import Discarded
from formcheck.squat.settings import DEFAULT_SETTINGS, Settings
from formcheck.video.reading import Frame, ImageArray

MAX_SET_S = 3600.0
HINT_EVERY_S = 0.2
MIN_HINT_FRAMES = 5
TOO_LONG = "This set is an hour long. Press Stop to see the result."
COUNTS_ONLY = "this set was only counted, not judged"
TASKS_VISION = "tasks-vision 0.10.21"
"""What finds a pose in a browser: the same models, run by MediaPipe's library for browsers."""
TURNED = "The picture changed its shape. Turn the camera back, or press Stop."


class Stage(StrEnum):
    """How far the person is."""

    SET_UP = "set_up"
    READY = "ready"
    COUNTING = "counting"


@dataclass(frozen=True, slots=True)
class ClosedRep:
    """A repetition that has just been counted, and the one thing to say about it.

    ``verdict`` is the gravest of its findings; None where only the count may be shown.
    """

    number: int
    verdict: Verdict | None
    findings: tuple[Finding, ...]
    cue: CueGiven | None


@dataclass(frozen=True, slots=True)
class LiveUpdate:
    """What is known after a frame."""

    time_s: float
    """On the clock of the set, 0 at its first frame."""
    points_px: FloatArray
    """Landmarks in this very frame, shape (33, 2), not smoothed; NaN if nobody was found."""
    n_reps: int
    phase: str
    """``standing``, ``down`` or ``up``; about 0.3 s late, as counting is."""
    stage: Stage
    instruction: Instruction | None = None
    """What the set-up coach says; None once a repetition was counted."""
    still_share: float = 0.0
    """How much of standing still is done, 0 to 1."""
    hint: str = ""
    """Provisional, about the repetition under way; it counts nowhere."""
    closed: tuple[ClosedRep, ...] = ()
    discarded: tuple[Discarded, ...] = ()
    problem: str = ""
    """Why the frame was not used; empty if it was."""


_Look = Callable[[float], tuple[Pose, Sequence[JudgedRep | Discarded]]]


class LiveSession:
    """One set in front of a camera, with help ``with_setup`` before the first repetition.

    ``name`` is what the set is called in its result, ``model`` another pose landmarker bundle;
    ModelError with the first frame if it cannot be loaded.
    """

    def __init__(
        self,
        settings: Settings = DEFAULT_SETTINGS,
        model: str | Path | None = None,
        *,
        name: str = "live set",
        with_setup: bool = True,
    ) -> None:
        self.settings = settings
        self.name = name
        self.is_advice_allowed = True
        """False while a warning sign stands: counts only, no cue, hint or verdict."""
        self.n_reps = 0
        self._model = model
        self._analyzer = Analyzer(settings, keeps_points=False)
        self._spool = PoseSpool()
        self._watcher: Watcher | None = None
        self._finder: PeopleFinder | None = None
        self._coach = SetupCoach(self._count_people) if with_setup else None
        self._size: tuple[int, int] | None = None
        self._clock = SetClock()
        self._hint = ""
        self._hint_s = -math.inf
        self._n_returns = 0
        self._n_found = 0
        """How many poses were found elsewhere."""
        self._model_sha256 = ""

    def __enter__(self) -> LiveSession:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def n_frames(self) -> int:
        """How many frames were used so far."""
        return self._spool.n_poses

    def open(self) -> Watcher:
        """Load the model now, not with the first frame."""
        if self._watcher is None:
            self._watcher = Watcher(self._analyzer, self._model)
            self._model_sha256 = self._watcher.model_sha256
        return self._watcher

    def update(self, image: ImageArray, time_s: float) -> LiveUpdate:
        """Take the next picture.

        It is RGB, upright, of shape (height, width, 3), uint8; ``time_s`` is when it was taken, on
        any clock that runs in seconds.  A picture that is not newer than the last is not used; a
        clock that was set back goes on after a pause.
        """

        def look(now_s: float) -> tuple[Pose, Sequence[JudgedRep | Discarded]]:
            (pose,), decided = self.open().update(Frame(now_s, image))  # it looks at every frame
            return pose, decided

        height, width = image.shape[:2]
        return self._take((width, height), time_s, look, float(image[::16, ::16].mean()), image)

    def update_found(self, pose: Pose, light: float) -> LiveUpdate:
        """Take a pose that was found elsewhere, by the model of this session, as from a picture.

        Its time is that of :meth:`update`, and it must have a ``size_px``; ``light`` is the mean
        grey of the picture, of 255.  Whoever sends it is believed: other people are not looked
        for, and how the camera moves is not known.  ModelError if there is no such model.
        """

        def look(now_s: float) -> tuple[Pose, Sequence[JudgedRep | Discarded]]:
            self._n_found += 1
            found = replace(pose, time_s=now_s, camera=None)
            return found, self._analyzer.update(found)

        if pose.size_px is None:
            raise ValueError("the size of the picture is not known")
        self._model_sha256 = self._model_sha256 or verify_model(self._model)[1]
        return self._take(pose.size_px, pose.time_s, look, light, None)

    def _take(
        self,
        size_px: tuple[int, int],
        time_s: float,
        look: _Look,
        light: float,
        image: ImageArray | None,
    ) -> LiveUpdate:
        if not self._spool.n_poses:
            self._size = size_px
        if size_px != self._size:
            return self._unused(TURNED)
        now_s = self._clock.read(time_s)
        if now_s is None:
            return self._unused("not newer than the last picture")
        if now_s > MAX_SET_S:
            return self._unused(TOO_LONG)
        pose, decided = look(now_s)
        self._spool.append(pose)
        closed = tuple(self._closed(item) for item in decided if isinstance(item, JudgedRep))
        discarded = tuple(item for item in decided if isinstance(item, Discarded))
        if closed:
            self._analyzer.drop_windows()
            self._coach = None
            self._close_finder()
        return self._state(pose, light, image, closed, discarded)

    def suspend(self) -> None:
        """Free the models while nobody watches; the set is kept and can go on."""
        if self._watcher is not None:
            self._n_returns += self._watcher.tracker.n_returns
            self._watcher.close()
            self._watcher = None
        self._close_finder()

    def stop(self) -> PoseTrack | None:
        """End counting and return the poses; a repetition just done counts, as in a clip."""
        self.suspend()
        self.n_reps = len(self._analyzer.finish().reps)
        return self.track()

    def finish(self) -> CheckedClip | None:
        """End the set: analysis, track and record as a clip gives; None without a frame."""
        track = self.stop()
        return None if track is None else self.judged(track)

    def judged(self, track: PoseTrack) -> CheckedClip:
        """Judge the recorded poses: the very verdicts shown live, or none where none were."""
        analysis = analyze(track, self.settings)
        if not self.is_advice_allowed:
            analysis = without_verdicts(analysis, COUNTS_ONLY)
        return checked_clip(analysis, track, self.settings)

    def track(self) -> PoseTrack | None:
        """Return the poses recorded so far; None without a frame."""
        if not self._spool.n_poses or self._size is None:
            return None
        versions = {
            "mediapipe": TASKS_VISION if self._n_found else mediapipe_version(),
            "model_sha256": self._model_sha256,
            "inference": Inference.EVERY_FRAME,
        }
        notes = returns_notes(self._n_returns) + self._found_notes()
        return self._spool.track(*self._size, name=self.name, versions=versions, notes=notes)

    def close(self) -> None:
        """Free everything; safe to call twice."""
        self.suspend()
        self._spool.close()

    def _found_notes(self) -> list[str]:
        if not self._n_found:
            return []
        n_all = self._spool.n_poses
        part = "" if self._n_found == n_all else f" in {self._n_found} of {n_all} pictures"
        return [
            f"The pose was found in the browser{part}: other people were not looked for, and how "
            "the camera moved is not known."
        ]

    # -- what to say ----------------------------------------------------------

    def _closed(self, judged: JudgedRep) -> ClosedRep:
        self.n_reps = judged.number
        self._hint = ""
        if not self.is_advice_allowed:
            return ClosedRep(judged.number, None, (), None)
        gravest = max((f.verdict for f in judged.findings), key=lambda verdict: verdict.rank)
        return ClosedRep(judged.number, gravest, judged.findings, cue_for(judged))

    def _state(
        self,
        pose: Pose,
        light: float,
        image: ImageArray | None,
        closed: tuple[ClosedRep, ...],
        discarded: tuple[Discarded, ...],
    ) -> LiveUpdate:
        stage = Stage.COUNTING if self.n_reps else Stage.READY
        instruction, still_share = None, 0.0
        if self._coach is not None:
            instruction = self._coach.update(pose, light, image)
            still_share = self._coach.still_share
            stage = Stage.READY if self._coach.is_ready else Stage.SET_UP
            if self._coach.is_ready:
                self._close_finder()
        return LiveUpdate(
            pose.time_s,
            pose.points_px,
            self.n_reps,
            self._analyzer.segmenter.phase,
            stage,
            instruction,
            still_share,
            self._provisional(pose.time_s),
            closed,
            discarded,
        )

    def _provisional(self, now_s: float) -> str:
        """A hint while a knee drifts, from the open repetition; looked at a few times a second."""
        if not self.is_advice_allowed:
            return ""
        if now_s - self._hint_s >= HINT_EVERY_S:
            self._hint_s, self._hint = now_s, ""
            rep = self._analyzer.segmenter.open_rep()
            if rep is not None and len(rep.window.times_s) >= MIN_HINT_FRAMES:
                judged = judge(rep, self.n_reps + 1, self.settings)
                drifting = (f for f in FAULTS if judged.finding(f.name).is_fault)
                self._hint = next((fault.hint for fault in drifting), "")
        return self._hint

    def _unused(self, problem: str) -> LiveUpdate:
        time_s = self._spool.last_s
        nobody = Pose.absent(time_s).points_px
        stage = Stage.COUNTING if self.n_reps else Stage.SET_UP
        return LiveUpdate(time_s, nobody, self.n_reps, "standing", stage, problem=problem)

    # -- setting up -----------------------------------------------------------

    def _count_people(self, image: ImageArray) -> int:
        if self._finder is None:
            self._finder = PeopleFinder(self._model)
        return len(self._finder.find(image))

    def _close_finder(self) -> None:
        if self._finder is not None:
            self._finder.close()
            self._finder = None
