"""A video file played as if a camera filmed it now."""

import math
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from formcheck.errors import InputError
from formcheck.video.reading import Frame, FrameReader

MAX_SIDE_PX = 1280
PAUSE_S = 2.0
"""Nobody looked for so long: the film stood still meanwhile."""


class Film:
    """A video file in real time: who is slow misses pictures, as with a camera.

    InputError if the file is no video.
    """

    def __init__(self, path: str | Path) -> None:
        self._frames: Iterator[Frame] = iter(FrameReader(path, max_side_px=MAX_SIDE_PX))
        self._ahead: Frame | None = next(self._frames, None)
        self._is_closed = threading.Event()
        self._zero_s, self._played_s = -math.inf, 0.0
        if self._ahead is None:
            raise InputError(f"{path}: no picture could be decoded. Copy the file again.")

    def next(self) -> Frame | None:
        """Return the newest picture that is due, waited for if need be; None at the end."""
        now_s = time.monotonic()
        if now_s - (self._zero_s + self._played_s) > PAUSE_S:
            self._zero_s = now_s - self._played_s
        due: Frame | None = None
        while due is None and self._ahead is not None and not self._is_closed.is_set():
            played_s = time.monotonic() - self._zero_s
            self._is_closed.wait(max(0.0, self._ahead.time_s - played_s))
            played_s = max(played_s, self._ahead.time_s)
            while self._ahead is not None and self._ahead.time_s <= played_s:
                due, self._ahead = self._ahead, next(self._frames, None)
        self._played_s = time.monotonic() - self._zero_s
        return None if self._is_closed.is_set() else due

    def close(self) -> None:
        """End the film, also while somebody waits for its next picture; safe to call twice."""
        self._is_closed.set()
