"""A stick figure that squats, filmed by a pinhole camera: truth for tests, in plain numpy.

The body (metres, x = the figure's left, y = its front, z up) has exact bone lengths; each leg
is solved in closed form so that the knee flexion, the distance of the knee inside the foot
line, the knee past the toe and the heel rise at the bottom are exactly those asked for.
Landmarks sit where a pose model puts them: ``foot_index`` 3 cm behind the toe tip, ``heel`` as
far from it as the product expects of a foot seen from its side.

A film is a story (a list of segments played one after another), a body, a camera and a way of
sampling::

    track = film([stand(1), squat(flexion_deg=110), stand(1)], camera=Camera(yaw_deg=90))
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from formcheck.pose.kinematics import FOOT_TO_SHANK
from formcheck.pose.track import N_LANDMARKS, Pose, PoseTrack

Array = np.ndarray[Any, np.dtype[np.float64]]
Params = dict[str, Array]

SHANK_SHARE, THIGH_SHARE, FOOT_SHARE, TRUNK_SHARE = 0.246, 0.245, 0.152, 0.288
TOE_SHARE = 0.76
"""Ankle to toe tip, as a share of the foot."""
INDEX_BEHIND_TIP_M = 0.03
STANDING_FLEXION_DEG = 4.0
# Shank inclination that goes with a knee flexion when no knee past toe is asked for.
_FLEXION_DEG = (0.0, 4.0, 60.0, 90.0, 120.0, 140.0)
_SHANK_DEG = (0.0, 2.0, 18.0, 25.0, 33.0, 37.0)


@dataclass(frozen=True)
class Body:
    """Who squats (Winter's segment lengths)."""

    height_m: float = 1.75
    thigh_factor: float = 1.0
    stance_m: float = 0.36
    toe_out_deg: float = 15.0
    hip_width_m: float = 0.18

    @property
    def shank_m(self) -> float:
        return SHANK_SHARE * self.height_m

    @property
    def thigh_m(self) -> float:
        return THIGH_SHARE * self.height_m * self.thigh_factor

    @property
    def foot_m(self) -> float:
        return FOOT_SHARE * self.height_m

    @property
    def toe_m(self) -> float:
        """Ankle to toe tip."""
        return TOE_SHARE * self.foot_m

    @property
    def index_m(self) -> float:
        """Ankle to the landmark ``foot_index``."""
        return self.toe_m - INDEX_BEHIND_TIP_M

    @property
    def span_m(self) -> float:
        """Landmark ``heel`` to landmark ``foot_index``."""
        return FOOT_TO_SHANK * self.shank_m


@dataclass(frozen=True)
class Camera:
    """From where and onto what; yaw as in ``formcheck.squat.view`` (positive: faces image left)."""

    yaw_deg: float = 0.0
    distance_m: float = 3.0
    height_m: float = 0.9
    focal: float = 1.0
    """Focal length in picture heights."""
    width_px: int = 720
    height_px: int = 1280
    roll_deg: float = 0.0
    is_orthographic: bool = False


@dataclass(frozen=True)
class Sampling:
    """How the film is cut into frames and what is wrong with them."""

    rate_hz: float = 30.0
    jitter_s: float = 0.0
    drop_share: float = 0.0
    """Share of the frames that are missing from the stream."""
    absent_share: float = 0.0
    """Share of the frames in which nobody is found."""
    noise_m: float = 0.0
    """White noise of every landmark, at the figure's distance."""
    seed: int = 0
    start_s: float = 0.0
    end_s: float = np.inf


@dataclass(frozen=True)
class Segment:
    """A stretch of a story; ``play`` maps times from its start to parameters."""

    duration_s: float
    play: Callable[[Array], Params]
    carry: dict[str, float] = field(default_factory=dict)
    """What it adds for good: ``turn_deg``, ``move_x_m``, ``move_z_m``."""
    bottom_s: float | None = None
    """For squats: the middle of the bottom."""


_DEFAULTS = {
    "flexion": STANDING_FLEXION_DEG, "shank_factor": 1.0, "in_left": 0.0, "in_right": 0.0,
    "heel_m": 0.0, "lean": 3.0, "arm": 15.0, "turn_deg": 0.0, "move_x_m": 0.0,
    "move_z_m": 0.0, "lift_m": 0.0, "pelvis_y": np.nan, "pelvis_z": np.nan,
    "left_y": 0.0, "left_z": 0.0, "right_y": 0.0, "right_z": 0.0, "shift_x": 0.0,
}  # fmt: skip


def ease(u: Any) -> Array:
    """Minimum jerk from 0 to 1."""
    u = np.clip(np.asarray(u, float), 0.0, 1.0)
    return np.asarray(u**3 * (10 - 15 * u + 6 * u**2))


def _there_and_back(t: Array, down_s: float, hold_s: float, up_s: float) -> Array:
    return np.asarray(ease(t / down_s) * (1 - ease((t - down_s - hold_s) / up_s)))


def flexion_at(depth: Array, bottom_deg: float, body: Body) -> Array:
    """Knee flexion when the leg is ``depth`` (0 to 1) of the way to its shortest.

    Hips sink evenly with ``depth``; near straight a knee bends much for little sinking.
    """
    s, t = body.shank_m, body.thigh_m
    ends = np.radians([STANDING_FLEXION_DEG, bottom_deg])
    long, short = np.sqrt(s**2 + t**2 + 2 * s * t * np.cos(ends))
    length = long + (short - long) * depth
    return np.asarray(np.degrees(np.arccos((length**2 - s**2 - t**2) / (2 * s * t))))


# -- segments -----------------------------------------------------------------


def stand(duration_s: float, **params: float) -> Segment:
    return Segment(duration_s, lambda t: {k: np.full(len(t), v) for k, v in params.items()})


def squat(
    flexion_deg: float = 110.0,
    eccentric_s: float = 1.2,
    pause_s: float = 0.2,
    concentric_s: float = 1.0,
    *,
    left_pct: float = 0.0,
    right_pct: float = 0.0,
    course: str = "whole",
    past_toe_m: float | None = None,
    heel_rise_m: float = 0.0,
    lean_deg: float | None = None,
    body: Body | None = None,
) -> Segment:
    """One repetition.

    ``left_pct`` and ``right_pct``: how far the knee is inside the foot line, in % of the shank;
    over the whole repetition or (``course='ascent'``) only on the way up.  ``past_toe_m``: the
    knee joint beyond the toe tip at the bottom, along the foot.
    """
    body = body or Body()
    lean_b = min(50.0, 3 + 0.42 * flexion_deg) if lean_deg is None else lean_deg
    factor = 1.0
    if past_toe_m is not None:
        wanted = np.degrees(np.arcsin((body.toe_m + past_toe_m) / body.shank_m))
        factor = float(wanted / np.interp(flexion_deg, _FLEXION_DEG, _SHANK_DEG))

    def play(t: Array) -> Params:
        depth = _there_and_back(t, eccentric_s, pause_s, concentric_s)
        if course == "whole":
            amount = ease(depth / 0.5)
        else:
            u = (t - eccentric_s - pause_s) / concentric_s
            amount = ease(u / 0.12) * (1 - ease((u - 0.5) / 0.2))
        return {
            "flexion": flexion_at(depth, flexion_deg, body),
            "shank_factor": 1 + (factor - 1) * ease(depth),
            "in_left": left_pct / 100 * amount,
            "in_right": right_pct / 100 * amount,
            "heel_m": heel_rise_m * ease((depth - 0.5) / 0.5),
            "lean": 3 + (lean_b - 3) * depth,
            "arm": 15 + 65 * depth,
        }

    total = eccentric_s + pause_s + concentric_s
    return Segment(total, play, bottom_s=eccentric_s + pause_s / 2)


def hinge(down_s: float = 1.2, up_s: float = 1.2, drop_m: float = 0.17) -> Segment:
    """A deadlift: hips back, trunk down, hands to the floor, knees hardly bent."""

    def play(t: Array) -> Params:
        w = _there_and_back(t, down_s, 0.3, up_s)
        height = Body().shank_m + Body().thigh_m + _ANKLE_Z - 0.01
        return {
            "pelvis_y": -0.25 * w, "pelvis_z": height - drop_m * w,
            "lean": 3 + 77 * w, "arm": 15 * (1 - w),
        }  # fmt: skip

    return Segment(down_s + 0.3 + up_s, play)


def pick_up(down_s: float = 1.0, up_s: float = 1.0, flexion_deg: float = 100.0) -> Segment:
    """Bent knees, trunk down, a hand to the floor: fetching a bottle."""

    def play(t: Array) -> Params:
        w = _there_and_back(t, down_s, 0.3, up_s)
        return {
            "flexion": flexion_at(w, flexion_deg, Body()),
            "lean": 3 + 67 * w, "arm": 15 * (1 - w),
        }  # fmt: skip

    return Segment(down_s + 0.3 + up_s, play)


def walk(towards_m: float, duration_s: float = 2.0, sideways_m: float = 0.0) -> Segment:
    """Walk ``towards_m`` to the camera (negative: away) and ``sideways_m`` across the picture."""

    def play(t: Array) -> Params:
        u = t / duration_s
        stride, lift = 0.22, 0.12
        phase = 2 * np.pi * t / 1.1
        moving = ease(u / 0.15) * (1 - ease((u - 0.85) / 0.15))
        height = Body().shank_m + Body().thigh_m + _ANKLE_Z - 0.015
        return {
            "move_z_m": -towards_m * ease(u), "move_x_m": sideways_m * ease(u),
            "left_y": stride * np.sin(phase) * moving,
            "right_y": -stride * np.sin(phase) * moving,
            "left_z": lift * np.clip(np.cos(phase), 0, None) * moving,
            "right_z": lift * np.clip(-np.cos(phase), 0, None) * moving,
            "pelvis_y": 0 * t, "pelvis_z": height - 0.04 * np.abs(np.sin(phase)) * moving,
        }  # fmt: skip

    return Segment(duration_s, play, {"move_z_m": -towards_m, "move_x_m": sideways_m})


def calf_raise(duration_s: float = 1.6, rise_m: float = 0.08) -> Segment:
    def play(t: Array) -> Params:
        return {"heel_m": rise_m * np.sin(np.pi * t / duration_s) ** 2}

    return Segment(duration_s, play)


def jump(flexion_deg: float = 85.0, flight_s: float = 0.5) -> Segment:
    """A counter-movement jump: dip, flight, landing dip."""
    down_s, up_s, land_s, rise_s = 0.45, 0.25, 0.25, 0.6
    takeoff = down_s + up_s

    def play(t: Array) -> Params:
        first = _there_and_back(t, down_s, 0.0, up_s)
        air = np.clip((t - takeoff) / flight_s, 0, 1)
        second = _there_and_back(np.clip(t - takeoff - flight_s, 0, None), land_s, 0.05, rise_s)
        w = first + 0.8 * second
        top_m = 9.81 * flight_s**2 / 8
        return {
            "flexion": flexion_at(w, flexion_deg, Body()),
            "lean": 3 + 35 * w, "lift_m": 4 * top_m * air * (1 - air), "arm": 15 + 120 * air,
        }  # fmt: skip

    return Segment(takeoff + flight_s + land_s + 0.05 + rise_s, play)


def sit(hold_s: float = 9.0, up_s: float = 1.2, flexion_deg: float = 95.0) -> Segment:
    """Sit down on a box, stay, get up."""
    return squat(flexion_deg, 1.2, hold_s, up_s, lean_deg=10.0)


def lunge(down_s: float = 1.2, up_s: float = 1.2) -> Segment:
    """Step forward, sink until the rear knee nearly touches, return."""

    def play(t: Array) -> Params:
        step = _there_and_back(t, 0.6, down_s + up_s, 0.6)
        w = _there_and_back(np.clip(t - 0.6, 0, None), down_s, 0.2, up_s)
        height = Body().shank_m + Body().thigh_m + _ANKLE_Z - 0.01
        return {
            "left_y": 0.45 * step, "right_y": -0.35 * step, "right_z": 0.10 * step,
            "left_z": 0.08 * np.sin(np.pi * np.clip(t / 0.6, 0, 1)) ** 2,
            "pelvis_y": 0 * t, "pelvis_z": height - 0.09 * step - 0.32 * w,
        }  # fmt: skip

    return Segment(0.6 + down_s + up_s + 0.8, play)


def pistol(down_s: float = 1.2, up_s: float = 1.2) -> Segment:
    """A one-legged squat: the left foot stays, the right leg is held out in front."""

    def play(t: Array) -> Params:
        raised = _there_and_back(t, 0.6, down_s + up_s, 0.6)
        w = _there_and_back(np.clip(t - 0.6, 0, None), down_s, 0.2, up_s)
        height = Body().shank_m + Body().thigh_m + _ANKLE_Z - 0.01
        return {
            "right_y": 0.25 * raised + 0.52 * w, "right_z": 0.30 * raised,
            "pelvis_y": -0.18 * w, "pelvis_z": height - 0.42 * w, "shift_x": 0.14 * raised,
            "lean": 3 + 30 * w, "arm": 15 + 65 * raised,
        }  # fmt: skip

    return Segment(0.6 + down_s + up_s + 0.8, play)


def balance(duration_s: float = 5.0) -> Segment:
    """Stand on the left leg, the right foot pulled up, swaying a little."""

    def play(t: Array) -> Params:
        up = _there_and_back(t, 0.7, duration_s - 1.4, 0.7)
        height = Body().shank_m + Body().thigh_m + _ANKLE_Z - 0.01
        return {
            "right_z": 0.35 * up, "right_y": -0.15 * up, "shift_x": 0.15 * up,
            "pelvis_y": 0 * t, "pelvis_z": height - 0.03 * up * (1 + np.sin(4 * t)),
        }  # fmt: skip

    return Segment(duration_s, play)


def raise_arms(duration_s: float = 2.0) -> Segment:
    def play(t: Array) -> Params:
        return {"arm": 15 + 165 * np.sin(np.pi * t / duration_s) ** 2}

    return Segment(duration_s, play)


def dip(flexion_deg: float = 35.0, down_s: float = 0.5, up_s: float = 0.5) -> Segment:
    """A quarter dip, as from shifting weight."""
    seg = squat(flexion_deg, down_s, 0.05, up_s)
    return replace(seg, bottom_s=None)


def turn(by_deg: float, duration_s: float = 1.5) -> Segment:
    """Turn on the spot."""

    def play(t: Array) -> Params:
        phase = 2 * np.pi * t / 0.75
        height = Body().shank_m + Body().thigh_m + _ANKLE_Z - 0.015
        return {
            "turn_deg": by_deg * ease(t / duration_s),
            "left_z": 0.05 * np.clip(np.sin(phase), 0, None),
            "right_z": 0.05 * np.clip(-np.sin(phase), 0, None),
            "pelvis_y": 0 * t, "pelvis_z": height + 0 * t,
        }  # fmt: skip

    return Segment(duration_s, play, {"turn_deg": by_deg})


# -- the body -----------------------------------------------------------------

_ANKLE_Z, _FLOOR_Z = 0.068, 0.025
_SIGN = np.array([1.0, -1.0])  # left, right


def _unit(v: Array) -> Array:
    return np.asarray(v / np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), 1e-12))


def _knee(hip: Array, ankle: Array, foot: Array, inside_m: Array, body: Body) -> Array:
    """Knee on the circle that hip, ankle and both bones allow, ``inside_m`` off the foot line."""
    axis = hip - ankle
    length = np.linalg.norm(axis, axis=-1)
    axis = _unit(axis)
    s, t = body.shank_m, body.thigh_m
    along = (s**2 - t**2 + length**2) / (2 * length)
    radius = np.sqrt(np.clip(s**2 - along**2, 0, None))
    e1 = _unit(foot - (foot * axis).sum(-1, keepdims=True) * axis)
    e2 = np.cross(axis, e1)
    medial = np.stack([-_SIGN * foot[..., 1], _SIGN * foot[..., 0], 0 * foot[..., 0]], -1)
    a = radius * (medial * e1).sum(-1)
    b = radius * (medial * e2).sum(-1)
    wanted = inside_m - along * (medial * axis).sum(-1)
    reach = np.clip(wanted / np.maximum(np.hypot(a, b), 1e-9), -1, 1)
    best = None
    for branch in (1.0, -1.0):
        beta = np.arctan2(b, a) + branch * np.arccos(reach)
        knee = ankle + along[..., None] * axis
        knee = knee + radius[..., None] * (
            np.cos(beta)[..., None] * e1 + np.sin(beta)[..., None] * e2
        )
        forward = ((knee - ankle) * foot).sum(-1)
        if best is None:
            best, best_forward = knee, forward
        else:
            best = np.where((forward > best_forward)[..., None], knee, best)
    assert best is not None
    return np.asarray(best)


def joints_of(p: Params, body: Body) -> Array:
    """All 33 landmarks in the body's axes, shape (n, 33, 3)."""
    n = len(p["flexion"])
    toe_out = np.radians(body.toe_out_deg)
    foot = np.broadcast_to(
        np.stack([_SIGN * np.sin(toe_out), np.full(2, np.cos(toe_out)), np.zeros(2)], -1), (n, 2, 3)
    ).copy()
    base = np.zeros((n, 2, 3))
    base[..., 0] = _SIGN * body.stance_m / 2
    base[..., 1] = np.stack([p["left_y"], p["right_y"]], -1)
    base[..., 2] = np.stack([p["left_z"], p["right_z"]], -1)
    index = base + body.index_m * foot + [0, 0, _FLOOR_Z]
    # The heel rises by turning the foot about foot_index.
    span = body.span_m
    tilt = np.arcsin(np.clip(p["heel_m"] / span, -0.9, 0.9))[:, None]
    c, s = np.cos(tilt)[..., None], np.sin(tilt)[..., None]
    up = np.array([0.0, 0.0, 1.0])
    ankle_up = _ANKLE_Z - _FLOOR_Z
    heel = index - span * (c * foot - s * up)
    ankle = index - body.index_m * (c * foot - s * up) + ankle_up * (c * up + s * foot)

    hip_off = np.zeros((n, 2, 3))
    hip_off[..., 0] = _SIGN * body.hip_width_m / 2
    inside = np.stack([p["in_left"], p["in_right"]], -1) * body.shank_m
    pelvis = np.zeros((n, 3))
    pelvis[:, 0] = p["shift_x"]
    is_free = np.isfinite(p["pelvis_z"])
    pelvis[is_free, 1] = p["pelvis_y"][is_free]
    pelvis[is_free, 2] = p["pelvis_z"][is_free]
    if not is_free.all():
        sel = ~is_free
        pelvis[sel] = _squat_pelvis(p, sel, body, foot, ankle, hip_off, inside)
    hip = pelvis[:, None] + hip_off
    # A leg cannot be longer than its bones: a foot out of reach is pulled along.
    reach = hip - ankle
    length = np.linalg.norm(reach, axis=-1, keepdims=True)
    limit = 0.9995 * (body.shank_m + body.thigh_m)
    pull = reach * np.clip(1 - limit / np.maximum(length, 1e-9), 0, None)
    ankle, heel, index = ankle + pull, heel + pull, index + pull
    knee = _knee(hip, ankle, foot, inside, body)

    lean, arm = np.radians(p["lean"]), np.radians(p["arm"])
    trunk = np.stack([0 * lean, np.sin(lean), np.cos(lean)], -1)
    chest = pelvis + TRUNK_SHARE * body.height_m * trunk
    out = np.empty((n, N_LANDMARKS, 3))
    half = np.zeros((2, 3))
    half[:, 0] = _SIGN * 0.105 * body.height_m
    shoulder = chest[:, None] + half
    reach_dir = np.stack([0 * arm, np.sin(arm), -np.cos(arm)], -1)[:, None]
    elbow = shoulder + 0.17 * body.height_m * reach_dir
    wrist = shoulder + 0.33 * body.height_m * reach_dir
    head = chest + 0.13 * body.height_m * trunk
    out[:, :11] = head[:, None] + np.array([0.0, 0.09, 0.0])
    for i, side in ((1, 1), (2, 1), (3, 1), (9, 1), (4, -1), (5, -1), (6, -1), (10, -1)):
        out[:, i, 0] += 0.03 * side
    ear = np.array([0.075, 0.0, 0.0])
    out[:, 7], out[:, 8] = head + ear, head - ear
    for j in range(2):
        out[:, 11 + j], out[:, 13 + j] = shoulder[:, j], elbow[:, j]
        for k in (15, 17, 19, 21):
            out[:, k + j] = wrist[:, j]
        out[:, 23 + j], out[:, 25 + j], out[:, 27 + j] = hip[:, j], knee[:, j], ankle[:, j]
        out[:, 29 + j], out[:, 31 + j] = heel[:, j], index[:, j]
    return out


def _squat_pelvis(
    p: Params, sel: Array, body: Body, foot: Array, ankle: Array, hip_off: Array, inside: Array
) -> Array:
    """Pelvis at which both knees bend by ``flexion`` and the shanks lean as they should."""
    flexion = np.radians(p["flexion"][sel])
    s, t = body.shank_m, body.thigh_m
    leg2 = s**2 + t**2 + 2 * s * t * np.cos(flexion)
    shank = np.interp(p["flexion"][sel], _FLEXION_DEG, _SHANK_DEG) * p["shank_factor"][sel]
    wanted = s * np.sin(np.radians(shank))
    foot, ankle, hip_off, inside = foot[sel], ankle[sel], hip_off[sel], inside[sel]
    middle = ankle.mean(1)
    sideways2 = (hip_off[:, 0, 0] - ankle[:, 0, 0]) ** 2

    def pelvis_at(y: Array) -> Array:
        height = np.sqrt(np.clip(leg2 - sideways2 - y**2, 1e-6, None))
        return np.stack([0 * y, middle[:, 1] + y, middle[:, 2] + height], -1)

    low, high = np.full(len(leg2), -0.7), np.full(len(leg2), 0.4)
    for _ in range(36):
        y = (low + high) / 2
        hip = pelvis_at(y)[:, None] + hip_off
        knee = _knee(hip, ankle, foot, inside, body)
        forward = ((knee - ankle) * foot).sum(-1).mean(1)
        low, high = np.where(forward < wanted, y, low), np.where(forward < wanted, high, y)
    return pelvis_at((low + high) / 2)


# -- the film -----------------------------------------------------------------


def duration_of(story: Sequence[Segment]) -> float:
    return float(sum(s.duration_s for s in story))


def bottoms_of(story: Sequence[Segment]) -> list[tuple[float, float, float]]:
    """Start, bottom and end of every squat in a story, seconds from its begin."""
    out, at = [], 0.0
    for segment in story:
        if segment.bottom_s is not None:
            out.append((at, at + segment.bottom_s, at + segment.duration_s))
        at += segment.duration_s
    return out


def params_of(story: Sequence[Segment], times_s: Array) -> Params:
    """Parameters of a story at given times."""
    p = {k: np.full(len(times_s), v) for k, v in _DEFAULTS.items()}
    at = 0.0
    carried = {"turn_deg": 0.0, "move_x_m": 0.0, "move_z_m": 0.0}
    last = len(story) - 1
    for i, segment in enumerate(story):
        end = at + segment.duration_s
        here = (times_s >= at) & ((times_s < end) | (i == last))
        for key, value in segment.play(times_s[here] - at).items():
            p[key][here] = value
        for key, so_far in carried.items():
            p[key][here] += so_far
        for key, more in segment.carry.items():
            carried[key] += more
        at = end
    return p


def frame_times(duration_s: float, sampling: Sampling, rng: np.random.Generator) -> Array:
    end_s = min(sampling.end_s, duration_s)
    times = np.arange(sampling.start_s, end_s, 1 / sampling.rate_hz)
    if sampling.jitter_s:
        # Never so much that the order could change.
        most = min(sampling.jitter_s, 0.45 / sampling.rate_hz)
        times = times + rng.uniform(-most, most, len(times))
    if sampling.drop_share:
        keep = rng.uniform(size=len(times)) >= sampling.drop_share
        times = times[keep]
    return np.asarray(times)


def film(
    story: Sequence[Segment],
    body: Body | None = None,
    camera: Camera | None = None,
    sampling: Sampling | None = None,
    meta: dict[str, Any] | None = None,
) -> PoseTrack:
    """Film a story; times count from the first frame, as in a real track."""
    body, camera, sampling = body or Body(), camera or Camera(), sampling or Sampling()
    rng = np.random.default_rng(sampling.seed)
    times = frame_times(duration_of(story), sampling, rng)
    p = params_of(story, times)
    joints = joints_of(p, body)
    joints[..., 2] += p["lift_m"][:, None]
    yaw = np.radians(camera.yaw_deg + p["turn_deg"])[:, None]
    # Camera axes: x right, y down, z away.
    seen = np.stack(
        [
            np.cos(yaw) * joints[..., 0] - np.sin(yaw) * joints[..., 1],
            -joints[..., 2],
            -np.sin(yaw) * joints[..., 0] - np.cos(yaw) * joints[..., 1],
        ],
        -1,
    )
    world = seen - seen[:, [23, 24]].mean(1, keepdims=True)
    scale = camera.focal * camera.height_px
    depth = np.full(seen.shape[:2], camera.distance_m)
    if not camera.is_orthographic:
        depth = depth + seen[..., 2] + p["move_z_m"][:, None]
    points = np.empty((len(times), N_LANDMARKS, 2))
    points[..., 0] = scale * (seen[..., 0] + p["move_x_m"][:, None]) / depth
    points[..., 1] = scale * (seen[..., 1] + camera.height_m) / depth
    roll = np.radians(camera.roll_deg)
    points = points @ np.array([[np.cos(roll), np.sin(roll)], [-np.sin(roll), np.cos(roll)]])
    points += [camera.width_px / 2, camera.height_px / 2]
    if sampling.noise_m:
        noise_px = sampling.noise_m * scale / camera.distance_m
        points += rng.normal(0, noise_px, points.shape)
        world = world + rng.normal(0, sampling.noise_m, world.shape)
    visibility = np.full((len(times), N_LANDMARKS), 0.95)
    # The far leg of a side view is hidden behind the near one.
    turned = np.sin(yaw[:, 0])
    for far, first in ((turned > 0.7, 24), (turned < -0.7, 23)):
        visibility[np.ix_(far, np.arange(first, 33, 2))] = 0.4
    if sampling.absent_share:
        gone = rng.uniform(size=len(times)) < sampling.absent_share
        points[gone], world[gone], visibility[gone] = np.nan, np.nan, 0.0
    return PoseTrack(
        times - (times[0] if len(times) else 0.0),
        points.astype(np.float32),
        visibility.astype(np.float32),
        world.astype(np.float32),
        camera.width_px,
        camera.height_px,
        meta if meta is not None else track_meta(len(times), camera, duration_of(story)),
    )


def track_meta(n_frames: int, camera: Camera, duration_s: float) -> dict[str, Any]:
    """The meta data that a track made from a video carries."""
    return {
        "source": {
            "file": "stick.mp4", "sha256": "0" * 64, "width_px": camera.width_px,
            "height_px": camera.height_px, "duration_s": round(duration_s, 3),
            "n_frames": n_frames,
        },
        "versions": {"mediapipe": "0.0.0", "model_sha256": "1" * 64},
        "notes": [],
    }  # fmt: skip


# -- changes to a finished track ----------------------------------------------


def with_poses(track: PoseTrack, poses: Sequence[Pose]) -> PoseTrack:
    return PoseTrack.from_poses(poses, track.width_px, track.height_px, track.meta)


def mirrored(pose: Pose, width_px: int) -> Pose:
    """The pose as seen in a mirror: x flipped, left and right exchanged."""
    other = np.array(
        [0, 4, 5, 6, 1, 2, 3, 8, 7, 10, 9, *(i - 1 + i % 2 * 2 for i in range(11, 33))]
    )
    points, world = pose.points_px[other], pose.world_m[other]
    points[:, 0] = width_px - points[:, 0]
    world[:, 0] *= -1
    return Pose(pose.time_s, points, pose.visibility[other], world)


def changed(track: PoseTrack, **arrays: Any) -> PoseTrack:
    """A copy of a track with some of its fields replaced."""
    fields = {
        name: getattr(track, name)
        for name in ("times_s", "points_px", "visibility", "world_m", "width_px", "height_px")
    }
    return PoseTrack(**(fields | arrays), meta=track.meta)


def joined(first: PoseTrack, second: PoseTrack, gap_s: float = 1 / 30) -> PoseTrack:
    """One track after another: a cut in the film."""
    shift = float(first.times_s[-1]) + gap_s
    return changed(
        first,
        times_s=np.concatenate([first.times_s, second.times_s + shift]),
        points_px=np.concatenate([first.points_px, second.points_px]),
        visibility=np.concatenate([first.visibility, second.visibility]),
        world_m=np.concatenate([first.world_m, second.world_m]),
    )
