"""Getting ready in front of a live camera: one instruction at a time, then "ready".

The coach looks and speaks; it decides nothing.  A complete repetition counts whether or not the
coach was satisfied.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from formcheck.pose.kinematics import (
    ANKLES,
    HIPS,
    SHOULDERS,
    Window,
    hip_height_px,
    middle,
    trunk_height_px,
)  # fmt: skip
from formcheck.pose.smoothing import SmoothPose, leg_length_px
from formcheck.pose.track import LEFT_LEG, RIGHT_LEG, Landmark, Pose
from formcheck.squat.view import ViewName, yaw_of
from formcheck.video.reading import ImageArray

HOLD_S = 0.6
"""An instruction changes only once the next one has been wanted for so long."""
LOOK_BACK_S = 1.2
STILL_S = 1.0
STILL_SHARE = 0.03
"""Somebody whose hips and ankles stay within this share of a leg length stands still."""
PEOPLE_EVERY_S = 4.0
MIN_LIGHT = 45.0
"""Mean grey of 255 below which the picture is too dark to trust."""
MIN_BODY_SHARE, MAX_BODY_SHARE = 0.36, 0.84
"""Nose to feet over the height of the picture; the head goes on above the nose."""
HEAD_SHARE = 0.12
MIN_VISIBILITY = 0.5
SIDE_MARGIN = 0.02
HIP_ROWS = (0.30, 0.72)
"""Where the hips are in the picture, of a level camera at hip height, from the top."""
FRONT_FOOT_RATIO = (0.07, 0.55)
"""How far the toes lie below the heels, in shanks, from the front: 0.2 to 0.4 on rendered people
filmed from hip height, near 0 from the floor, 0.5 and more from above the head."""
MAX_ROLL_FRONT_DEG, MAX_ROLL_SIDE_DEG = 5.0, 11.0
_LEGS = (LEFT_LEG, RIGHT_LEG)
_FEET = [landmark for leg in _LEGS for landmark in (leg.ankle, leg.heel, leg.foot_index)]


@dataclass(frozen=True, slots=True)
class Instruction:
    """What to do now: ``id`` names the picture, ``words`` fit a wall, ``detail`` is small."""

    id: str
    words: str
    detail: str


_ROWS = (
    ("light", "More light", "The picture is too dark. Put a lamp behind the camera."),
    ("nobody", "Step into the picture", "Nobody is seen yet."),
    ("people", "One person only", "Somebody else is in the picture."),
    ("back", "Step back", "Your whole body must fit in, head to feet."),
    ("feet", "Show your feet", "Step back, or tilt the camera down a little."),
    ("head", "Show your head", "Step back, or tilt the camera up a little."),
    ("middle", "Step to the middle", "Part of you is outside the picture."),
    ("closer", "Come closer", "You are small in the picture: 2.5 to 3.5 m is best."),
    ("level", "Level the camera", "The picture leans to one side."),
    ("raise", "Raise the camera", "The lens belongs at the height of your hips."),
    ("lower", "Lower the camera", "The lens belongs at the height of your hips."),
    ("tilt", "Point the camera level", "Your hips belong in the middle of the picture."),
    ("around", "Turn round", "From behind, knees moving inwards cannot be judged."),
    ("turn", "Turn front or side on", "Face the camera for valgus, side on for forward travel."),
    ("still", "Stand still", "Stand tall for a second."),
    ("ready", "Ready: squat", "Everything needed is in the picture."),
)
INSTRUCTIONS = {row[0]: Instruction(*row) for row in _ROWS}
"""Every instruction, the more important first."""


@dataclass(slots=True)
class SetupCoach:
    """Watches frames and poses until somebody stands ready."""

    count_people: Callable[[ImageArray], int]
    """RGB picture to number of people; asked every few seconds at most."""
    is_ready: bool = False
    _poses: deque[Pose] = field(default_factory=deque)
    _shown: Instruction | None = None
    _wanted: str = ""
    _wanted_since_s: float = 0.0
    _n_people: int = 1
    _people_s: float = -np.inf

    def update(self, pose: Pose, light: float, image: ImageArray | None) -> Instruction:
        """Take the pose in the next picture and the picture's mean grey; return what to say now.

        Without the ``image`` itself other people are not looked for.
        """
        now_s = pose.time_s
        self._poses.append(pose)
        while now_s - self._poses[0].time_s > LOOK_BACK_S:
            self._poses.popleft()
        if self.is_ready and pose.is_present:
            return INSTRUCTIONS["ready"]
        wanted = self._next(pose, light, image)
        if wanted != self._wanted:
            self._wanted, self._wanted_since_s = wanted, now_s
        if self._shown is None or now_s - self._wanted_since_s >= HOLD_S:
            self._shown = INSTRUCTIONS[wanted]
        if wanted == "ready":
            self.is_ready, self._shown = True, INSTRUCTIONS["ready"]
        return self._shown

    @property
    def still_share(self) -> float:
        """How much of the second of standing still is done, 0 to 1."""
        if self._shown is None or self._shown.id not in ("still", "ready"):
            return 0.0
        return min(1.0, self._still_s() / STILL_S)

    def _next(self, pose: Pose, light: float, image: ImageArray | None) -> str:
        """The most important thing that is still missing."""
        if light < MIN_LIGHT:
            return "light"
        if not pose.is_present or pose.size_px is None:
            return "nobody"
        width, height = pose.size_px
        if (missing := framing(pose, width, height)) is not None:
            return missing
        raw = [SmoothPose(p, np.zeros_like(p.points_px)) for p in self._poses if p.is_present]
        view = yaw_of(Window.stack(raw)).name
        if (missing := posture(pose, view, height)) is not None:
            return missing
        if view is ViewName.REAR:
            return "around"
        if view not in (ViewName.FRONT, ViewName.SIDE):
            return "turn"
        if image is not None and self._people(image, pose.time_s) > 1:
            return "people"
        if self._still_s() < STILL_S:
            return "still"
        return "ready"

    def _people(self, image: ImageArray, now_s: float) -> int:
        """How many people the picture shows; asked now and then, it costs a few frames."""
        if now_s - self._people_s >= PEOPLE_EVERY_S:
            self._n_people, self._people_s = self.count_people(image), now_s
        return self._n_people

    def _still_s(self) -> float:
        """For how long hips and ankles have stayed where they are now."""
        last = self._poses[-1]
        limit = STILL_SHARE * leg_length_px(last.points_px)
        since_s = last.time_s
        for pose in reversed(self._poses):
            shifts = (
                middle(pose.points_px, pair) - middle(last.points_px, pair)
                for pair in (HIPS, ANKLES)
            )
            if not all(np.hypot(*shift) <= limit for shift in shifts):
                break
            since_s = pose.time_s
        return last.time_s - since_s


def framing(pose: Pose, width_px: int, height_px: int) -> str | None:
    """What of a body that is there is not well inside a picture of this size; None if all is."""
    points, seen = pose.points_px, pose.visibility
    foot_y = float(points[_FEET, 1].max()) / height_px
    nose_y = float(points[Landmark.NOSE, 1]) / height_px
    body = foot_y - nose_y
    # From the side the far ankle is hidden: one that is seen is enough.
    has_feet = foot_y < 1.0 and float(seen[list(ANKLES)].max()) >= MIN_VISIBILITY
    has_head = nose_y - HEAD_SHARE * max(body, 0.0) > 0.0
    if not has_feet:
        return "feet" if has_head else "back"
    if not has_head:
        return "head"
    trunk_and_legs = points[[*SHOULDERS, *HIPS, *_FEET], 0] / width_px
    if trunk_and_legs.min() < SIDE_MARGIN or trunk_and_legs.max() > 1 - SIDE_MARGIN:
        return "middle"
    if body > MAX_BODY_SHARE:
        return "back"
    return "closer" if body < MIN_BODY_SHARE else None


def posture(pose: Pose, view: ViewName, height_px: int) -> str | None:
    """What is wrong with how the camera stands, told from a standing body; None if nothing.

    The body is whole in the picture.
    """
    points = pose.points_px
    body = middle(points, SHOULDERS) - middle(points, ANKLES)
    roll_deg = abs(float(np.degrees(np.arctan2(body[0], -body[1]))))
    is_standing = hip_height_px(points) > 0.9 * abs(trunk_height_px(points))
    if not is_standing:
        return "still"
    if roll_deg > (MAX_ROLL_FRONT_DEG if view is ViewName.FRONT else MAX_ROLL_SIDE_DEG):
        return "level"
    if view is ViewName.FRONT:
        shank = leg_length_px(points) / 2
        below = float(np.mean([points[leg.foot_index, 1] - points[leg.heel, 1] for leg in _LEGS]))
        low, high = FRONT_FOOT_RATIO
        if below < low * shank:
            return "raise"
        if below > high * shank:
            return "lower"
    hips = float(middle(points, HIPS)[1]) / height_px
    return None if HIP_ROWS[0] <= hips <= HIP_ROWS[1] else "tilt"
