"""From the acts of a clip to the posture of every frame."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .body import Body
from .geometry import SIDES, Array, about_z, minimum_jerk
from .people import PEOPLE
from .posture import ArmPose, LegPose, pose_skeleton
from .spec import Act, ClipSpec, Hinge, Reach, Squat, Stand, Turn, Walk
from .squatting import STAND_FLEXION_DEG, Goal, Squatter, Stance, duration_s, with_sway
from .stepping import Place, act_seconds, end_place, feet_and_pelvis, step_stance

JOINTS = tuple(
    f"{side}_{part}"
    for side in SIDES
    for part in ("hip", "knee", "ankle", "heel", "toe", "ball", "shoulder", "elbow", "wrist")
)
BONE_OF_JOINT = {
    "hip": "upperleg01",
    "knee": "lowerleg01",
    "ankle": "foot",
    "shoulder": "upperarm01",
    "elbow": "lowerarm01",
    "wrist": "wrist",
}


@dataclass(frozen=True)
class RepTimes:
    """Start, first and last moment at full depth, and end of a repetition [s]."""

    start_s: float
    bottom_start_s: float
    bottom_end_s: float
    end_s: float

    @property
    def bottom_s(self) -> float:
        """Middle of the time at full depth."""
        return 0.5 * (self.bottom_start_s + self.bottom_end_s)


@dataclass(frozen=True)
class Motion:
    """Posture of every frame.

    Attributes:
        times_s: (n,) time of each frame.
        rotations, positions: (n, bones, 3, 3) and (n, bones, 3) of the skeleton in the world.
        joints_m: (n, joints, 3) in the order of `JOINTS`.
        heading_deg: (n,) heading of the pelvis; 0 faces -Y.
        planted: (n, 2) whether the left and right foot are on their spot.
        reps: Times of the repetitions.
    """

    times_s: Array
    rotations: Array
    positions: Array
    joints_m: Array
    heading_deg: Array
    planted: Array
    reps: list[RepTimes]


def act_duration_s(act: Act) -> float:
    """Time an act takes."""
    if isinstance(act, Stand):
        return act.seconds
    if isinstance(act, Squat):
        return duration_s(act)
    if isinstance(act, Hinge):
        return act.down_s + act.hold_s + act.up_s
    if isinstance(act, Reach):
        return act.up_s + act.hold_s + act.down_s
    return act_seconds(act)


def _pulse(time_s: float, rise_s: float, hold_s: float, fall_s: float) -> float:
    """0 to 1 and back with smooth ends."""
    return float(minimum_jerk(time_s / rise_s)) * (
        1.0 - float(minimum_jerk((time_s - rise_s - hold_s) / fall_s))
    )


class _Performer:
    """Turns one act and a time within it into a stance."""

    def __init__(self, spec: ClipSpec, squatter: Squatter) -> None:
        self.spec, self.squatter = spec, squatter
        self.arms = ArmPose(spec.arms)

    def _planted(self, goal: Goal, arms: ArmPose, time_s: float) -> tuple[Stance, ArmPose]:
        arms = replace(arms, depth=goal.depth)
        return self.squatter.solve(with_sway(goal, time_s, self.spec.seed), arms), arms

    def perform(
        self, act: Act, within_s: float, time_s: float, place: Place
    ) -> tuple[Stance, ArmPose, Place, dict[str, bool]]:
        """Stance, arms, place of the pelvis and which feet are planted."""
        still = dict.fromkeys(SIDES, True)
        goal = self.squatter.standing()
        if isinstance(act, Squat):
            return (
                *self._planted(self.squatter.repetition(act, within_s), self.arms, time_s),
                place,
                still,
            )
        if isinstance(act, Hinge):
            return *self._hinge(act, within_s), place, still
        if isinstance(act, Reach):
            share = _pulse(within_s, act.up_s, act.hold_s, act.down_s)
            angle = 0.1 + share * float(np.radians(act.elevation_deg) - 0.1)
            arms = ArmPose("sides", 0.0, dict.fromkeys(SIDES, angle))
            return *self._planted(goal, arms, time_s), place, still
        if isinstance(act, Turn | Walk):
            standing, arms = self._planted(goal, self.arms, time_s)
            feet, pelvis, stride = feet_and_pelvis(act, place, within_s)
            if isinstance(act, Walk) and self.arms.style != "bar":  # a bar keeps its hands
                wide = float(np.clip(3.5 * stride, -0.45, 0.45))
                arms = ArmPose("sides", 0.0, {"left": 0.1 + wide, "right": 0.1 - wide})
            planted = {side: feet[side].height_m < 1e-6 for side in SIDES}
            return step_stance(self.squatter, feet, pelvis, standing), arms, pelvis, planted
        return *self._planted(goal, self.arms, time_s), place, still

    def _hinge(self, act: Hinge, within_s: float) -> tuple[Stance, ArmPose]:
        share = _pulse(within_s, act.down_s, act.hold_s, act.up_s)
        upright = self.squatter.solve(self.squatter.standing(), self.arms)
        back = -0.03 * share
        legs = {
            side: replace(leg, ahead_m=leg.ahead_m + back)
            for side, leg in self.squatter.stand_legs.items()
        }
        lean = upright.lean_rad + share * (float(np.radians(act.lean_deg)) - upright.lean_rad)
        bend = STAND_FLEXION_DEG + share * (act.knee_flexion_deg - STAND_FLEXION_DEG)
        goal = Goal(bend, legs, 0.0, lean_rad=lean)
        arms = ArmPose("sides", 0.0, {"left": 0.1, "right": 0.1 + 0.35 * share})
        return self.squatter.solve(goal, arms), arms


def load_share(spec: ClipSpec) -> float:
    """Barbell mass over body mass."""
    return spec.look.barbell_kg / PEOPLE[spec.person].mass_kg


def build_motion(spec: ClipSpec, body: Body) -> Motion:
    """Solve the posture of every frame of a clip.

    Args:
        spec: The clip.
        body: Body of the clip's person at their height.
    """
    squatter = Squatter(
        body,
        spec.stance_hip_widths,
        spec.toe_out_deg,
        load_share(spec),
        spec.toe_out_difference_deg,
    )
    performer = _Performer(spec, squatter)
    starts = np.concatenate([[0.0], np.cumsum([act_duration_s(act) for act in spec.acts])])
    places = [start_place(spec)]
    for act in spec.acts:
        moved = end_place(act, places[-1]) if isinstance(act, Turn | Walk) else places[-1]
        places.append(moved)
    times = np.arange(round(starts[-1] * spec.fps)) / spec.fps
    count, bones = len(times), len(body.bone_names)
    rotations, positions = np.empty((count, bones, 3, 3)), np.empty((count, bones, 3))
    joints = np.empty((count, len(JOINTS), 3))
    heading, planted = np.empty(count), np.empty((count, 2), bool)
    for frame, time_s in enumerate(times):
        number = int(np.searchsorted(starts, time_s + 1e-9, side="right")) - 1
        number = min(number, len(spec.acts) - 1)
        stance, arms, place, still = performer.perform(
            spec.acts[number], float(time_s - starts[number]), float(time_s), places[number]
        )
        rot, pos = pose_skeleton(
            body, stance.root, stance.pelvis, stance.lean_rad, stance.legs, arms
        )
        turn = about_z(place.heading_rad)
        rotations[frame] = turn @ rot
        positions[frame] = pos @ turn.T + place.spot
        joints[frame] = _joints(body, pos, stance.legs) @ turn.T + place.spot
        heading[frame] = np.degrees(place.heading_rad)
        planted[frame] = [still[side] for side in SIDES]
    reps = []
    for act, start in zip(spec.acts, starts, strict=False):
        if isinstance(act, Squat):
            down, up = start + act.descent_s, start + act.descent_s + act.bottom_s
            reps.append(RepTimes(float(start), float(down), float(up), float(up + act.ascent_s)))
    return Motion(times, rotations, positions, joints, heading, planted, reps)


def start_place(spec: ClipSpec) -> Place:
    """Where the clip starts so that its straight walks end at the world's origin."""
    walked = sum(act.metres for act in spec.acts if isinstance(act, Walk))
    return Place(np.array([0.0, walked, 0.0]), 0.0)


def _joints(body: Body, positions: Array, legs: dict[str, LegPose]) -> Array:
    """Joint and foot points of one frame in the order of `JOINTS`."""
    points = []
    for name in JOINTS:
        side, part = name.split("_")
        if part in BONE_OF_JOINT:
            end = ".L" if side == "left" else ".R"
            points.append(positions[body.bone[BONE_OF_JOINT[part] + end]])
            continue
        rest, leg = body.legs[side], legs[side]
        if part == "heel":
            points.append(leg.ankle + leg.foot @ (rest.heel - rest.ankle))
            continue
        ball = leg.ankle + leg.foot @ (rest.mtp - rest.ankle)
        points.append(ball if part == "ball" else ball + leg.toes @ (rest.toe - rest.mtp))
    return np.array(points)
