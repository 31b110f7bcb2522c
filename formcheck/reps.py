"""Squats in a stream of poses, and everything that is not one, with the reason.

A repetition is a dip of the hips: down from a top, through a bottom, back up
to a top, the feet where they were.  Hip height over the ankles works from
every side, also from the front, where a knee angle in the picture collapses.
Tops and bottoms are found by hysteresis, so no frame rate, tempo or absolute
size matters; start and bottom are then found by looking back.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import Enum, auto

import numpy as np

from formcheck.geometry import median_known
from formcheck.kinematics import (
    ANKLES,
    HIPS,
    KNEES,
    WRISTS,
    Window,
    hip_height_px,
    middle,
    trunk_height_px,
)
from formcheck.pose import FloatArray
from formcheck.smoothing import SmoothPose

STANDING_S = 0.5
MIN_STANDING_S = 0.1
MIN_PAUSE_S = 0.4
"""A smooth turn is this slow at the bottom without a pause."""


@dataclass(frozen=True, slots=True)
class RepSettings:
    """What counts as a repetition.  Drops are shares of the standing hip height."""

    open_drop_ratio: float = 0.08
    """The hips must sink this far before a dip is looked at."""
    min_drop_ratio: float = 0.12
    """A shallower dip is not a repetition: about 65 deg of knee flexion seen from the
    front by a low camera, less from the side."""
    stand_drop_ratio: float = 0.10
    """Hips that rest at less than this are standing, with softer knees or further away."""
    recovered_share: float = 0.75
    """The share of the drop that must be regained before a dip can close."""
    min_duration_s: float = 0.75
    min_phase_s: float = 0.3
    max_duration_s: float = 15.0
    max_pause_s: float = 6.0
    """Longer at the bottom is sitting."""
    max_gap_s: float = 0.5
    """Longer without hips and ankles ends an open dip."""
    settle_s: float = 0.35
    """The top is reached once the hips have not risen for this long."""
    reference_s: float = 3.0
    """How far back the standing height is looked for."""
    lead_s: float = 1.0
    """How much standing before a repetition belongs to its window."""
    plateau_s: float = 0.7
    max_top_ratio: float = 1.25
    """Standing heights before and after may differ by this factor."""
    max_foot_shift_ratio: float = 0.16
    max_foot_drift_ratio: float = 0.45
    max_knee_height_difference_ratio: float = 0.2
    min_shank_balance: float = 0.5
    """The shorter shank in the picture over the longer one, against standing: a leg
    held out in front points at the camera."""
    min_trunk_ratio: float = 0.30
    """A trunk that keeps less of its height than this is a hip hinge ..."""
    hinge_max_drop_ratio: float = 0.45
    """... unless the hips go this deep: then it is a squat with a lot of lean."""
    min_trunk_reaching_ratio: float = 0.50
    """The least trunk height when the hands go well below the knees ..."""
    reaching_ratio: float = 0.12
    """... by this share of the standing hip height: a deadlift or a pick-up."""
    jump_rise_ratio: float = 0.10
    min_body_ratio: float = 0.95
    """Standing hip height over trunk length: less is somebody sitting."""


@dataclass(frozen=True, slots=True)
class Discarded:
    """A stretch that looked like a repetition and was not counted."""

    start_s: float
    end_s: float
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Rep:
    """One squat, self-contained: its window holds the standing before it.

    ``hip_drop_ratio`` is the drop of the hips at the bottom as a share of the
    standing hip height; ``eccentric_s``, ``pause_s`` and ``concentric_s`` add
    up to the duration.  Times are half-open: ``start_s <= t < end_s``.
    """

    start_s: float
    bottom_s: float
    end_s: float
    eccentric_s: float
    pause_s: float
    concentric_s: float
    hip_drop_ratio: float
    window: Window = field(repr=False)
    drop_ratio: FloatArray = field(repr=False)
    """Drop of the hips at each time of the window, shape (n,)."""

    def standing(self) -> Window:
        """The half second before the dip, or after it, or the dip's own beginning.

        Not more: before that the lifter may still have been turning or stepping.
        """
        for part in (
            self.window.between(self.start_s - STANDING_S, self.start_s),
            self.window.between(self.end_s, self.end_s + STANDING_S),
        ):
            if len(part.times_s) >= 3 and np.ptp(part.times_s) >= MIN_STANDING_S:
                return part
        return self.window.between(self.start_s, self.start_s + 0.2)


class _Phase(Enum):
    UP = auto()
    DOWN = auto()
    RISING = auto()


@dataclass(slots=True)
class RepSegmenter:
    """State machine over smoothed poses.

    ``update`` returns repetitions and discarded stretches as soon as they are
    decided; an emitted one is never revised.
    """

    settings: RepSettings = field(default_factory=RepSettings)
    _buffer: deque[tuple[SmoothPose, float]] = field(default_factory=deque)
    _phase: _Phase = _Phase.UP
    _top: float = 0.0
    _top_s: float = 0.0
    _low: float = np.inf
    _low_s: float = 0.0
    _rise: float = 0.0
    _rise_s: float = 0.0
    _since_s: float = -np.inf
    """No sample before this belongs to the current search."""
    _first: float | None = None
    _last_seen_s: float | None = None
    _person: int = 0

    @property
    def phase(self) -> str:
        """``up``, ``down`` or ``rising``: for display only."""
        return self._phase.name.lower()

    @property
    def drop_ratio(self) -> float:
        """Drop of the hips now, as a share of the height they fell from; for display."""
        if not self._buffer or self._top <= 0:
            return 0.0
        return float(np.nan_to_num(1 - self._buffer[-1][1] / self._top))

    def update(self, pose: SmoothPose) -> tuple[Rep | Discarded, ...]:
        """Take the next pose."""
        out: list[Rep | Discarded] = []
        time_s = pose.pose.time_s
        height = float(hip_height_px(pose.pose.points_px))
        if pose.person != self._person:
            out += self._interrupt("another person came into the picture")
            self._person = pose.person
        self._buffer.append((pose, height))
        if not np.isfinite(height):
            last = self._last_seen_s
            if last is not None and time_s - last > self.settings.max_gap_s:
                out += self._interrupt("the person was lost from sight")
            self._trim(time_s)
            return tuple(out)
        self._last_seen_s = time_s
        if self._phase is _Phase.UP:
            out += self._while_up(time_s, height)
        elif self._phase is _Phase.DOWN:
            out += self._while_down(time_s, height)
        else:
            out += self._while_rising(time_s, height)
        self._trim(time_s)
        return tuple(out)

    def flush(self) -> tuple[Rep | Discarded, ...]:
        """Decide what is still open at the end of the stream."""
        return tuple(self._interrupt("the clip ends before the lifter is up again"))

    # -- the three phases ---------------------------------------------------

    def _while_up(self, time_s: float, height: float) -> list[Rep | Discarded]:
        out: list[Rep | Discarded] = []
        if self._first is None:
            self._first, self._since_s = height, time_s
        recent = [
            (p.pose.time_s, h)
            for p, h in self._buffer
            if p.pose.time_s >= max(self._since_s, time_s - self.settings.reference_s)
            and np.isfinite(h)
        ]
        self._top = max(h for _, h in recent)
        if self._top <= 0:  # the hips below the ankles: upside down
            return out
        self._top_s = max(t for t, h in recent if h >= 0.98 * self._top)
        # Much lower at first than now, feet in place: the stream began at the bottom.
        if 0 < self._first < (1 - self.settings.min_drop_ratio) * self._top:
            begun = self._window(self._since_s, time_s + 1e-9)
            if not self._stepped(begun, self._top):
                out.append(Discarded(self._since_s, time_s, "already down when the clip starts"))
            self._first = np.inf
        if height < (1 - self.settings.open_drop_ratio) * self._top:
            self._phase, self._low, self._low_s = _Phase.DOWN, height, time_s
        return out

    def _while_down(self, time_s: float, height: float) -> list[Rep | Discarded]:
        if height < self._low:
            self._low, self._low_s = height, time_s
        if height >= self._low + self.settings.recovered_share * (self._top - self._low):
            self._phase, self._rise, self._rise_s = _Phase.RISING, height, time_s
            return []
        if self._settled_elsewhere(time_s, height):
            return self._restart(time_s, "the feet moved: walking or stepping")
        if time_s - self._top_s > self.settings.max_duration_s:
            return self._restart(time_s, "stays down too long, as in sitting")
        return []

    def _while_rising(self, time_s: float, height: float) -> list[Rep | Discarded]:
        if height < self._low:  # sank again without a top: still the same dip
            self._phase, self._low, self._low_s = _Phase.DOWN, height, time_s
            return []
        if height > self._rise:
            if height > 1.01 * self._rise:
                self._rise_s = time_s
            self._rise = height
            return []
        is_settled = time_s - self._rise_s >= self.settings.settle_s
        is_sinking = height < (1 - 0.5 * self.settings.open_drop_ratio) * self._rise
        if is_settled or is_sinking:
            return self._close(time_s)
        return []

    # -- closing ------------------------------------------------------------

    def _settled_elsewhere(self, time_s: float, height: float) -> bool:
        """Whether the hips rest at a new height that is a stand, not a bottom."""
        recent = [
            h
            for p, h in self._buffer
            if p.pose.time_s >= time_s - self.settings.plateau_s and np.isfinite(h)
        ]
        if time_s - self._top_s < self.settings.plateau_s:
            return False
        if max(recent) - min(recent) > 0.04 * self._top:
            return False
        if 1 - height / self._top < self.settings.stand_drop_ratio:
            return True
        since_top = self._window(self._top_s, time_s + 1e-9)
        feet = middle(since_top.points_px, ANKLES)
        feet = feet[np.isfinite(feet).all(1)]
        shift = np.hypot(*(feet[-1] - feet[0])) if len(feet) else 0.0
        return bool(shift > 0.15 * self._top)

    def _restart(self, time_s: float, reason: str) -> list[Rep | Discarded]:
        """Give up the open dip and take the present height as standing."""
        drop = 1 - self._low / self._top
        start_s = self._top_s
        self._phase, self._since_s, self._first = _Phase.UP, time_s, np.inf
        if drop < self.settings.min_drop_ratio:
            return []
        return [Discarded(start_s, time_s, reason)]

    def _interrupt(self, reason: str) -> list[Rep | Discarded]:
        """End of the stream, of the person or of sight."""
        out: list[Rep | Discarded] = []
        last_s = self._last_seen_s
        if last_s is not None:
            if self._phase is _Phase.RISING:
                out = self._close(last_s)
            elif self._phase is _Phase.DOWN:
                out = self._restart(last_s, reason)
        self._phase, self._first, self._since_s = _Phase.UP, None, np.inf
        self._last_seen_s = None
        self._buffer.clear()
        return out

    def _close(self, time_s: float) -> list[Rep | Discarded]:
        """Judge the dip that ends here."""
        low_s, rise_s, top_s = self._low_s, self._rise_s, self._top_s
        window = self._window(top_s - self.settings.lead_s, time_s + 1e-9)
        self._phase, self._since_s, self._first = _Phase.UP, rise_s, np.inf
        rep = _measure(window, self._top, self._rise, low_s, top_s, rise_s)
        reason = self._why_not(rep, self._top, self._rise)
        if reason is None:
            return [rep]
        return [Discarded(rep.start_s, rep.end_s, reason)]

    def _why_not(self, rep: Rep, top_before: float, top_after: float) -> str | None:
        """Why this dip is not a squat; None if it is."""
        rule = self.settings
        drop = rep.hip_drop_ratio
        if drop < rule.min_drop_ratio:
            return f"too shallow: the hips sink {100 * drop:.0f} % of the standing hip height"
        duration_s = rep.end_s - rep.start_s
        if duration_s < rule.min_duration_s or rep.eccentric_s < rule.min_phase_s:
            return "too fast for a squat"
        if duration_s > rule.max_duration_s or rep.pause_s > rule.max_pause_s:
            return "stays down too long, as in sitting"
        ratio = max(top_before, top_after) / min(top_before, top_after)
        if ratio > rule.max_top_ratio:
            return "the lifter does not come back up to the same height"
        scale = max(top_before, top_after)
        dip = rep.window.between(rep.start_s, rep.end_s)
        after = rep.window.between(rep.bottom_s, np.inf)
        before = rep.window.between(rep.start_s - 0.4, rep.bottom_s)
        if any(
            _rises_off_the_floor(part, dip, scale, rule.jump_rise_ratio) for part in (before, after)
        ):
            return "a jump: the feet leave the floor"
        stand = rep.standing()
        if self._stepped(dip, scale, stand):
            return "the feet moved: walking or stepping"
        bottom = _near(dip, rep.bottom_s)
        if _knee_height_difference(bottom, stand) > rule.max_knee_height_difference_ratio * scale:
            return "one leg does the work: a lunge or a one-legged stand"
        if _shank_balance(bottom) < rule.min_shank_balance * _shank_balance(stand):
            return "one leg does the work: a lunge or a one-legged stand"
        return self._hinge(bottom, stand, rep, scale)

    def _hinge(self, bottom: Window, stand: Window, rep: Rep, scale: float) -> str | None:
        upright = float(np.nanmax(trunk_height_px(rep.window.points_px), initial=0.0))
        if upright <= 0:
            return "the trunk is not seen upright"
        if scale < self.settings.min_body_ratio * upright:
            return "the person is not standing"
        trunk = _median(trunk_height_px(bottom.points_px)) / upright
        hands = _median(middle(bottom.points_px, WRISTS)[:, 1])
        knees = _median(middle(bottom.points_px, KNEES)[:, 1])
        rule = self.settings
        is_reaching = hands > knees + rule.reaching_ratio * scale
        if is_reaching and trunk < rule.min_trunk_reaching_ratio:
            return "a hip hinge: reaches down, as in a deadlift or picking something up"
        if trunk < rule.min_trunk_ratio and rep.hip_drop_ratio < rule.hinge_max_drop_ratio:
            return "a hip hinge: the trunk goes down, not the hips"
        return None

    def _stepped(self, dip: Window, scale: float, stand: Window | None = None) -> bool:
        """Whether the feet are elsewhere, or further apart, during the dip than before it."""
        ankles = dip.points_px[:, list(ANKLES)]
        ankles = ankles[np.isfinite(ankles).all((1, 2))]
        if len(ankles) < 5:
            return False
        n = len(ankles)
        parts = [ankles[: max(1, n // 6)], ankles[2 * n // 5 : 3 * n // 5 + 1], ankles[-(n // 6) :]]
        if stand is not None:
            parts[0] = stand.points_px[:, list(ANKLES)]
        first, mid, last = (median_known(p, axis=0) for p in parts)
        limit = self.settings.max_foot_shift_ratio * scale
        centre = [f.mean(0) for f in (first, mid, last)]
        # Labels may be exchanged, so the feet are compared as an unordered pair.
        spread = [np.abs(f[0] - f[1]) for f in (first, mid, last)]
        if np.hypot(*(centre[2] - centre[0])) > self.settings.max_foot_drift_ratio * scale:
            return True
        if np.hypot(*(centre[1] - (centre[0] + centre[2]) / 2)) > limit:
            return True
        return bool(max(np.hypot(*(s - spread[0])) for s in spread[1:]) > limit)

    # -- the buffer ---------------------------------------------------------

    def _window(self, start_s: float, end_s: float) -> Window:
        start_s = max(start_s, self._buffer[0][0].pose.time_s)
        return Window.stack([p for p, _ in self._buffer if start_s <= p.pose.time_s < end_s])

    def _trim(self, now_s: float) -> None:
        keep = max(self.settings.reference_s, self.settings.lead_s) + self.settings.lead_s
        oldest = now_s - keep
        if self._phase is not _Phase.UP:
            oldest = min(oldest, self._top_s - self.settings.lead_s)
        while self._buffer and self._buffer[0][0].pose.time_s < oldest:
            self._buffer.popleft()


def _median(values: FloatArray) -> float:
    """Median of what is known; NaN for nothing, without a warning."""
    known = values[np.isfinite(values)]
    return float(np.median(known)) if known.size else float("nan")


def _near(window: Window, time_s: float, half_s: float = 0.1) -> Window:
    part = window.between(time_s - half_s, time_s + half_s)
    return part if len(part.times_s) else window


def _knee_height_difference(bottom: Window, stand: Window) -> float:
    """How much further apart in height the knees are at the bottom than standing."""
    knee_low, knee_high, hip_low, hip_high = (
        _median(w.points_px[:, pair[0], 1] - w.points_px[:, pair[1], 1])
        for pair in (KNEES, HIPS)
        for w in (bottom, stand)
    )
    return float(np.nan_to_num(abs((knee_low - knee_high) - (hip_low - hip_high))))


def _shank_balance(window: Window) -> float:
    """The shorter shank over the longer one in the picture, 0 to 1."""
    points = window.points_px
    left, right = (
        _median(np.hypot(*(points[:, knee] - points[:, ankle]).T))
        for knee, ankle in zip(KNEES, ANKLES, strict=True)
    )
    longer = max(left, right)
    return min(left, right) / longer if longer > 0 else 1.0


def _rises_off_the_floor(part: Window, dip: Window, scale: float, limit: float) -> bool:
    floor = _median(middle(dip.points_px, ANKLES)[:, 1])
    lower = part.points_px[:, list(ANKLES), 1].max(1)  # the lower of the two ankles
    return bool(np.nanmin(lower, initial=np.inf) < floor - limit * scale)


def _measure(
    window: Window, top_before: float, top_after: float, low_s: float, top_s: float, rise_s: float
) -> Rep:
    """Start, bottom, end and tempo of a dip, looking back from its end."""
    times, height = window.times_s, hip_height_px(window.points_px)
    # Standing height drifts with the camera and with steps: a line from top to top.
    if window.times_s[0] >= top_s - 1e-6 and top_before < top_after:
        top_before = top_after  # the stream began on the way down
    standing = np.interp(times, [top_s, max(rise_s, top_s + 1e-6)], [top_before, top_after])
    drop = 1 - height / standing
    known = np.isfinite(drop)
    deepest = float(np.nanmax(drop[known])) if known.any() else 0.0
    onset = max(0.025, 0.06 * deepest)
    start_s = _stand_end(times[known], drop[known], low_s, onset)
    end_s = -_stand_end(-times[known][::-1], drop[known][::-1], -low_s, onset)
    end_s = max(end_s, start_s + 1e-6)
    inside = known & (times >= start_s) & (times <= end_s)
    pause_start_s, pause_end_s = _pause(times[inside], drop[inside], low_s)
    return Rep(
        start_s,
        (pause_start_s + pause_end_s) / 2,
        end_s,
        pause_start_s - start_s,
        pause_end_s - pause_start_s,
        end_s - pause_end_s,
        deepest,
        window,
        drop,
    )


def _stand_end(times: FloatArray, drop: FloatArray, low_s: float, onset: float) -> float:
    """The last moment of standing before ``low_s``.

    Back from the bottom to where the drop is below ``onset``, then further
    while the hips were still clearly sinking: a soft start belongs to the
    repetition.
    """
    i = int(np.searchsorted(times, low_s, side="right")) - 1
    while i > 0 and drop[i] > onset:
        i -= 1
    steepest = np.max(np.gradient(drop, times)[i:], initial=0.0) if len(times) > 1 else 0.0
    while i > 0 and drop[i] - drop[i - 1] > 0.03 * steepest * (times[i] - times[i - 1]):
        i -= 1
    return float(times[max(i, 0)])


def _pause(times: FloatArray, drop: FloatArray, low_s: float) -> tuple[float, float]:
    """The stretch around the lowest point in which the hips hardly move.

    Over a quarter of a second they move slower than 12 % of the fastest movement
    on that way, down or up, within a fifth of the depth; noise may break the stretch
    for a quarter of a second.  A shorter one than 0.4 s is a turn, not a pause.
    """
    if len(times) < 5:
        return low_s, low_s
    grid = np.arange(times[0], times[-1] + 1e-9, 1 / 60)
    even = np.interp(grid, times, drop)
    half = 8  # 0.13 s to either side
    ahead = even[np.minimum(np.arange(len(grid)) + half, len(grid) - 1)]
    behind = even[np.maximum(np.arange(len(grid)) - half, 0)]
    speed = np.abs(ahead - behind)
    at = int(np.argmin(np.abs(grid - low_s)))
    # Each way has its own pace: a slow descent is no pause beside a fast ascent.
    fastest = np.where(np.arange(len(grid)) <= at, speed[: at + 1].max(), speed[at:].max())
    is_still = (speed < 0.12 * fastest) & (even > 0.8 * drop.max())

    def end(step: int) -> int:
        last = i = at
        while 0 <= i < len(grid) and abs(i - last) <= 15:
            last = i if is_still[i] else last
            i += step
        return last

    first_s, last_s = float(grid[end(-1)]), float(grid[end(1)])
    if last_s - first_s < MIN_PAUSE_S:
        return (first_s + last_s) / 2, (first_s + last_s) / 2
    return first_s, last_s
