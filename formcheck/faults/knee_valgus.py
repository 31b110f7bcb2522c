"""Knee valgus: knees inside the line of the feet, seen from the front.

Measure (KTA, knee-toe alignment; % of shank length, positive = inside)::

    KTA = 100 * m * ((x_knee - x_ankle) - lam * (x_foot_index - x_ankle)) / shank
          - 0.4 * standing + bias
    lam = gain * sin(shank inclination)

``m`` points to the midline.  A knee that travels along the foot moves in the
picture by ``lam`` times the foot's own projection, whatever the toe-out and,
to first order, whatever the camera's yaw; what is left over is off the foot
line.  The shank inclination is the mean of what keeps the body in balance and of
what makes the shank as short as it looks; ``standing`` is where the knee was before
the dip, and ``bias`` what the landmarks add on people whose joints are known.  The
frontal plane projection angle is reported beside it and never
judged: at parallel the thigh points at the camera and the angle collapses.

Corroboration (CAVE): knee separation lost on the way up against the way down
at the same depth, in %.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from formcheck.dip import Rep
from formcheck.faults.finding import (
    Confidence,
    Finding,
    Severity,
    Trace,
    Verdict,
    finite_or_none,
    sustained_maximum,
)
from formcheck.faults.knee_to_foot_line import (
    LEG_LANDMARKS,
    KneesToFootLine,
    cave_pct,
    inside_deg,
    measure,
)
from formcheck.kinematics import SIDES
from formcheck.pose import FloatArray
from formcheck.view import View, ViewName

FAULT = "knee_valgus"
UNIT = "pct_shank"
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


def assess(rep: Rep, view: View, settings: ValgusSettings) -> Finding:
    """Judge one repetition.

    Parameters
    ----------
    rep : Rep
    view : View
        Of the repetition's own window.
    settings : ValgusSettings
    """
    refusal = _refusal(rep, view, settings)
    if refusal is not None:
        return Finding.not_assessable(FAULT, UNIT, refusal)
    measured = measure(rep, settings.shank_to_foot_gain, settings.landmark_bias_pct)
    curves = {side: measured.inside[side] for side in SIDES}
    curves["both"] = (curves["left"] + curves["right"]) / 2
    is_deep = measured.drop >= settings.min_drop_ratio
    peaks = {
        name: sustained_maximum(measured.times_s, np.where(is_deep, curve, np.nan), settings.hold_s)
        for name, curve in curves.items()
    }
    if not np.isfinite([peaks[name][0] for name in ("left", "right", "both")]).all():
        return Finding.not_assessable(
            FAULT, UNIT, "knees, ankles or feet were hidden for part of the repetition"
        )
    cave = cave_pct(measured)
    uncertainties = _uncertainties(measured, view)
    return _verdict(rep, view, settings, measured, curves, peaks, cave, uncertainties)


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


def _uncertainties(measured: KneesToFootLine, view: View) -> dict[str, float]:
    """Half widths of the 95 % intervals of each knee and of their mean, in % of shank.

    Root sum of squares of: landmark error on rendered people, smaller for the mean of
    both knees; the clip's own noise after smoothing; and, off the front, the yaw.
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
    curves: dict[str, FloatArray],
    peaks: dict[str, tuple[float, float]],
    cave: float,
    uncertainties: dict[str, float],
) -> Finding:
    limits = {
        "both": settings.fault_both_pct,
        "left": settings.fault_leg_pct,
        "right": settings.fault_leg_pct,
    }
    excess = {name: peaks[name][0] - limits[name] for name in limits}
    worst, other = sorted(SIDES, key=lambda side: -peaks[side][0])
    if peaks[other][0] >= limits["both"]:
        decisive = "both"
    else:
        decisive = "both" if excess["both"] >= excess[worst] else worst
    value, time_s = peaks[decisive]
    threshold = limits[decisive]
    uncertainty = uncertainties[decisive]
    margin = max(excess.values())
    if margin >= 0:
        verdict = Verdict.FAULT
    elif any(excess[k] >= -settings.borderline_share * uncertainties[k] for k in excess):
        verdict = Verdict.BORDERLINE
    else:
        verdict = Verdict.OK
    severity = Severity.NONE
    if verdict is Verdict.FAULT:
        severity = (
            Severity.MARKED
            if value >= settings.marked_pct
            else Severity.MODERATE
            if value >= settings.moderate_pct
            else Severity.MILD
        )
    elif verdict is Verdict.BORDERLINE:
        severity = Severity.NOTE
    is_caving = bool(np.isfinite(cave) and cave >= settings.cave_pct)
    confidence = _confidence(verdict, margin, uncertainty, is_caving, view, settings)
    phase = _phase(rep, time_s)
    side = decisive if verdict in (Verdict.FAULT, Verdict.BORDERLINE) else None
    at = int(np.argmin(np.abs(measured.times_s - time_s)))
    extra: dict[str, Any] = {
        "left_pct_shank": finite_or_none(peaks["left"][0]),
        "right_pct_shank": finite_or_none(peaks["right"][0]),
        "mean_pct_shank": finite_or_none(peaks["both"][0]),
        "left_uncertainty_pct_shank": finite_or_none(uncertainties["left"]),
        "right_uncertainty_pct_shank": finite_or_none(uncertainties["right"]),
        "mean_uncertainty_pct_shank": finite_or_none(uncertainties["both"]),
        "left_deg": finite_or_none(inside_deg(peaks["left"][0], measured, at)),
        "right_deg": finite_or_none(inside_deg(peaks["right"][0], measured, at)),
        "left_fppa_deg": finite_or_none(measured.fppa["left"][at]),
        "right_fppa_deg": finite_or_none(measured.fppa["right"][at]),
        "cave_pct": finite_or_none(cave),
        "phase": phase,
    }
    return Finding(
        FAULT,
        verdict,
        severity,
        side,
        round(value, 1),
        UNIT,
        round(threshold, 1),
        round(uncertainty, 1),
        confidence,
        round(time_s, 3),
        _words(verdict, decisive, value, uncertainty, phase),
        extra,
        tuple(
            Trace(f"{name}_inside_foot_line", UNIT, measured.times_s, curve)
            for name, curve in curves.items()
            if name != "both"
        ),
    )


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


_WHEN = {
    "descent": "on the way down",
    "bottom": "at the bottom",
    "ascent": "while driving up",
}


def _words(verdict: Verdict, decisive: str, value: float, uncertainty: float, phase: str) -> str:
    who = "both knees" if decisive == "both" else f"{decisive} knee"
    about = f"about {value:.0f} % (± {uncertainty:.0f}) of shank length"
    if verdict is Verdict.FAULT:
        return f"{who} {about} inside the foot line {_WHEN[phase]}"
    if verdict is Verdict.BORDERLINE:
        return f"{who} {about} inside the foot line {_WHEN[phase]}: too close to the limit to say"
    return "the knees stay over the feet"
