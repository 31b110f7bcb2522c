"""Small sound clips of every container and codec that is accepted: what the attacks start from."""

from __future__ import annotations

import contextlib
import os
import re
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import av
import av.error
import numpy as np

os.environ.setdefault("SVT_LOG", "1")  # the AV1 encoder would tell a page for each clip
FINE = Fraction(1, 30_000)  # MPEG-4 takes no finer one
EVEN = tuple(i / 30 for i in range(12))


@dataclass(frozen=True)
class Seed:
    """How to write a clip; ``patch`` changes its bytes afterwards."""

    name: str
    suffix: str
    codec: str
    pix_fmt: str = "yuv420p"
    size: tuple[int, int] = (96, 72)
    times_s: Sequence[float] = EVEN
    options: tuple[tuple[str, str], ...] = ()
    n_streams: int = 1
    with_sound: bool = False
    patch: Callable[[bytes], bytes] | None = field(default=None, repr=False)
    is_readable: bool = True


def _matrix(*values: int) -> Callable[[bytes], bytes]:
    """Write a display matrix (a, b, c, d) as phones do."""

    def patch(data: bytes) -> bytes:
        out = bytearray(data)
        tag = out.index(b"tkhd")
        at = tag + 4 + (40 if out[tag + 4] == 0 else 52)
        a, b, c, d = (v * 0x10000 for v in values)
        out[at : at + 36] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 0x40000000)
        return bytes(out)

    return patch


def _jpeg_size(width: int, height: int) -> Callable[[bytes], bytes]:
    """Have the compressed pictures themselves claim another size than the container."""

    def patch(data: bytes) -> bytes:
        size = struct.pack(">HH", height, width)
        return re.sub(rb"(\xff\xc0\x00\x11\x08).{4}", lambda m: m[1] + size, data, flags=re.DOTALL)

    return patch


_H264 = (("preset", "ultrafast"), ("threads", "1"))
_H265 = (("preset", "ultrafast"), ("x265-params", "log-level=none:pools=none:frame-threads=1"))
_AV1 = (("preset", "12"),)
_VPX = (("deadline", "realtime"), ("cpu-used", "8"), ("threads", "1"))
_FIELDS = (("flags", "+ildct+ilme"), ("threads", "1"))
_OPTIONS = {
    "libx264": _H264, "libx265": _H265, "libsvtav1": _AV1, "libvpx": _VPX, "libvpx-vp9": _VPX,
}  # fmt: skip
_CONTAINERS = {
    "mp4": ("libx264", "libx265", "libsvtav1", "libvpx-vp9", "mpeg4", "mjpeg"),
    "mov": ("libx264", "libx265", "mpeg4", "mjpeg", "qtrle"),
    "m4v": ("libx264", "mpeg4"),
    "webm": ("libvpx", "libvpx-vp9", "libsvtav1"),
    "mkv": ("libx264", "libx265", "libvpx", "libvpx-vp9", "libsvtav1", "mpeg4", "mjpeg", "ffv1"),
    "avi": ("mpeg4", "mjpeg", "libx264", "rawvideo", "huffyuv", "msmpeg4v3"),
    "ts": ("libx264", "mpeg2video"),
    "mpg": ("mpeg2video",),
    "wmv": ("wmv2",),
    "flv": ("flv",),
    "gif": ("gif",),
}
_PIX_FMT = {
    "mjpeg": "yuvj420p",
    "qtrle": "rgb24",
    "huffyuv": "yuv422p",
    "rawvideo": "yuv420p",
    "gif": "rgb8",
}
_ODD = (
    Seed("ten bit hevc", "mp4", "libx265", "yuv420p10le"),
    Seed("ten bit h264", "mov", "libx264", "yuv420p10le"),
    Seed("ten bit vp9", "webm", "libvpx-vp9", "yuv444p"),
    Seed("ten bit av1", "mkv", "libsvtav1", "yuv420p10le"),
    Seed("twelve bit hevc", "mkv", "libx265", "yuv444p12le"),
    Seed("sixteen bit ffv1", "mkv", "ffv1", "yuv444p16le"),
    Seed("grey h264", "mp4", "libx264", "gray"),
    Seed("grey rle", "mov", "qtrle", "gray"),
    Seed("alpha vp8", "webm", "libvpx", "yuva420p", options=(*_VPX, ("auto-alt-ref", "0"))),
    Seed("alpha vp9", "webm", "libvpx-vp9", "yuva420p"),
    Seed("alpha prores", "mov", "prores_ks", "yuva444p10le"),
    Seed("alpha ffv1", "mkv", "ffv1", "bgra"),
    Seed("rgb hevc", "mp4", "libx265", "gbrp"),
    Seed("interlaced mpeg2", "ts", "mpeg2video", options=_FIELDS),
    Seed("interlaced mpeg4", "avi", "mpeg4", options=_FIELDS),
    Seed("interlaced h264", "mp4", "libx264", options=(*_H264, ("x264-params", "tff=1"))),
    Seed("turned 90", "mp4", "libx264", patch=_matrix(0, 1, -1, 0)),
    Seed("turned 180", "mov", "libx265", patch=_matrix(-1, 0, 0, -1)),
    Seed("turned 270", "m4v", "mpeg4", patch=_matrix(0, -1, 1, 0)),
    Seed("mirrored", "mp4", "libx264", patch=_matrix(-1, 0, 0, 1)),
    Seed("flattened", "mp4", "libx264", patch=_matrix(0, 0, 0, 0)),
    Seed("16 streams", "mkv", "libx264", n_streams=16),
    Seed("4 streams", "mp4", "mpeg4", n_streams=4),
    Seed("with sound", "mp4", "libx264", with_sound=True),
    Seed("0.1 fps", "mp4", "libx264", times_s=[10.0 * i for i in range(8)]),
    Seed("1000 fps", "mp4", "libx264", times_s=[i / 1000 for i in range(90)]),
    Seed("1000 fps mkv", "mkv", "mpeg4", times_s=[i / 1000 for i in range(90)]),
    Seed("starts late", "mp4", "libx264", times_s=[5 + i / 30 for i in range(12)]),
    Seed("starts below zero", "mkv", "libx264", times_s=[-0.2 + i / 30 for i in range(12)]),
    Seed("jumps ahead", "mp4", "mpeg4", times_s=[0, 0.03, 0.07, 900, 900.03, 86_400]),
    Seed("jumps far ahead", "webm", "libvpx", times_s=[0, 0.03, 0.07, 40_000.0, 40_000.03]),
    Seed("uneven", "mkv", "libx264", times_s=[0, 0.001, 0.5, 0.502, 0.6, 3.0, 3.001]),
    Seed("one frame", "mp4", "libx264", times_s=[0.0]),
    Seed("two by two", "mp4", "libx264", size=(2, 2)),
    Seed("narrow", "mkv", "mpeg4", size=(16, 2048)),
    Seed("wide", "avi", "mjpeg", "yuvj420p", size=(2048, 16)),
    Seed("odd sides", "mkv", "ffv1", "bgr0", size=(97, 71)),
    Seed("4k", "mp4", "libx264", size=(3840, 2160), times_s=[0, 0.033, 0.066]),
    Seed("8k", "mp4", "libx264", size=(7680, 4320), times_s=[0, 0.033]),
    Seed("jpeg of 225 Mpx", "mkv", "mjpeg", "yuvj420p", patch=_jpeg_size(15_000, 15_000),
         is_readable=False),
    Seed("jpeg of 4 Gpx", "avi", "mjpeg", "yuvj420p", patch=_jpeg_size(65_000, 65_000),
         is_readable=False),
)  # fmt: skip
SEEDS = (
    *(
        Seed(f"{codec.removeprefix('lib')} in {suffix}", suffix, codec,
             _PIX_FMT.get(codec, "yuv420p"), options=_OPTIONS.get(codec, ()))
        for suffix, codecs in _CONTAINERS.items() for codec in codecs
    ),
    *_ODD,
)  # fmt: skip
HEAVY = frozenset(("4k", "8k"))
"""Too large to change and read a hundred times over."""


@cache
def encoders() -> frozenset[str]:
    """Which of the seeds' encoders this PyAV has."""

    def is_there(codec: str) -> bool:
        try:
            av.codec.Codec(codec, "w")
        except (av.error.FFmpegError, ValueError):
            return False
        return True

    return frozenset(c for c in {s.codec for s in SEEDS} if is_there(c))


def usable() -> list[Seed]:
    """The seeds that can be written here."""
    return [s for s in SEEDS if s.codec in encoders()]


def seed_bytes(seed: Seed, folder: Path) -> bytes:
    """Return a seed's file, written once into ``folder``."""
    path = folder / f"{seed.name.replace(' ', '_')}.{seed.suffix}"
    if not path.exists():
        with usual_priority():
            _write(path, seed)
        if seed.patch is not None:
            path.write_bytes(seed.patch(path.read_bytes()))
    return path.read_bytes()


@contextlib.contextmanager
def usual_priority() -> Iterator[None]:
    """Undo what libsvtav1 does as root.

    The thread that encodes, and every process it starts later, would keep the highest real-time
    priority and starve all others.
    """
    try:
        yield
    finally:
        if hasattr(os, "sched_setscheduler"):
            with contextlib.suppress(OSError):
                os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def _write(path: Path, seed: Seed) -> None:
    # AVI and MPEG-2 count frames and Matroska milliseconds; one base for all would lose times.
    base = Fraction(1, 30) if seed.suffix == "avi" or seed.codec == "mpeg2video" else FINE
    if seed.suffix in ("mkv", "webm"):
        base = Fraction(1, 1000)
    width, height = seed.size
    with av.open(str(path), "w") as container:
        streams = []
        for _ in range(seed.n_streams):
            stream: Any = container.add_stream(seed.codec, rate=30)
            stream.options = dict(seed.options or _OPTIONS.get(seed.codec, ()))
            stream.width, stream.height, stream.pix_fmt = width, height, seed.pix_fmt
            stream.time_base = stream.codec_context.time_base = base
            streams.append(stream)
        sound: Any = container.add_stream("aac", rate=44_100) if seed.with_sound else None
        for i, time_s in enumerate(seed.times_s):
            frame = av.VideoFrame.from_ndarray(_picture(i, width, height), "rgb24")
            frame.pts, frame.time_base = round(time_s / base), base
            for stream in streams:
                container.mux(stream.encode(frame))
        for stream in streams:
            container.mux(stream.encode(None))
        if sound is not None:
            _add_sound(container, sound)


def _add_sound(container: Any, sound: Any) -> None:
    for i in range(12):
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        frame.sample_rate, frame.pts = 44_100, i * 1024
        container.mux(sound.encode(frame))
    container.mux(sound.encode(None))


def _picture(number: int, width: int, height: int) -> Any:
    """A slope of grey with a bright block that moves."""
    row = np.linspace(30, 200, width, dtype=np.uint8)
    image = np.broadcast_to(row[None, :, None], (height, width, 3)).copy()
    left = number * 5 % max(1, width - 8)
    image[: height // 2, left : left + 8] = (240, 90, 20)
    return image
