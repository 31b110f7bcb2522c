"""Deal people, clothes, cameras and repetitions out to the clips of the accuracy grid."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .body import Body
from .camera import aim_for_height, build_camera
from .geometry import SIDES
from .people import PEOPLE
from .posture import ArmPose
from .spec import CameraSpec, ClipSpec, Look, Squat, Stand
from .squatting import Squatter, duration_s

VIEWS = ("front", "side", "round")
KNEE_GAP = 0.125  # least distance between the knee joint centres over body scale [m]


@dataclass(frozen=True)
class Cell:
    """One combination of the design."""

    view: str
    amount_pct: float
    how: str
    yaw_deg: float


def views(design: dict[str, Any]) -> list[str]:
    """The views that a design has a table of."""
    return [view for view in VIEWS if view in design]


def _deck(rng: np.random.Generator, options: Sequence[Any]) -> Iterator[Any]:
    """Deal the options out evenly in random order, for ever."""
    while True:
        for number in rng.permutation(len(options)):
            yield options[number]


def _draw(rng: np.random.Generator, span: Sequence[float], digits: int = 2) -> float:
    return round(float(rng.uniform(span[0], span[1])), digits)


class Dealer:
    """Turns groups of cells into clips, dealing out people, clothes and cameras."""

    def __init__(self, design: dict[str, Any], part: str, rng: np.random.Generator) -> None:
        self.design, self.part, self.rng = design, part, rng
        clips = design["clips"]
        self.people = {view: _deck(rng, design["people"][part]) for view in views(design)}
        names = ("fps", "size_px", "crf", "arms", "barbell_kg", "bottom", "top", "room", "light")
        self.decks = {name: _deck(rng, clips[name]) for name in names}
        self.colours = _deck(rng, range(clips["colours"]))
        self.lenses = _deck(rng, clips["lens_fov_deg"])
        self.signs = {view: _deck(rng, (-1.0, 1.0)) for view in views(design)}
        self.legs = _deck(rng, ("left", "right"))
        self.bodies: dict[str, Body] = {}

    def clip(self, index: int, group: list[Cell]) -> ClipSpec:
        """Build one clip that shows the cells of a group."""
        view, rng, clips = group[0].view, self.rng, self.design["clips"]
        person = next(self.people[view])
        who = PEOPLE[person]
        body = self.bodies.setdefault(person, Body(who.body, who.height_m))
        arms = next(self.decks["arms"])
        load = float(next(self.decks["barbell_kg"])) if arms == "bar" else 0.0
        width, height = next(self.decks["size_px"])
        look = Look(
            top=next(self.decks["top"]),
            bottom=next(self.decks["bottom"]),
            colours=next(self.colours),
            room=next(self.decks["room"]),
            light=next(self.decks["light"]),
            barbell_kg=load,
        )
        yaw = next(self.signs[view]) * group[0].yaw_deg
        feet, squats = self._feasible(body, arms, load / who.mass_kg, group)
        reps = self.design["reps"]
        acts: list[Any] = [Stand(_draw(rng, reps["lead_s"]))]
        for squat in squats:
            acts += [squat, Stand(_draw(rng, reps["rest_s"]))]
        acts[-1] = Stand(_draw(rng, reps["tail_s"]))
        return ClipSpec(
            name=f"{self.part}_{view}_{index:03d}",
            person=person,
            **feet,
            arms=arms,
            acts=tuple(acts),
            camera=self._camera(yaw, width, height, who.height_m, arms),
            look=look,
            fps=float(next(self.decks["fps"])),
            width_px=width,
            height_px=height,
            crf=next(self.decks["crf"]),
            blur_px=_draw(rng, clips["blur_px"]),
            noise=_draw(rng, clips["noise"]),
            seed=int(rng.integers(1 << 30)),
        )

    def _camera(
        self, yaw_deg: float, width: int, height: int, person_m: float, arms: str
    ) -> CameraSpec:
        """A camera that has the whole person in the picture."""
        rng, clips = self.rng, self.design["clips"]
        lens = next(self.lenses)
        wide = 0.42 if arms != "hips" else 0.5
        for _ in range(400):
            upright = _draw(rng, lens)
            long_side = np.tan(np.radians(upright / 2.0))
            fov = upright
            if width > height:
                fov = round(2.0 * float(np.degrees(np.arctan(long_side * height / width))), 2)
            spec = CameraSpec(
                yaw_deg=yaw_deg,
                distance_m=_draw(rng, clips["distance_m"]),
                height_m=_draw(rng, clips["height_m"]),
                vertical_fov_deg=fov,
                aim_x=_draw(rng, clips["aim_x"], 3),
                roll_deg=_draw(rng, clips["roll_deg"]),
                shake_px=_draw(rng, clips["shake_px"]),
            )
            aim = aim_for_height(spec, person_m)
            spec = replace(spec, aim_z_m=round(aim + float(rng.uniform(-0.08, 0.12)), 3))
            camera = build_camera(spec, width, height, 1, 30.0, 0)
            corners = itertools.product((-wide, wide), (-wide, 0.35), (0.0, person_m + 0.04))
            pixels = camera.project(np.array(list(corners)))
            low, high = pixels.min(0), pixels.max(0)
            margin = 0.02 * height
            if (low > margin).all() and (high < np.array([width, height]) - margin).all():
                return spec
        raise RuntimeError(f"no camera sees a person of {person_m} m with lens {lens}")

    def _feasible(
        self, body: Body, arms: str, load: float, group: list[Cell]
    ) -> tuple[dict[str, float], list[Squat]]:
        """Placement of the feet and repetitions a body can do without the knees touching."""
        clips = self.design["clips"]
        for attempt in range(60):
            low, high = clips["stance_hip_widths"]
            low = low + (high - low) * min(attempt / 40.0, 0.9)
            feet = {
                "stance_hip_widths": _draw(self.rng, (low, high)),
                "toe_out_deg": _draw(self.rng, clips["toe_out_deg"], 1),
            }
            if "toe_out_difference_deg" in clips:
                feet["toe_out_difference_deg"] = _draw(self.rng, clips["toe_out_difference_deg"], 1)
            squatter = Squatter(
                body,
                feet["stance_hip_widths"],
                feet["toe_out_deg"],
                load,
                feet.get("toe_out_difference_deg", 0.0),
            )
            squats = [self._squat(squatter, arms, cell) for cell in group]
            if all(squats):
                return feet, [squat for squat in squats if squat]
        raise RuntimeError(f"no stance of {body.name} suits {group}")

    def _squat(self, squatter: Squatter, arms: str, cell: Cell) -> Squat | None:
        """A repetition for a cell that keeps balance, or None."""
        rng, reps = self.rng, self.design["reps"]
        slow = rng.random() < reps["slow_share"]
        for _ in range(25):
            squat = Squat(
                knee_flexion_deg=_draw(rng, reps["knee_flexion_deg"], 1),
                knee_past_toe_pct=_draw(rng, reps["natural_knee_past_toe_pct"]),
                lean_offset_deg=_draw(rng, reps["lean_offset_deg"]),
                hip_shift_pct=_draw(rng, reps["hip_shift_pct"]),
                shank_course=_draw(rng, reps["shank_course"]),
                descent_s=_draw(rng, reps["slow_descent_s" if slow else "descent_s"]),
                bottom_s=_draw(rng, reps["bottom_s"]),
                ascent_s=_draw(rng, reps["ascent_s"]),
            )
            if cell.how == "ascent":
                squat = replace(
                    squat,
                    knee_flexion_deg=_draw(rng, reps["ascent_knee_flexion_deg"], 1),
                    ascent_s=_draw(rng, reps["ascent_ascent_s"]),
                )
            if cell.view in ("front", "round"):
                how = next(self.legs) if cell.how == "one" else cell.how
                squat = replace(
                    squat,
                    inside_left_pct=0.0 if how == "right" else cell.amount_pct,
                    inside_right_pct=0.0 if how == "left" else cell.amount_pct,
                    inside_course="ascent" if how == "ascent" else "depth",
                    follow_share=0.0 if how == "straight" else 1.0,
                    out_course=_draw(rng, reps["out_course"]) if how == "late" else 0.0,
                )
            else:
                rise = design_heel(rng, self.design) if cell.how == "up" else 0.0
                squat = replace(
                    squat,
                    knee_past_toe_pct=cell.amount_pct,
                    heel_rise_pct=rise,
                    inside_left_pct=_draw(rng, reps["natural_inside_pct"]),
                    inside_right_pct=_draw(rng, reps["natural_inside_pct"]),
                )
            if _possible(squatter, squat, arms):
                return squat
        return None


def design_heel(rng: np.random.Generator, design: dict[str, Any]) -> float:
    """Draw a heel rise, % of foot."""
    return _draw(rng, design["side"]["heel_rise_pct"])


def _possible(squatter: Squatter, squat: Squat, arms: str) -> bool:
    """Whether the trunk stays in a natural range and the knees stay apart."""
    scale = squatter.body.scale
    for share in (0.3, 0.45, 0.6, 0.7, 0.8, 0.9):
        goal = squatter.repetition(squat, float(share) * duration_s(squat))
        stance = squatter.solve(goal, ArmPose(arms, goal.depth))
        knees = [stance.legs[side].knee for side in SIDES]
        if knees[0][0] - knees[1][0] < KNEE_GAP * scale:
            return False
        if not -4.0 <= np.degrees(stance.lean_rad) <= 58.0:
            return False
        hip, knee = stance.legs["left"].hip, stance.legs["left"].knee
        if (hip[2] - knee[2]) / squatter.body.legs["left"].thigh_m < -0.2:
            return False
    return True
