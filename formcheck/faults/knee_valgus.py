"""Knee valgus: knees inside the line of the feet, seen from the front.

Measure (KTA, knee-toe alignment; % of shank length, positive = inside)::

    KTA = 100 * m * ((x_knee - x_ankle) - lam * (x_foot_index - x_ankle)) / shank
    lam = gain * sin(shank inclination that keeps the body in balance)

``m`` points to the midline.  A knee that travels along the foot moves in the
picture by ``lam`` times the foot's own projection, whatever the toe-out and,
to first order, whatever the camera's yaw; what is left over is off the foot
line.  The frontal plane projection angle is reported beside it and never
judged: at parallel the thigh points at the camera and the angle collapses.

Corroboration (CAVE): knee separation lost on the way up against the way down
at the same depth, in %.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from formcheck.balance import shank_inclination_deg
from formcheck.dip import Rep
from formcheck.faults.finding import (
    Confidence,
    Finding,
    Severity,
    Trace,
    Verdict,
    finite_or_none,
    resampled,
    sustained_maximum,
)
from formcheck.geometry import median_known
from formcheck.kinematics import ANKLES, SHOULDERS, SIDES, Window, middle, trunk_height_px
from formcheck.pose import FloatArray
from formcheck.view import View, ViewName

FAULT = "knee_valgus"
UNIT = "pct_shank"
PARALLEL_DROP_RATIO = 0.58
"""Drop of the hips at which the thigh is level (geometry with Winter's segments)."""
_LEG_LANDMARKS = (25, 26, 27, 28, 31, 32)


@dataclass(frozen=True, slots=True)
class ValgusSettings:
    """Limits for knee valgus, in % of shank length unless named otherwise."""

    fault_both_pct: float = 9.0
    """Mean of both knees from which it is a fault."""
    fault_leg_pct: float = 11.0
    """One knee from which it is a fault."""
    one_sided_pct: float = 6.0
    """A knee this much further in than the other is named alone."""
    moderate_pct: float = 14.0
    marked_pct: float = 20.0
    borderline_share: float = 0.4
    """Within this share of the uncertainty below a limit is borderline."""
    cave_pct: float = 12.0
    """Loss of knee separation that corroborates."""
    min_drop_ratio: float = 0.14
    """Above this depth the knees are not judged."""
    hold_s: float = 0.15
    shank_to_foot_gain: float = 2.2
    """Shank length over the distance ankle to foot index; errs low, to miss
    rather than to accuse."""
    max_yaw_deg: float = 20.0
    max_oblique_yaw_deg: float = 30.0
    """Between the two a verdict has low confidence; beyond, none is given."""
    min_visibility: float = 0.5


@dataclass(frozen=True, slots=True)
class _Measured:
    times_s: FloatArray
    drop: FloatArray
    shank_deg: FloatArray
    inside: dict[str, FloatArray]
    fppa: dict[str, FloatArray]
    separation: FloatArray
    foot_offset: float
    """Sideways distance of the foot index from the ankle, mean of both, in shanks."""
    noise_pct: float


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
    measured = _measure(rep, settings)
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
    cave = _cave_pct(measured)
    uncertainty = _uncertainty(measured, view, settings)
    return _verdict(rep, view, settings, measured, curves, peaks, cave, uncertainty)


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
    seen = np.median(dip.visibility[:, list(_LEG_LANDMARKS)], axis=0)
    if seen.min() < settings.min_visibility:
        return "knees, ankles or feet are hidden or outside the picture"
    return None


def _upright(window: Window, standing: Window) -> Window:
    """Turn the picture so that the standing body is vertical.

    A camera that is not level moves both knees to the same side, which reads
    as valgus of one leg.  At most 10 deg are believed.
    """
    feet = median_known(middle(standing.points_px, ANKLES), axis=0)
    shoulders = median_known(middle(standing.points_px, SHOULDERS), axis=0)
    body = shoulders - feet
    if not np.isfinite(body).all() or body[1] >= 0:
        return window
    roll = float(np.clip(np.arctan2(body[0], -body[1]), -np.radians(10), np.radians(10)))
    c, s = np.cos(roll), np.sin(roll)
    turn = np.array([[c, s], [-s, c]])
    return Window(
        window.times_s,
        (window.points_px - feet) @ turn.T + feet,
        window.visibility,
        window.world_m,
        window.residual_px,
    )


def _measure(rep: Rep, settings: ValgusSettings) -> _Measured:
    standing = rep.standing()
    whole = _upright(rep.window, standing)
    standing = _upright(standing, standing)
    dip = whole.between(rep.start_s, rep.end_s)
    drop = rep.drop_ratio[np.isin(rep.window.times_s, dip.times_s)]
    trunk = trunk_height_px(dip.points_px) / median_known(trunk_height_px(standing.points_px))
    shank_deg = shank_inclination_deg(drop, trunk)
    lam = settings.shank_to_foot_gain * np.sin(np.radians(shank_deg))
    legs = {side: dip.leg(side) for side in SIDES}
    stand_legs = {side: standing.leg(side) for side in SIDES}
    shank_px = float(
        median_known(
            np.concatenate([np.hypot(*(leg.knee - leg.ankle).T) for leg in stand_legs.values()])
        )
    )
    # The feet stay planted: what all of them do together is the camera moving.
    feet = np.stack([p for leg in legs.values() for p in (leg.ankle, leg.heel, leg.foot_index)])
    shake = median_known(feet[..., 0] - median_known(feet[..., 0], axis=1)[:, None], axis=0)
    mid_x = median_known([leg.ankle[:, 0] for leg in legs.values()])
    inside, fppa, offsets = {}, {}, []
    for side, leg in legs.items():
        ankle_x = median_known(leg.ankle[:, 0] - shake)
        toe_dx = median_known(leg.foot_index[:, 0] - leg.ankle[:, 0])
        medial = float(np.sign(mid_x - ankle_x)) or 1.0
        knee_dx = leg.knee[:, 0] - shake - ankle_x
        curve = 100 * medial * (knee_dx - lam * toe_dx) / shank_px
        stand = stand_legs[side]
        at_rest = 100 * medial * median_known(stand.knee[:, 0] - stand.ankle[:, 0]) / shank_px
        # A wide stance puts a straight leg's knee inside its foot.  That is no fault, and
        # it fades until the thigh is level.
        fading = np.clip(1 - drop / PARALLEL_DROP_RATIO, 0, 1)
        inside[side] = curve - np.clip(np.nan_to_num(at_rest), 0, 30) * fading
        fppa[side] = leg.fppa_deg(medial)
        offsets.append(abs(toe_dx) / shank_px)
    separation = np.abs(legs["left"].knee[:, 0] - legs["right"].knee[:, 0]) / max(
        1e-6, abs(median_known(legs["left"].ankle[:, 0] - legs["right"].ankle[:, 0]))
    )
    curves = [
        drop,
        shank_deg,
        inside["left"],
        inside["right"],
        fppa["left"],
        fppa["right"],
        separation,
    ]
    grid: FloatArray = np.empty(0)
    even = []
    known = np.isfinite(curves).all(0)
    for curve in curves:
        grid, values = resampled(dip.times_s, np.where(known, curve, np.nan))
        even.append(values)
    noise = dip.noise_px(_LEG_LANDMARKS)
    return _Measured(
        grid,
        even[0],
        even[1],
        {"left": even[2], "right": even[3]},
        {"left": even[4], "right": even[5]},
        even[6],
        float(np.mean(offsets)),
        100 * noise / shank_px if np.isfinite(noise) else 0.0,
    )


def _cave_pct(measured: _Measured) -> float:
    """Knee separation lost on the ascent against the descent at the same depth.

    ``max over depth of 100 * (S_down - S_up) / S_down``, held over three steps
    of 0.02 in depth; NaN if the two ways share no depth.
    """
    drop, separation = measured.drop, measured.separation
    if len(drop) < 4 or not np.isfinite(drop).any():
        return float("nan")
    bottom = int(np.nanargmax(drop))
    deepest = drop[bottom]
    depths = np.arange(0.15, 0.9 * deepest, 0.02)
    if len(depths) < 3 or bottom < 2 or bottom > len(drop) - 3:
        return float("nan")
    down = np.interp(depths, np.maximum.accumulate(drop[: bottom + 1]), separation[: bottom + 1])
    rising = slice(len(drop) - 1, bottom - 1, -1)
    up = np.interp(depths, np.maximum.accumulate(drop[rising]), separation[rising])
    loss = 100 * (down - up) / np.maximum(down, 1e-6)
    held = np.min([loss[:-2], loss[1:-1], loss[2:]], axis=0)
    return float(held.max())


def _uncertainty(measured: _Measured, view: View, settings: ValgusSettings) -> float:
    """Half width of the 95 % interval, in % of shank.

    Root sum of squares of: landmark error on rendered people (8.0), the clip's
    own noise after smoothing, the unknown shank inclination (15 % of the foot
    offset's share) and, off the front, the yaw.
    """
    shank = np.sin(np.radians(float(np.nanmax(measured.shank_deg))))
    lam = settings.shank_to_foot_gain * shank
    model = 100 * 0.15 * lam * measured.foot_offset
    oblique = 100 * shank * 0.15 * np.sin(np.radians(abs(view.yaw_deg)))
    return float(np.sqrt(8.0**2 + (2 * measured.noise_pct) ** 2 + model**2 + oblique**2))


def _verdict(
    rep: Rep,
    view: View,
    settings: ValgusSettings,
    measured: _Measured,
    curves: dict[str, FloatArray],
    peaks: dict[str, tuple[float, float]],
    cave: float,
    uncertainty: float,
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
    elif peaks[worst][0] - peaks[other][0] > settings.one_sided_pct:
        decisive = worst
    else:
        decisive = "both" if excess["both"] >= excess[worst] else worst
    value, time_s = peaks[decisive]
    threshold = limits[decisive]
    margin = max(excess.values())
    if margin >= 0:
        verdict = Verdict.FAULT
    elif margin >= -settings.borderline_share * uncertainty:
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
        "left_deg": finite_or_none(_inside_deg(peaks["left"][0], measured, at)),
        "right_deg": finite_or_none(_inside_deg(peaks["right"][0], measured, at)),
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


def _inside_deg(value_pct: float, measured: _Measured, at: int) -> float:
    """How many degrees the knee points inside the toes: asin(KTA / 100 / sin(shank))."""
    shank = max(0.05, np.sin(np.radians(measured.shank_deg[at])))
    return float(np.degrees(np.arcsin(np.clip(value_pct / 100 / shank, -1, 1))))


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
