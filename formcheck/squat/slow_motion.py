"""Whether a clip seems to play slower than life, which nothing in a track says."""

from collections.abc import Sequence

import numpy as np

from formcheck.pose.kinematics import WRISTS, Window, hip_height_px, middle
from formcheck.pose.track import FloatArray, Landmark
from formcheck.squat.analysis import JudgedRep

SLOW_WAY_S = 3.6
"""To the bottom and back up each take at least this long in every squat.  The slowest of 45 squats
on recordings of real people takes 1.7 s; lifters who count seldom take more than 3."""
SLOW_RATIO_PER_S = 0.5
"""Neither head nor hands move faster than this many standing hip heights a second: in the quietest
of those squats they reach 0.8."""
_STEP_S = 0.2


def looks_slowed(reps: Sequence[JudgedRep]) -> bool:
    """Whether every squat, and all that moves with it, is several times slower than bodies move."""
    return bool(reps) and all(
        min(r.rep.bottom_s - r.rep.start_s, r.rep.end_s - r.rep.bottom_s) >= SLOW_WAY_S
        and _fastest_ratio_per_s(r.rep.window) < SLOW_RATIO_PER_S
        for r in reps
    )


def _fastest_ratio_per_s(window: Window) -> float:
    """The fastest that head or hands move, in standing hip heights a second; 0 if never seen."""
    if len(window.times_s) < 2:
        return 0.0
    height = hip_height_px(window.points_px)
    standing_px = float(np.nanmax(height, initial=0.0))
    tracks = window.points_px[:, Landmark.NOSE], middle(window.points_px, WRISTS)
    speeds = [_speeds_px_per_s(window.times_s, points) for points in tracks]
    found = np.concatenate(speeds)
    found = found[np.isfinite(found)]
    return float(np.percentile(found, 98)) / standing_px if len(found) and standing_px else 0.0


def _speeds_px_per_s(times_s: FloatArray, points_px: FloatArray) -> FloatArray:
    grid = np.arange(times_s[0], times_s[-1], _STEP_S)
    known = np.isfinite(points_px).all(1)
    if known.sum() < 2:
        return np.empty(0)
    path = [np.interp(grid, times_s[known], points_px[known, axis]) for axis in (0, 1)]
    return np.asarray(np.hypot(*np.diff(path)) / _STEP_S)
