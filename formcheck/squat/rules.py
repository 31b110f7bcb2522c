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

TAKE_OFF_S = 0.25
"""Feet in the air were on the floor so long ago at most, a moment after they left it."""
FLIGHT_S = 0.6
"""Feet in the air have left the floor, and are back on it, within this time."""
BOTTOM_HALF_S = 0.1
"""The bottom is what is seen within this of it."""
NEW_STAND_SHIFT = 0.15
"""Feet that moved this far, a share of the standing height, since the top: another stand, if ..."""
STAND_SHANK_SHARE = 0.9
"""... the hips are this high beside the shanks, as a share of what they were at the top."""
SEAT_DEPTH_SHARE = 0.85
"""Somebody on a seat has hips at no less than this share of the deepest drop ..."""
SEAT_RISE = 0.10
"""... and a trunk that gets this much taller there, as a share of its height upright, before it
leans forward again to stand up ..."""
SEAT_UPRIGHT = 0.88
"""... and is as upright as this.  A squat has its strongest lean at the bottom: without a seat the
weight must stay over the feet (so does a box squat, which keeps its lean and counts)."""
SEAT_REST_S = 2.0
"""Nobody keeps the hips down for so long with the trunk at ``SEAT_REST_UPRIGHT`` but on a seat."""
SEAT_REST_UPRIGHT = 0.95
"""See above."""
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
    """From standing to standing: a faster dip is no squat, but a bounce ..."""
    fast_duration_s: float = 0.55
    """... unless the hips sink by ``fast_drop_ratio``; then this is enough."""
    fast_drop_ratio: float = 0.4
    """Nobody bounces this deep."""
    min_phase_s: float = 0.25
    """The least time on the way down: in less the hips do not even fall half a metre."""
    max_duration_s: float = 15.0
    """A longer dip is sitting."""
    max_pause_s: float = 6.0
    """Longer at the bottom is sitting."""
    max_gap_s: float = 0.5
    """Longer without hips and ankles ends an open dip."""
    max_hidden_s: float = 1.5
    """So long a lifter may be out of sight who was on the way down: plates hide whole bodies."""
    arrived_share: float = 0.9
    """A stream that breaks off after this share of the way up was regained still shows a squat."""
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
    max_foot_shift_ratio: float = 0.25
    """Feet that move this far against each other are stepping; a share of the standing hip height,
    as all below.  In squats of 804 recordings landmarks move up to 0.20, in lunges 0.3 and more."""
    max_foot_excursion_ratio: float = 0.35
    """So are feet that move this far together and come back ..."""
    max_foot_drift_ratio: float = 0.45
    """... or end this far from where they began, if it is known what the camera did."""
    max_knee_height_difference_ratio: float = 0.27
    """Knees further apart in height than this are a lunge or a one-legged stand (squats in the
    recordings 0.23 at most, lunges 0.38 and more)."""
    max_leg_difference_ratio: float = 0.25
    """So are legs of which one keeps this much more of its length in the picture, hip to ankle,
    than the other (squats 0.16 at most, side lunges 0.37 and more)."""
    straight_leg_ratio: float = 0.8
    """... if that one keeps this share of its length: it is straight."""
    max_foot_lift_ratio: float = 0.10
    """An ankle this much higher than the other, beyond standing, together with ..."""
    max_foot_reach_ratio: float = 0.18
    """... or this far from where it stood beside the other, together with ..."""
    min_shank_balance: float = 0.75
    """... shanks as unequal in the picture as this is a leg held out in front.  Alone either
    happens in squats: shanks that point at the camera, feet one behind the other."""
    hinge_ratio: float = 2.0
    """A trunk that loses this many times the height the hips lose is a hip hinge: a Romanian
    deadlift or a good morning (squats 1.7 at most, mostly below 1.3) ..."""
    deep_hinge_ratio: float = 1.75
    """... or this many times, if it keeps less of its height than ``min_trunk_ratio``."""
    min_trunk_ratio: float = 0.30
    """A trunk that keeps less of its height is nearly level."""
    reaching_ratio: float = 0.12
    """Hands this far below the knees reach for the floor; together with ..."""
    reaching_hinge_ratio: float = 0.75
    """... a trunk that loses this many times the height of the hips, it is a deadlift or a pick-up
    (deadlifts from the front 0.86 and more; squats with hanging hands 0.67 at most) ..."""
    min_trunk_reaching_ratio: float = 0.50
    """... and so is, with a trunk lower than this, ..."""
    far_reaching_ratio: float = 0.25
    """... reaching this far, or with hips that stay above ``reaching_drop_ratio``."""
    reaching_drop_ratio: float = 0.45
    """Hips that sink less than this have stayed high."""
    min_thigh_loss_ratio: float = 0.2
    """Where no foot is seen, thighs that keep more than the rest of this share of their height do
    not bend: the camera moves ..."""
    min_trunk_loss_ratio: float = 0.05
    """... and where no knee is seen either, the trunk has to lean at least this much, unless the
    camera's motion is known."""
    jump_rise_ratio: float = 0.10
    """Ankles that rise this far, and come back, are a jump."""
    min_body_ratio: float = 0.95
    """Standing hip height over trunk length: less is somebody sitting."""


def why_not_a_squat(rep: Rep, top_before: float, top_after: float, rule: RepSettings) -> str | None:
    """Why a dip between two standing hip heights [px] is not a squat; None if it is."""
    drop = rep.hip_drop_ratio
    if drop < rule.min_drop_ratio:
        return f"too shallow: the hips sink {100 * drop:.0f} % of the standing hip height"
    duration_s = rep.end_s - rep.start_s
    least_s = rule.fast_duration_s if drop >= rule.fast_drop_ratio else rule.min_duration_s
    if duration_s < least_s or rep.eccentric_s < rule.min_phase_s:
        return "too fast for a squat"
    if duration_s > rule.max_duration_s or rep.pause_s > rule.max_pause_s:
        return "stays down too long, as in sitting"
    if top_before > rule.max_top_ratio * top_after:
        return "the lifter does not come back up to the same height"
    if top_after > rule.max_top_ratio * top_before:
        return "the lifter ends up higher than they began, as where a clip starts half-way down"
    scale = max(top_before, top_after)
    around = rep.window.between(rep.start_s - FLIGHT_S, np.inf)
    dip = around.between(rep.start_s, rep.end_s)
    if _jumps(around, scale, rule):
        return "a jump: the feet leave the floor"
    stand = rep.standing()
    if stepped(dip, scale, rule, stand):
        return "the feet moved: walking or stepping"
    bottom = _near(dip, rep.bottom_s)
    return (
        _one_leg(bottom, stand, scale, rule)
        or _hinge(bottom, rep, scale, rule)
        or _seat(dip, rep)
        or _unseen_legs(bottom, stand, rep, rule)
    )


def _one_leg(bottom: Window, stand: Window, scale: float, rule: RepSettings) -> str | None:
    """Both knees bend alike in a squat; in lunges and split squats one leg does the work."""
    if not _are_shown(bottom, (*KNEES, *ANKLES)):
        return None
    kept = _legs_kept(bottom, stand)
    if kept[0] - kept[1] > rule.max_leg_difference_ratio and kept[0] > rule.straight_leg_ratio:
        return "one leg stays straight: a side lunge or a one-legged squat"
    is_uneven = _shank_balance(bottom) < rule.min_shank_balance * _shank_balance(stand)
    if _knee_height_difference(bottom, stand) > rule.max_knee_height_difference_ratio * scale or (
        is_uneven
        and (
            _foot_lift(bottom, stand) > rule.max_foot_lift_ratio * scale
            or _foot_shift(bottom, stand) > rule.max_foot_reach_ratio * scale
        )
    ):
        return "one leg does the work: a lunge, a split squat or a one-legged stand"
    return None


def _hinge(bottom: Window, rep: Rep, scale: float, rule: RepSettings) -> str | None:
    """In a squat the hips sink, in a hinge the trunk does."""
    upright = _upright_px(rep)
    if upright <= 0:
        return "the trunk is not seen upright"
    if scale < rule.min_body_ratio * upright:
        return "the person is not standing"
    trunk = _median(trunk_height_px(bottom.points_px)) / upright
    hinge = (1 - trunk) * upright / (rep.hip_drop_ratio * scale)
    knees = _median(middle(bottom.points_px, KNEES)[:, 1])
    reach = (_median(middle(bottom.points_px, WRISTS)[:, 1]) - knees) / scale
    is_far = reach > rule.far_reaching_ratio or rep.hip_drop_ratio < rule.reaching_drop_ratio
    if reach > rule.reaching_ratio and (
        hinge > rule.reaching_hinge_ratio or (trunk < rule.min_trunk_reaching_ratio and is_far)
    ):
        return "a hip hinge: reaches down, as in a deadlift or picking something up"
    is_low = trunk < rule.min_trunk_ratio
    if hinge > (rule.deep_hinge_ratio if is_low else rule.hinge_ratio):
        return "a hip hinge: the trunk goes down, not the hips"
    return None


def _seat(dip: Window, rep: Rep) -> str | None:
    """On a seat the trunk straightens up while the hips stay down."""
    drop = np.interp(dip.times_s, rep.window.times_s, np.nan_to_num(rep.drop_ratio))
    at = np.flatnonzero(drop >= SEAT_DEPTH_SHARE * rep.hip_drop_ratio)
    if len(at) < MIN_FRAMES:
        return None
    low = trunk_height_px(dip.points_px[at[0] : at[-1] + 1]) / _upright_px(rep)
    fifth = max(1, len(low) // 5)
    tallest = _median(low[2 * fifth : -2 * fifth] if len(low) > 4 * fifth else low)
    lean = max(_median(low[:fifth]), _median(low[-fifth:]))
    is_straightened = tallest >= SEAT_UPRIGHT and tallest - lean >= SEAT_RISE
    if (rep.pause_s > 0 and is_straightened) or (
        rep.pause_s >= SEAT_REST_S and tallest >= SEAT_REST_UPRIGHT
    ):
        return "rests on a seat: the trunk straightens up while the hips stay down"
    return None


def _unseen_legs(bottom: Window, stand: Window, rep: Rep, rule: RepSettings) -> str | None:
    """A camera that tilts moves the hips as well: without legs in the picture both look alike.

    Not where the camera's motion is known, and a trunk that keeps its size comes no nearer.
    """
    if any(_are_shown(part, (ankle,)) for part in (bottom, stand) for ankle in ANKLES):
        return None
    thighs = [
        _median(middle(part.points_px, KNEES)[:, 1] - middle(part.points_px, HIPS)[:, 1])
        for part in (bottom, stand)
    ]
    low, up = (_median(trunk_height_px(part.points_px)) for part in (bottom, stand))
    is_camera_out = rep.window.is_camera_known and low <= up / (1 - rule.min_trunk_loss_ratio)
    trunk = low / _upright_px(rep)
    does_bend = (
        thighs[0] <= (1 - rule.min_thigh_loss_ratio) * thighs[1]
        if np.isfinite(thighs).all()
        else is_camera_out or trunk <= 1 - rule.min_trunk_loss_ratio
    )
    return None if does_bend else "the legs are outside the picture: step back"


def is_another_stand(window: Window, heights: FloatArray, top: float) -> bool:
    """Whether hips that rest lower than before are those of somebody standing elsewhere.

    Standing, the hips are as high beside the shanks as they were at the top, where the window
    begins, however small the body has become in the picture.
    """
    points = window.points_px
    shank = np.mean(
        [np.hypot(*(points[:, k] - points[:, a]).T) for k, a in zip(KNEES, ANKLES, strict=True)], 0
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        straight = heights / shank
    n = max(1, len(straight) // 5)
    feet = middle(window.steady_px(ANKLES), (0, 1))
    shift = np.hypot(*(_last(feet) - _last(feet[::-1])))
    is_straight = _median(straight[-n:]) >= STAND_SHANK_SHARE * _median(straight[:n])
    return bool(is_straight and shift > NEW_STAND_SHIFT * top)


def _last(points: FloatArray) -> FloatArray:
    """The last known point of shape (2,); NaN if there is none."""
    known = points[np.isfinite(points).all(1)]
    return np.asarray(known[-1]) if len(known) else np.full(2, np.nan)


def stepped(dip: Window, scale: float, rule: RepSettings, stand: Window | None = None) -> bool:
    """Whether the feet are elsewhere, or further apart, during the dip than before it.

    Feet that are hidden or outside the picture prove nothing; nor does moving together, while
    nobody knows what the camera did.
    """
    ankles = _seen_ankles(dip)
    if len(ankles) < MIN_FRAMES:
        return False
    n = len(ankles)
    sixth = max(1, n // 6)
    parts = [ankles[:sixth], ankles[2 * n // 5 : 3 * n // 5 + 1], ankles[-sixth:]]
    if stand is not None and len(_seen_ankles(stand)):
        parts[0] = _seen_ankles(stand)
    first, mid, last = (median_known(p, axis=0) for p in parts)
    # Labels may be exchanged, so the feet are compared as an unordered pair.
    spread = [np.abs(f[0] - f[1]) for f in (first, mid, last)]
    if max(np.hypot(*(s - spread[0])) for s in spread[1:]) > rule.max_foot_shift_ratio * scale:
        return True
    centre = [f.mean(0) for f in (first, mid, last)]
    drift = np.hypot(*(centre[2] - centre[0]))
    excursion = np.hypot(*(centre[1] - (centre[0] + centre[2]) / 2))
    has_moved = (
        drift > rule.max_foot_drift_ratio * scale
        or excursion > rule.max_foot_excursion_ratio * scale
    )
    return bool(has_moved and dip.is_camera_known)


def _seen_ankles(window: Window) -> FloatArray:
    """Both ankles where both are seen, shape (m, 2, 2), the camera's motion taken out."""
    return window.steady_px(ANKLES)[window.is_seen(ANKLES).all(1)]


def _are_shown(window: Window, landmarks: tuple[int, ...]) -> bool:
    """Whether all of these are seen in most of the window."""
    return bool(np.mean(window.is_seen(landmarks).all(1)) > 0.5)


def _median(values: FloatArray) -> float:
    return float(median_known(values))


def _upright_px(rep: Rep) -> float:
    """The tallest the trunk was around the dip."""
    return float(np.nanmax(trunk_height_px(rep.window.points_px), initial=0.0))


def _near(window: Window, time_s: float) -> Window:
    part = window.between(time_s - BOTTOM_HALF_S, time_s + BOTTOM_HALF_S)
    return part if len(part.times_s) else window


def _legs_kept(bottom: Window, stand: Window) -> tuple[float, float]:
    """The share of its standing length, hip to ankle, that each leg keeps; the larger first."""
    kept = [
        _median(np.hypot(*(bottom.points_px[:, h] - bottom.points_px[:, a]).T))
        / _median(np.hypot(*(stand.points_px[:, h] - stand.points_px[:, a]).T))
        for h, a in zip(HIPS, ANKLES, strict=True)
    ]
    return max(kept), min(kept)


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


def _foot_shift(bottom: Window, stand: Window) -> float:
    """How differently the feet lie to each other at the bottom than standing."""
    apart = [
        np.abs(np.subtract(*median_known(part.points_px[:, list(ANKLES)], axis=0)))
        for part in (bottom, stand)
    ]
    return float(np.nan_to_num(np.hypot(*(apart[0] - apart[1]))))


def _shank_balance(window: Window) -> float:
    """The shorter shank over the longer one in the picture, 0 to 1."""
    points = window.points_px
    left, right = (
        _median(np.hypot(*(points[:, knee] - points[:, ankle]).T))
        for knee, ankle in zip(KNEES, ANKLES, strict=True)
    )
    longer = max(left, right)
    return min(left, right) / longer if longer > 0 else 1.0


def _jumps(around: Window, scale: float, rule: RepSettings) -> bool:
    """Whether the whole body leaves the floor, or lands on it.

    A camera that tilts moves the feet too, but more slowly, and does not bring them back within the
    time of a flight; feet that the model loses at the bottom do not lift the hips.
    """
    times = around.times_s
    down = np.where(around.is_seen(ANKLES), around.steady_px(ANKLES)[..., 1], np.nan)
    hips = middle(around.steady_px(HIPS), (0, 1))[:, 1]
    limit = rule.jump_rise_ratio * scale

    def is_over(i: int, first_s: float, last_s: float) -> bool:
        """Whether the body is off the floor that its feet stood on in this time."""
        first, last = np.searchsorted(times, [first_s, last_s + 1e-9])
        floors = np.array([_floor(leg[first:last]) for leg in down.T])
        is_lifted = np.fmin.reduce(floors - down[i]) > limit
        return bool(is_lifted and np.fmin.reduce(floors) - hips[i] > scale + limit / 2)

    for i, time_s in enumerate(times):
        has_left = is_over(i, time_s - TAKE_OFF_S, time_s)
        has_landed = is_over(i, time_s, time_s + TAKE_OFF_S)
        if not (has_left or has_landed):
            continue
        # Both, as far as the window reaches.
        is_flight = has_landed or times[-1] < time_s + FLIGHT_S
        is_flight = is_flight or is_over(i, time_s, time_s + FLIGHT_S)
        came_up = has_left or times[0] > time_s - FLIGHT_S
        if is_flight and (came_up or is_over(i, time_s - FLIGHT_S, time_s)):
            return True
    return False


def _floor(down_px: FloatArray) -> float:
    """Where a foot stands: as low as in the lowest sixth of the frames; NaN where unknown."""
    known = np.sort(down_px[np.isfinite(down_px)])
    return float(known[-(len(known) // 6 + 1)]) if len(known) else np.nan
