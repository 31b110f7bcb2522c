"""From a stream of poses to judged repetitions: the one analyser.

Clips, stored tracks and live sets all go through :class:`Analyzer`; nothing is recomputed for one
of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from formcheck.pose.kinematics import ANKLES, HIPS, KNEES, Window, hip_height_px, is_seen
from formcheck.pose.smoothing import RepairCounts, Smoother, SmoothPose, TrackRepair, with_swapped
from formcheck.pose.track import N_LANDMARKS, FloatArray, Pose, Rows
from formcheck.squat.depth import DepthCategory, depth_of
from formcheck.squat.faults import FAULTS
from formcheck.squat.faults.finding import Assessment, Finding, Verdict
from formcheck.squat.segmenter import Discarded, Rep, RepSegmenter
from formcheck.squat.settings import DEFAULT_SETTINGS, Settings
from formcheck.squat.view import View, view_of

MANY_ABSENT_SHARE = 0.1
"""Nobody in more than this share of the frames is worth a note."""
MANY_SPIKES_SHARE = 0.02
"""So are frames with jumping landmarks, from this share on."""
MANY_FEETLESS_SHARE = 0.2
"""So are frames that show somebody without feet ..."""
EDGE_SHARE = 0.05
"""... who reaches to within this share of its height of the picture's lower edge, or past it."""
UPSIDE_DOWN_SHARE = 0.5
"""Hips below the ankles in more than this share of the frames: the clip is upside down."""


def _no_points() -> FloatArray:
    return np.empty((0, N_LANDMARKS, 2))


@dataclass(frozen=True, slots=True)
class JudgedRep:
    """A repetition with its view, depth and one finding per fault."""

    number: int
    rep: Rep
    view: View
    knee_flexion_deg: float | None
    depth_category: DepthCategory
    assessments: tuple[Assessment, ...] = field(repr=False)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """One finding per fault, in the order of the table."""
        return tuple(a.finding for a in self.assessments)

    def finding(self, fault: str) -> Finding:
        """Return the finding of a fault by its name."""
        return self.assessment(fault).finding

    def assessment(self, fault: str) -> Assessment:
        """Return the finding of a fault with the curves behind it."""
        return next(a for a in self.assessments if a.finding.fault == fault)


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything found in a clip or a set."""

    reps: tuple[JudgedRep, ...]
    discarded: tuple[Discarded, ...]
    notes: tuple[str, ...]
    points_px: FloatArray = field(default_factory=_no_points, repr=False, compare=False)
    """The smoothed landmarks of every frame, shape (n, 33, 2), for drawing."""

    def count(self, fault: str, verdict: Verdict) -> int:
        """How many repetitions got ``verdict`` for ``fault``."""
        return sum(r.finding(fault).verdict is verdict for r in self.reps)


class Analyzer:
    """Poses in, judged repetitions out, one frame at a time.

    ``update`` returns what was decided with this frame; ``finish`` decides the rest and returns the
    whole.  Feeding a clip frame by frame or all at once gives the same result.  It
    ``keeps_points``, every smoothed landmark, but not for streams without an end.
    """

    def __init__(self, settings: Settings = DEFAULT_SETTINGS, *, keeps_points: bool = True) -> None:
        self.counts = RepairCounts()
        self.segmenter = RepSegmenter(settings.reps)
        self._settings, self._keeps_points = settings, keeps_points
        self._repair, self._smoother = TrackRepair(self.counts), Smoother(self.counts)
        self._reps: list[JudgedRep] = []
        self._discarded: list[Discarded] = []
        self._times_s: list[float] = []
        self._points_px = Rows(N_LANDMARKS, 2)

    def update(self, pose: Pose) -> tuple[JudgedRep | Discarded, ...]:
        """Take the next pose; return repetitions and discards decided by it."""
        return self._advance(self._smoother.update(self._repair.update(pose)))

    def finish(self) -> Analysis:
        """Decide what is open and return everything."""
        self._advance(self._smoother.flush())
        self._keep(self.segmenter.flush())
        points_px = self._points_px.taken()
        for judged in self._reps if self._keeps_points else ():
            # What is drawn calls the legs what the verdicts call them.
            dip = judged.rep.window.between(judged.rep.start_s, judged.rep.end_s)
            first = int(np.searchsorted(self._times_s, dip.times_s[0]))
            points_px[first : first + len(dip.times_s)] = dip.points_px
        notes = _notes(self.counts, bool(self._reps))
        return Analysis(tuple(self._reps), tuple(self._discarded), notes, points_px)

    def drop_windows(self) -> None:
        """Forget the poses behind the repetitions decided so far, not the verdicts.

        For streams without an end; an analysis made afterwards holds no curves.
        """
        for i, judged in enumerate(self._reps):
            if len(judged.rep.window.times_s):
                rep = replace(judged.rep, window=Window.stack([]), drop_ratio=np.empty(0))
                bare = tuple(replace(a, traces=()) for a in judged.assessments)
                self._reps[i] = replace(judged, rep=rep, assessments=bare)

    def _advance(self, poses: tuple[SmoothPose, ...]) -> tuple[JudgedRep | Discarded, ...]:
        out: list[JudgedRep | Discarded] = []
        for pose in poses:
            self.counts.n_upside_down += bool(hip_height_px(pose.pose.points_px) < 0)
            self._count_feet(pose.pose)
            if self._keeps_points:
                self._times_s.append(pose.pose.time_s)
                self._points_px.append(with_swapped(pose.pose, pose.swapped).points_px)
            out += self._keep(self.segmenter.update(pose))
        return tuple(out)

    def _count_feet(self, pose: Pose) -> None:
        """Note where no foot is seen of somebody who is there."""
        points, feet = pose.points_px, list(ANKLES)
        is_there = bool(np.isfinite(points[list(HIPS)]).all())
        if not is_there or is_seen(points[feet], pose.visibility[feet], pose.size_px).any():
            return
        is_outside = (
            pose.size_px is not None
            and np.nanmax(points[[*HIPS, *KNEES, *feet], 1], initial=0.0)
            >= (1 - EDGE_SHARE) * pose.size_px[1]
        )
        self.counts.n_feet_outside += bool(is_outside)
        self.counts.n_feet_hidden += not is_outside

    def _keep(self, found: tuple[Rep | Discarded, ...]) -> list[JudgedRep | Discarded]:
        out: list[JudgedRep | Discarded] = []
        for item in found:
            if isinstance(item, Discarded):
                self._discarded.append(item)
                out.append(item)
            else:
                judged = judge(item, len(self._reps) + 1, self._settings)
                self._reps.append(
                    replace(judged, rep=replace(judged.rep, window=item.window.packed()))
                )
                out.append(judged)
        return out


def analyze(poses: Iterable[Pose], settings: Settings = DEFAULT_SETTINGS) -> Analysis:
    """Judge a whole clip: a fold of :class:`Analyzer` over its poses."""
    analyzer = Analyzer(settings)
    for pose in poses:
        analyzer.update(pose)
    return analyzer.finish()


def without_verdicts(analysis: Analysis, reason: str) -> Analysis:
    """Return counts, depth and tempo alone: every finding is not assessable, for this reason."""

    def blind(rep: JudgedRep) -> JudgedRep:
        none = (Assessment.impossible(f.fault, f.unit, reason) for f in rep.findings)
        return replace(rep, assessments=tuple(none))

    return replace(analysis, reps=tuple(blind(rep) for rep in analysis.reps))


def judge(rep: Rep, number: int, settings: Settings) -> JudgedRep:
    """Judge one repetition: view, depth and every fault, from its own window alone."""
    view = view_of(rep)
    assessments = (fault.assess(rep, view, settings.section(fault.section)) for fault in FAULTS)
    return JudgedRep(number, rep, view, *depth_of(rep, view), tuple(assessments))


def times(n: int) -> str:
    """``once`` or so many times."""
    return "once" if n == 1 else f"{n} times"


def _notes(counts: RepairCounts, has_reps: bool) -> tuple[str, ...]:
    """What to say of the clip as a whole."""
    n, n_absent = counts.n_frames, counts.n_absent
    absent_pct = 100 * n_absent / max(1, n)
    notes = (
        (n == 0, "The clip holds no frames."),
        (0 < n == n_absent, "No person was found. Film the whole body, in good light."),
        (
            MANY_ABSENT_SHARE * n < n_absent < n,
            f"No person was found in {absent_pct:.0f} % of the frames.",
        ),
        (
            counts.n_swapped > 0,
            f"Left and right leg were exchanged and put back {times(counts.n_swapped)}.",
        ),
        (
            counts.n_spikes > MANY_SPIKES_SHARE * n,
            f"Joints that jumped were left out in {counts.n_spikes} frames.",
        ),
        (
            counts.n_other_person > 0,
            f"The track jumped between people or was lost {counts.n_other_person} times: "
            "film one person alone.",
        ),
        (
            counts.n_feet_outside > MANY_FEETLESS_SHARE * n,
            "Your feet are outside the picture: step back. What cannot be seen is not judged.",
        ),
        (
            counts.n_feet_hidden > MANY_FEETLESS_SHARE * n,
            "Something hides your feet: move it, or the camera. What cannot be seen is not judged.",
        ),
        (
            counts.n_upside_down > UPSIDE_DOWN_SHARE * n,
            "The person is upside down: turn the clip the right way up.",
        ),
        (n_absent < n and not has_reps, "No squat was found."),
    )
    return tuple(text for is_so, text in notes if is_so)
