"""How deep a repetition went."""

from typing import Literal, get_args

import numpy as np

from formcheck.pose.kinematics import near_leg, side_knee_flexion_deg
from formcheck.squat.rep import Rep
from formcheck.squat.view import View, ViewName

MIN_MEASURED = 5
"""Fewer frames in which the knee was seen are none."""
FLEXION_LIMITS_DEG = (80.0, 105.0, 130.0)
"""Knee flexion from which a squat is half, parallel and deep (quoted by Illmeier & Rechberger
2023)."""
DROP_LIMITS = (0.27, 0.45, 0.62)
"""Drop of the hips that goes with it, approximately."""

DepthCategory = Literal["shallow", "half", "parallel", "deep"]
_CATEGORIES: tuple[DepthCategory, ...] = get_args(DepthCategory)


def depth_of(rep: Rep, view: View) -> tuple[float | None, DepthCategory]:
    """Return knee flexion at the bottom [deg], None where it cannot be seen, and a word for depth.

    The word goes by the flexion, which can be seen from the side, else by the drop of the hips.
    """
    flexion = _knee_flexion_deg(rep) if view.name is ViewName.SIDE else None
    value, limits = (
        (rep.hip_drop_ratio, DROP_LIMITS) if flexion is None else (flexion, FLEXION_LIMITS_DEG)
    )
    return flexion, _CATEGORIES[sum(value >= limit for limit in limits)]


def _knee_flexion_deg(rep: Rep) -> float | None:
    near = near_leg(rep.window.between(rep.start_s, rep.end_s))
    curve = side_knee_flexion_deg(near, rep.standing().leg(near.side))
    curve = curve[np.isfinite(curve)]
    if curve.size < MIN_MEASURED:
        return None
    return round(float(np.percentile(curve, 97)), 1)
