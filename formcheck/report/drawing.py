"""What is drawn on a picture of a lifter: the rules, as data for whoever draws.

`report.painter` draws by them with OpenCV; `report.overlay` hands them to the browser, which draws
over the person's own picture.  Widths and radii are in units of a thin line (:func:`thin_px`).
"""

from bisect import bisect_right
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from formcheck.knowledge.words import TOLD
from formcheck.pose.kinematics import EARS, HIPS, LEG, SHOULDERS, middle
from formcheck.pose.track import FloatArray, Landmark
from formcheck.report.words import COLOURS, fault_name, shown
from formcheck.squat.analysis import Analysis
from formcheck.squat.faults import FAULTS, fault_named
from formcheck.squat.faults.fault import Line
from formcheck.squat.faults.finding import Finding, Trace, Verdict
from formcheck.squat.feedback import cue_for

Colour = tuple[int, int, int]
Box = tuple[float, float, float, float]
"""Left, top, width and height, in pixels."""
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


GAP_OPACITY = 0.5
"""Of what is filled; the person stays visible under it."""
WORDS_SHARE = 1 / 22
"""Height of the words on a picture, as a share of its shorter side."""
LEGS_MARGIN, BODY_MARGIN = 0.22, 0.12
"""What is left free around hips and feet, and around a body, as a share of its longer side."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is known at one moment; ``findings`` are those of the repetition shown."""

    rep_number: int = 0
    n_reps: int = 0
    phase: str = ""
    cue: str = ""
    view: str = ""
    findings: tuple[Finding, ...] = ()
    judging: tuple[str, ...] = ()
    """The faults this moment counts for."""

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


class Filled(NamedTuple):
    """A filled triangle, shape (3, 2) as :class:`Gap`, with words beside it."""

    corners: FloatArray
    colour: Colour
    words: str


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
        judging=tuple(
            a.finding.fault
            for a in judged.assessments
            if is_inside and any(_counts(trace, time_s) for trace in a.traces)
        ),
    )


def _counts(trace: Trace, time_s: float) -> bool:
    """Whether what a trace shows at a moment counted for the verdict."""
    if not len(trace.times_s):
        return False
    nearest = int(np.argmin(np.abs(trace.times_s - time_s)))
    return trace.judged is None or bool(trace.judged[nearest])


def thin_px(width_px: int, height_px: int) -> int:
    """Width of a thin line on a picture of this size."""
    return max(1, round(min(width_px, height_px) * THIN_SHARE))


def skeleton(snapshot: Snapshot) -> tuple[list[Stroke], list[Dot]]:
    """Lines and discs of a body, slim; legs that were judged are in the verdict's colour."""
    strokes = [Stroke(int(a), int(b), 1, INK) for a, b in BONES]
    dots = []
    for side, (hip, knee, ankle, heel, toe) in LEG.items():
        colour = _colour_of(snapshot, side)
        width = 2 if colour != INK else 1
        for a, b in ((hip, knee), (knee, ankle), (ankle, heel), (heel, toe), (ankle, toe)):
            strokes.append(Stroke(int(a), int(b), width, colour))
        for joint in (hip, knee, ankle):
            dots += [Dot(int(joint), 2, PAPER), Dot(int(joint), 1, colour)]
    return strokes, dots


def _colour_of(snapshot: Snapshot, side: str) -> Colour:
    """Colour of a leg: that of the worst finding about it."""
    about = [shown(f) for f in snapshot.findings if f.is_judged and f.side in (side, "both", None)]
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


def gaps(points_px: FloatArray, snapshot: Snapshot) -> list[Filled]:
    """What is filled: how far joints are from where they should be, while that is judged."""
    filled = []
    for finding in snapshot.findings:
        fault, verdict = fault_named(finding.fault), shown(finding)
        if fault is None or snapshot.view not in fault.views or fault.name not in snapshot.judging:
            continue
        if verdict in (Verdict.FAULT, Verdict.BORDERLINE):
            found = [np.array(gap) for gap in fault.gaps(points_px, finding)]
            known = [gap for gap in found if np.isfinite(gap).all() and (np.abs(gap) < 1e4).all()]
            widest = max(known, key=lambda gap: abs(gap[2, 0] - gap[1, 0]), default=None)
            filled += [
                Filled(gap, COLOURS[verdict], fault.beyond if gap is widest else "")
                for gap in known
            ]
    return filled


def head(points_px: FloatArray) -> Head | None:
    """The head of a body whose picture nobody has; None where it cannot be known."""
    ears, shoulders = middle(points_px, EARS), middle(points_px, SHOULDERS)
    neck_px = float(np.hypot(*(ears - shoulders)))
    if not LEAST_NECK_PX <= neck_px < np.inf:
        return None
    radius = HEAD_RATIO * neck_px
    return Head(ears, radius, shoulders, ears + (shoulders - ears) * HEAD_RATIO)


def legs_box(points_px: FloatArray) -> Box | None:
    """Around hips and feet, where the faults are; None where too little is known of them.

    Landmarks in pixels, shape (33, 2), or of several frames, shape (n, 33, 2).
    """
    return _box(
        points_px[..., sorted({int(i) for leg in LEG.values() for i in leg}), :], LEGS_MARGIN
    )


def body_box(points_px: FloatArray) -> Box | None:
    """Around the whole body, all over these frames; shapes as for :func:`legs_box`."""
    return _box(points_px, BODY_MARGIN)


def _box(points_px: FloatArray, margin: float) -> Box | None:
    points = points_px.reshape(-1, 2)
    points = points[np.isfinite(points).all(1) & (np.abs(points) < 1e5).all(1)]
    if len(points) < 4:
        return None
    low, high = (
        np.percentile(points, (1, 99), axis=0)
        if len(points) > 400
        else (points.min(0), points.max(0))
    )
    pad = margin * float((high - low).max())
    (x, y), (width, height) = low - pad, high - low + 2 * pad
    return float(x), float(y), float(width), float(height)


def fitted(box: Box, width_px: float, height_px: float, ratio: float) -> Box:
    """A box widened to this ratio of width to height, moved into the picture as far as it goes."""
    x, y, width, height = box
    wide, high = max(width, height * ratio), max(height, width / ratio)
    x, y = x - (wide - width) / 2, y - (high - height) / 2
    x = min(max(0.0, x), width_px - wide) if wide <= width_px else (width_px - wide) / 2
    y = min(max(0.0, y), height_px - high) if high <= height_px else (height_px - high) / 2
    return x, y, wide, high


def finding_line(finding: Finding) -> str:
    """A finding as one line under the picture, such as ``Knee valgus: moderate fault, left``."""
    fault = fault_named(finding.fault)
    name = fault_name(finding.fault) if fault is None else fault.short
    verdict = shown(finding)
    words = TOLD[verdict]
    if verdict is Verdict.FAULT:
        words = f"{finding.severity} fault"
    if finding.side in ("left", "right") and verdict is not Verdict.OK:
        words += f", {finding.side}"
    return f"{name}: {words}"
