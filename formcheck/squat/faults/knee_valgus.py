"""Knee valgus: knees inside the line of the feet, seen from the front.

Measure (KTA, knee-toe alignment; % of shank length, positive = inside)::

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

Corroboration (CAVE): knee separation lost on the way up against the way down at the same depth, in
%.
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
    sustained_maximum,
)
from formcheck.squat.faults.knee_to_foot_line import (
    LEG_LANDMARKS,
    KneesToFootLine,
    cave_pct,
    inside_deg,
    measure,
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


@dataclass(frozen=True, slots=True)
class ValgusSettings:
    """Limits for knee valgus, in % of shank length unless named otherwise."""

    fault_both_pct: float = 10.0
    """Mean of both knees from which it is a fault."""
    fault_leg_pct: float = 12.0
    """One knee from which it is a fault."""
    moderate_pct: float = 16.0
    """From here the fault is moderate ..."""
    marked_pct: float = 22.0
    """... and from here marked."""
    borderline_share: float = 0.4
    """Within this share of the uncertainty below a limit is borderline."""
    cave_pct: float = 12.0
    """Loss of knee separation that corroborates."""
    min_drop_ratio: float = 0.14
    """Above this depth the knees are not judged."""
    hold_s: float = 0.15
    """The value must be held this long: a single wild frame does not count."""
    shank_to_foot_gain: float = 1.95
    """Shank length over the distance ankle to foot index, as the landmarks show it."""
    landmark_bias_pct: float = 4.0
    """How much too far outside the landmarks show a bent knee (rendered people)."""
    max_yaw_deg: float = 20.0
    """How far off the front a verdict may have full confidence."""
    max_oblique_yaw_deg: float = 30.0
    """Between the two a verdict has low confidence; beyond, none is given."""
    min_visibility: float = 0.5
    """The median visibility every landmark of both legs needs."""


def assess(rep: Rep, view: View, settings: ValgusSettings) -> Assessment:
    """Judge one repetition, seen as it is in its own window."""
    refusal = _refusal(rep, view, settings)
    if refusal is not None:
        return Assessment.impossible(NAME, UNIT, refusal)
    measured = measure(rep, settings.shank_to_foot_gain, settings.landmark_bias_pct)
    curves = {side: measured.inside[side] for side in SIDES}
    curves["both"] = (curves["left"] + curves["right"]) / 2
    is_deep = measured.drop >= settings.min_drop_ratio
    peaks = {
        name: sustained_maximum(measured.times_s, np.where(is_deep, curve, np.nan), settings.hold_s)
        for name, curve in curves.items()
    }
    if not np.isfinite([peaks[name][0] for name in ("left", "right", "both")]).all():
        return Assessment.impossible(
            NAME, UNIT, "knees, ankles or feet were hidden for part of the repetition"
        )
    return _verdict(rep, view, settings, measured, curves, peaks)


def _refusal(rep: Rep, view: View, settings: ValgusSettings) -> str | None:
    """Why this view or picture cannot show valgus; None if it can."""
    turn = abs(view.yaw_deg)
    if view.name is ViewName.UNKNOWN:
        return "the direction of the camera could not be found"
    if view.name is ViewName.REAR:
        return "needs a front view: from behind, the landmarks hide most of it"
    if turn > settings.max_oblique_yaw_deg:
        return (
            "needs a front view: from here a knee that travels forward looks like one that falls in"
        )
    dip = rep.window.between(rep.start_s, rep.end_s)
    seen = np.median(dip.visibility[:, list(LEG_LANDMARKS)], axis=0)
    if seen.min() < settings.min_visibility:
        return "knees, ankles or feet are hidden or outside the picture"
    return None


def _uncertainties(measured: KneesToFootLine, view: View) -> dict[Side, float]:
    """Half widths of the 95 % intervals of each knee and of their mean, in % of shank.

    Root sum of squares of: landmark error on rendered people, smaller for the mean of both knees;
    the clip's own noise after smoothing; and, off the front, the yaw.
    """
    shank = np.sin(np.radians(float(np.nanmax(measured.shank_deg))))
    oblique = 100 * shank * 0.2 * np.sin(np.radians(abs(view.yaw_deg)))
    own = oblique**2 + (2 * measured.noise_pct) ** 2
    leg, mean = np.sqrt([LEG_ERROR_PCT**2 + own, MEAN_ERROR_PCT**2 + own])
    return {"left": float(leg), "right": float(leg), "both": float(mean)}


def _verdict(
    rep: Rep,
    view: View,
    settings: ValgusSettings,
    measured: KneesToFootLine,
    curves: dict[Side, FloatArray],
    peaks: dict[Side, tuple[float, float]],
) -> Assessment:
    limits: dict[Side, float] = {
        "both": settings.fault_both_pct,
        "left": settings.fault_leg_pct,
        "right": settings.fault_leg_pct,
    }
    uncertainties = _uncertainties(measured, view)
    excess = {name: peaks[name][0] - limits[name] for name in limits}
    decisive = _decisive(peaks, excess, settings)
    value, time_s = peaks[decisive]
    margin = max(excess.values())
    if margin >= 0:
        verdict = Verdict.FAULT
    elif any(excess[k] >= -settings.borderline_share * uncertainties[k] for k in excess):
        verdict = Verdict.BORDERLINE
    else:
        verdict = Verdict.OK
    cave = cave_pct(measured)
    is_caving = bool(np.isfinite(cave) and cave >= settings.cave_pct)
    phase = _phase(rep, time_s)
    finding = Finding(
        NAME,
        verdict,
        _severity(verdict, value, settings),
        side=decisive if verdict in (Verdict.FAULT, Verdict.BORDERLINE) else None,
        value=round(value, 1),
        unit=UNIT,
        threshold=round(limits[decisive], 1),
        uncertainty=round(uncertainties[decisive], 1),
        confidence=_confidence(verdict, margin, uncertainties[decisive], is_caving, view, settings),
        time_s=round(time_s, 3),
        reason=_words(verdict, decisive, value, uncertainties[decisive], phase),
        signs=(CAVING,) if is_caving else (),
        extra=_legs(measured, peaks, uncertainties, time_s)
        | {"cave_pct": finite_or_none(cave), "phase": phase},
    )
    traces = (
        Trace(f"{side}_inside_foot_line", UNIT, measured.times_s, curves[side]) for side in SIDES
    )
    return Assessment(finding, tuple(traces))


def _decisive(
    peaks: dict[Side, tuple[float, float]], excess: dict[Side, float], settings: ValgusSettings
) -> Side:
    """Whether both knees or one of them decides: the one furthest over its limit."""
    worst, other = sorted(SIDES, key=lambda side: -peaks[side][0])
    is_other_inside = peaks[other][0] >= settings.fault_both_pct
    return "both" if is_other_inside or excess["both"] >= excess[worst] else worst


def _severity(verdict: Verdict, value: float, settings: ValgusSettings) -> Severity:
    if verdict is not Verdict.FAULT:
        return Severity.NOTE if verdict is Verdict.BORDERLINE else Severity.NONE
    if value >= settings.marked_pct:
        return Severity.MARKED
    return Severity.MODERATE if value >= settings.moderate_pct else Severity.MILD


def _legs(
    measured: KneesToFootLine,
    peaks: dict[Side, tuple[float, float]],
    uncertainties: dict[Side, float],
    time_s: float,
) -> dict[str, Any]:
    """What stands beside the verdict: each knee and their mean; angles at ``time_s``."""
    at = int(np.argmin(np.abs(measured.times_s - time_s)))
    names: dict[Side, str] = {"left": "left", "right": "right", "both": "mean"}
    return {
        **{f"{names[k]}_pct_shank": finite_or_none(peaks[k][0]) for k in names},
        **{f"{names[k]}_uncertainty_pct_shank": finite_or_none(uncertainties[k]) for k in names},
        **{f"{k}_deg": finite_or_none(inside_deg(peaks[k][0], measured, at)) for k in SIDES},
        **{f"{k}_fppa_deg": finite_or_none(measured.fppa[k][at]) for k in SIDES},
    }


def _phase(rep: Rep, time_s: float) -> str:
    if time_s < rep.bottom_s - rep.pause_s / 2 - 0.1:
        return "descent"
    if time_s > rep.bottom_s + rep.pause_s / 2 + 0.1:
        return "ascent"
    return "bottom"


def _confidence(
    verdict: Verdict,
    margin: float,
    uncertainty: float,
    is_caving: bool,
    view: View,
    settings: ValgusSettings,
) -> Confidence:
    if abs(view.yaw_deg) > settings.max_yaw_deg or verdict is Verdict.BORDERLINE:
        return Confidence.LOW
    if abs(margin) > uncertainty or (verdict is Verdict.FAULT and is_caving):
        return Confidence.HIGH
    return Confidence.MEDIUM if abs(margin) > 0.5 * uncertainty else Confidence.LOW


_WHEN = {"descent": "on the way down", "bottom": "at the bottom", "ascent": "while driving up"}


def _words(verdict: Verdict, decisive: Side, value: float, uncertainty: float, phase: str) -> str:
    who = "both knees" if decisive == "both" else f"{decisive} knee"
    about = f"about {value:.0f} % (± {uncertainty:.0f}) of shank length"
    if verdict is Verdict.OK:
        return "the knees stay over the feet"
    close = ": too close to the limit to say" if verdict is Verdict.BORDERLINE else ""
    return f"{who} {about} inside the foot line {_WHEN[phase]}{close}"


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
