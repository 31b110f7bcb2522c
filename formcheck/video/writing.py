"""Video out: H.264 that plays in every browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.error
import cv2
import numpy as np

from formcheck.errors import OutputError
from formcheck.files import partial_path
from formcheck.video.opening import reason_of
from formcheck.video.reading import Frame

_TIME_BASE = Fraction(1, 90_000)
_FAILURES = (av.error.FFmpegError, OSError)


class VideoWriter:
    """Writes a video, keeping the given frame times.

    Use as a context manager.  The file appears under its name only once it is complete; after an
    error nothing is left behind.

    Odd sizes lose their last row or column (H.264 needs even sides).
    """

    def __init__(self, path: str | Path, width_px: int, height_px: int) -> None:
        self.path = Path(path)
        self._size = (width_px // 2 * 2, height_px // 2 * 2)
        self._partial = partial_path(self.path)
        self._last_pts = -1
        self._planes: Any = None

    def __enter__(self) -> VideoWriter:
        width, height = self._size
        how = {"movflags": "+faststart"}
        with self._naming_the_file():
            self._container = av.open(str(self._partial), "w", format="mp4", options=how)
        stream: Any = self._container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.time_base = stream.codec_context.time_base = _TIME_BASE
        # One thread: several cost more processor time and change the bytes.  Without
        # looking ahead it takes two thirds of the time, for a tenth more bytes; weighing
        # pictures (made for fades) takes a tenth and saves none.
        stream.options = {
            "preset": "superfast", "tune": "zerolatency", "crf": "25", "threads": "1",
            "x264-params": "weightp=0",
        }  # fmt: skip
        self._stream = stream
        return self

    def write(self, frame: Frame) -> None:
        """Append one frame; times must increase."""
        width, height = self._size
        image = np.ascontiguousarray(frame.image[:height, :width])
        # OpenCV converts in a fraction of the time FFmpeg takes.
        self._planes = cv2.cvtColor(image, cv2.COLOR_RGB2YUV_I420, dst=self._planes)
        # This copies: the planes can be used again.
        picture = av.VideoFrame.from_ndarray(self._planes, format="yuv420p")
        self._last_pts = max(self._last_pts + 1, round(frame.time_s / _TIME_BASE))
        picture.pts, picture.time_base = self._last_pts, _TIME_BASE
        with self._naming_the_file():
            self._container.mux(self._stream.encode(picture))

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                with self._naming_the_file():
                    self._container.mux(self._stream.encode(None))
                    self._container.close()
                    self._partial.replace(self.path)
            else:
                with suppress(*_FAILURES):
                    self._container.close()
        finally:
            self._partial.unlink(missing_ok=True)

    @contextmanager
    def _naming_the_file(self) -> Iterator[None]:
        try:
            yield
        except _FAILURES as error:
            raise OutputError(f"{self.path}: cannot be written ({reason_of(error)}).") from error
