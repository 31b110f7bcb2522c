"""Robust tracks: swapped legs put back, jumps dropped, short gaps bridged, noise smoothed.

Two small state machines with a declared look-ahead.  Clips and live use the
same ones, so a stream cut anywhere gives the same poses as the whole clip.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace

import numpy as np

from formcheck.pose.track import LEFT_LEG, N_LANDMARKS, RIGHT_LEG, FloatArray, Landmark, Pose

SWAP_MIN_SHIFT = 0.05
"""Legs swap only if keeping them would move them this far (in leg lengths) in one frame."""
SWAP_MAX_HOLD_S = 0.6
"""A longer run of 'swapped' frames is the model changing its mind: its labels are kept."""
SAME_PERSON_SHIFT = 1.0
"""A body that moves this many leg lengths between frames is another body."""
SAME_PERSON_SCALE = 1.6
"""So is one that grows or shrinks by this factor between frames."""
PERSON_MEMORY_S = 0.5
"""After a longer absence nothing is compared with the frame before."""
DESPIKE_S = 0.10
"""Half width of the stretch a landmark is compared with."""
DESPIKE_SHIFT = 0.08
"""A landmark further than this from its median there, in leg lengths, is dropped."""
SMOOTH_S = 0.12
"""Half width of the smoothing kernel: wide enough to halve the noise at 30 Hz,
narrow enough to keep 95 % of a cave that lasts 0.3 s."""
FRAME_S = 1 / 30
"""A usual frame interval."""
BRIDGE_S = 0.2
"""A landmark missing for no longer than this is put on the line between its neighbours."""
MIN_VISIBILITY = 0.1
"""A landmark the model believes in less than this is taken as missing."""


@dataclass(slots=True)
class RepairCounts:
    """How many frames each repair touched; they end up in the result's notes."""

    n_frames: int = 0
    n_absent: int = 0
    n_swapped: int = 0
    n_other_person: int = 0
    n_spikes: int = 0
    n_upside_down: int = 0


@dataclass(frozen=True, slots=True)
class SmoothPose:
    """A repaired, smoothed pose and how far the raw one was from it.

    Parameters
    ----------
    pose : Pose
        NaN where a gap was too long to bridge.
    residual_px : array, shape (33, 2)
        Raw minus smooth, the clip's own landmark noise; NaN where either is.
    person : int
        Counts up when the track jumps to somebody else.
    """

    pose: Pose
    residual_px: FloatArray
    person: int = 0


def leg_length_px(points_px: FloatArray) -> float:
    """Mean of both legs' hip-knee plus knee-ankle length; NaN if nobody is there."""
    total = 0.0
    for leg in (LEFT_LEG, RIGHT_LEG):
        hip, knee, ankle = points_px[leg[0]], points_px[leg[1]], points_px[leg[2]]
        total += float(np.hypot(*(hip - knee)) + np.hypot(*(knee - ankle)))
    return total / 2


def _swap_sides(pose: Pose) -> Pose:
    """Exchange the legs, hips to feet; the arms and head stay."""
    legs = list(LEFT_LEG + RIGHT_LEG)
    other = list(RIGHT_LEG + LEFT_LEG)
    points, visibility, world = (
        pose.points_px.copy(),
        pose.visibility.copy(),
        pose.world_m.copy(),
    )
    points[legs], visibility[legs], world[legs] = points[other], visibility[other], world[other]
    return replace(pose, points_px=points, visibility=visibility, world_m=world)


@dataclass(slots=True)
class TrackRepair:
    """Frame by frame: keep the same person, put swapped legs back.

    No look-ahead.  A track that jumps to somebody else gets a new person
    number, so no rep is ever pieced together from two people.
    """

    counts: RepairCounts = field(default_factory=RepairCounts)
    _previous: Pose | None = None
    _scale_px: float = 0.0
    _swapped_since_s: float | None = None
    _person: int = 0

    def update(self, pose: Pose) -> tuple[Pose, int]:
        """Return the repaired pose and the number of the person it shows."""
        self.counts.n_frames += 1
        if not pose.is_present:
            self.counts.n_absent += 1
            return pose, self._person
        previous = self._previous
        if previous is None or pose.time_s - previous.time_s > PERSON_MEMORY_S:
            if previous is not None and self._is_someone_else(pose, previous):
                self._person += 1
            return self._accept(pose), self._person
        if self._is_someone_else(pose, previous):
            self.counts.n_other_person += 1
            self._person += 1
            return self._accept(pose), self._person
        return self._accept(self._unswapped(pose, previous)), self._person

    def _accept(self, pose: Pose) -> Pose:
        if self._previous is None or pose.time_s - self._previous.time_s > PERSON_MEMORY_S:
            self._swapped_since_s = None
        self._previous, self._scale_px = pose, leg_length_px(pose.points_px)
        return pose

    def _is_someone_else(self, pose: Pose, previous: Pose) -> bool:
        trunk = [Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER]
        trunk += [Landmark.LEFT_HIP, Landmark.RIGHT_HIP]
        shift = np.median(np.hypot(*(pose.points_px[trunk] - previous.points_px[trunk]).T))
        size = leg_length_px(pose.points_px) + 1e-9
        growth = max(size / (self._scale_px + 1e-9), self._scale_px / size)
        return bool(
            shift > SAME_PERSON_SHIFT * max(size, self._scale_px)
            or (growth > SAME_PERSON_SCALE and shift > 0.3 * SAME_PERSON_SHIFT * size)
        )

    def _unswapped(self, pose: Pose, previous: Pose) -> Pose:
        left, right = list(LEFT_LEG[1:]), list(RIGHT_LEG[1:])
        now, before = pose.points_px, previous.points_px
        keep = np.hypot(*(now[left + right] - before[left + right]).T).mean()
        swap = np.hypot(*(now[right + left] - before[left + right]).T).mean()
        if not (swap < 0.6 * keep and keep > SWAP_MIN_SHIFT * self._scale_px):
            self._swapped_since_s = None
            return pose
        if self._swapped_since_s is None:
            self._swapped_since_s = pose.time_s
        if pose.time_s - self._swapped_since_s > SWAP_MAX_HOLD_S:
            self._swapped_since_s = None
            return pose
        self.counts.n_swapped += 1
        return _swap_sides(pose)


@dataclass(slots=True)
class Smoother:
    """Fixed-lag, zero-phase smoothing of repaired poses.

    Each landmark is compared with its median over +-0.10 s; one that stands
    out by more than 8 % of a leg length is dropped.  What remains is smoothed
    by a local straight line over +-0.12 s, weighted by tricube of the time
    distance: symmetric, so nothing is delayed, and made from time stamps, so
    frame rate, jitter and dropped frames do not matter.  NaN in is ignored;
    a landmark without support on both sides is put on the line between its
    neighbours if those are at most 0.2 s apart, and is NaN otherwise.

    Latency: ``BRIDGE_S + DESPIKE_S``.
    """

    counts: RepairCounts = field(default_factory=RepairCounts)
    _raw: deque[tuple[Pose, int]] = field(default_factory=deque)
    _clean: deque[tuple[Pose, int]] = field(default_factory=deque)
    _n_despiked: int = 0
    _n_smoothed: int = 0

    def update(self, pose: Pose, person: int = 0) -> tuple[SmoothPose, ...]:
        """Take one pose; return those whose look-ahead is now complete."""
        self._raw.append((pose, person))
        return self._drain(pose.time_s)

    def flush(self) -> tuple[SmoothPose, ...]:
        """Return the rest at the end of the stream."""
        return self._drain(np.inf)

    def _drain(self, now_s: float) -> tuple[SmoothPose, ...]:
        while self._n_despiked < len(self._raw):
            pose, person = self._raw[self._n_despiked]
            if now_s - pose.time_s < DESPIKE_S:
                break
            self._clean.append((self._despiked(self._n_despiked), person))
            self._n_despiked += 1
            while self._raw[0][0].time_s < pose.time_s - DESPIKE_S:
                self._raw.popleft()
                self._n_despiked -= 1
        out = []
        cleaned_s = self._clean[-1][0].time_s if self._clean else -np.inf
        if now_s == np.inf:
            cleaned_s = np.inf
        while self._n_smoothed < len(self._clean):
            pose, person = self._clean[self._n_smoothed]
            if cleaned_s - pose.time_s < BRIDGE_S:
                break
            out.append(self._smoothed(self._n_smoothed))
            self._n_smoothed += 1
            while self._clean[0][0].time_s < pose.time_s - BRIDGE_S:
                self._clean.popleft()
                self._n_smoothed -= 1
        return tuple(out)

    def _despiked(self, index: int) -> Pose:
        pose, person = self._raw[index]
        if not pose.is_present:
            return pose
        near = [
            p.points_px
            for p, who in self._raw
            if who == person and p.is_present and abs(p.time_s - pose.time_s) <= DESPIKE_S
        ]
        if len(near) < 3:
            return pose
        deviation = np.abs(pose.points_px - np.median(near, axis=0)).max(axis=1)
        is_spike = deviation > DESPIKE_SHIFT * leg_length_px(pose.points_px)
        if not is_spike.any():
            return pose
        self.counts.n_spikes += 1
        points = pose.points_px.copy()
        points[is_spike] = np.nan
        return replace(pose, points_px=points)

    def _smoothed(self, index: int) -> SmoothPose:
        pose, person = self._clean[index]
        near = [(p, p.time_s - pose.time_s) for p, who in self._clean if who == person]
        rows = [(p, dt) for p, dt in near if abs(dt) < SMOOTH_S]
        dt = np.array([d for _, d in rows])
        weight = (1 - (np.abs(dt) / SMOOTH_S) ** 3) ** 3
        values = np.array([np.hstack([p.points_px, p.world_m]) for p, _ in rows])
        smooth = _local_line(values, dt, weight)
        visibility = _mean_visibility(near)
        if len(near) > len(rows) and not np.isfinite(smooth).all():
            smooth = _bridged(smooth, near)
        points = smooth[:, :2]
        points[visibility < MIN_VISIBILITY] = np.nan
        result = Pose(pose.time_s, points, visibility, smooth[:, 2:])
        return SmoothPose(result, pose.points_px - points, person)


def _mean_visibility(near: list[tuple[Pose, float]]) -> FloatArray:
    """Visibility over the frames that show the person, nearer ones weighing more."""
    seen = [(p.visibility, BRIDGE_S * 1.01 - abs(dt)) for p, dt in near if p.is_present]
    if not seen:
        return np.zeros(N_LANDMARKS)
    weight = np.array([w for _, w in seen])
    return np.asarray(weight @ np.array([v for v, _ in seen]) / weight.sum())


def _bridged(smooth: FloatArray, near: list[tuple[Pose, float]]) -> FloatArray:
    """Fill what is missing from the line between its neighbours in time."""
    dt = np.array([d for _, d in near])
    values = np.array([np.hstack([p.points_px, p.world_m]) for p, _ in near])
    known = np.isfinite(values)
    column = (slice(None), None, None)
    before = np.where(known & (dt <= 0)[column], dt[column], -np.inf).max(0)
    after = np.where(known & (dt > 0)[column], dt[column], np.inf).min(0)
    is_short = after - before <= BRIDGE_S + 2 * FRAME_S
    row_before = np.abs(dt[column] - before).argmin(0)
    row_after = np.abs(dt[column] - after).argmin(0)
    i, j = np.indices(smooth.shape)
    low, high = values[row_before, i, j], values[row_after, i, j]
    with np.errstate(invalid="ignore"):
        line = low + (high - low) * (-before / (after - before))
    return np.where(np.isfinite(smooth) | ~is_short, smooth, line)


def _local_line(values: FloatArray, dt: FloatArray, weight: FloatArray) -> FloatArray:
    """Value at dt = 0 of the weighted straight line through each column.

    Parameters
    ----------
    values : array, shape (n, 33, 5)
    dt, weight : array, shape (n,)

    Returns
    -------
    array, shape (33, 5)
        NaN where support is fewer than two frames, or none at or on one side of dt = 0.
    """
    flat = values.reshape(len(dt), -1)
    is_known = np.isfinite(flat)
    w = weight[:, None] * is_known
    x = np.where(is_known, flat, 0.0)
    s0, s1, s2 = w.sum(0), (w * dt[:, None]).sum(0), (w * dt[:, None] ** 2).sum(0)
    t0, t1 = (w * x).sum(0), (w * dt[:, None] * x).sum(0)
    determinant = s0 * s2 - s1 * s1
    with np.errstate(divide="ignore", invalid="ignore"):
        line = (s2 * t0 - s1 * t1) / determinant
        mean = t0 / s0
    # With all support at one instant there is no slope to fit.
    out = np.where(determinant > 1e-9 * np.maximum(s0, 1e-12) ** 2 * SMOOTH_S**2, line, mean)
    has_before = (is_known & (dt[:, None] <= 0)).any(0)
    has_after = (is_known & (dt[:, None] >= 0)).any(0)
    supported = has_before & has_after & (s0 > 0)
    return np.where(supported, out, np.nan).reshape(N_LANDMARKS, -1)
