"""Video in.  PyAV is known in `formcheck.video`, nowhere else.

Frames come out upright, as RGB, with their time from the first frame; header claims
about frame rate and count are never trusted.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import av
import av.error

from formcheck.errors import InputError
from formcheck.video.filmed import AS_STORED, Filmed
from formcheck.video.opening import choice_note, opened, reason_of
from formcheck.video.picture import (
    LUMA_SIDE_PX,
    Converter,
    ImageArray,
    Orientation,
    small_grey,
    square_size,
)
from formcheck.video.timing import clock_of

__all__ = [
    "LUMA_SIDE_PX",
    "Filmed",
    "Frame",
    "FrameReader",
    "ImageArray",
    "Progress",
    "VideoInfo",
    "probe",
    "small_grey",
]

Progress = Callable[[str, float, float | None], None]
"""Called with the stage, seconds of video done and the total (None if unknown)."""

ANALYSIS_RATE_HZ = 30.0
"""Faster footage is thinned out to about this rate."""
MAX_SIDE_PX = 3840
"""Larger pictures are scaled down to this longer side."""
_MAX_BAD_PACKETS = 200


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


def probe(path: str | Path, max_side_px: int = MAX_SIDE_PX) -> VideoInfo:
    """Return size, claimed duration and codec, having decoded one frame.

    InputError if the file is not a video with at least one picture.
    """
    with opened(path) as (container, stream):
        try:
            first = next(iter(container.decode(stream)), None)
        except av.error.FFmpegError as error:
            raise InputError(
                f"{path}: no picture can be decoded ({reason_of(error)}). "
                "The file is damaged: copy it from the camera again."
            ) from error
        if first is None:
            raise InputError(f"{path}: holds no picture. Copy it from the camera again.")
        return _info(container, stream, first, max_side_px)


def _info(container: Any, stream: Any, first: Any, max_side_px: int) -> VideoInfo:
    size = Orientation(first).size(square_size(first, stream, max_side_px))
    duration = None
    if stream.duration and stream.time_base:
        duration = float(stream.duration * stream.time_base)
    elif container.duration:
        duration = container.duration / av.time_base
        if "matroska" in container.format.name:  # counts from zero, not from the first picture
            duration -= float((stream.start_time or 0) * (stream.time_base or 0))
    if duration is not None and not (0 < duration < 1e6):
        duration = None
    return VideoInfo(*size, duration, stream.codec_context.name)


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
        filmed: Filmed = AS_STORED,
    ) -> None:
        self.path = Path(path)
        self.max_side_px, self.filmed = max_side_px, filmed
        # Four fifths of a period apart is the same frame interval up to jitter.
        self._min_interval_s = 0.0 if rate_hz is None else 0.8 / rate_hz
        self.info: VideoInfo | None = None
        """What the file says of itself; known from the first frame on."""
        self.n_decoded = 0
        """Frames decoded so far, decimated ones included."""
        self.n_damaged = 0
        """Packets that could not be decoded and frames with unusable times."""
        self.rate_hz: float | None = None
        """Frames given out per second so far; None before the second one."""
        self.end_s = 0.0
        """When the last frame read so far ends, as far as its file tells."""
        self.speed = 1.0
        """How many times slower than life the file plays; known from the first frame on."""
        self.is_joined = False
        """Whether the clock of the file starts again, so that a time is no place in it."""
        self.notes: list[str] = []
        """What should be said of how the file was read; complete after the last frame."""

    @property
    def claimed_s(self) -> float | None:
        """How long the clip is by its header, in seconds of life; None where nobody knows."""
        claimed_s = None if self.info is None else self.info.duration_s
        return None if claimed_s is None else claimed_s / self.speed

    def __iter__(self) -> Iterator[Frame]:
        self.notes, self.end_s = [], 0.0
        with opened(self.path) as (container, stream):
            clock = clock_of(container, stream, self.filmed.speed)
            self.speed = clock.speed
            used_s, n_used, n_other_sizes = -math.inf, 0, 0
            converter: Converter | None = None
            for raw in self._decode(container, stream):
                self.n_decoded += 1
                if self.info is None or converter is None:
                    self.info = _info(container, stream, raw, self.max_side_px)
                    size = self.info.width_px, self.info.height_px
                    converter = Converter(size, is_mirrored=self.filmed.is_mirrored)
                time_s = clock.time_s(raw)
                if time_s is None:
                    self.n_damaged += 1
                    continue
                lasts_s = float((raw.duration or 0) * (raw.time_base or 0)) / clock.speed
                self.end_s = max(self.end_s, time_s + lasts_s)
                if time_s - used_s < self._min_interval_s:
                    continue
                used_s, n_used = time_s, n_used + 1
                if time_s > 0:
                    self.rate_hz = (n_used - 1) / time_s
                stored = square_size(raw, stream, self.max_side_px)
                n_other_sizes += converter.orientation(raw).size(stored) != converter.size
                small = square_size(raw, stream, LUMA_SIDE_PX)
                rgb, luma = partial(converter.rgb, raw, stored), partial(converter.luma, raw, small)
                yield Frame(time_s, rgb, luma)
            self.is_joined = clock.n_seams > 0
            self.notes = self._notes(choice_note(container), clock.n_seams, n_other_sizes)

    def _notes(self, choice: str | None, n_seams: int, n_other_sizes: int) -> list[str]:
        is_declared = self.filmed.speed is None
        slow = (
            f"The file declares that it was filmed {self.speed:.3g} times faster than it plays: "
            "times are those of the real movement."
            if is_declared
            else f"Times are those of the real movement: the clip plays {self.speed:.3g} times "
            "slower, as was said."
        )
        told = (
            (self.filmed.is_mirrored, "Left and right were exchanged back: the clip is a mirror "
             "image, as was said."),
            (self.speed != 1.0, slow),
            (n_seams > 0, f"The clock of the file starts again {_times(n_seams)}: joined parts "
             "were read as one clip."),
            (n_other_sizes > 0, f"The picture changes its size: {n_other_sizes} pictures were "
             "fitted into the first one's."),
        )  # fmt: skip
        return [*([choice] if choice else []), *(text for is_so, text in told if is_so)]

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


def _times(n: int) -> str:
    return "once" if n == 1 else f"{n} times"
