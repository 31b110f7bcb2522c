"""Whole-body posture: legs, trunk, head, arms and hands as bone rotations."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .body import Body
from .geometry import (
    SIDES,
    SIGN,
    SUFFIX,
    Array,
    about_x,
    bone_frame,
    rotation,
    rotation_between,
    two_bone_joint,
    unit,
)

# Share of the trunk lean each vertebral bone takes on, from the pelvis to the head.
SPINE_SHARE = {
    "spine05": 0.85,
    "spine04": 0.90,
    "spine03": 0.95,
    "spine02": 1.00,
    "spine01": 1.03,
    "neck01": 0.80,
    "neck02": 0.60,
    "neck03": 0.45,
    "head": 0.35,
}
PELVIS_SHARE = 0.8


@dataclass(frozen=True)
class LegPose:
    """Joint centres [m], knee hinge and foot rotations of one leg."""

    hip: Array
    knee: Array
    ankle: Array
    hinge: Array
    foot: Array
    toes: Array


@dataclass(frozen=True)
class ArmPose:
    """What the arms do.

    Args:
        style: ``forward``, ``clasp``, ``hips``, ``bar`` or ``sides``.
        depth: 0 standing to 1 at the bottom of the squat (raises the arms of ``forward``).
        swing_rad: Elevation of each hanging arm to the front (``sides`` only).
    """

    style: str = "forward"
    depth: float = 0.0
    swing_rad: dict[str, float] = field(default_factory=dict)


def trunk_lean_for_balance(
    body: Body,
    hip_y_m: float,
    knees: dict[str, Array],
    hips: dict[str, Array],
    ankles: dict[str, Array],
    middle_y_m: float,
    arms: ArmPose,
    load_share: float,
) -> float:
    """Trunk lean [rad] that brings the centre of mass over the middle of the feet.

    Segment masses are shares of body mass (trunk and head 0.578, arms 0.1, thigh 0.1, shank
    0.0465, foot 0.0145 each); ``load_share`` is a barbell on the shoulders over body mass.
    """
    trunk = float(body.head("neck01")[2] - body.legs["left"].hip[2])
    moment = (0.678 + load_share) * hip_y_m
    for side in SIDES:
        hip, knee, ankle = hips[side][1], knees[side][1], ankles[side][1]
        moment += 0.1 * (0.57 * hip + 0.43 * knee) + 0.0465 * (0.57 * knee + 0.43 * ankle)
        moment += 0.0145 * middle_y_m
    reach = {"forward": 0.05 + 0.25 * arms.depth, "clasp": 0.2, "hips": 0.05}.get(arms.style, 0.0)
    moment -= 0.1 * reach * body.scale
    total = 0.678 + load_share + 2.0 * (0.1 + 0.0465 + 0.0145)
    lever = (0.578 * 0.62 + 0.1 + load_share) * trunk
    return float(np.arcsin(np.clip((moment - total * middle_y_m) / lever, -0.05, 0.94)))


def pelvis_tilt(lean_rad: float) -> Array:
    """Forward tilt of the pelvis that goes with a trunk lean."""
    return about_x(PELVIS_SHARE * lean_rad)


def bar_centre(body: Body) -> Array:
    """Rest position [m] of a barbell lying on the upper back."""
    level = float(body.head("neck01")[2]) - 0.035 * body.scale
    skin = body.vertices_m[body.skin_vertices]
    wide = (np.abs(skin[:, 0]) < 0.12 * body.scale) & (np.abs(skin[:, 2] - level) < 0.02)
    back = float(skin[wide, 1].max())
    return np.array([0.0, back + 0.026, level])


def pose_skeleton(
    body: Body, root: Array, pelvis: Array, lean_rad: float, legs: dict[str, LegPose], arms: ArmPose
) -> tuple[Array, Array]:
    """Rotations (n, 3, 3) and head positions (n, 3) [m] of all bones."""
    rotations: dict[str, Array] = {"root": pelvis}
    turn = pelvis @ pelvis_tilt(lean_rad).T
    for bone, share in SPINE_SHARE.items():
        follow = 1.0 if bone.startswith("spine") else 0.5
        sideways = rotation_between(np.eye(3), turn, follow * 0.6)
        rotations[bone] = sideways @ about_x(lean_rad * share)
    for side in SIDES:
        _leg_rotations(body, side, legs[side], pelvis, rotations)
    rot, pos = body.forward_kinematics(rotations, root)
    for side in SIDES:
        _arm_rotations(body, side, arms, rot, pos, pelvis, rotations)
    return body.forward_kinematics(rotations, root)


def _leg_rotations(
    body: Body, side: str, pose: LegPose, pelvis: Array, rotations: dict[str, Array]
) -> None:
    rest, end = body.legs[side], SUFFIX[side]
    left = np.array([1.0, 0.0, 0.0])
    thigh = bone_frame(pose.knee - pose.hip, pose.hinge) @ bone_frame(rest.knee - rest.hip, left).T
    shank = (
        bone_frame(pose.ankle - pose.knee, pose.hinge) @ bone_frame(rest.ankle - rest.knee, left).T
    )
    axis = unit(pose.ankle - pose.knee)
    front = np.array([0.0, -1.0, 0.0])
    shank_front, foot_front = shank @ front, pose.foot @ front
    shank_front = unit(shank_front - axis * float(axis @ shank_front))
    foot_front = unit(foot_front - axis * float(axis @ foot_front))
    twist = np.arctan2(
        float(np.cross(shank_front, foot_front) @ axis), float(shank_front @ foot_front)
    )
    rotations["pelvis" + end] = pelvis
    rotations["upperleg01" + end] = thigh
    rotations["upperleg02" + end] = thigh
    rotations["lowerleg01" + end] = shank
    rotations["lowerleg02" + end] = rotation(axis, 0.6 * float(twist)) @ shank
    rotations["foot" + end] = pose.foot
    for toe in range(1, 6):
        rotations[f"toe{toe}-1" + end] = pose.toes


def _wrist_target(
    body: Body, side: str, arms: ArmPose, rot: Array, pos: Array, pelvis: Array
) -> tuple[Array, Array]:
    """Wrist position [m] and the direction the elbow points to."""
    sign, end, scale = SIGN[side], SUFFIX[side], body.scale
    shoulder = pos[body.bone["upperarm01" + end]]
    chest = rot[body.bone["spine01"]]
    reach = 0.97 * float(
        np.linalg.norm(body.head("lowerarm01" + end) - body.head("upperarm01" + end))
        + np.linalg.norm(body.head("wrist" + end) - body.head("lowerarm01" + end))
    )
    if arms.style == "clasp":
        middle = pos[body.bone["spine01"]]
        return (
            middle + chest @ (np.array([sign * 0.085, -0.29, 0.0]) * scale),
            np.array([sign * 0.75, 0.1, -0.8]),
        )
    if arms.style == "hips":
        waist = pos[0] + pelvis @ (np.array([sign * 0.205, -0.02, 0.13]) * scale)
        return waist, pelvis @ np.array([sign * 1.0, 0.55, 0.0])
    if arms.style == "bar":
        grip = bar_centre(body) + np.array([sign * 0.36 * scale, 0.055, -0.055])
        spine = body.bone["spine01"]
        wrist = pos[spine] + chest @ (grip - body.heads_m[spine])
        return wrist, chest @ np.array([sign * 0.25, 0.35, -1.0])
    if arms.style == "sides":
        angle = arms.swing_rad.get(side, 0.1)
        bend = 0.97 if angle > 1.2 else 0.95
        direction = np.array([sign * 0.16, -np.sin(angle), -np.cos(angle)])
        return shoulder + unit(direction) * reach * bend, np.array([sign * 0.5, 0.9, -0.2])
    angle = np.radians(12.0 + 76.0 * arms.depth**0.7)
    inward = 0.13 * (1.0 - arms.depth) - 0.05 * arms.depth
    direction = np.array([sign * inward, -np.sin(angle), -np.cos(angle)])
    pole = np.array([sign * 0.6, 0.6 * (1.0 - arms.depth), -0.6])
    return shoulder + unit(direction) * reach, pole


def _arm_rotations(
    body: Body,
    side: str,
    arms: ArmPose,
    rot: Array,
    pos: Array,
    pelvis: Array,
    rotations: dict[str, Array],
) -> None:
    end = SUFFIX[side]
    shoulder = pos[body.bone["upperarm01" + end]]
    upper_rest = body.head("lowerarm01" + end) - body.head("upperarm01" + end)
    lower_rest = body.head("wrist" + end) - body.head("lowerarm01" + end)
    wrist, pole = _wrist_target(body, side, arms, rot, pos, pelvis)
    lengths = float(np.linalg.norm(upper_rest)), float(np.linalg.norm(lower_rest))
    span = wrist - shoulder
    longest = 0.995 * sum(lengths)
    if float(np.linalg.norm(span)) > longest:
        wrist = shoulder + unit(span) * longest
    elbow = two_bone_joint(shoulder, wrist, *lengths, pole)
    hinge_rest = np.cross(upper_rest, lower_rest)
    hinge = np.cross(elbow - shoulder, wrist - elbow)
    upper = bone_frame(elbow - shoulder, hinge) @ bone_frame(upper_rest, hinge_rest).T
    lower = bone_frame(wrist - elbow, hinge) @ bone_frame(lower_rest, hinge_rest).T
    chest = rot[body.bone["spine01"]]
    for bone, value in (
        ("upperarm01", upper),
        ("upperarm02", upper),
        ("lowerarm01", lower),
        ("lowerarm02", lower),
        ("shoulder01", rotation_between(chest, upper, 0.12)),
        ("clavicle", rotation_between(chest, upper, 0.06)),
    ):
        rotations[bone + end] = value
    fingers = body.head("finger3-1" + end) - body.head("wrist" + end)
    across = body.head("finger2-1" + end) - body.head("finger5-1" + end)
    hand = lower
    if arms.style == "bar":
        goal = bone_frame(
            chest @ np.array([0.0, -0.6, 0.8]), chest @ np.array([-SIGN[side], 0.0, 0.0])
        )
        hand = goal @ bone_frame(fingers, across).T
    rotations["wrist" + end] = hand
    curl = {"bar": 62.0, "clasp": 30.0, "hips": 25.0, "forward": 8.0}.get(arms.style, 22.0)
    knuckles = unit(across) * -SIGN[side]
    for finger in range(2, 6):
        for joint in range(1, 4):
            bend = rotation(knuckles, np.radians(curl * joint))
            rotations[f"finger{finger}-{joint}" + end] = hand @ bend
