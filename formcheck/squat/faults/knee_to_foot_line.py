"""Where the knees are relative to the line of the feet, seen from the front.

See :mod:`formcheck.squat.faults.knee_valgus` for the measure and what is made of it.
"""

from dataclasses import dataclass, replace

import numpy as np

from formcheck.pose.geometry import median_known
from formcheck.pose.kinematics import (
    ANKLES,
    KNEES,
    SHOULDERS,
    SIDES,
    Side,
    Window,
    middle,
    trunk_height_px,
)
from formcheck.pose.track import FloatArray
from formcheck.squat.faults.balance import shank_inclination_deg
from formcheck.squat.faults.finding import resampled_together
from formcheck.squat.learnt import knee_error_pct
from formcheck.squat.rep import Rep

STANDING_SHARE = 0.4
"""How much of a standing knee's place inside its foot is no movement of the knee."""
NEAR_LEG_PCT = 7.5
"""What the leg nearer to the camera reads too little when seen fully from its side; it grows with
the sine of the yaw (rendered people, yaw 10 to 55)."""
LEG_LANDMARKS = (25, 26, 27, 28, 31, 32)


@dataclass(frozen=True, slots=True)
class KneesToFootLine:
    """The dip of a repetition on an even time grid; every curve has shape (n,).

    Of each knee and of the mean of both, in % of shank length: how far it is ``inside`` its foot
    line, how far ``medial`` of its ankle, and its ``place`` towards the midline as it looks, of
    which only changes mean anything.  ``fppa`` and ``shank_deg`` are in degrees, ``separation`` of
    the knees in distances between the ankles, ``drop`` of the hips in standing hip heights.  NaN
    where a landmark was missing.
    """

    times_s: FloatArray
    drop: FloatArray
    shank_deg: FloatArray
    inside: dict[Side, FloatArray]
    medial: dict[Side, FloatArray]
    place: dict[Side, FloatArray]
    fppa: dict[Side, FloatArray]
    separation: FloatArray
    noise_pct: float
    toes_out_pct: float = 0.0
    """How far the toes point outwards in the picture, mean of both feet, in % of shank."""


def measure(
    rep: Rep,
    shank_to_foot_gain: float,
    landmark_bias_pct: float,
    yaw_deg: float = 0.0,
    *,
    is_corrected: bool = False,
) -> KneesToFootLine:
    """Measure both legs through a repetition.

    How far a knee is medial of its ankle is how far it is inside its foot line, less what the feet
    are turned out.  Of both feet the mean is taken: a camera to one side turns one of them further
    out and the other one in.

    ``shank_to_foot_gain`` is shank length over the distance from ankle to foot index;
    ``landmark_bias_pct`` of shank length is how much too far outside the landmarks show a knee.
    With ``is_corrected`` the error learnt on rendered people is taken off, see
    :mod:`formcheck.squat.learnt`.
    """
    standing = rep.standing()
    whole = _upright(rep.window, standing)
    standing = _upright(standing, standing)
    dip = whole.between(rep.start_s, rep.end_s)
    drop = rep.drop_ratio[np.isin(rep.window.times_s, dip.times_s)]
    shank_deg = _shank_inclination_deg(dip, standing, drop)
    lam = shank_to_foot_gain * np.sin(np.radians(shank_deg))
    legs = {side: dip.leg(side) for side in SIDES}
    stand_legs = {side: standing.leg(side) for side in SIDES}
    shanks_px = [np.hypot(*(leg.knee - leg.ankle).T) for leg in stand_legs.values()]
    shank_px = float(median_known(np.concatenate(shanks_px)))
    # The feet stay planted: what all of them do together is the camera moving.
    feet = np.stack([p for leg in legs.values() for p in (leg.ankle, leg.heel, leg.foot_index)])
    shake = median_known(feet[..., 0] - median_known(feet[..., 0], axis=1)[:, None], axis=0)
    mid_x = median_known([leg.ankle[:, 0] for leg in legs.values()])
    near, yaw = near_side(yaw_deg), np.radians(abs(yaw_deg))
    inside, place, fppa, toes_out = [], [], [], []
    for side, leg in legs.items():
        ankle_x = median_known(leg.ankle[:, 0] - shake)
        medial = float(np.sign(mid_x - ankle_x))
        share = medial * 100 / shank_px  # of pixels to the right
        toe = share * median_known(leg.foot_index[:, 0] - leg.ankle[:, 0])
        stand = stand_legs[side]
        at_rest = share * median_known(stand.knee[:, 0] - stand.ankle[:, 0])
        # A wide stance puts a straight leg's knee inside its foot, and so do landmarks
        # that sit off the joint: neither is a movement of the knee.
        offset = STANDING_SHARE * np.clip(np.nan_to_num(at_rest), 0, 30)
        offset -= landmark_bias_pct + NEAR_LEG_PCT * np.sin(yaw) * (side == near)
        place.append(share * (leg.knee[:, 0] - shake - ankle_x))
        inside.append(place[-1] - lam * toe - offset)
        if is_corrected:
            inside[-1] += knee_error_pct(inside[-1], float(toe), shank_deg, drop, medial * yaw_deg)
        toes_out.append(-toe / abs(np.cos(yaw)))
        fppa.append(leg.fppa_deg(medial))
    separation = np.abs(legs["left"].knee[:, 0] - legs["right"].knee[:, 0]) / max(
        1e-6, abs(median_known(legs["left"].ankle[:, 0] - legs["right"].ankle[:, 0]))
    )
    along_feet = lam * np.mean(toes_out)
    grid, known = resampled_together(
        dip.times_s, [drop, shank_deg, separation, along_feet, *inside, *place, *fppa]
    )
    drop, shank_deg, separation, along_feet = known[:4]
    inside_of, place_of = _of_both(known[4:6]), _of_both(known[6:8])
    return KneesToFootLine(
        grid,
        drop,
        shank_deg,
        inside_of,
        {side: curve - along_feet for side, curve in inside_of.items()},
        place_of,
        dict(zip(SIDES, known[8:], strict=True)),
        separation,
        100 * float(np.nan_to_num(dip.noise_px(LEG_LANDMARKS))) / shank_px,
        float(np.mean(toes_out)),
    )


def near_side(yaw_deg: float) -> Side:
    """The leg nearer to a camera that is not straight in front."""
    return "left" if yaw_deg > 0 else "right"


def _of_both(curves: list[FloatArray]) -> dict[Side, FloatArray]:
    left, right = curves
    return {"left": left, "right": right, "both": (left + right) / 2}


def _shank_inclination_deg(dip: Window, standing: Window, drop: FloatArray) -> FloatArray:
    """How far the shanks lean forward, which a camera in front cannot see.

    The mean of two estimates whose errors have nothing to do with each other: the inclination that
    keeps the body in balance, and the one that makes the shanks as short in the picture as they are
    beside the standing ones.
    """
    trunk = trunk_height_px(dip.points_px) / median_known(trunk_height_px(standing.points_px))
    height = _shank_height_px(dip) / median_known(_shank_height_px(standing))
    shortened_deg = np.degrees(np.arccos(np.clip(height, 0, 1)))
    return np.minimum((shank_inclination_deg(drop, trunk) + shortened_deg) / 2, 60)


def _shank_height_px(window: Window) -> FloatArray:
    """Height of the knees over the ankles in the picture, shape (n,), mean of both legs."""
    knees, ankles = middle(window.points_px, KNEES), middle(window.points_px, ANKLES)
    return np.asarray(ankles[:, 1] - knees[:, 1])


def cave_pct(measured: KneesToFootLine) -> float:
    """Knee separation lost on the ascent against the descent at the same depth.

    ``max over depth of 100 * (S_down - S_up) / S_down``, held over three steps of 0.02 in depth;
    NaN if the two ways share no depth.
    """
    drop, separation = measured.drop, measured.separation
    if not np.isfinite(drop).any():
        return float("nan")
    bottom = int(np.nanargmax(drop))
    deepest = drop[bottom]
    depths = np.arange(0.15, 0.9 * deepest, 0.02)
    if len(depths) < 3 or bottom < 2 or bottom > len(drop) - 3:
        return float("nan")
    down = np.interp(depths, np.maximum.accumulate(drop[: bottom + 1]), separation[: bottom + 1])
    up = np.interp(depths, np.maximum.accumulate(drop[bottom:][::-1]), separation[bottom:][::-1])
    loss = 100 * (down - up) / np.maximum(down, 1e-6)
    held = np.min([loss[:-2], loss[1:-1], loss[2:]], axis=0)
    return float(held.max())


def inside_deg(value_pct: float, measured: KneesToFootLine, at: int) -> float:
    """How many degrees the knee points inside the toes: asin(KTA / 100 / sin(shank))."""
    shank = max(0.05, np.sin(np.radians(measured.shank_deg[at])))
    return float(np.degrees(np.arcsin(np.clip(value_pct / 100 / shank, -1, 1))))


def _upright(window: Window, standing: Window) -> Window:
    """Turn the picture so that the standing body is vertical.

    A camera that is not level moves both knees to the same side, which reads as valgus of one leg.
    At most 10 deg are believed.
    """
    feet = median_known(middle(standing.points_px, ANKLES), axis=0)
    shoulders = median_known(middle(standing.points_px, SHOULDERS), axis=0)
    body = shoulders - feet
    if not np.isfinite(body).all() or body[1] >= 0:
        return window
    roll = float(np.clip(np.arctan2(body[0], -body[1]), -np.radians(10), np.radians(10)))
    c, s = np.cos(roll), np.sin(roll)
    turn = np.array([[c, s], [-s, c]])
    # About the corner: only distances are measured.
    return replace(window, points_px=window.points_px @ turn.T)
