"""A file a browser takes for a camera: sample clips, made wide; and lossless videos."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from formcheck.pose.estimator import PoseEstimator
from formcheck.video.reading import Frame, FrameReader, ImageArray

WIDTH_PX, HEIGHT_PX = 640, 480
FILM_HZ = 15
"""Of a machine that keeps up."""


def wide(image: ImageArray) -> ImageArray:
    """A picture in the middle of a camera's wider one."""
    scale = HEIGHT_PX / image.shape[0]
    size = (round(image.shape[1] * scale), HEIGHT_PX)
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    out = np.full((HEIGHT_PX, WIDTH_PX, 3), 70, np.uint8)
    left = (WIDTH_PX - size[0]) // 2
    out[:, left : left + size[0]] = small
    return out


def pictures(clip: Path, start_s: float = 0.0, end_s: float = 1e9) -> Iterable[ImageArray]:
    """The pictures of a part of a clip, as a camera would give them."""
    for frame in FrameReader(clip):
        if start_s <= frame.time_s < end_s:
            yield wide(frame.image)


def jpeg(image: ImageArray, quality: int = 88) -> bytes:
    """A picture as JPEG."""
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    return bytes(cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])[1])


def write_y4m(target: Path, images: Iterable[ImageArray], rate_hz: int = 30) -> Path:
    """Write pictures a browser plays over and over at this rate."""
    with target.open("wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH_PX} H{HEIGHT_PX} F{rate_hz}:1 Ip A1:1 C420jpeg\n".encode())
        for image in images:
            file.write(b"FRAME\n" + cv2.cvtColor(image, cv2.COLOR_RGB2YUV_I420).tobytes())
    return target


def write_lossless(path: Path, images: Sequence[ImageArray], stamps_ms: Sequence[Any]) -> Path:
    """Write pictures as a video that gives back every bit, at these times."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=30, options={"coder": "1"})
        stream.width, stream.height = images[0].shape[1], images[0].shape[0]
        stream.pix_fmt = "bgr0"
        stream.codec_context.time_base = Fraction(1, 1000)
        for image, stamp in zip(images, stamps_ms, strict=True):
            frame = av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format="bgr0")
            frame.pts, frame.time_base = int(stamp), Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def camera_rate_hz(clip: Path) -> int:
    """How many pictures a second this machine can be given now: slow motion while it is busy."""
    images = [wide for wide, _ in zip(pictures(clip), range(12), strict=False)]
    with PoseEstimator() as estimator:
        estimator.estimate(Frame(0.0, images[0]))
        started_s = time.monotonic()
        for i, image in enumerate(images[1:], 1):
            estimator.estimate(Frame(i / 30, image))
        each_s = (time.monotonic() - started_s) / (len(images) - 1)
    rate_hz = round(0.4 / each_s)
    return FILM_HZ if rate_hz >= 9 else max(2, rate_hz)
