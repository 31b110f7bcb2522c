"""When a picture was taken, from what the file says: stamps, seams and slow motion."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SEAM_S = 0.5
"""A clock that goes back by more starts again: files were joined.  Less is damage."""
MIN_SLOW = 1.3
"""Slow motion plays at least this much slower; less is a rate that was not quite kept."""
MAX_SLOW = 64.0
"""Beyond this the declared rate is no camera's."""
_USUAL_RATE_HZ = 30.0
_CAPTURE_RATE = re.compile(r"(?i)(capture|original|recorded|high)[ ._-]?(fps|frame[ ._-]?rate)$")
"""What phones and cameras call the rate at which pictures were taken, such as
``com.android.capture.fps``."""


@dataclass(slots=True)
class Clock:
    """Turns the stamps of the pictures, in the order of showing, into seconds from the first."""

    rate_hz: float = _USUAL_RATE_HZ
    """How many pictures a second to expect where stamps are missing."""
    speed: float = 1.0
    """How many times slower than life the file plays."""
    has_shown_times: bool = True
    """Whether the stamps say when a picture is shown.  AVI has only those of decoding."""
    n_seams: int = 0
    """How often the clock started again."""
    _offset_s: float = field(default=math.nan)
    _last_s: float = -math.inf
    """In seconds of the file, as is what it is compared with."""

    def time_s(self, picture: Any) -> float | None:
        """When a picture was taken; None if its stamp cannot be: not after the one before."""
        stamp = picture.pts if self.has_shown_times else picture.dts
        base = picture.time_base
        is_first = math.isnan(self._offset_s)
        if stamp is None or base is None:
            now_s = 0.0 if is_first else self._last_s + 1 / self.rate_hz
            self._offset_s = 0.0 if is_first else self._offset_s
        else:
            stamp_s = float(stamp * base)
            if is_first:
                self._offset_s = -stamp_s
            now_s = stamp_s + self._offset_s
            if now_s < self._last_s - SEAM_S:
                self.n_seams += 1
                self._offset_s += self._last_s + 1 / self.rate_hz - now_s
                now_s = self._last_s + 1 / self.rate_hz
        if not math.isfinite(now_s) or now_s <= self._last_s:
            return None
        self._last_s = now_s
        return now_s / self.speed


def clock_of(container: Any, stream: Any, speed: float | None) -> Clock:
    """The clock of an opened file; ``speed`` is how many times slower it plays, if known."""
    rate_hz = float(stream.average_rate or _USUAL_RATE_HZ)
    if speed is None:
        speed = declared_speed({**container.metadata, **stream.metadata}, rate_hz)
    return Clock(rate_hz, speed, has_shown_times=container.format.name != "avi")


def declared_speed(tags: Mapping[str, str], rate_hz: float) -> float:
    """How many times slower than life a file plays by the capture rate it declares; else 1."""
    for name, text in tags.items():
        if _CAPTURE_RATE.search(name):
            try:
                slower = float(text.split()[0]) / rate_hz
            except (ValueError, IndexError, ZeroDivisionError):
                continue
            if MIN_SLOW <= slower <= MAX_SLOW:
                return slower
    return 1.0
