"""A repetition: a dip of the hips with its start, bottom, end and tempo."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from formcheck.pose.kinematics import Window, hip_height_px
from formcheck.pose.track import FloatArray

STANDING_S = 0.5
"""How much standing before a dip is its measure."""
MIN_STANDING_S = 0.1
"""Less standing than this is none."""
MIN_PAUSE_S = 0.4
"""A smooth turn is this slow at the bottom without a pause."""


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


def measured_rep(
    window: Window, top_before: float, top_after: float, low_s: float, top_s: float, rise_s: float
) -> Rep:
    """Find start, bottom, end and tempo of a dip, looking back from its end.

    Parameters
    ----------
    window : Window
        The dip with the standing before it.
    top_before, top_after : float
        Standing hip height [px] before and after.
    low_s, top_s, rise_s : float
        When the hips were lowest, and last at the height before and after.
    """
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
