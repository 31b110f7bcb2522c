"""Time in a live set, from whatever stamps the pictures carry."""

import math
from dataclasses import dataclass

PAUSE_S = 2.0
"""What a clock that was set back, or stood still for very long, counts for."""
MAX_GAP_S = 60.0
RESTART_S = 1.0
"""A stamp this far back is another clock; a little back is a picture out of order."""
MIN_STEP_S = 0.001


@dataclass(slots=True)
class SetClock:
    """Seconds from a set's first picture, in whole milliseconds, never twice the same."""

    now_s: float = -1.0
    _stamp_s: float | None = None
    _exact_s: float = 0.0

    def read(self, stamp_s: float) -> float | None:
        """Return the time in the set of a picture's stamp; None if it is not newer.

        The stamp is in seconds on any clock.  One that starts anew, or jumps by more than a minute,
        goes on after a pause.
        """
        if not math.isfinite(stamp_s):
            return None
        step_s = 0.0 if self._stamp_s is None else stamp_s - self._stamp_s
        if self._stamp_s is not None and -RESTART_S < step_s < MIN_STEP_S:
            return None
        if step_s < 0 or step_s > MAX_GAP_S:
            step_s = PAUSE_S
        self._stamp_s = stamp_s
        self._exact_s += step_s  # steps are small, so no stamp is too large to be exact
        time_s = round(self._exact_s, 3)
        if time_s <= self.now_s:
            return None
        self.now_s = time_s
        return time_s
