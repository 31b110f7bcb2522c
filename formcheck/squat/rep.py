"""A repetition: a dip of the hips with its start, bottom, end and tempo."""

from dataclasses import dataclass, field

import numpy as np

from formcheck.pose.kinematics import Window
from formcheck.pose.track import FloatArray

STANDING_S = 0.5
"""How much standing before a dip is its measure."""
MIN_STANDING_S = 0.1
"""Less standing than this is none."""
MIN_STANDING_FRAMES = 3
"""So are fewer frames than this."""
DIP_STANDING_S = 0.2
"""Without standing before or after, this much of the dip's beginning stands in for it."""
ONSET_SHARE = 0.06
"""A dip begins where the hips have sunk this share of its depth ..."""
MIN_ONSET_RATIO = 0.025
"""... but at least this share of the standing height: less is swaying."""
SOFT_START_SHARE = 0.03
"""Before that it goes back while the hips sink at this share of the steepest pace."""
GRID_HZ = 60
"""A pause is looked for on an even grid, so that the frame rate does not matter."""
HALF_STEP = 8
"""Speed is what the hips move over so many steps of the grid (0.13 s) to either side."""
PAUSE_SPEED_SHARE = 0.12
"""In a pause they are slower than this share of the fastest movement on that way ..."""
PAUSE_DEPTH_SHARE = 0.8
"""... and at no less than this share of the deepest drop."""
MAX_BREAK = 15
"""Noise may break a pause for so many steps of the grid (a quarter of a second)."""
MIN_PAUSE_S = 0.4
"""A smooth turn is this slow at the bottom without a pause."""
MIN_DIP_FRAMES = 5
"""In fewer frames than this no pause can be told from a turn."""
_EPS_S = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Rep:
    """One squat, self-contained: its window holds the standing before it.

    ``hip_drop_ratio`` is the drop of the hips at the bottom as a share of the standing hip height;
    ``eccentric_s``, ``pause_s`` and ``concentric_s`` add up to the duration.  Times are half-open:
    ``start_s <= t < end_s``.
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

    @property
    def dip_times_s(self) -> FloatArray:
        """When there are pictures between start and end, shape (n,)."""
        return self.window.between(self.start_s, self.end_s).times_s

    def standing(self) -> Window:
        """The half second before the dip, or after it, or the dip's own beginning.

        Not more: before that the lifter may still have been turning or stepping.
        """
        for part in (
            self.window.between(self.start_s - STANDING_S, self.start_s),
            self.window.between(self.end_s, self.end_s + STANDING_S),
        ):
            if len(part.times_s) >= MIN_STANDING_FRAMES and np.ptp(part.times_s) >= MIN_STANDING_S:
                return part
        return self.window.between(self.start_s, self.start_s + DIP_STANDING_S)


def measured_rep(
    window: Window,
    height: FloatArray,
    top_before: float,
    top_after: float,
    low_s: float,
    top_s: float,
    rise_s: float,
) -> Rep:
    """Find start, bottom, end and tempo of a dip, looking back from its end.

    The window holds the dip and the standing before it, ``height`` the height of the hips [px] at
    each of its times; ``top_before`` and ``top_after`` are the standing heights around it.  The
    hips were last at the height before at ``top_s``, lowest at ``low_s`` and reached the height
    after at ``rise_s``.
    """
    times = window.times_s
    # Standing height drifts with the camera and with steps: a line from top to top.
    if times[0] >= top_s - _EPS_S and top_before < top_after:
        top_before = top_after  # the stream began on the way down
    standing = np.interp(times, [top_s, max(rise_s, top_s + _EPS_S)], [top_before, top_after])
    drop = 1 - height / standing
    known = np.isfinite(drop)
    deepest = float(np.nanmax(drop[known])) if known.any() else 0.0
    onset = max(MIN_ONSET_RATIO, ONSET_SHARE * deepest)
    start_s = _stand_end(times[known], drop[known], low_s, onset)
    end_s = -_stand_end(-times[known][::-1], drop[known][::-1], -low_s, onset)
    end_s = max(end_s, start_s + _EPS_S)
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

    Back from the bottom to where the drop is below ``onset``, then further while the hips were
    still clearly sinking: a soft start belongs to the repetition.
    """
    i = int(np.searchsorted(times, low_s, side="right")) - 1
    while i > 0 and drop[i] > onset:
        i -= 1
    steepest = np.max(np.gradient(drop, times)[i:], initial=0.0) if len(times) > 1 else 0.0
    while i > 0 and drop[i] - drop[i - 1] > SOFT_START_SHARE * steepest * (times[i] - times[i - 1]):
        i -= 1
    return float(times[max(i, 0)])


def _pause(times: FloatArray, drop: FloatArray, low_s: float) -> tuple[float, float]:
    """The stretch around the lowest point in which the hips hardly move.

    A shorter one than ``MIN_PAUSE_S`` is a turn, not a pause.
    """
    if len(times) < MIN_DIP_FRAMES:
        return low_s, low_s
    grid = np.arange(times[0], times[-1] + 1e-9, 1 / GRID_HZ)
    even = np.interp(grid, times, drop)
    steps = np.arange(len(grid))
    ahead = even[np.minimum(steps + HALF_STEP, len(grid) - 1)]
    speed = np.abs(ahead - even[np.maximum(steps - HALF_STEP, 0)])
    at = int(np.argmin(np.abs(grid - low_s)))
    # Each way has its own pace: a slow descent is no pause beside a fast ascent.
    fastest = np.where(steps <= at, speed[: at + 1].max(), speed[at:].max())
    is_still = (speed < PAUSE_SPEED_SHARE * fastest) & (even > PAUSE_DEPTH_SHARE * drop.max())

    def end(step: int) -> int:
        last = i = at
        while 0 <= i < len(grid) and abs(i - last) <= MAX_BREAK:
            last = i if is_still[i] else last
            i += step
        return last

    first_s, last_s = float(grid[end(-1)]), float(grid[end(1)])
    if last_s - first_s < MIN_PAUSE_S:
        return (first_s + last_s) / 2, (first_s + last_s) / 2
    return first_s, last_s
