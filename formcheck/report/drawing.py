"""What is drawn on a picture of a lifter: the rules, as data for whoever draws.

`report.painter` draws by them with OpenCV; `report.overlay` hands them to the browser, which draws
over the person's own picture.  Widths and radii are in units of a thin line (:func:`thin_px`).
"""

from bisect import bisect_right
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from formcheck.knowledge.words import VERDICTS
from formcheck.pose.kinematics import EARS, HIPS, LEG, SHOULDERS, middle
from formcheck.pose.track import FloatArray, Landmark
from formcheck.report.words import COLOURS, fault_name
from formcheck.squat.analysis import Analysis
from formcheck.squat.faults import FAULTS, fault_named
from formcheck.squat.faults.fault import Line
from formcheck.squat.faults.finding import Finding, Verdict
from formcheck.squat.feedback import cue_for

Colour = tuple[int, int, int]
INK, PAPER, FAINT, PLAIN = (245, 247, 250), (18, 22, 28), (150, 160, 170), (32, 38, 46)
"""Lines nobody judges; what words stand on; lighter words; what is behind poses alone."""
BONES = (
    SHOULDERS,
    HIPS,
    (Landmark.LEFT_SHOULDER, Landmark.LEFT_HIP),
    (Landmark.RIGHT_SHOULDER, Landmark.RIGHT_HIP),
    (Landmark.LEFT_SHOULDER, Landmark.LEFT_ELBOW),
    (Landmark.LEFT_ELBOW, Landmark.LEFT_WRIST),
    (Landmark.RIGHT_SHOULDER, Landmark.RIGHT_ELBOW),
    (Landmark.RIGHT_ELBOW, Landmark.RIGHT_WRIST),
)
THIN_SHARE = 1 / 270
"""Width of a thin line, as a share of the picture's shorter side."""
EDGE_PX = 1
"""What smoothing adds to the width of a line in OpenCV; a browser's lines have to be told."""
DASH = 8
"""Length of a dash of a reference line, and of the gap after it."""
FAR = 4
"""Lines longer than so many of the picture's longer side are nothing anybody could see."""
LEAST_NECK_PX = 2
"""A neck shorter than that is a body too small, or none, to have its head drawn."""
HEAD_RATIO = 0.55
"""Radius of a head, in lengths from the shoulders to the ears."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is known at one moment; ``findings`` are those of the repetition shown."""

    rep_number: int = 0
    n_reps: int = 0
    phase: str = ""
    cue: str = ""
    view: str = ""
    findings: tuple[Finding, ...] = ()

    @property
    def title(self) -> str:
        """Which repetition it is, in words."""
        return f"Rep {self.rep_number}" if self.rep_number else "Ready"


class Stroke(NamedTuple):
    """A line of the skeleton, from landmark to landmark."""

    start: int
    end: int
    width: int
    colour: Colour


class Dot(NamedTuple):
    """A disc on a joint."""

    landmark: int
    radius: int
    colour: Colour


class Head(NamedTuple):
    """A circle and the line from the shoulders to it; shapes (2,), (), (2,) and (2,)."""

    centre: FloatArray
    radius: float
    shoulders: FloatArray
    chin: FloatArray


def snapshot_at(analysis: Analysis, time_s: float, *, with_cues: bool = True) -> Snapshot:
    """What to show at a moment: the repetition under way, or the last one."""
    n_started = bisect_right(analysis.reps, time_s, key=lambda judged: judged.rep.start_s)
    if not n_started:
        return Snapshot(n_reps=len(analysis.reps))
    judged = analysis.reps[n_started - 1]
    rep, cue = judged.rep, cue_for(judged) if with_cues else None
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
        findings=judged.findings,
    )


def thin_px(width_px: int, height_px: int) -> int:
    """Width of a thin line on a picture of this size."""
    return max(1, round(min(width_px, height_px) * THIN_SHARE))


def skeleton(snapshot: Snapshot) -> tuple[list[Stroke], list[Dot]]:
    """Lines and discs of a body; legs that were judged are thicker, in the verdict's colour."""
    strokes = [Stroke(int(a), int(b), 1, INK) for a, b in BONES]
    dots = []
    for side, (hip, knee, ankle, heel, toe) in LEG.items():
        colour = _colour_of(snapshot, side)
        width = 3 if colour != INK else 2
        for a, b in ((hip, knee), (knee, ankle), (ankle, heel), (heel, toe), (ankle, toe)):
            strokes.append(Stroke(int(a), int(b), width, colour))
        for joint in (hip, knee, ankle):
            dots += [Dot(int(joint), 3, PAPER), Dot(int(joint), 2, colour)]
    return strokes, dots


def _colour_of(snapshot: Snapshot, side: str) -> Colour:
    """Colour of a leg: that of the worst finding about it."""
    about = [f.verdict for f in snapshot.findings if f.is_judged and f.side in (side, "both", None)]
    return COLOURS[max(about, key=lambda verdict: verdict.rank)] if about else INK


def guides(points_px: FloatArray, snapshot: Snapshot) -> list[Line]:
    """The dashed reference lines of the faults that this view can see; ends may be NaN."""
    return [
        line
        for fault in FAULTS
        if snapshot.view in fault.views
        for line in fault.lines(
            points_px, next((f for f in snapshot.findings if f.fault == fault.name), None)
        )
    ]


def head(points_px: FloatArray) -> Head | None:
    """The head of a body whose picture nobody has; None where it cannot be known."""
    ears, shoulders = middle(points_px, EARS), middle(points_px, SHOULDERS)
    neck_px = float(np.hypot(*(ears - shoulders)))
    if not LEAST_NECK_PX <= neck_px < np.inf:
        return None
    radius = HEAD_RATIO * neck_px
    return Head(ears, radius, shoulders, ears + (shoulders - ears) * HEAD_RATIO)


def finding_line(finding: Finding) -> str:
    """A finding as one line under the picture, such as ``Knee valgus: moderate fault, left``."""
    fault = fault_named(finding.fault)
    name = fault_name(finding.fault) if fault is None else fault.short
    words = VERDICTS[finding.verdict]
    if finding.verdict is Verdict.FAULT:
        words = f"{finding.severity} fault"
    if finding.side in ("left", "right") and finding.verdict is not Verdict.OK:
        words += f", {finding.side}"
    return f"{name}: {words}"
