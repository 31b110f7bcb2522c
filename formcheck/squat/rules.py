"""What makes a dip of the hips a squat: every rule, and the reason when one is broken."""

from dataclasses import dataclass

import numpy as np

from formcheck.pose.geometry import median_known
from formcheck.pose.kinematics import (
    ANKLES,
    HIPS,
    KNEES,
    WRISTS,
    Window,
    middle,
    trunk_height_px,
)  # fmt: skip
from formcheck.pose.track import FloatArray
from formcheck.squat.rep import Rep

TAKE_OFF_S = 0.4
"""A jump may begin this long before the dip does."""
BOTTOM_HALF_S = 0.1
"""The bottom is what is seen within this of it."""
MIN_FRAMES = 5
"""In fewer frames than this nobody can be seen stepping."""


@dataclass(frozen=True, slots=True)
class RepSettings:
    """What counts as a repetition.  Drops are shares of the standing hip height."""

    open_drop_ratio: float = 0.08
    """The hips must sink this far before a dip is looked at."""
    min_drop_ratio: float = 0.12
    """A shallower dip is not a repetition: about 65 deg of knee flexion seen from the front by a
    low camera, less from the side."""
    stand_drop_ratio: float = 0.10
    """Hips that rest at less than this are standing, with softer knees or further away."""
    recovered_share: float = 0.75
    """The share of the drop that must be regained before a dip can close."""
    min_duration_s: float = 0.75
    """From standing to standing: a faster dip is no squat."""
    min_phase_s: float = 0.3
    """The least time on the way down."""
    max_duration_s: float = 15.0
    """A longer dip is sitting."""
    max_pause_s: float = 6.0
    """Longer at the bottom is sitting."""
    max_gap_s: float = 0.5
    """Longer without hips and ankles ends an open dip."""
    max_hole_s: float = 1.0
    """So does a longer time without any picture: a squat could have been missed."""
    settle_s: float = 0.35
    """The top is reached once the hips have not risen for this long."""
    reference_s: float = 3.0
    """How far back the standing height is looked for."""
    lead_s: float = 1.0
    """How much standing before a repetition belongs to its window."""
    plateau_s: float = 0.7
    """Hips that rest this long at a new height, feet moved, are a new stand."""
    max_top_ratio: float = 1.25
    """Standing heights before and after may differ by this factor."""
    max_foot_shift_ratio: float = 0.16
    """Feet that move this far against each other, or out and back, are stepping; a share of the
    standing hip height, as the next two."""
    max_foot_drift_ratio: float = 0.45
    """Feet that end this far from where they began are walking."""
    max_knee_height_difference_ratio: float = 0.2
    """Knees further apart in height than this are a lunge or a one-legged stand."""
    max_foot_lift_ratio: float = 0.10
    """An ankle this much higher than the other, beyond standing, together with ..."""
    min_shank_balance: float = 0.7
    """... shanks as unequal in the picture as this is a leg held out in front.  Alone either
    happens in squats: shanks that point at the camera, feet one behind the other."""
    min_trunk_ratio: float = 0.30
    """A trunk that keeps less of its height than this is a hip hinge ..."""
    hinge_max_drop_ratio: float = 0.45
    """... unless the hips go this deep: then it is a squat with a lot of lean."""
    min_trunk_reaching_ratio: float = 0.50
    """The least trunk height when the hands go well below the knees ..."""
    reaching_ratio: float = 0.12
    """... by this share of the standing hip height: a deadlift or a pick-up."""
    jump_rise_ratio: float = 0.10
    """Ankles that rise this far are a jump."""
    min_body_ratio: float = 0.95
    """Standing hip height over trunk length: less is somebody sitting."""


def why_not_a_squat(rep: Rep, top_before: float, top_after: float, rule: RepSettings) -> str | None:
    """Why a dip between two standing hip heights [px] is not a squat; None if it is."""
    drop = rep.hip_drop_ratio
    if drop < rule.min_drop_ratio:
        return f"too shallow: the hips sink {100 * drop:.0f} % of the standing hip height"
    duration_s = rep.end_s - rep.start_s
    if duration_s < rule.min_duration_s or rep.eccentric_s < rule.min_phase_s:
        return "too fast for a squat"
    if duration_s > rule.max_duration_s or rep.pause_s > rule.max_pause_s:
        return "stays down too long, as in sitting"
    scale = max(top_before, top_after)
    if scale / min(top_before, top_after) > rule.max_top_ratio:
        return "the lifter does not come back up to the same height"
    dip = rep.window.between(rep.start_s, rep.end_s)
    after = rep.window.between(rep.bottom_s, np.inf)
    before = rep.window.between(rep.start_s - TAKE_OFF_S, rep.bottom_s)
    rise_px = rule.jump_rise_ratio * scale
    if any(_rises_off_the_floor(part, dip, rise_px) for part in (before, after)):
        return "a jump: the feet leave the floor"
    stand = rep.standing()
    if stepped(dip, scale, rule, stand):
        return "the feet moved: walking or stepping"
    bottom = _near(dip, rep.bottom_s)
    is_uneven = _shank_balance(bottom) < rule.min_shank_balance * _shank_balance(stand)
    if _knee_height_difference(bottom, stand) > rule.max_knee_height_difference_ratio * scale or (
        is_uneven and _foot_lift(bottom, stand) > rule.max_foot_lift_ratio * scale
    ):
        return "one leg does the work: a lunge or a one-legged stand"
    return _hinge(bottom, rep, scale, rule)


def _hinge(bottom: Window, rep: Rep, scale: float, rule: RepSettings) -> str | None:
    upright = float(np.nanmax(trunk_height_px(rep.window.points_px), initial=0.0))
    if upright <= 0:
        return "the trunk is not seen upright"
    if scale < rule.min_body_ratio * upright:
        return "the person is not standing"
    trunk = _median(trunk_height_px(bottom.points_px)) / upright
    hands = _median(middle(bottom.points_px, WRISTS)[:, 1])
    knees = _median(middle(bottom.points_px, KNEES)[:, 1])
    is_reaching = hands > knees + rule.reaching_ratio * scale
    if is_reaching and trunk < rule.min_trunk_reaching_ratio:
        return "a hip hinge: reaches down, as in a deadlift or picking something up"
    if trunk < rule.min_trunk_ratio and rep.hip_drop_ratio < rule.hinge_max_drop_ratio:
        return "a hip hinge: the trunk goes down, not the hips"
    return None


def stepped(dip: Window, scale: float, rule: RepSettings, stand: Window | None = None) -> bool:
    """Whether the feet are elsewhere, or further apart, during the dip than before it."""
    ankles = dip.points_px[:, list(ANKLES)]
    ankles = ankles[np.isfinite(ankles).all((1, 2))]
    if len(ankles) < MIN_FRAMES:
        return False
    n = len(ankles)
    parts = [ankles[: max(1, n // 6)], ankles[2 * n // 5 : 3 * n // 5 + 1], ankles[-(n // 6) :]]
    if stand is not None:
        parts[0] = stand.points_px[:, list(ANKLES)]
    first, mid, last = (median_known(p, axis=0) for p in parts)
    limit = rule.max_foot_shift_ratio * scale
    centre = [f.mean(0) for f in (first, mid, last)]
    # Labels may be exchanged, so the feet are compared as an unordered pair.
    spread = [np.abs(f[0] - f[1]) for f in (first, mid, last)]
    return bool(
        np.hypot(*(centre[2] - centre[0])) > rule.max_foot_drift_ratio * scale
        or np.hypot(*(centre[1] - (centre[0] + centre[2]) / 2)) > limit
        or max(np.hypot(*(s - spread[0])) for s in spread[1:]) > limit
    )


def _median(values: FloatArray) -> float:
    return float(median_known(values))


def _near(window: Window, time_s: float) -> Window:
    part = window.between(time_s - BOTTOM_HALF_S, time_s + BOTTOM_HALF_S)
    return part if len(part.times_s) else window


def _tilt_px(window: Window, pair: tuple[int, int]) -> float:
    """How much lower in the picture the left one of two landmarks is than the right one."""
    left, right = (window.points_px[:, landmark, 1] for landmark in pair)
    return _median(left - right)


def _knee_height_difference(bottom: Window, stand: Window) -> float:
    """How much further apart in height the knees are at the bottom than standing."""
    knees, hips = (_tilt_px(bottom, pair) - _tilt_px(stand, pair) for pair in (KNEES, HIPS))
    return float(np.nan_to_num(abs(knees - hips)))


def _foot_lift(bottom: Window, stand: Window) -> float:
    """How much higher one ankle is than the other at the bottom, beyond standing."""
    return float(np.nan_to_num(abs(_tilt_px(bottom, ANKLES) - _tilt_px(stand, ANKLES))))


def _shank_balance(window: Window) -> float:
    """The shorter shank over the longer one in the picture, 0 to 1."""
    points = window.points_px
    left, right = (
        _median(np.hypot(*(points[:, knee] - points[:, ankle]).T))
        for knee, ankle in zip(KNEES, ANKLES, strict=True)
    )
    longer = max(left, right)
    return min(left, right) / longer if longer > 0 else 1.0


def _rises_off_the_floor(part: Window, dip: Window, rise_px: float) -> bool:
    floor = _median(middle(dip.points_px, ANKLES)[:, 1])
    lower = part.points_px[:, list(ANKLES), 1].max(1)  # the lower of the two ankles
    return bool(np.nanmin(lower, initial=np.inf) < floor - rise_px)
