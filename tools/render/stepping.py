"""Turning and walking by steps: feet that move one after the other under a moving pelvis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .geometry import SIDES, SIGN, Array, about_x, about_z, minimum_jerk, two_bone_joint, unit
from .posture import LegPose
from .spec import Turn, Walk
from .squatting import Squatter, Stance


@dataclass(frozen=True)
class Place:
    """A spot on the floor [m] and a heading [rad] (0 faces -Y, positive to the left)."""

    spot: Array
    heading_rad: float

    def to_world(self, point: Array) -> Array:
        """World position of a point given in the frame of this place."""
        return np.asarray(about_z(self.heading_rad) @ point + self.spot)


@dataclass(frozen=True)
class FootMove:
    """Where a foot's place is now, how high it is off the floor and how far it is pitched."""

    place: Place
    height_m: float = 0.0
    pitch_rad: float = 0.0


def _between(start: Place, end: Place, share: float) -> Place:
    return Place(
        start.spot + share * (end.spot - start.spot),
        start.heading_rad + share * (end.heading_rad - start.heading_rad),
    )


def act_seconds(act: Turn | Walk) -> float:
    """Time the steps take."""
    return act.steps * act.step_s


def end_place(act: Turn | Walk, start: Place) -> Place:
    """Place after the act."""
    if isinstance(act, Turn):
        return Place(start.spot, start.heading_rad + float(np.radians(act.degrees)))
    ahead = about_z(start.heading_rad) @ np.array([0.0, -act.metres, 0.0])
    return Place(start.spot + ahead, start.heading_rad)


def _landing_share(act: Turn | Walk, step: int) -> float:
    """Share of the whole way the foot of a step lands at."""
    if isinstance(act, Turn):
        return (step // 2 + 1) / (act.steps / 2)
    return min(1.0, (step + 1) / (act.steps - 1))


def feet_and_pelvis(
    act: Turn | Walk, start: Place, time_s: float
) -> tuple[dict[str, FootMove], Place, float]:
    """Places of both feet and of the pelvis, and the stride phase (-1 to 1, left arm forward)."""
    end = end_place(act, start)
    first = "left" if isinstance(act, Turn) and act.degrees > 0 else "right"
    order = (first, "right" if first == "left" else "left")
    share = dict.fromkeys(SIDES, 0.0)
    moving: dict[str, tuple[float, float, float]] = {}
    for step in range(act.steps):
        side, u = order[step % 2], time_s / act.step_s - step
        landing = _landing_share(act, step)
        if u >= 1.0:
            share[side] = landing
        elif u > 0.0:
            moving[side] = (share[side], landing, u)
    feet = {}
    for side in SIDES:
        if side in moving:
            before, after, u = moving[side]
            now = before + (after - before) * float(minimum_jerk(u))
            bump = float(np.sin(np.pi * u) ** 2)
            walking = isinstance(act, Walk)
            pitch = np.radians(26.0 if walking else 8.0) * bump * (1.0 if u < 0.55 else 0.45)
            feet[side] = FootMove(
                _between(start, end, now), (0.075 if walking else 0.05) * bump, float(pitch)
            )
            share[side] = now
        else:
            feet[side] = FootMove(_between(start, end, share[side]))
    u = time_s / act_seconds(act)
    even = float(np.clip(u, 0.0, 1.0))
    steady = 0.5 * float(minimum_jerk(u)) + 0.5 * even * even * (3.0 - 2.0 * even)
    middle = 0.5 * (share["left"] + share["right"])
    pelvis = _between(start, end, 0.5 * steady + 0.5 * middle)
    return feet, pelvis, share["right"] - share["left"]


def step_stance(
    squatter: Squatter, feet: dict[str, FootMove], pelvis: Place, standing: Stance
) -> Stance:
    """Leg and pelvis posture in the pelvis's own frame while stepping."""
    body = squatter.body
    root, legs = standing.root.copy(), {}
    to_pelvis = about_z(-pelvis.heading_rad)
    ankles, turns, knee_poles = {}, {}, {}
    for side in SIDES:
        planted, move = squatter.feet[side], feet[side]
        turn = to_pelvis @ about_z(move.place.heading_rad)
        flat = to_pelvis @ (move.place.to_world(planted.ankle) - pelvis.spot)
        ankles[side] = flat + np.array([0.0, 0.0, move.height_m])
        across = turn @ planted.outward * SIGN[side]
        pitch = about_x(0.0)
        if move.pitch_rad:
            axis = unit(across)
            skew = np.array(
                [[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]]
            )
            angle = move.pitch_rad
            pitch = np.eye(3) + np.sin(angle) * skew + (1 - np.cos(angle)) * skew @ skew
        turns[side] = pitch @ turn @ planted.turn
        pose = standing.legs[side]
        line = unit(pose.ankle - pose.hip)
        bend = pose.knee - pose.hip
        knee_poles[side] = turn @ (bend - line * float(line @ bend))
    for side in SIDES:
        leg = body.legs[side]
        offset = standing.legs[side].hip - standing.root
        aside = (root + offset - ankles[side])[:2]
        reach = 0.9975 * (leg.thigh_m + leg.shank_m)
        top = ankles[side][2] + np.sqrt(max(reach**2 - float(aside @ aside), 0.01)) - offset[2]
        root[2] = min(root[2], float(top))
    for side in SIDES:
        leg = body.legs[side]
        hip = root + standing.legs[side].hip - standing.root
        knee = two_bone_joint(hip, ankles[side], leg.thigh_m, leg.shank_m, knee_poles[side])
        turn = to_pelvis @ about_z(feet[side].place.heading_rad)
        legs[side] = LegPose(
            hip=hip,
            knee=knee,
            ankle=ankles[side],
            hinge=turn @ squatter.feet[side].outward * SIGN[side],
            foot=turns[side],
            toes=turns[side],
        )
    return Stance(root, standing.pelvis, standing.lean_rad, legs)
