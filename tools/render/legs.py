"""Planted feet, knee positions asked for in the product's measures, and the pelvis above them.

The knee joint centre follows directly from how far it is ahead of the toe tip along the foot
axis, how far it is inside the foot line, and the shank length, so a requested amount is reached
exactly.  The pelvis is then placed so that both thighs keep their length and the mean knee
flexion is the requested one; what is left over (a knee that goes in on one side only) is shared
by a small shift, turn and drop of the pelvis.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .body import Body, LegAnatomy
from .geometry import SIDES, SIGN, Array, about_z, rotation, unit

# Ease of pelvis movement: side shift [m], back [m], up [m], turn [rad], drop [rad].
PELVIS_EASE = np.array([0.02, 1.0, 1.0, 0.04, 0.02]) ** 2


@dataclass(frozen=True)
class PlantedFoot:
    """A foot standing flat on the floor, in the subject's frame [m].

    ``forward`` is the horizontal foot axis (heel to toe), ``outward`` the horizontal direction
    across it, away from the other foot.
    """

    side: str
    anatomy: LegAnatomy
    turn: Array
    ankle: Array
    forward: Array
    outward: Array

    def point(self, rest_point: Array) -> Array:
        """Where a rest-pose point of the foot is while the foot is flat."""
        return np.asarray(self.ankle + self.turn @ (rest_point - self.anatomy.ankle))

    @property
    def toe(self) -> Array:
        """Tip of the toes."""
        return self.point(self.anatomy.toe)

    @property
    def toe_out_rad(self) -> float:
        """Angle of the foot axis to straight ahead, outwards."""
        return float(np.arctan2(SIGN[self.side] * self.forward[0], -self.forward[1]))

    @property
    def heel(self) -> Array:
        """Back of the heel."""
        return self.point(self.anatomy.heel)

    def raised(self, angle_rad: float) -> tuple[Array, Array]:
        """Rotation and ankle position with the heel lifted about the ball of the foot."""
        if abs(angle_rad) < 1e-12:
            return self.turn, self.ankle
        axis = np.cross(self.forward, (0.0, 0.0, 1.0))
        lift = rotation(axis, -angle_rad)
        ball = self.point(self.anatomy.mtp)
        return lift @ self.turn, np.asarray(ball + lift @ (self.ankle - ball))

    def lift_angle(self, heel_rise_m: float) -> float:
        """Angle [rad] that raises the back of the heel by ``heel_rise_m``."""
        span = self.heel - self.point(self.anatomy.mtp)
        back, up = -float(span @ self.forward), float(span[2])
        reach = float(np.hypot(back, up))
        start = float(np.arctan2(up, back))
        return float(np.arcsin(np.clip((up + heel_rise_m) / reach, -1.0, 1.0)) - start)


def plant_feet(
    body: Body, stance_hip_widths: float, toe_out_deg: float, difference_deg: float = 0.0
) -> dict[str, PlantedFoot]:
    """Put both feet flat under the subject, as far to the left as to the right.

    Args:
        body: The subject.
        stance_hip_widths: Distance between the ankle joint centres over the distance between the
            hip joint centres.
        toe_out_deg: Angle of the foot axis to the subject's heading, outwards, mean of both feet.
        difference_deg: How much more of it the left foot has than the right one.
    """
    feet = {}
    half = 0.5 * abs(body.legs["left"].hip[0] - body.legs["right"].hip[0])
    for side in SIDES:
        leg, sign = body.legs[side], SIGN[side]
        angle = np.radians(toe_out_deg + 0.5 * sign * difference_deg) * sign
        forward = np.array([np.sin(angle), -np.cos(angle), 0.0])
        rest = float(np.arctan2(leg.axis[0], -leg.axis[1]))
        feet[side] = PlantedFoot(
            side=side,
            anatomy=leg,
            turn=about_z(float(angle - rest)),
            ankle=np.array([sign * half * stance_hip_widths, leg.ankle[1], leg.ankle[2]]),
            forward=forward,
            outward=np.array([-forward[1], forward[0], 0.0]) * sign,
        )
    return feet


def knee_centre(foot: PlantedFoot, ankle: Array, ahead_of_toe_m: float, inside_m: float) -> Array:
    """Knee joint centre from how far it is ahead of the toe tip and inside the foot line [m]."""
    shank = foot.anatomy.shank_m
    ahead = ahead_of_toe_m + float((foot.toe - ankle) @ foot.forward)
    reach = float(np.hypot(ahead, inside_m))
    limit = 0.97 * shank
    if reach > limit:
        ahead, inside_m = ahead * limit / reach, inside_m * limit / reach
    up = np.sqrt(shank**2 - ahead**2 - inside_m**2)
    out = ankle + ahead * foot.forward - inside_m * foot.outward
    return np.asarray(out + np.array([0.0, 0.0, up]))


@dataclass(frozen=True)
class PelvisPlace:
    """Pelvis root position [m], its rotation, and both hip joint centres."""

    root: Array
    rotation: Array
    hips: dict[str, Array]


def place_pelvis(
    body: Body,
    knees: dict[str, Array],
    ankles: dict[str, Array],
    knee_flexion_deg: float,
    tilt: Array,
    hip_shift_m: float = 0.0,
) -> PelvisPlace:
    """Place the pelvis over given knees so that the mean knee flexion is the requested one.

    Args:
        body: The subject.
        knees, ankles: Joint centres per side.
        knee_flexion_deg: Mean knee flexion of the two legs; 0 is straight.
        tilt: Forward tilt of the pelvis as a rotation.
        hip_shift_m: Sideways shift of the pelvis to aim at, positive to the left.
    """
    legs = body.legs
    root_rest = body.head("root")
    offsets = {side: legs[side].hip - root_rest for side in SIDES}
    cosine = np.cos(np.radians(knee_flexion_deg))
    target = np.mean(
        [
            leg.thigh_m**2 + leg.shank_m**2 + 2.0 * leg.thigh_m * leg.shank_m * cosine
            for leg in legs.values()
        ]
    )
    bend = np.radians(knee_flexion_deg)
    knee = 0.5 * (knees["left"] + knees["right"])
    ankle = 0.5 * (ankles["left"] + ankles["right"])
    lean = float(np.arctan2(ankle[1] - knee[1], knee[2] - ankle[2]))
    thigh = legs["left"].thigh_m
    start = knee + thigh * np.array([0.0, np.sin(bend - lean), np.cos(bend - lean)])
    mean_offset = tilt @ (0.5 * (offsets["left"] + offsets["right"]))
    neutral = np.array([hip_shift_m, *(start - mean_offset)[1:], 0.0, 0.0])
    state = neutral.copy()
    for _ in range(25):
        turn = about_z(state[3]) @ rotation((0.0, 1.0, 0.0), state[4]) @ tilt
        hips = {side: state[:3] + turn @ offsets[side] for side in SIDES}
        residual = np.empty(3)
        jacobian = np.zeros((3, 5))
        mean_square = 0.0
        for row, side in enumerate(SIDES):
            arm = turn @ offsets[side]
            levers = (np.array([-arm[1], arm[0], 0.0]), np.array([arm[2], 0.0, -arm[0]]))
            thigh_span = hips[side] - knees[side]
            leg_span = hips[side] - ankles[side]
            residual[row] = thigh_span @ thigh_span - legs[side].thigh_m ** 2
            mean_square += 0.5 * float(leg_span @ leg_span)
            jacobian[row, :3] = 2.0 * thigh_span
            jacobian[row, 3:] = [2.0 * thigh_span @ lever for lever in levers]
            jacobian[2, :3] += leg_span
            jacobian[2, 3:] += [leg_span @ lever for lever in levers]
        residual[2] = mean_square - target
        if np.abs(residual).max() < 1e-11:
            break
        weighted = PELVIS_EASE[:, None] * jacobian.T
        aim = -residual + jacobian @ (state - neutral)
        step = neutral + weighted @ np.linalg.solve(jacobian @ weighted, aim) - state
        size = float(np.abs(step).max())
        state = state + step * min(1.0, 0.25 / max(size, 1e-12))
    turn = about_z(state[3]) @ rotation((0.0, 1.0, 0.0), state[4]) @ tilt
    return PelvisPlace(
        root=state[:3].copy(),
        rotation=turn,
        hips={side: state[:3] + turn @ offsets[side] for side in SIDES},
    )


def hinge_axis(foot: PlantedFoot, hip: Array, knee: Array, ankle: Array) -> Array:
    """Knee hinge direction (to the subject's left) of a leg.

    The plane of hip, knee and ankle gives it when the knee is well bent; near extension that
    plane is meaningless and the direction across the foot is used.
    """
    thigh, shank = unit(knee - hip), unit(ankle - knee)
    normal = np.cross(thigh, shank)
    bend = float(np.degrees(np.arctan2(np.linalg.norm(normal), float(thigh @ shank))))
    across = foot.outward * SIGN[foot.side]
    share = float(np.clip((bend - 12.0) / 35.0, 0.0, 1.0))
    share = share * share * (3.0 - 2.0 * share)
    length = float(np.linalg.norm(normal))
    if length < 1e-9:
        return np.asarray(across)
    normal = normal / length
    if float(normal @ across) < 0:
        normal = -normal
    return unit((1.0 - share) * across + share * normal)
