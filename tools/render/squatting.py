"""Squat postures of one person on planted feet, and how a repetition runs through them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .body import Body
from .geometry import SIDES, Array, minimum_jerk
from .legs import PlantedFoot, hinge_axis, knee_centre, place_pelvis, plant_feet
from .posture import ArmPose, LegPose, pelvis_tilt, trunk_lean_for_balance
from .spec import Squat

STAND_FLEXION_DEG = 6.0
STAND_SHANK_DEG = 3.5
CAVE_HOLD_S = 0.2
ON_FOOT_LINE_DEG = 46.0  # knee flexion from which a tracking knee is on the foot line


@dataclass(frozen=True)
class LegGoal:
    """Momentary goal of one leg: knee ahead of the toe and inside the foot line [m]."""

    ahead_m: float
    inside_m: float
    lift_rad: float = 0.0


@dataclass(frozen=True)
class Goal:
    """Momentary goal of a squatting body in its own frame."""

    knee_flexion_deg: float
    legs: dict[str, LegGoal]
    depth: float
    lean_offset_rad: float = 0.0
    hip_shift_m: float = 0.0
    lean_rad: float | None = None


@dataclass(frozen=True)
class Stance:
    """A solved posture up to the hips: pelvis, trunk lean [rad] and both legs."""

    root: Array
    pelvis: Array
    lean_rad: float
    legs: dict[str, LegPose]


class Squatter:
    """A person with planted feet who can be put into any depth of a squat.

    Args:
        body: The subject.
        stance_hip_widths, toe_out_deg, difference_deg: Placement of the feet, see `plant_feet`.
        load_share: Barbell mass over body mass.
    """

    def __init__(
        self,
        body: Body,
        stance_hip_widths: float,
        toe_out_deg: float,
        load_share: float = 0.0,
        difference_deg: float = 0.0,
    ) -> None:
        self.body = body
        self.load_share = load_share
        self.feet = plant_feet(body, stance_hip_widths, toe_out_deg, difference_deg)
        middle = [0.55 * (f.toe + f.ankle)[1] * 0.5 + 0.45 * f.heel[1] for f in self.feet.values()]
        self.middle_y_m = float(np.mean(middle))
        self.stand_legs = {side: self._standing_leg(self.feet[side]) for side in SIDES}

    def _standing_leg(self, foot: PlantedFoot) -> LegGoal:
        """Knee on the straight line from hip to ankle, shank slightly forward."""
        leg = foot.anatomy
        share = leg.shank_m / (leg.shank_m + leg.thigh_m)
        sideways = share * (leg.hip[0] - foot.ankle[0])
        knee = np.array([sideways, -leg.shank_m * np.sin(np.radians(STAND_SHANK_DEG)), 0.0])
        ahead = float(knee @ foot.forward) - float((foot.toe - foot.ankle) @ foot.forward)
        return LegGoal(ahead_m=ahead, inside_m=-float(knee @ foot.outward))

    def standing(self) -> Goal:
        """Goal of upright standing."""
        return Goal(STAND_FLEXION_DEG, dict(self.stand_legs), 0.0)

    def solve(self, goal: Goal, arms: ArmPose) -> Stance:
        """Place knees, pelvis and trunk for a goal."""
        knees, ankles, feet = {}, {}, {}
        for side in SIDES:
            foot, leg = self.feet[side], goal.legs[side]
            feet[side], ankles[side] = foot.raised(leg.lift_rad)
            knees[side] = knee_centre(foot, ankles[side], leg.ahead_m, leg.inside_m)
        lean = goal.lean_rad if goal.lean_rad is not None else np.radians(6.0 + 32.0 * goal.depth)
        for _ in range(1 if goal.lean_rad is not None else 4):
            place = place_pelvis(
                self.body, knees, ankles, goal.knee_flexion_deg, pelvis_tilt(lean), goal.hip_shift_m
            )
            if goal.lean_rad is None:
                hip_y = float(np.mean([place.hips[side][1] for side in SIDES]))
                balanced = trunk_lean_for_balance(
                    self.body,
                    hip_y,
                    knees,
                    place.hips,
                    ankles,
                    self.middle_y_m,
                    replace(arms, depth=goal.depth),
                    self.load_share,
                )
                lean = balanced + goal.lean_offset_rad
        legs = {
            side: LegPose(
                hip=place.hips[side],
                knee=knees[side],
                ankle=ankles[side],
                hinge=hinge_axis(self.feet[side], place.hips[side], knees[side], ankles[side]),
                foot=feet[side],
                toes=self.feet[side].turn,
            )
            for side in SIDES
        }
        return Stance(place.root, place.rotation, lean, legs)

    def repetition(self, rep: Squat, time_s: float) -> Goal:
        """Goal at a time after the start of a repetition."""
        if time_s < rep.descent_s:
            depth = float(minimum_jerk(time_s / rep.descent_s))
        elif time_s < rep.descent_s + rep.bottom_s:
            depth = 1.0
        else:
            rising = (time_s - rep.descent_s - rep.bottom_s) / rep.ascent_s
            depth = max(0.0, 1.0 - float(minimum_jerk(rising)))
        flexion = STAND_FLEXION_DEG + depth * (rep.knee_flexion_deg - STAND_FLEXION_DEG)
        on_line = float(
            minimum_jerk((flexion - STAND_FLEXION_DEG) / (ON_FOOT_LINE_DEG - STAND_FLEXION_DEG))
        )
        inwards = depth**1.3
        if rep.inside_course == "ascent":
            inwards = ascent_course(rep, time_s)
        wanted = {"left": rep.inside_left_pct, "right": rep.inside_right_pct}
        legs = {}
        for side in SIDES:
            foot, stand = self.feet[side], self.stand_legs[side]
            ahead = rep.knee_past_toe_pct / 100.0 * foot.anatomy.foot_m
            rise = rep.heel_rise_pct / 100.0 * foot.anatomy.foot_m
            rise *= float(minimum_jerk((depth - 0.3) / 0.7))
            inside = wanted[side] / 100.0 * foot.anatomy.shank_m * inwards
            ahead = stand.ahead_m + depth**rep.shank_course * (ahead - stand.ahead_m)
            # A knee that does not follow its toes is inside the foot line by what it travels.
            turned = foot.toe_out_rad * (1.0 - rep.follow_share * depth**rep.out_course)
            travel = ahead + float((foot.toe - foot.ankle) @ foot.forward)
            inside += on_line * max(0.0, travel) * float(np.tan(turned))
            legs[side] = LegGoal(
                ahead_m=ahead,
                inside_m=stand.inside_m * (1.0 - on_line) + inside,
                lift_rad=foot.lift_angle(rise) if rise > 0 else 0.0,
            )
        half = abs(float(self.body.legs["left"].hip[0]))
        return Goal(
            knee_flexion_deg=flexion,
            legs=legs,
            depth=depth,
            lean_offset_rad=float(np.radians(rep.lean_offset_deg)) * depth,
            hip_shift_m=rep.hip_shift_pct / 100.0 * 2.0 * half * depth,
        )


def ascent_course(rep: Squat, time_s: float) -> float:
    """Share of the inward knee movement for knees that cave on the way up only.

    Rises over the first sixth of the ascent, holds for `CAVE_HOLD_S`, and is gone before
    standing.
    """
    rising = (time_s - rep.descent_s - rep.bottom_s) / rep.ascent_s
    if rising <= 0.0 or rising >= 1.0:
        return 0.0
    going_in = float(minimum_jerk((rising - 0.01) / 0.15))
    going_out = float(minimum_jerk((rising - 0.16 - CAVE_HOLD_S / rep.ascent_s) / 0.28))
    return going_in * (1.0 - going_out)


def duration_s(rep: Squat) -> float:
    """Time a repetition takes."""
    return rep.descent_s + rep.bottom_s + rep.ascent_s


def sway(time_s: float, seed: int) -> dict[str, float]:
    """Slow involuntary movement while standing: knee flexion and lean [deg], knees [m]."""
    phase = np.random.default_rng(seed).uniform(0.0, 2.0 * np.pi, 6)
    waves = [
        np.sin(2.0 * np.pi * f * time_s + p)
        for f, p in zip((0.23, 0.41, 0.31, 0.67, 0.19, 0.53), phase, strict=True)
    ]
    return {
        "flexion_deg": 0.5 * waves[0] + 0.25 * waves[1],
        "lean_deg": 0.5 * waves[2] + 0.3 * waves[3],
        "ahead_m": 0.0015 * waves[4] + 0.0008 * waves[5],
    }


def with_sway(goal: Goal, time_s: float, seed: int) -> Goal:
    """Add standing sway to a goal; it fades with depth so that the bottom stays as asked for."""
    move = sway(time_s, seed)
    share = (1.0 - goal.depth) ** 2
    return replace(
        goal,
        knee_flexion_deg=goal.knee_flexion_deg + share * move["flexion_deg"],
        lean_offset_rad=goal.lean_offset_rad + share * float(np.radians(move["lean_deg"])),
        legs={
            side: replace(leg, ahead_m=leg.ahead_m + share * move["ahead_m"])
            for side, leg in goal.legs.items()
        },
    )
