"""Video out: H.264 that plays in every browser."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any

import av
import av.error
import cv2
import numpy as np

from formcheck.errors import OutputError
from formcheck.video.reading import Frame, reason_of

_TIME_BASE = Fraction(1, 90_000)


class VideoWriter:
    """Writes a video, keeping the given frame times.

    Use as a context manager.  The file appears under its name only once it is
    complete; after an error nothing is left behind.

    Parameters
    ----------
    path : path
    width_px, height_px : int
        Odd sizes lose their last row or column (H.264 needs even sides).
    """

    def __init__(self, path: str | Path, width_px: int, height_px: int) -> None:
        self.path = Path(path)
        self._size = (width_px // 2 * 2, height_px // 2 * 2)
        self._partial = self.path.with_name(f".{self.path.name[-80:]}.{os.getpid()}.part")
        self._last_pts = -1
        self._planes: Any = None

    def __enter__(self) -> VideoWriter:
        width, height = self._size
        try:
            self._container = av.open(
                str(self._partial), "w", format="mp4", options={"movflags": "+faststart"}
            )
        except (av.error.FFmpegError, OSError) as error:
            raise OutputError(f"{self.path}: cannot be written ({reason_of(error)}).") from error
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
        pts = max(self._last_pts + 1, round(frame.time_s / _TIME_BASE))
        picture.pts, picture.time_base = pts, _TIME_BASE
        self._last_pts = pts
        try:
            self._container.mux(self._stream.encode(picture))
        except (av.error.FFmpegError, OSError) as error:
            raise OutputError(f"{self.path}: cannot be written ({reason_of(error)}).") from error

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self._container.mux(self._stream.encode(None))
            self._container.close()
            if kind is None:
                self._partial.replace(self.path)
        except (av.error.FFmpegError, OSError) as failure:
            if kind is None:
                raise OutputError(f"{self.path}: cannot be written ({reason_of(failure)}).") from (
                    failure
                )
        finally:
            self._partial.unlink(missing_ok=True)
