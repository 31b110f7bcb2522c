"""Video in.  PyAV is known here and in `formcheck.video.writing`, nowhere else.

Frames come out upright, as RGB, with their presentation time from the first frame; header claims
about frame rate and count are never trusted.
"""

import math
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import av
import av.error
import cv2
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter
from numpy.typing import NDArray

from formcheck.errors import InputError

ImageArray = NDArray[np.uint8]
Progress = Callable[[str, float, float | None], None]
"""Called with the stage, seconds of video done and the total (None if unknown)."""

ANALYSIS_RATE_HZ = 30.0
"""Faster footage is thinned out to about this rate."""
MAX_SIDE_PX = 3840
"""Larger pictures are scaled down to this longer side."""
LUMA_SIDE_PX = 160
"""Longer side of the small grey copy."""
_LUMA_FIRST = {"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "nv12", "nv21", "gray"}
"""Pixel formats whose first plane is the brightness, 8 bits each."""
# Demuxers and protocols a local video file needs; nothing that can name another file.
_OPEN_OPTIONS = {
    "format_whitelist": "mov,mp4,matroska,webm,avi,mpegts",
    "protocol_whitelist": "file",
}
_MAX_SOURCE_SIDE_PX = 16384
_MAX_SOURCE_PX = 40_000_000  # 8K is 33 million; a decoder keeps several pictures
_MAX_BAD_PACKETS = 200
_ATTACHED_PICTURE = 0x400
_ROTATIONS = {90: cv2.ROTATE_90_COUNTERCLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_CLOCKWISE}


class Frame:
    """One upright picture at ``time_s``, its presentation time from the first frame.

    ``picture`` may be a function that makes it, as may ``luma``, a small grey copy,
    ``LUMA_SIDE_PX`` on its longer side: what nobody looks at is never converted.
    """

    __slots__ = ("_luma", "_picture", "time_s")

    def __init__(
        self,
        time_s: float,
        picture: ImageArray | Callable[[], ImageArray],
        luma: ImageArray | Callable[[], ImageArray | None] | None = None,
    ) -> None:
        self.time_s = time_s
        self._picture, self._luma = picture, luma

    @property
    def image(self) -> ImageArray:
        """RGB, contiguous, shape (height, width, 3), uint8."""
        if callable(self._picture):
            self._picture = self._picture()
        return self._picture

    @property
    def luma(self) -> ImageArray | None:
        """The small grey copy; None where nobody made one."""
        if callable(self._luma):
            self._luma = self._luma()
        return self._luma


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """What a video says of itself, upright and as it will be analysed."""

    width_px: int
    height_px: int
    duration_s: float | None
    """The header's claim, None where it makes none."""
    codec: str


def _checked(path: str | Path) -> Path:
    path = Path(path)
    try:
        status = path.stat()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}. Check the path.") from None
    except ValueError as error:
        raise InputError(f"{path!r}: not a usable path ({error}). Rename the file.") from None
    if stat.S_ISDIR(status.st_mode):
        raise InputError(f"{path}: a folder, not a video file. Name a clip inside it.")
    if not stat.S_ISREG(status.st_mode):
        raise InputError(f"{path}: not a regular file. Copy the clip into one.")
    if status.st_size == 0:
        raise InputError(f"{path}: the file is empty. Copy it from the camera again.")
    return path


@contextmanager
def _opened(path: str | Path) -> Iterator[tuple[Any, Any]]:
    """Open a container and its first real video stream."""
    path = _checked(path)
    try:
        container = av.open(str(path.resolve()), options=dict(_OPEN_OPTIONS))
    except (av.error.FFmpegError, OSError, ValueError, UnicodeError) as error:
        raise InputError(
            f"{path}: not a video formcheck can read ({reason_of(error)}). "
            "Use mp4, mov, m4v, webm, mkv, avi or ts."
        ) from error
    with container:
        # A stream in a damaged or unknown coding has no decoder.
        moving = (
            s
            for s in container.streams.video
            if s.codec_context is not None and not int(s.disposition) & _ATTACHED_PICTURE
        )
        stream = next(moving, None)
        if stream is None:
            raise InputError(
                f"{path}: holds no moving pictures that can be read (sound, a still or damage). "
                "Copy the clip from the camera again."
            )
        width, height = stream.codec_context.width, stream.codec_context.height
        is_sane = min(width, height) > 0 and max(width, height) <= _MAX_SOURCE_SIDE_PX
        if not is_sane or width * height > _MAX_SOURCE_PX:
            raise InputError(
                f"{path}: the picture size {width} x {height} cannot be handled. "
                "Film at 1080p: it is enough."
            )
        # The pictures may be larger than the header says: the decoder must refuse them too.
        stream.codec_context.options = {"max_pixels": str(_MAX_SOURCE_PX)}
        stream.thread_type = "SLICE"
        yield container, stream


def reason_of(error: BaseException) -> str:
    """What FFmpeg says of an error, on one line."""
    text = getattr(error, "strerror", None) or str(error)
    return text.strip().rstrip(".").splitlines()[0][:120] if text.strip() else "unknown error"


def _decoded_size(stream: Any, max_side: int) -> tuple[int, int]:
    """Decoder target size: square pixels, at most ``max_side``, before rotation."""
    aspect = float(stream.sample_aspect_ratio or 1.0)
    if not 0.2 < aspect < 5.0:  # no camera's: a damaged header
        aspect = 1.0
    width = max(1, round(stream.codec_context.width * aspect))
    height: int = stream.codec_context.height
    scale = min(1.0, max_side / max(width, height))
    if scale == 1.0:
        return width, height
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)


def probe(path: str | Path, max_side_px: int = MAX_SIDE_PX) -> VideoInfo:
    """Return size, claimed duration and codec, having decoded one frame.

    InputError if the file is not a video with at least one picture.
    """
    with _opened(path) as (container, stream):
        try:
            first = next(iter(container.decode(stream)), None)
        except av.error.FFmpegError as error:
            raise InputError(
                f"{path}: no picture can be decoded ({reason_of(error)}). "
                "The file is damaged: copy it from the camera again."
            ) from error
        if first is None:
            raise InputError(f"{path}: holds no picture. Copy it from the camera again.")
        return _info(container, stream, first.rotation, max_side_px)


def _info(container: Any, stream: Any, rotation: int, max_side_px: int) -> VideoInfo:
    width, height = _decoded_size(stream, max_side_px)
    if rotation % 360 in (90, 270):
        width, height = height, width
    duration = None
    if stream.duration and stream.time_base:
        duration = float(stream.duration * stream.time_base)
    elif container.duration:
        duration = container.duration / av.time_base
    if duration is not None and not (0 < duration < 1e6):
        duration = None
    return VideoInfo(width, height, duration, stream.codec_context.name)


def small_grey(grey: ImageArray, size: tuple[int, int]) -> ImageArray:
    """A grey picture made smaller; of a large one not every pixel is read."""
    step = max(1, min(grey.shape[1] // size[0], grey.shape[0] // size[1]) // 4)
    small = cv2.resize(grey[::step, ::step], size, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


class FrameReader:
    """Iterate over the frames of a video at no more than a given rate.

    Footage faster than ``rate_hz`` is decimated (by time stamps) to about this rate; None keeps
    every frame.  Larger pictures are scaled down to ``max_side_px`` on the longer side.  InputError
    on iteration if the file cannot be read at all; damage in the middle of a file is counted, not
    raised: what decodes is used.
    """

    def __init__(
        self,
        path: str | Path,
        rate_hz: float | None = ANALYSIS_RATE_HZ,
        max_side_px: int = MAX_SIDE_PX,
    ) -> None:
        self.path = Path(path)
        self.max_side_px = max_side_px
        # Four fifths of a period apart is the same frame interval up to jitter.
        self._min_interval_s = 0.0 if rate_hz is None else 0.8 / rate_hz
        self.info: VideoInfo | None = None
        """What the file says of itself; known from the first frame on."""
        self.n_decoded = 0
        """Frames decoded so far, decimated ones included."""
        self.n_damaged = 0
        """Packets that could not be decoded and frames with unusable times."""
        # Each keeps its tables from one picture to the next.
        self._shrink, self._to_rgb = VideoReformatter(), VideoReformatter()

    def __iter__(self) -> Iterator[Frame]:
        with _opened(self.path) as (container, stream):
            origin_s: float | None = None
            last_s = used_s = -math.inf
            for raw in self._decode(container, stream):
                self.n_decoded += 1
                if self.info is None:
                    self.info = _info(container, stream, raw.rotation, self.max_side_px)
                stamp_s = raw.time
                if stamp_s is None:
                    rate = float(stream.average_rate or 30)
                    stamp_s = last_s + (origin_s or 0.0) + 1 / rate if self.n_decoded > 1 else 0.0
                if origin_s is None:
                    origin_s = stamp_s
                time_s = stamp_s - origin_s
                if not math.isfinite(time_s) or time_s <= last_s:
                    self.n_damaged += 1
                    continue
                last_s = time_s
                if time_s - used_s < self._min_interval_s:
                    continue
                used_s = time_s
                size = _decoded_size(stream, self.max_side_px)
                small = _decoded_size(stream, LUMA_SIDE_PX)
                yield Frame(
                    time_s, partial(self._picture, raw, size), partial(self._luma, raw, small)
                )

    def _decode(self, container: Any, stream: Any) -> Iterator[Any]:
        n_bad = 0
        packets = container.demux(stream)
        while n_bad <= _MAX_BAD_PACKETS:
            try:
                if (packet := next(packets, None)) is None:
                    return
                frames = packet.decode()
            except av.error.FFmpegError:
                n_bad += 1
                self.n_damaged += 1
            else:
                yield from frames

    def _luma(self, raw: Any, size: tuple[int, int]) -> ImageArray | None:
        """The small grey copy, straight from the plane that holds the brightness."""
        if raw.format.name not in _LUMA_FIRST:
            return None
        plane = np.frombuffer(raw.planes[0], np.uint8).reshape(-1, raw.planes[0].line_size)
        turn = _ROTATIONS.get(raw.rotation % 360)
        small = small_grey(plane[: raw.height, : raw.width], size)
        return small if turn is None else np.asarray(cv2.rotate(small, turn), np.uint8)

    def _picture(self, raw: Any, size: tuple[int, int]) -> ImageArray:
        width, height = size
        turn = _ROTATIONS.get(raw.rotation % 360)
        if (width, height) != (raw.width, raw.height):
            # Scaled as it was coded: half the work of scaling RGB.
            raw = self._shrink.reformat(raw, width, height, interpolation=Interpolation.AREA)
        image = self._to_rgb.reformat(raw, format="rgb24").to_ndarray()
        if turn is not None:
            image = cv2.rotate(image, turn)
        return np.ascontiguousarray(image, np.uint8)
