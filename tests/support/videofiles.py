"""Small videos for tests, made with the encoders that come with PyAV."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

Image = NDArray[np.uint8]
CORNERS = {"top left": (220, 30, 30), "top right": (30, 200, 30),
           "bottom left": (30, 30, 220), "bottom right": (230, 230, 230)}  # fmt: skip
_TIME_BASE = Fraction(1, 90_000)


def corners(width: int, height: int) -> Image:
    """A picture with a colour of its own in each quarter."""
    image = np.empty((height, width, 3), np.uint8)
    h, w = height // 2, width // 2
    image[:h, :w], image[:h, w:] = CORNERS["top left"], CORNERS["top right"]
    image[h:, :w], image[h:, w:] = CORNERS["bottom left"], CORNERS["bottom right"]
    return image


def corner_names(image: Image) -> dict[str, str]:
    """For each quarter of a picture the name of the colour it holds."""
    h, w = image.shape[:2]
    spots = {
        "top left": (h // 4, w // 4), "top right": (h // 4, 3 * w // 4),
        "bottom left": (3 * h // 4, w // 4), "bottom right": (3 * h // 4, 3 * w // 4),
    }  # fmt: skip
    out = {}
    for place, (y, x) in spots.items():
        seen = image[y, x].astype(int)
        out[place] = min(CORNERS, key=lambda c: np.abs(seen - CORNERS[c]).sum())
    return out


def write_video(
    path: Path,
    times_s: Sequence[float] | None = None,
    size: tuple[int, int] = (160, 120),
    *,
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    picture: Callable[[int], Image] | None = None,
    options: dict[str, str] | None = None,
    faststart: bool = True,
) -> Path:
    """Write frames at the given times; skips the test if the encoder is not there."""
    times = [i / 30 for i in range(15)] if times_s is None else list(times_s)
    movflags = {"movflags": "+faststart"} if faststart and path.suffix in (".mp4", ".mov") else {}
    try:
        av.codec.Codec(codec, "w")
    except Exception:
        pytest.skip(f"this PyAV has no encoder {codec}")
    image = corners(*size)
    # AVI and its codecs count frames, not time.
    base = Fraction(1, 30) if path.suffix == ".avi" else _TIME_BASE
    with av.open(str(path), "w", options=movflags) as container:
        stream: Any = container.add_stream(codec, rate=30, options=options or {})
        stream.width, stream.height, stream.pix_fmt = size[0], size[1], pix_fmt
        stream.time_base = stream.codec_context.time_base = base
        for i, time_s in enumerate(times):
            frame = av.VideoFrame.from_ndarray(image if picture is None else picture(i), "rgb24")
            frame.pts, frame.time_base = round(time_s / base), base
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


_MATRICES = {90: (0, 1, -1, 0), 180: (-1, 0, 0, -1), 270: (0, -1, 1, 0)}


def set_rotation(path: Path, clockwise_deg: int) -> None:
    """Write the display matrix a phone writes: to be shown turned clockwise."""
    data = bytearray(path.read_bytes())
    tag = data.index(b"tkhd")
    matrix = tag + 4 + (40 if data[tag + 4] == 0 else 52)
    a, b, c, d = (x * 0x10000 for x in _MATRICES[clockwise_deg])
    data[matrix : matrix + 36] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 0x40000000)
    path.write_bytes(bytes(data))


def write_sound(path: Path, cover: bool = False) -> Path:
    """A file with sound only, or with sound and a cover picture."""
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("aac", rate=44_100)
        art: Any = None
        if cover:
            art = container.add_stream("mjpeg", rate=1)
            art.width, art.height, art.pix_fmt = 64, 64, "yuvj420p"
            art.disposition = av.stream.Disposition.attached_pic
        for i in range(8):
            samples = np.zeros((1, 1024), np.float32)
            frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="mono")
            frame.sample_rate, frame.pts = 44_100, i * 1024
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if art is not None:
            picture = av.VideoFrame.from_ndarray(corners(64, 64), "rgb24")
            picture.pts = 0
            container.mux(art.encode(picture))
            container.mux(art.encode(None))
    return path
