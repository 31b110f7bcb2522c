"""Robust tracks: swapped legs put back, jumps dropped, short gaps bridged, noise smoothed.

Two small state machines with a declared look-ahead.  Clips and live use the same ones, so a stream
cut anywhere gives the same poses as the whole clip.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from formcheck.pose.geometry import median
from formcheck.pose.track import (
    LEFT_LEG,
    N_LANDMARKS,
    RIGHT_LEG,
    BoolArray,
    FloatArray,
    Landmark,
    Pose,
)

SWAP_MIN_SHIFT = 0.05
"""Legs swap only if keeping them would move the feet this far, in leg lengths ..."""
SWAP_MEMORY_S = 0.3
"""... from where they were in so many seconds."""
SAME_PERSON_SHIFT = 1.0
"""A body that moves this many leg lengths between frames is another body."""
SAME_PERSON_SCALE = 1.6
"""So is one that grows or shrinks by this factor between frames."""
PERSON_MEMORY_S = 0.5
"""After a longer absence legs are not compared with those before it."""
JUMP_S = 0.15
"""A body is compared with itself so long ago: going astray takes the model two or three frames."""
MAX_INCOHERENCE = 0.2
"""Joints that moved more differently meanwhile, RMS in leg lengths, are not one body's: squats on
real clips stay below 0.15, fast ones too, and go to 0.25 to 0.7 where the model loses a body."""
MAX_GROWTH = 1.3
"""A leg in the picture gets no longer than by this factor meanwhile, also on the way up."""
MAX_FEET_SPEED = 8.0
"""Nor do both feet together move faster, in leg lengths a second (some 7 m/s)."""
STRANGER_S = 0.8
"""Another body has to be followed for so long, or as long as the one before.  What takes less is
the model gone astray, as when plates hide a lifter at the bottom: nobody else came."""
STEADY_S = 0.25
"""With no longer gaps: a person is found in most frames."""
RETURN_SHIFT = 0.3
"""A body that comes back has its feet no further from where they were, in leg lengths."""
FORGET_S = 1.5
"""Somebody else after a longer absence is another person at once."""
DESPIKE_S = 0.10
"""Half width of the stretch a landmark is compared with."""
DESPIKE_SHIFT = 0.08
"""A landmark further than this from its median there, in leg lengths, is dropped."""
SMOOTH_S = 0.12
"""Half width of the smoothing kernel: wide enough to halve the noise at 30 Hz, narrow enough to
keep 95 % of a cave that lasts 0.3 s."""
FRAME_S = 1 / 30
"""A usual frame interval."""
BRIDGE_S = 0.2
"""A landmark missing for no longer than this is put on the line between its neighbours."""
MIN_VISIBILITY = 0.1
"""A landmark the model believes in less than this is taken as missing."""


@dataclass(slots=True)
class RepairCounts:
    """How many frames each repair touched, legs how often; they end up in the result's notes."""

    n_frames: int = 0
    n_absent: int = 0
    n_swapped: int = 0
    n_other_person: int = 0
    n_spikes: int = 0
    n_upside_down: int = 0
    n_feet_outside: int = 0
    n_feet_hidden: int = 0


@dataclass(frozen=True, slots=True)
class SmoothPose:
    """A repaired, smoothed pose and how far the raw one was from it."""

    pose: Pose
    """NaN where a gap was too long to bridge."""
    residual_px: FloatArray
    """Raw minus smooth, shape (33, 2), the clip's own landmark noise; NaN where either is."""
    person: int = 0
    """Counts up when the track jumps to somebody else."""
    swapped: BoolArray = field(default_factory=lambda: np.zeros(N_LANDMARKS, bool))
    """Which landmarks the model gave to the other side, shape (33,)."""


class Repaired(NamedTuple):
    """A pose without swaps, whose it is, and what the model had given to the other side."""

    pose: Pose
    person: int = 0
    swapped: BoolArray = np.zeros(N_LANDMARKS, bool)


_SEGMENTS = np.array([leg[:3] for leg in (LEFT_LEG, RIGHT_LEG)])
"""Hip, knee and ankle of both legs, shape (2, 3)."""


def leg_length_px(points_px: FloatArray) -> float:
    """Mean of both legs' hip-knee plus knee-ankle length; NaN if nobody is there."""
    joints = points_px[_SEGMENTS]
    lengths = joints[:, :2] - joints[:, 1:]
    return float(np.hypot(lengths[..., 0], lengths[..., 1]).sum(1).sum()) / 2


_TRUNK = [
    Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER, Landmark.LEFT_HIP, Landmark.RIGHT_HIP,
]  # fmt: skip
_FEET = [Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE]
_JOINTS = [*_TRUNK, Landmark.LEFT_KNEE, Landmark.RIGHT_KNEE, *_FEET]
_OTHER_LEG = np.arange(N_LANDMARKS)
"""For each landmark that of the other leg; the arms and the head keep theirs."""
_OTHER_LEG[[*LEFT_LEG, *RIGHT_LEG]] = [*RIGHT_LEG, *LEFT_LEG]
_BELOW_HIPS = [*LEFT_LEG[1:], *RIGHT_LEG[1:]]
_SOLES = [*LEFT_LEG[2:], *RIGHT_LEG[2:]]


def swapped(pose: Pose, last: Pose, recent: Iterable[Pose]) -> BoolArray:
    """Which landmarks of a pose fit those before it much better with left and right exchanged.

    All below the hips or none, as the feet say: in a squat they stay where they are, while the
    model takes some frames to change its mind, so they are compared with their median in the poses
    before.  The hips, which move, say it for themselves against the last pose: the model often
    keeps them when it exchanges the legs.
    """
    usual = median([p.points_px for p in recent])
    hips = [LEFT_LEG.hip, RIGHT_LEG.hip]
    least = SWAP_MIN_SHIFT * leg_length_px(last.points_px)
    out = np.zeros(N_LANDMARKS, bool)
    for part, witness, before in ((_BELOW_HIPS, _SOLES, usual), (hips, hips, last.points_px)):
        keep, swap = (
            np.hypot(*(points[witness] - before[witness]).T).mean()
            for points in (pose.points_px, pose.points_px[_OTHER_LEG])
        )
        out[part] = swap < 0.6 * keep and keep > least
    return out


def with_swapped(pose: Pose, which: BoolArray) -> Pose:
    """The pose with left and right exchanged where ``which``, of shape (33,), says so."""
    if not which.any():
        return pose
    order = exchanging(which)
    return replace(
        pose,
        points_px=pose.points_px[order],
        visibility=pose.visibility[order],
        world_m=pose.world_m[order],
    )


def exchanging(which: BoolArray) -> NDArray[np.intp]:
    """The order of the landmarks that exchanges left and right where ``which`` says so."""
    return np.where(which, _OTHER_LEG, np.arange(N_LANDMARKS))


def absent(pose: Pose) -> Pose:
    """The same frame without anybody in it."""
    return replace(Pose.absent(pose.time_s), size_px=pose.size_px, camera=pose.camera)


def is_someone_else(pose: Pose, previous: Pose) -> bool:
    """Whether a pose is of another body than the one before it."""
    shift = float(median(np.hypot(*(pose.points_px[_TRUNK] - previous.points_px[_TRUNK]).T)))
    size, size_before = (leg_length_px(p.points_px) + 1e-9 for p in (pose, previous))
    growth = max(size / size_before, size_before / size)
    return bool(
        shift > SAME_PERSON_SHIFT * max(size, size_before)
        or (growth > SAME_PERSON_SCALE and shift > 0.3 * SAME_PERSON_SHIFT * size)
    )


def _is_another_body(pose: Pose, before: Pose) -> bool:
    """Whether a body cannot have come here from where one was a moment before."""
    longer = np.clip((pose.time_s - before.time_s) / JUMP_S, 1, 2)  # time to bend or straighten
    return is_someone_else(pose, before) or _incoherence(pose, before) > longer * MAX_INCOHERENCE


def _incoherence(pose: Pose, before: Pose) -> float:
    """How differently the joints moved, RMS about their median, in leg lengths.

    Legs that were exchanged have not moved.
    """
    apart = []
    for points in (pose.points_px, pose.points_px[_OTHER_LEG]):
        moved = (points - before.points_px)[_JOINTS]
        apart.append(float(((moved - median(moved)) ** 2).sum(1).mean()))
    return float(np.sqrt(min(apart)) / _leg_px(pose, before))


def _feet_shift(pose: Pose, before: Pose) -> float:
    """How far the middle of the feet has moved, in leg lengths."""
    moved = (pose.points_px - before.points_px)[_FEET].mean(0)
    return float(np.hypot(*moved) / _leg_px(pose, before))


def _leg_px(pose: Pose, before: Pose) -> float:
    """The longer of two leg lengths, but not much longer than before: no leg grows so fast."""
    known = leg_length_px(before.points_px)
    return max(1e-9, known, min(leg_length_px(pose.points_px), MAX_GROWTH * known))


@dataclass(slots=True)
class TrackRepair:
    """Frame by frame: keep the same person, put swapped legs back.

    No look-ahead.  A track that jumps to somebody else and stays there gets a new person number, so
    no rep is ever pieced together from two people; until it has stayed for ``STRANGER_S`` nobody is
    there.
    """

    counts: RepairCounts = field(default_factory=RepairCounts)
    _known: deque[Pose] = field(default_factory=deque)
    """The person's poses of the last ``JUMP_S``; at least the last one."""
    _known_since_s: float = 0.0
    _stranger: Pose | None = None
    _stranger_since_s: float = 0.0
    _steps: deque[Pose] = field(default_factory=deque)
    """The person's poses of the last ``SWAP_MEMORY_S``, not all of them at a high rate."""
    _was_swapped: bool = False
    _person: int = 0

    def update(self, pose: Pose) -> Repaired:
        """Return the repaired pose, whose it is and what was exchanged in it."""
        self.counts.n_frames += 1
        which = np.zeros(N_LANDMARKS, bool)
        if not pose.is_present:
            self.counts.n_absent += 1
            return Repaired(pose, self._person, which)
        if not self._known:
            self._known_since_s = pose.time_s
        else:
            since_s = pose.time_s - self._known[-1].time_s
            if self._is_astray(pose, since_s):
                if not self._has_stayed(pose, since_s):
                    return Repaired(absent(pose), self._person, which)
                self._known.clear()
                self._steps.clear()
            elif since_s <= PERSON_MEMORY_S:
                which = swapped(pose, self._known[-1], self._steps)
                pose = with_swapped(pose, which)
        self._stranger = None
        is_swapped = bool(which.any())
        self.counts.n_swapped += is_swapped and not self._was_swapped
        self._was_swapped = is_swapped
        self._remember(pose)
        return Repaired(pose, self._person, which)

    def _remember(self, pose: Pose) -> None:
        while self._known and self._known[0].time_s < pose.time_s - JUMP_S:
            self._known.popleft()
        self._known.append(pose)
        if not self._steps or pose.time_s >= self._steps[-1].time_s + SWAP_MEMORY_S / 20:
            self._steps.append(pose)
        while self._steps[0].time_s < pose.time_s - SWAP_MEMORY_S:
            self._steps.popleft()

    def _is_astray(self, pose: Pose, since_s: float) -> bool:
        """Whether this cannot be the body followed so far."""
        last = self._known[-1]
        if self._stranger is None and since_s <= JUMP_S:
            too_far = MAX_FEET_SPEED * since_s
            return _is_another_body(pose, self._known[0]) or _feet_shift(pose, last) > too_far
        return _is_another_body(pose, last) or _feet_shift(pose, last) > RETURN_SHIFT

    def _has_stayed(self, pose: Pose, since_s: float) -> bool:
        """Whether the body found instead is believed by now: the same one again, or another."""
        last, before, self._stranger = self._known[-1], self._stranger, pose
        if (
            before is None
            or pose.time_s - before.time_s > STEADY_S
            or _is_another_body(pose, before)
        ):
            self._stranger_since_s = pose.time_s
        followed_s = pose.time_s - self._stranger_since_s
        if not is_someone_else(pose, last) and _feet_shift(pose, last) <= RETURN_SHIFT:
            return followed_s >= JUMP_S
        known_s = last.time_s - self._known_since_s
        if followed_s < min(STRANGER_S, known_s) and (before is not None or since_s <= FORGET_S):
            return False
        self._person += 1
        self._known_since_s = pose.time_s
        self.counts.n_other_person += known_s >= STRANGER_S and since_s <= FORGET_S
        return True


MAX_AROUND = 120
"""Poses about one that are looked at: 300 Hz, and no more work however many there are."""


@dataclass(slots=True)
class _LookAhead:
    """Poses in order, each given out once those up to ``half_s`` after it are known."""

    half_s: float
    rows: deque[Repaired] = field(default_factory=deque)
    _n_given: int = 0

    def complete(self, now_s: float) -> Iterator[tuple[Repaired, list[Pose]]]:
        """Yield the poses due now and that person's poses about them."""
        while self._n_given < len(self.rows):
            row = self.rows[self._n_given]
            if now_s - row.pose.time_s < self.half_s:
                break
            # At a camera's rate all of them; of more, evenly so many, this pose among them.
            step = 1 + len(self.rows) // MAX_AROUND
            around = islice(self.rows, self._n_given % step, None, step)
            yield row, [other.pose for other in around if other.person == row.person]
            self._n_given += 1
            while self.rows[0].pose.time_s < row.pose.time_s - self.half_s:
                self.rows.popleft()
                self._n_given -= 1


@dataclass(slots=True)
class Smoother:
    """Fixed-lag, zero-phase smoothing of repaired poses.

    Each landmark is compared with its median over +-0.10 s; one that stands out by more than 8 % of
    a leg length is dropped.  What remains is smoothed by a local straight line over +-0.12 s,
    weighted by tricube of the time distance: symmetric, so nothing is delayed, and made from time
    stamps, so frame rate, jitter and dropped frames do not matter.  NaN in is ignored; a landmark
    without support on both sides is put on the line between its neighbours if those are at most 0.2
    s apart, and is NaN otherwise.

    Latency: ``BRIDGE_S + DESPIKE_S``.
    """

    counts: RepairCounts = field(default_factory=RepairCounts)
    _raw: _LookAhead = field(default_factory=lambda: _LookAhead(DESPIKE_S))
    _clean: _LookAhead = field(default_factory=lambda: _LookAhead(BRIDGE_S))

    def update(self, row: Repaired) -> tuple[SmoothPose, ...]:
        """Take one pose; return those whose look-ahead is now complete."""
        self._raw.rows.append(row)
        self._despike(row.pose.time_s)
        newest_s = self._clean.rows[-1].pose.time_s if self._clean.rows else -np.inf
        return self._smooth(newest_s)

    def flush(self) -> tuple[SmoothPose, ...]:
        """Return the rest at the end of the stream."""
        self._despike(np.inf)
        return self._smooth(np.inf)

    def _despike(self, now_s: float) -> None:
        for row, around in self._raw.complete(now_s):
            clean = _without_spikes(row.pose, around)
            self.counts.n_spikes += clean is not row.pose
            self._clean.rows.append(row._replace(pose=clean))

    def _smooth(self, now_s: float) -> tuple[SmoothPose, ...]:
        due = self._clean.complete(now_s)
        return tuple(_smoothed(row, around) for row, around in due)


def _without_spikes(pose: Pose, around: list[Pose]) -> Pose:
    """The pose without the landmarks that stand out; itself if none does."""
    near = [
        p.points_px for p in around if p.is_present and abs(p.time_s - pose.time_s) <= DESPIKE_S
    ]
    if not pose.is_present or len(near) < 3:
        return pose
    deviation = np.abs(pose.points_px - median(near)).max(axis=1)
    is_spike = deviation > DESPIKE_SHIFT * leg_length_px(pose.points_px)
    if not is_spike.any():
        return pose
    return replace(pose, points_px=np.where(is_spike[:, None], np.nan, pose.points_px))


def _smoothed(row: Repaired, around: list[Pose]) -> SmoothPose:
    pose = row.pose
    dt = np.array([p.time_s - pose.time_s for p in around])
    values = np.concatenate([[p.points_px for p in around], [p.world_m for p in around]], axis=2)
    is_near = np.abs(dt) < SMOOTH_S
    smooth = _local_line(values[is_near], dt[is_near])
    if not is_near.all() and not np.isfinite(smooth).all():
        smooth = _bridged(smooth, values, dt)
    visibility = _mean_visibility(around, dt)
    points = smooth[:, :2]
    points[visibility < MIN_VISIBILITY] = np.nan
    result = replace(pose, points_px=points, visibility=visibility, world_m=smooth[:, 2:])
    return SmoothPose(result, pose.points_px - points, row.person, row.swapped)


def _mean_visibility(around: list[Pose], dt: FloatArray) -> FloatArray:
    """Visibility over the frames that show the person, nearer ones weighing more."""
    is_seen = np.array([p.is_present for p in around]) & (np.abs(dt) <= BRIDGE_S)
    if not is_seen.any():
        return np.zeros(N_LANDMARKS)
    weight = (BRIDGE_S * 1.01 - np.abs(dt))[is_seen]
    visibility = np.array([p.visibility for p in around])[is_seen]
    return np.asarray(weight @ visibility / weight.sum())


def _bridged(smooth: FloatArray, values: FloatArray, dt: FloatArray) -> FloatArray:
    """Fill what is missing from the line between its neighbours in time."""
    known, t = np.isfinite(values), dt[:, None, None]
    before = np.where(known & (t <= 0), t, -np.inf).max(0)
    after = np.where(known & (t > 0), t, np.inf).min(0)
    is_short = after - before <= BRIDGE_S + 2 * FRAME_S
    i, j = np.indices(smooth.shape)
    low = values[np.abs(t - before).argmin(0), i, j]
    high = values[np.abs(t - after).argmin(0), i, j]
    with np.errstate(invalid="ignore"):
        line = low + (high - low) * (-before / (after - before))
    return np.where(np.isfinite(smooth) | ~is_short, smooth, line)


def _local_line(values: FloatArray, dt: FloatArray) -> FloatArray:
    """Value at dt = 0 of the straight line through each column, weighted by tricube.

    From ``values`` of shape (n, 33, 5) at the times ``dt`` to (33, 5): NaN where support is fewer
    than two frames, or none at or on one side of dt = 0.
    """
    flat, t = values.reshape(len(dt), -1), dt[:, None]
    is_known = np.isfinite(flat)
    w = (1 - (np.abs(t) / SMOOTH_S) ** 3) ** 3 * is_known
    x = np.where(is_known, flat, 0.0)
    s0, s1, s2 = w.sum(0), (w * t).sum(0), (w * t**2).sum(0)
    t0, t1 = (w * x).sum(0), (w * t * x).sum(0)
    determinant = s0 * s2 - s1 * s1
    with np.errstate(divide="ignore", invalid="ignore"):
        line = (s2 * t0 - s1 * t1) / determinant
        mean = t0 / s0
    # With all support at one instant there is no slope to fit.
    out = np.where(determinant > 1e-9 * np.maximum(s0, 1e-12) ** 2 * SMOOTH_S**2, line, mean)
    is_supported = (is_known & (t <= 0)).any(0) & (is_known & (t >= 0)).any(0) & (s0 > 0)
    return np.where(is_supported, out, np.nan).reshape(N_LANDMARKS, -1)
