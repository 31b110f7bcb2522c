"""Knee valgus: a knee that is inside the line of its foot and has moved in, seen from the front.

What counts as valgus is :mod:`formcheck.squat.faults.valgus_definition`; here its two witnesses are
measured.  Both are in % of shank length, positive towards the midline.

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

from dataclasses import dataclass
from typing import Any

import numpy as np

from formcheck.knowledge.fault_words import fault_words
from formcheck.pose.kinematics import LEG, SIDES, Side
from formcheck.pose.track import FloatArray
from formcheck.squat.faults.fault import Fault, Line
from formcheck.squat.faults.finding import (
    Assessment,
    Confidence,
    Finding,
    Severity,
    Trace,
    Verdict,
    finite_or_none,
    is_coarse,
    sustained_maximum,
)
from formcheck.squat.faults.knee_to_foot_line import (
    LEG_LANDMARKS,
    KneesToFootLine,
    cave_pct,
    inside_deg,
    measure,
    near_side,
)
from formcheck.squat.faults.valgus_definition import (
    TABLE,
    Meaning,
    inside_ankle,
    is_judged,
    moved_in,
    witness,
)
from formcheck.squat.rep import Rep
from formcheck.squat.view import View, ViewName

NAME = "knee_valgus"
UNIT = "pct_shank"
CAVING = "caving"
"""Sign: the knees come closer together on the way up."""
LEG_ERROR_PCT = 6.8
"""1.96 standard errors of one knee on rendered people ..."""
MEAN_ERROR_PCT = 5.5
"""... and of the mean of both."""


BEHIND_FACTOR = 1.5
"""From behind, bent knees are further away than the feet and look closer: more is needed."""


@dataclass(frozen=True, slots=True)
class ValgusSettings:
    """Limits for knee valgus, in % of shank length unless named otherwise."""

    fault_both_pct: float = 10.0
    """Mean of both knees inside the foot line from which it is one half of a fault."""
    fault_leg_pct: float = 12.0
    """The same for one knee."""
    moved_both_pct: float = 5.5
    """Mean of both knees moved in from which it is the other half: beyond its error."""
    moved_leg_pct: float = 7.0
    """The same for one knee."""
    moderate_pct: float = 16.0
    """From here inside the foot line the fault is moderate ..."""
    marked_pct: float = 22.0
    """... and from here marked, if the knee has also moved in by half an uncertainty, or by a
    whole one, more than the limit."""
    borderline_share: float = 0.4
    """Within this share of the uncertainty below a limit is close to it."""
    cave_pct: float = 12.0
    """Loss of knee separation that is called caving."""
    min_drop_ratio: float = 0.14
    """Above this depth the knees are not judged."""
    hold_s: float = 0.15
    """The value must be held this long: a single wild frame does not count."""
    shank_to_foot_gain: float = 1.95
    """Shank length over the distance ankle to foot index, as the landmarks show it."""
    landmark_bias_pct: float = 4.0
    """How much too far outside the landmarks show a bent knee (rendered people)."""
    max_yaw_deg: float = 20.0
    """Up to here off the front both legs are judged, with full confidence; beyond, the leg nearer
    to the camera and the mean, with medium confidence at most."""
    max_oblique_yaw_deg: float = 45.0
    """Beyond, no verdict is given."""
    min_visibility: float = 0.5
    """The median visibility every landmark of a judged leg needs."""


@dataclass(frozen=True, slots=True)
class _Knee:
    """The two witnesses of one knee, or of the mean of both, and what they mean."""

    side: Side
    inside: float
    """The highest value held inside the foot line, at ``time_s``."""
    time_s: float
    moved: float
    limit: float
    moved_limit: float
    uncertainty: float
    meaning: Meaning

    @property
    def excess(self) -> float:
        """How far the weaker of the two is over its limit, in uncertainties."""
        return min(self.inside - self.limit, self.moved - self.moved_limit) / self.uncertainty


def assess(rep: Rep, view: View, settings: ValgusSettings) -> Assessment:
    """Judge one repetition, seen as it is in its own window."""
    refusal = _refusal(rep, view, settings)
    if refusal is not None:
        return Assessment.impossible(NAME, UNIT, refusal)
    measured = measure(rep, settings.shank_to_foot_gain, settings.landmark_bias_pct, view.yaw_deg)
    if view.name is ViewName.REAR:
        return Assessment.impossible(NAME, UNIT, _from_behind(measured, settings))
    uncertainties = _uncertainties(measured, view)
    sides = _judged_sides(view, settings)
    knees = {
        side: knee
        for side in (*sides, "both")
        if (knee := _knee(side, measured, uncertainties[side], view, settings)) is not None
    }
    if len(knees) <= len(sides):
        return Assessment.impossible(
            NAME, UNIT, "knees, ankles or feet were hidden for part of the repetition"
        )
    return _verdict(rep, view, settings, measured, knees)


def _judged_sides(view: View, settings: ValgusSettings) -> tuple[Side, ...]:
    is_front = abs(view.yaw_deg) <= settings.max_yaw_deg
    return SIDES if is_front else (near_side(view.yaw_deg),)


def _refusal(rep: Rep, view: View, settings: ValgusSettings) -> str | None:
    """Why this view or picture cannot show valgus; None if it can."""
    if view.name is ViewName.UNKNOWN:
        return "the direction of the camera could not be found"
    if abs(view.yaw_deg) > settings.max_oblique_yaw_deg and view.name is not ViewName.REAR:
        return (
            "needs a front view: from here a knee that travels forward looks like one that falls "
            "in. Put the phone straight in front"
        )
    dip = rep.window.between(rep.start_s, rep.end_s)
    seen = np.median(dip.visibility[:, list(LEG_LANDMARKS)], axis=0)
    if seen.min() < settings.min_visibility:
        return "knees, ankles or feet are hidden or outside the picture"
    return None


def _from_behind(measured: KneesToFootLine, settings: ValgusSettings) -> str:
    """What can be said from behind, where the line of the feet cannot be seen."""
    text = "needs a front view: from behind, the feet hide their line"
    moved = _moved(measured, "both", settings)
    if not moved >= BEHIND_FACTOR * settings.moved_both_pct:
        return f"{text}, and knees that come in show little. Put the phone in front"
    return (
        f"{text}. What can be seen is that the knees come in, by about {moved:.0f} % of shank "
        "length. Put the phone in front for a verdict"
    )


def _held(
    measured: KneesToFootLine, curve: FloatArray, settings: ValgusSettings
) -> tuple[float, float]:
    """The highest value held while the knees are judged, and when."""
    judged = is_judged(measured.drop, settings.min_drop_ratio)
    return sustained_maximum(measured.times_s, np.where(judged, curve, np.nan), settings.hold_s)


def _moved(
    measured: KneesToFootLine, side: Side, settings: ValgusSettings, *, has_own_way: bool = True
) -> float:
    """How far a knee has moved in; its own way only counts where travel forward looks different."""
    medial, drop = measured.medial[side], measured.drop
    curve = (
        moved_in(medial, drop, settings.min_drop_ratio, measured.place[side])
        if has_own_way
        else inside_ankle(medial, drop)
    )
    return _held(measured, curve, settings)[0]


def _knee(
    side: Side, measured: KneesToFootLine, uncertainty: float, view: View, settings: ValgusSettings
) -> _Knee | None:
    """Judge one knee or the mean of both; None if it was not seen for long enough."""
    inside, time_s = _held(measured, measured.inside[side], settings)
    is_front = abs(view.yaw_deg) <= settings.max_yaw_deg
    moved = _moved(measured, side, settings, has_own_way=is_front or side == "both")
    if not np.isfinite([inside, moved]).all():
        return None
    limits = (
        (settings.fault_both_pct, settings.moved_both_pct)
        if side == "both"
        else (settings.fault_leg_pct, settings.moved_leg_pct)
    )
    # What is not beyond its own error is no witness, whatever the limit.
    limit, moved_limit = (max(limit, uncertainty) for limit in limits)
    close = settings.borderline_share * uncertainty
    pair = witness(inside - limit, close), witness(moved - moved_limit, close)
    return _Knee(side, inside, time_s, moved, limit, moved_limit, uncertainty, TABLE[pair])


def _uncertainties(measured: KneesToFootLine, view: View) -> dict[Side, float]:
    """Half widths of the 95 % intervals of each knee and of their mean, in % of shank.

    Root sum of squares of: landmark error on rendered people, smaller for the mean of both knees;
    the clip's own noise after smoothing; and, off the front, the yaw.
    """
    shank = np.sin(np.radians(float(np.nanmax(measured.shank_deg, initial=0.0))))
    oblique = 100 * shank * 0.2 * np.sin(np.radians(abs(view.yaw_deg)))
    own = oblique**2 + (2 * measured.noise_pct) ** 2
    leg, mean = np.sqrt([LEG_ERROR_PCT**2 + own, MEAN_ERROR_PCT**2 + own])
    return {"left": float(leg), "right": float(leg), "both": float(mean)}


def _verdict(
    rep: Rep,
    view: View,
    settings: ValgusSettings,
    measured: KneesToFootLine,
    knees: dict[Side, _Knee],
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
    traces = (
        Trace(f"{side}_inside_foot_line", UNIT, measured.times_s, measured.inside[side])
        for side in SIDES
        if side in knees
    )
    return Assessment(finding, tuple(traces))


def _decisive(knees: dict[Side, _Knee], settings: ValgusSettings) -> _Knee:
    """Which is spoken about: what is graver, then whatever is further over its limits.

    Both knees, where their mean is as grave as the worst of them and the better one is inside its
    foot line too.
    """

    def weight(knee: _Knee) -> tuple[int, float]:
        return _GRAVITY.index(knee.meaning), knee.excess

    both = knees["both"]
    legs = [knee for side, knee in knees.items() if side != "both"]
    worst = max(legs, key=weight)
    if len(legs) == 2 and both.meaning is worst.meaning:
        better = min(legs, key=lambda knee: knee.inside)
        if better.inside >= settings.fault_both_pct:
            return both
    return max((both, worst), key=weight)


_GRAVITY = (
    Meaning.NOTHING,
    Meaning.TOES_FURTHER_OUT,
    Meaning.MOVES_IN,
    Meaning.CLOSE,
    Meaning.VALGUS,
)


def _severity(knee: _Knee, settings: ValgusSettings) -> Severity:
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


def _legs(measured: KneesToFootLine, knees: dict[Side, _Knee], time_s: float) -> dict[str, Any]:
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
    knee: _Knee, view: View, settings: ValgusSettings, *, has_few_frames: bool
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


def _words(knee: _Knee, phase: str) -> str:
    if knee.meaning is Meaning.NOTHING:
        return "the knees stay over the feet"
    who = "both knees" if knee.side == "both" else f"{knee.side} knee"
    spread = f"(± {knee.uncertainty:.0f})"
    inside = f"about {knee.inside:.0f} % {spread} of shank length"
    moved = f"about {max(knee.moved, 0):.0f} % {spread} of shank length"
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
)
