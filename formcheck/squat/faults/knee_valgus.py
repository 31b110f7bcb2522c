"""Knee valgus: a knee that is inside the line of its foot and has moved in, seen from the front.

What counts as valgus is :mod:`formcheck.squat.faults.valgus_definition`; its two witnesses are
measured in :mod:`formcheck.squat.faults.valgus_witnesses`.  Both are in % of shank length, positive
towards the midline.

*Inside the foot line* (KTA, knee-toe alignment)::

    KTA = 100 * m * ((x_knee - x_ankle) - lam * (x_foot_index - x_ankle)) / shank
          - 0.4 * standing + bias
    lam = gain * sin(shank inclination)

``m`` points to the midline.  A knee that travels along the foot moves in the picture by ``lam``
times the foot's own projection, whatever the toe-out and, to first order, whatever the camera's
yaw; what is left over is off the foot line.  The shank inclination is the mean of what keeps the
body in balance and of what makes the shank as short as it looks; ``standing`` is where the knee was
before the dip, and ``bias`` what the landmarks add on people whose joints are known.  The frontal
plane projection angle is reported beside it and never judged: at parallel the thigh points at the
camera and the angle collapses.

*Moved in* (the larger of two)::

    medial = KTA + 100 * lam * mean over both feet of m * (x_foot_index - x_ankle) / shank
    own    = how far it has come in on its own way, less half of what it is outside its ankle

Seen from further to the side only the leg nearer to the camera is judged alone, and the mean of
both.
"""

from functools import partial
from typing import Any

import numpy as np

from formcheck.knowledge.fault_words import fault_words
from formcheck.pose.kinematics import LEG, SIDES, Side
from formcheck.pose.track import FloatArray
from formcheck.squat.faults.fault import Fault, Gap, Line
from formcheck.squat.faults.finding import (
    Assessment,
    Confidence,
    Finding,
    Severity,
    Trace,
    Verdict,
    finite_or_none,
    is_coarse,
    why_unseen,
)
from formcheck.squat.faults.knee_to_foot_line import (
    LEG_LANDMARKS,
    KneesToFootLine,
    cave_pct,
    inside_deg,
    measure,
    near_side,
)
from formcheck.squat.faults.valgus_definition import Meaning, is_judged
from formcheck.squat.faults.valgus_witnesses import Knee, ValgusSettings, judged_knees, moved_pct
from formcheck.squat.rep import Rep
from formcheck.squat.view import View, ViewName

NAME = "knee_valgus"
UNIT = "pct_shank"
CAVING = "caving"
"""Sign: the knees come closer together on the way up."""
BEHIND_FACTOR = 1.5
"""From behind, bent knees are further away than the feet and look closer: more is needed."""


def assess(rep: Rep, view: View, settings: ValgusSettings) -> Assessment:
    """Judge one repetition, seen as it is in its own window."""
    if view.name is ViewName.UNKNOWN:
        return _impossible("the direction of the camera could not be found")
    is_behind = view.name is ViewName.REAR
    if abs(view.yaw_deg) > settings.max_oblique_yaw_deg and not is_behind:
        return _impossible(
            "needs a front view: from here a knee that travels forward looks like one that falls "
            "in. Put the phone straight in front"
        )
    sides = _judged_sides(rep, view, settings)
    measured = measure(
        rep,
        settings.shank_to_foot_gain,
        settings.landmark_bias_pct,
        view.yaw_deg,
        is_corrected=settings.is_corrected,
    )
    if is_behind:
        return _impossible(_from_behind(measured, settings))
    if not sides:
        return _impossible("knees, ankles or feet are hidden or outside the picture")
    knees = judged_knees(measured, sides, view, settings)
    if len(knees) < len(sides):
        hidden = "knees, ankles or feet were hidden for part of the repetition"
        return _impossible(why_unseen(rep.dip_times_s, hidden))
    return _verdict(rep, view, settings, measured, knees)


_impossible = partial(Assessment.impossible, NAME, UNIT)


def _judged_sides(rep: Rep, view: View, settings: ValgusSettings) -> tuple[Side, ...]:
    """Which knees this view shows, alone and together; none if what is needed is hidden."""
    dip = rep.window.between(rep.start_s, rep.end_s)
    seen = np.median(dip.visibility, axis=0) >= settings.min_visibility
    if seen[list(LEG_LANDMARKS)].all():
        is_front = abs(view.yaw_deg) <= settings.max_yaw_deg
        return (*SIDES, "both") if is_front else (near_side(view.yaw_deg), "both")
    near, far = near_side(view.yaw_deg), near_side(-view.yaw_deg)
    # The far knee may be hidden behind the near leg; both feet say how far they are turned out.
    is_near_seen = seen[[i for i in LEG_LANDMARKS if i != LEG[far].knee]].all()
    is_oblique = abs(view.yaw_deg) > settings.max_yaw_deg
    return (near,) if is_oblique and is_near_seen else ()


def _from_behind(measured: KneesToFootLine, settings: ValgusSettings) -> str:
    """What can be said from behind, where the line of the feet cannot be seen."""
    text = "needs a front view: from behind, the feet hide their line"
    moved = moved_pct(measured, "both", settings)
    if not moved >= BEHIND_FACTOR * settings.moved_both_pct:
        return f"{text}, and knees that come in show little. Put the phone in front"
    return (
        f"{text}. What can be seen is that the knees come in, by about {moved:.0f} % of shank "
        "length. Put the phone in front for a verdict"
    )


def _verdict(
    rep: Rep,
    view: View,
    settings: ValgusSettings,
    measured: KneesToFootLine,
    knees: dict[Side, Knee],
) -> Assessment:
    knee = _decisive(knees, settings)
    verdict = knee.meaning.verdict
    cave = cave_pct(measured)
    is_caving = bool(np.isfinite(cave) and cave >= settings.cave_pct)
    phase = _phase(rep, knee.time_s)
    finding = Finding(
        NAME,
        verdict,
        _severity(knee, settings),
        side=None if verdict is Verdict.OK else knee.side,
        value=round(knee.inside, 1),
        unit=UNIT,
        threshold=round(knee.limit, 1),
        uncertainty=round(knee.uncertainty, 1),
        confidence=_confidence(knee, view, settings, has_few_frames=is_coarse(rep.window.times_s)),
        time_s=round(knee.time_s, 3),
        reason=_words(knee, phase),
        signs=(CAVING,) if is_caving else (),
        extra=_legs(measured, knees, knee.time_s)
        | {"cave_pct": finite_or_none(cave), "phase": phase},
    )
    judged = is_judged(measured.drop, settings.min_drop_ratio)
    traces = (
        Trace(f"{side}_inside_foot_line", UNIT, measured.times_s, measured.inside[side], judged)
        for side in SIDES
        if side in knees
    )
    return Assessment(finding, tuple(traces))


def _decisive(knees: dict[Side, Knee], settings: ValgusSettings) -> Knee:
    """Which is spoken about: what is graver, then whatever is further over its limits.

    Both knees, where their mean is as grave as the worst of them and the better one is inside its
    foot line too.
    """

    def weight(knee: Knee) -> tuple[int, float]:
        return _GRAVITY.index(knee.meaning), knee.excess

    worst = max(knees.values(), key=weight)
    legs = [knees[side] for side in SIDES if side in knees]
    both = knees.get("both", worst)
    better = min(legs, key=lambda knee: knee.inside)
    is_of_both = len(legs) == len(SIDES) and better.inside >= settings.fault_both_pct
    return both if is_of_both and both.meaning is worst.meaning else worst


_GRAVITY = (
    Meaning.NOTHING,
    Meaning.TOES_FURTHER_OUT,
    Meaning.MOVES_IN,
    Meaning.CLOSE,
    Meaning.VALGUS,
)


def _severity(knee: Knee, settings: ValgusSettings) -> Severity:
    """Of a fault, by how far it is inside the foot line, as far as it has clearly moved in."""
    if knee.meaning is Meaning.NOTHING:
        return Severity.NONE
    if knee.meaning is not Meaning.VALGUS:
        return Severity.NOTE
    room = (knee.moved - knee.moved_limit) / knee.uncertainty
    if knee.inside >= settings.marked_pct and room >= 1:
        return Severity.MARKED
    return (
        Severity.MODERATE if knee.inside >= settings.moderate_pct and room >= 0.5 else Severity.MILD
    )


def _legs(measured: KneesToFootLine, knees: dict[Side, Knee], time_s: float) -> dict[str, Any]:
    """What stands beside the verdict: each knee and their mean; angles at ``time_s``."""
    at = int(np.argmin(np.abs(measured.times_s - time_s)))
    extra: dict[str, Any] = {}
    names: dict[Side, str] = {"left": "left", "right": "right", "both": "mean"}
    for side, name in names.items():
        knee = knees.get(side)
        extra[f"{name}_pct_shank"] = None if knee is None else finite_or_none(knee.inside)
        extra[f"{name}_moved_pct_shank"] = None if knee is None else finite_or_none(knee.moved)
        extra[f"{name}_uncertainty_pct_shank"] = (
            None if knee is None else finite_or_none(knee.uncertainty)
        )
    for side in SIDES:
        degrees = np.nan if side not in knees else inside_deg(knees[side].inside, measured, at)
        extra[f"{side}_deg"] = finite_or_none(degrees)
        extra[f"{side}_fppa_deg"] = finite_or_none(measured.fppa[side][at])
    return extra


def _phase(rep: Rep, time_s: float) -> str:
    if time_s < rep.bottom_s - rep.pause_s / 2 - 0.1:
        return "descent"
    if time_s > rep.bottom_s + rep.pause_s / 2 + 0.1:
        return "ascent"
    return "bottom"


def _confidence(
    knee: Knee, view: View, settings: ValgusSettings, *, has_few_frames: bool
) -> Confidence:
    """By the distance of the weaker witness from its limit; never sure where only one speaks."""
    if has_few_frames or knee.meaning not in (Meaning.VALGUS, Meaning.NOTHING):
        return Confidence.LOW
    distance = abs(knee.excess)
    if knee.meaning is Meaning.NOTHING and knee.limit - knee.inside < 0.5 * knee.uncertainty:
        distance = min(distance, 1)
    if distance > 1 and abs(view.yaw_deg) <= settings.max_yaw_deg:
        return Confidence.HIGH
    return Confidence.MEDIUM if distance > 0.5 else Confidence.LOW


_WHEN = {"descent": "on the way down", "bottom": "at the bottom", "ascent": "while driving up"}


def _words(knee: Knee, phase: str) -> str:
    if knee.meaning is Meaning.NOTHING:
        return "the knees stay over the feet"
    who = "both knees" if knee.side == "both" else f"{knee.side} knee"
    spread = f"(± {knee.uncertainty:.0f})"
    inside = f"about {round(knee.inside, 1):.0f} % {spread} of shank length"
    moved = f"about {knee.moved:.0f} % {spread} of shank length"
    if knee.meaning is Meaning.TOES_FURTHER_OUT:
        return f"your knees point less outward than your toes, {inside}, and stay over the ankles"
    if knee.meaning is Meaning.MOVES_IN:
        return f"{who} moving in by {moved}, not clearly off the foot line: too close to say"
    text = f"{who} {inside} inside the foot line {_WHEN[phase]}"
    if knee.meaning is Meaning.CLOSE:
        return f"{text}: too close to the limit to say"
    return f"{text}, and moved in by {moved}"


def foot_lines(points_px: FloatArray, finding: Finding | None) -> tuple[Line, ...]:
    """From each ankle along the foot, drawn up to the knee: where the knee should travel."""
    lines: list[Line] = []
    for side in SIDES:
        _, knee, ankle, _, toe = (points_px[i] for i in LEG[side])
        along, shank = toe - ankle, knee - ankle
        # What the knee should do in the picture: rise by the shank, move with the foot.
        lines.append((ankle, ankle + np.array([along[0], shank[1]])))
        lines.append((ankle, toe + 0.6 * along))
    return tuple(lines)


def foot_gaps(points_px: FloatArray, finding: Finding) -> tuple[Gap, ...]:
    """Between each knee that is inside and the line of its foot."""
    ankles = {side: points_px[LEG[side].ankle] for side in SIDES}
    middle_x = sum(ankle[0] for ankle in ankles.values()) / 2
    gaps = []
    for side, ankle in ankles.items():
        _, knee, _, _, toe = (points_px[i] for i in LEG[side])
        wanted = np.array([toe[0], knee[1]])
        is_inside = (middle_x - ankle[0]) * (knee[0] - wanted[0]) > 0
        if finding.side in (side, "both") and is_inside:
            gaps.append(Gap(ankle, wanted, knee))
    return tuple(gaps)


ROW = Fault(
    **fault_words(NAME),
    name=NAME,
    unit=UNIT,
    views=(ViewName.FRONT, ViewName.FRONT_OBLIQUE),
    section="valgus",
    settings=ValgusSettings(),
    label="valgus",
    assess=assess,
    lines=foot_lines,
    gaps=foot_gaps,
)
