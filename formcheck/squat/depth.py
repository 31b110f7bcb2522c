"""How deep a repetition went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from formcheck.pose.kinematics import near_leg, side_knee_flexion_deg
from formcheck.squat.rep import Rep
from formcheck.squat.view import View, ViewName

MIN_MEASURED = 5
"""Fewer frames in which the knee was seen are none."""


DepthCategory = Literal["shallow", "half", "parallel", "deep"]


@dataclass(frozen=True, slots=True)
class Depth:
    """Knee flexion at the bottom [deg], None where it cannot be seen, and its class in words."""

    knee_flexion_deg: float | None
    category: DepthCategory


def depth_of(rep: Rep, view: View) -> Depth:
    """Measure the depth of a repetition: knee flexion from the side, else the drop of the hips."""
    flexion = _knee_flexion_deg(rep) if view.name is ViewName.SIDE else None
    return Depth(flexion, _category(rep.hip_drop_ratio, flexion))


def _knee_flexion_deg(rep: Rep) -> float | None:
    near = near_leg(rep.window.between(rep.start_s, rep.end_s))
    curve = side_knee_flexion_deg(near, rep.standing().leg(near.side))
    curve = curve[np.isfinite(curve)]
    if curve.size < MIN_MEASURED:
        return None
    return round(float(np.percentile(curve, 97)), 1)


def _category(hip_drop_ratio: float, flexion: float | None) -> DepthCategory:
    """Name a depth.

    From the side by knee flexion (limits between the classes quoted by
    Illmeier & Rechberger 2023), else approximately by the drop of the hips.
    """
    value, limits = (
        (hip_drop_ratio, (0.27, 0.45, 0.62)) if flexion is None else (flexion, (80.0, 105.0, 130.0))
    )
    names: tuple[DepthCategory, ...] = ("shallow", "half", "parallel", "deep")
    return names[sum(value >= limit for limit in limits)]
