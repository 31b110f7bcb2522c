"""What a clip shows: person, clothes, room, camera and the acts performed.

All of it can be written as JSON; see `ClipSpec.from_json`.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Stand:
    """Stand quietly for ``seconds``."""

    seconds: float = 0.7


@dataclass(frozen=True)
class Squat:
    """One repetition, asked for in the product's own measures.

    Attributes:
        knee_flexion_deg: Mean knee flexion at the bottom (0 is straight).
        inside_left_pct, inside_right_pct: Knee inside the foot line, % of shank, negative is
            outside.
        inside_course: ``depth``: grows with depth through the whole repetition; ``ascent``: only on
            the way up.
        knee_past_toe_pct: Knee joint centre ahead of the toe tip at the bottom, % of foot length.
        heel_rise_pct: Rise of the back of the heel at the bottom, % of foot length.
        lean_offset_deg: Added to the trunk lean that balances the body.
        hip_shift_pct: Sideways pelvis shift at the bottom, % of hip width, positive to the left.
        shank_course: Exponent of forward knee travel over depth; below 1 the knees go forward
            early.
        follow_share: How far the knees point where the toes do: 1 along the feet, 0 straight ahead.
        out_course: Exponent of that over depth; 0 from the start, above 0 the knees go forward
            first and out later.
        descent_s, bottom_s, ascent_s: Tempo.
    """

    knee_flexion_deg: float = 95.0
    inside_left_pct: float = 0.0
    inside_right_pct: float = 0.0
    inside_course: str = "depth"
    knee_past_toe_pct: float = 10.0
    heel_rise_pct: float = 0.0
    lean_offset_deg: float = 0.0
    hip_shift_pct: float = 0.0
    shank_course: float = 0.9
    follow_share: float = 1.0
    out_course: float = 0.0
    descent_s: float = 1.1
    bottom_s: float = 0.25
    ascent_s: float = 0.95


@dataclass(frozen=True)
class Turn:
    """Turn on the spot by small steps; a positive angle turns to the subject's left."""

    degrees: float = -90.0
    steps: int = 4
    step_s: float = 0.55


@dataclass(frozen=True)
class Walk:
    """Walk straight ahead for ``metres`` (negative: the way that ends where the clip's spot is)."""

    metres: float = 1.2
    steps: int = 4
    step_s: float = 0.55


@dataclass(frozen=True)
class Hinge:
    """Bend at the hips with nearly straight legs, as if picking something up."""

    lean_deg: float = 75.0
    knee_flexion_deg: float = 28.0
    down_s: float = 1.1
    hold_s: float = 0.3
    up_s: float = 1.1


@dataclass(frozen=True)
class Reach:
    """Raise both arms overhead and lower them."""

    elevation_deg: float = 165.0
    up_s: float = 0.9
    hold_s: float = 0.4
    down_s: float = 0.9


Act = Stand | Squat | Turn | Walk | Hinge | Reach
ACTS: dict[str, type[Any]] = {
    kind.__name__.lower(): kind for kind in (Stand, Squat, Turn, Walk, Hinge, Reach)
}


@dataclass(frozen=True)
class CameraSpec:
    """Where the camera is and how it moves.

    Attributes:
        yaw_deg: 0 in front of the subject, 90 at the subject's left side.
        distance_m, height_m: Horizontal distance from the subject's spot and lens height over the
            floor.
        vertical_fov_deg: Field of view over the picture's height (a phone's main lens upright has
            about 69).
        aim_x, aim_z_m: Sideways place of the subject in the picture (share of width, 0 is the
            middle) and height the optical axis passes the subject at.
        roll_deg: Tilt of the phone.
        shake_px: Size of the hand-held shake.
    """

    yaw_deg: float = 0.0
    distance_m: float = 2.5
    height_m: float = 1.0
    vertical_fov_deg: float = 66.0
    aim_x: float = 0.0
    aim_z_m: float = 0.82
    roll_deg: float = 0.0
    shake_px: float = 1.5


@dataclass(frozen=True)
class Look:
    """Clothes and surroundings; names refer to the tables in `wardrobe` and `rooms`."""

    top: str = "tee"
    bottom: str = "shorts"
    colours: int = 0
    room: str = "home"
    light: int = 0
    barbell_kg: float = 0.0


@dataclass(frozen=True)
class ClipSpec:
    """Everything that determines a clip.

    ``toe_out_difference_deg`` is how much further the left foot is turned out than the right one.
    """

    name: str
    person: str = "p01"
    stance_hip_widths: float = 1.35
    toe_out_deg: float = 15.0
    toe_out_difference_deg: float = 0.0
    arms: str = "forward"
    acts: tuple[Act, ...] = ()
    camera: CameraSpec = field(default_factory=CameraSpec)
    look: Look = field(default_factory=Look)
    fps: float = 30.0
    width_px: int = 360
    height_px: int = 640
    crf: int = 23
    blur_px: float = 0.45
    noise: float = 2.0
    seed: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Plain data that `from_dict` reads back."""
        plain = dataclasses.asdict(self)
        plain["acts"] = [
            {"do": type(act).__name__.lower(), **dataclasses.asdict(act)} for act in self.acts
        ]
        return plain

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> ClipSpec:
        """Build a spec from plain data; missing entries take their defaults."""
        values = dict(plain)
        values["camera"] = CameraSpec(**values.get("camera", {}))
        values["look"] = Look(**values.get("look", {}))
        values["acts"] = tuple(
            ACTS[act["do"]](**{k: v for k, v in act.items() if k != "do"})
            for act in values.get("acts", ())
        )
        return cls(**values)

    @classmethod
    def from_json(cls, text: str) -> ClipSpec:
        """Build a spec from JSON text."""
        return cls.from_dict(json.loads(text))


def squats(spec: ClipSpec) -> list[Squat]:
    """The repetitions of a clip in order."""
    return [act for act in spec.acts if isinstance(act, Squat)]
