"""Excessive forward knee travel, seen from the side.

Measure (KPT, knee past toe; % of foot length, positive = past)::

    KPT = 100 * foot * (forward * (x_knee - x_foot_index) - tip * L) / L

on the leg nearer to the camera, ``L`` the standing distance from heel to foot index in the picture,
``foot`` its share of the foot's length.  On rendered people ``foot_index`` sits behind the toe tip,
``heel`` before the back of the heel, and the knee reads too far forward the further it travels;
``foot`` and ``tip`` are the straight line that fits them.

Knees past the toes are normal for many bodies.  Travel is graded together with heel rise, a shank
much more inclined than the trunk (trunk-shank difference) and depth; alone it is at most worth a
note until it is large.  The limit moves smoothly with each of these, over the error with which it
is measured, so that two repetitions that differ by less than that are judged alike.
"""

from dataclasses import dataclass

import numpy as np

from formcheck.knowledge.fault_words import fault_words
from formcheck.pose.geometry import inclination_deg, median_known
from formcheck.pose.kinematics import (
    LEG,
    SHOULDERS,
    Side,
    middle,
    near_leg,
    side_knee_flexion_deg,
    turned_side_on,
)
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
    resampled_together,
    sustained_maximum,
    why_unseen,
)
from formcheck.squat.rep import Rep
from formcheck.squat.view import View, ViewName

NAME = "forward_knee_travel"
UNIT = "pct_foot"
HEEL_RISE, SHIN_LEADS_TRUNK, ANKLE_END_RANGE = "heel_rise", "shin_leads_trunk", "ankle_end_range"
"""Signs that make the same travel count for more."""
LANDMARK_ERROR_PCT = 17.0
"""1.96 standard errors seen from the side, on rendered people."""
ANGLE_ERROR_DEG = 5.0
"""Half width of the 95 % interval of a shank or trunk angle ..."""
FLEXION_ERROR_DEG = 10.0
"""... of knee flexion ..."""
HEEL_ERROR_PCT = 10.0
"""... of the heel rise, in % of foot ..."""
THIGH_ERROR_RATIO = 0.06
"""... and of thigh over shank length."""
_SEVERITIES = (Severity.NONE, Severity.NOTE, Severity.MILD, Severity.MODERATE, Severity.MARKED)


@dataclass(frozen=True, slots=True)
class TravelSettings:
    """Limits for forward knee travel, in % of foot length unless named otherwise."""

    fault_pct: float = 30.0
    """Knee past the toe tip from which it is a fault."""
    note_pct: float = 20.0
    """From which it is worth a note; no fault."""
    step_pct: float = 10.0
    """Each further step over the limit is one more degree of severity; an aggravating sign that is
    fully there lowers the limit by one step."""
    comfort_mode: bool = False
    """For people whose knee hurts at the front: all limits 20 points lower."""
    comfort_shift_pct: float = 20.0
    """By how much comfort mode lowers the limits."""
    deep_flexion_deg: float = 125.0
    """A deeper squat needs more travel: about this depth the limits rise ..."""
    deep_bonus_pct: float = 10.0
    """... by this much."""
    long_thigh_ratio: float = 1.06
    """Thigh over shank length, standing: about this ratio thighs count as long and the limits rise
    ..."""
    long_thigh_bonus_pct: float = 8.0
    """... by this much."""
    max_bonus_pct: float = 15.0
    """Both together raise the limits by no more than this."""
    heel_rise_pct: float = 35.0
    """High, because the heel landmark rises by up to 30 % of a foot in rendered people whose heels
    stay down: only a heel far up is believed."""
    quad_dominant_deg: float = 8.0
    """Trunk-shank difference from which the squat is knee-extensor biased."""
    end_range_shank_deg: float = 45.0
    """Shin lean from which the ankle counts as at the end of its range."""
    borderline_share: float = 0.6
    """Within this share of the uncertainty below the limit is borderline."""
    hold_s: float = 0.15
    """The value must be held this long: a single wild frame does not count."""
    min_yaw_deg: float = 45.0
    """How far from the front the camera must be for a verdict ..."""
    good_yaw_deg: float = 65.0
    """... and for one with full confidence."""
    min_visibility: float = 0.5
    """The median visibility knee, ankle and foot of the near leg need."""
    foot_share: float = 0.60
    """Distance heel to foot index over foot length; with the next line the straight line that fits
    rendered people best."""
    tip_share: float = 0.02
    """Distance foot index to toe tip over distance heel to foot index."""


@dataclass(frozen=True, slots=True)
class _Measured:
    near: Side
    times_s: FloatArray
    past_toe: FloatArray
    heel_rise: FloatArray
    shank_deg: FloatArray
    trunk_deg: FloatArray
    flexion_deg: FloatArray
    thigh_to_shank: float
    noise_pct: float
    has_few_frames: bool


def assess(rep: Rep, view: View, settings: TravelSettings) -> Assessment:
    """Judge one repetition, seen as it is in its own window."""
    turn = abs(view.yaw_deg)
    if view.name is ViewName.UNKNOWN:
        return Assessment.impossible(NAME, UNIT, "the direction of the camera could not be found")
    if not settings.min_yaw_deg <= turn <= 180 - settings.min_yaw_deg:
        return Assessment.impossible(
            NAME, UNIT, "needs a side view. Put the phone beside the lifter"
        )
    near = near_leg(rep.window.between(rep.start_s, rep.end_s))
    if np.median(near.visibility, axis=0).min() < settings.min_visibility:
        hidden = "knee, ankle or foot is hidden or outside the picture"
        return Assessment.impossible(NAME, UNIT, hidden)
    measured = _measure(rep, near.side, settings)
    if measured is None:
        return Assessment.impossible(NAME, UNIT, "the foot was not seen well enough to measure")
    value, time_s = sustained_maximum(measured.times_s, measured.past_toe, settings.hold_s)
    if not np.isfinite(value):
        hidden = "knee or foot was hidden for part of the repetition"
        return Assessment.impossible(NAME, UNIT, why_unseen(rep.dip_times_s, hidden))
    return _verdict(view, settings, measured, value, time_s)


def _measure(rep: Rep, side: Side, settings: TravelSettings) -> _Measured | None:
    dip = rep.window.between(rep.start_s, rep.end_s)
    leg, rest = dip.leg(side), rep.standing().leg(side)
    foot_px = float(median_known(np.abs(rest.foot_index[:, 0] - rest.heel[:, 0])))
    shank_px = float(median_known(np.hypot(*(rest.knee - rest.ankle).T)))
    thigh_px = float(median_known(np.hypot(*(rest.knee - rest.hip).T)))
    # A foot is about 0.5 shanks from heel to foot index; a turned one looks shorter.
    if not (np.isfinite(foot_px) and 0.2 * shank_px < foot_px < 0.9 * shank_px):
        return None
    forward = float(np.sign(median_known(rest.foot_index[:, 0] - rest.heel[:, 0])))
    scale = 100 * settings.foot_share / foot_px
    tip_px = settings.tip_share * foot_px
    past = scale * (forward * (leg.knee[:, 0] - leg.foot_index[:, 0]) - tip_px)
    level = float(median_known(rest.foot_index[:, 1] - rest.heel[:, 1]))
    rise = scale * ((leg.foot_index[:, 1] - leg.heel[:, 1]) - level)
    shank = turned_side_on(leg, rest).shank_inclination_deg(forward)
    trunk = inclination_deg(leg.hip, middle(dip.points_px, SHOULDERS), forward)
    grid, (past_toe, heel_rise, shank_deg, trunk_deg, flexion) = resampled_together(
        dip.times_s, [past, rise, shank, trunk, side_knee_flexion_deg(leg, rest)]
    )
    noise_pct = scale * float(np.nan_to_num(dip.noise_px(LEG[side][1:])))
    ratio = thigh_px / shank_px
    few = is_coarse(dip.times_s)
    return _Measured(
        side, grid, past_toe, heel_rise, shank_deg, trunk_deg, flexion, ratio, noise_pct, few
    )


def _verdict(
    view: View, settings: TravelSettings, measured: _Measured, value: float, time_s: float
) -> Assessment:
    flexion = float(np.nanmax(measured.flexion_deg))
    at_bottom = measured.flexion_deg >= flexion - 10
    heel = sustained_maximum(measured.times_s, measured.heel_rise, settings.hold_s)[0]
    shank = float(median_known(measured.shank_deg[at_bottom]))
    trunk = float(median_known(measured.trunk_deg[at_bottom]))
    presence = _presence(heel, shank, trunk, settings)
    signs = tuple(sign for sign, share in presence.items() if share >= 0.5)
    shift = _shift(flexion, measured.thigh_to_shank, max(presence.values()), settings)
    limit = settings.fault_pct + shift
    uncertainty = _uncertainty(measured, view)
    margin = value - limit
    if margin >= 0:
        verdict = Verdict.FAULT
        # Away from a side view the error spans several steps: no more than that there is a fault.
        steps = margin // settings.step_pct if _is_side(view, settings) else 0
        degree = 2 + int(min(steps, 2))
    elif margin >= -settings.borderline_share * uncertainty:
        verdict, degree = Verdict.BORDERLINE, 1
    else:
        verdict, degree = Verdict.OK, int(value >= settings.note_pct + shift)
    finding = Finding(
        NAME,
        verdict,
        _SEVERITIES[degree],
        side=measured.near,
        value=round(value, 1),
        unit=UNIT,
        threshold=round(limit, 1),
        uncertainty=round(uncertainty, 1),
        confidence=Confidence.LOW
        if measured.has_few_frames
        else _confidence(verdict, margin, uncertainty, view, settings),
        time_s=round(time_s, 3),
        reason=_words(verdict, _SEVERITIES[degree], value, uncertainty, signs),
        signs=signs,
        extra={
            f"{measured.near}_pct_foot": finite_or_none(value),
            "heel_rise_pct_foot": finite_or_none(heel),
            "shank_inclination_deg": finite_or_none(shank),
            "trunk_inclination_deg": finite_or_none(trunk),
            "trunk_shank_difference_deg": finite_or_none(shank - trunk),
            "thigh_to_shank_ratio": finite_or_none(measured.thigh_to_shank, 2),
            "aggravating": [ROW.signs[sign].words for sign in signs],
        },
    )
    traces = (
        Trace("knee_past_toe", UNIT, measured.times_s, measured.past_toe),
        Trace("knee_flexion", "deg", measured.times_s, measured.flexion_deg),
        Trace("heel_rise", UNIT, measured.times_s, measured.heel_rise),
    )
    return Assessment(finding, traces)


def _presence(
    heel: float, shank: float, trunk: float, settings: TravelSettings
) -> dict[str, float]:
    """How far what makes the same travel count for more is there, 0 to 1 each."""
    return {
        HEEL_RISE: _ramp(heel - settings.heel_rise_pct, HEEL_ERROR_PCT),
        SHIN_LEADS_TRUNK: _ramp(shank - trunk - settings.quad_dominant_deg, ANGLE_ERROR_DEG),
        ANKLE_END_RANGE: _ramp(shank - settings.end_range_shank_deg, ANGLE_ERROR_DEG),
    }


def _shift(
    flexion: float, thigh_to_shank: float, presence: float, settings: TravelSettings
) -> float:
    """How far the limits move for this body, depth and signs, or for comfort; in % of foot."""
    sign = settings.step_pct * presence
    if settings.comfort_mode:
        return -settings.comfort_shift_pct - sign
    bonus = settings.deep_bonus_pct * _ramp(flexion - settings.deep_flexion_deg, FLEXION_ERROR_DEG)
    bonus += settings.long_thigh_bonus_pct * _ramp(
        thigh_to_shank - settings.long_thigh_ratio, THIGH_ERROR_RATIO
    )
    return min(bonus, settings.max_bonus_pct) - sign


def _ramp(excess: float, error: float) -> float:
    """0 to 1 in a straight line within ``error`` of 0; 0 for NaN."""
    return float(np.clip(np.nan_to_num((excess / error + 1) / 2, nan=0.0), 0, 1))


def _confidence(
    verdict: Verdict, margin: float, uncertainty: float, view: View, settings: TravelSettings
) -> Confidence:
    if not _is_side(view, settings) or verdict is Verdict.BORDERLINE:
        return Confidence.LOW
    return Confidence.HIGH if abs(margin) > uncertainty else Confidence.MEDIUM


def _is_side(view: View, settings: TravelSettings) -> bool:
    return settings.good_yaw_deg <= abs(view.yaw_deg) <= 180 - settings.good_yaw_deg


def _uncertainty(measured: _Measured, view: View) -> float:
    """Half width of the 95 % interval, in % of foot.

    Landmark error on rendered people, the clip's own noise, and the shortening of the foot away
    from a true side view.
    """
    side_on = max(float(np.sin(np.radians(abs(view.yaw_deg)))), 0.3)
    return float(np.hypot(LANDMARK_ERROR_PCT / side_on, 2 * measured.noise_pct))


def _words(
    verdict: Verdict, severity: Severity, value: float, uncertainty: float, signs: tuple[str, ...]
) -> str:
    where, far = "past" if value >= 0 else "behind", abs(round(value, 1))  # as it is stored
    text = f"knee about {far:.0f} % (± {uncertainty:.0f}) of a foot length {where} the toes"
    if verdict is Verdict.OK:
        return f"{text}: normal for many bodies" if severity is Severity.NOTE else text
    if signs:
        text += ", and " + " and ".join(ROW.signs[sign].words for sign in signs)
    if verdict is Verdict.BORDERLINE:
        text += ": too close to the limit to say"
    return text


def toe_line(points_px: FloatArray, finding: Finding | None) -> tuple[Line, ...]:
    """A plumb line through the toes of the judged leg; none before one is judged."""
    if finding is None or finding.side is None:
        return ()
    _, knee, ankle, _, toe = (points_px[i] for i in LEG[finding.side])
    return ((toe, toe - np.array([0.0, 1.25 * abs(ankle[1] - knee[1])])),)


def toe_gap(points_px: FloatArray, finding: Finding) -> tuple[Gap, ...]:
    """Between the judged knee and the plumb line through its toes, where it is past them."""
    if finding.side is None:
        return ()
    _, knee, _, heel, toe = (points_px[i] for i in LEG[finding.side])
    is_past = (toe[0] - heel[0]) * (knee[0] - toe[0]) > 0
    return (Gap(toe, np.array([toe[0], knee[1]]), knee),) if is_past else ()


ROW = Fault(
    **fault_words(NAME),
    name=NAME,
    unit=UNIT,
    views=(ViewName.SIDE, ViewName.OBLIQUE),
    section="travel",
    settings=TravelSettings(),
    label="forward",
    assess=assess,
    lines=toe_line,
    gaps=toe_gap,
)
