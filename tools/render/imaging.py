"""From drawn pictures to a phone-like video: shake, blur, sensor noise, H.264."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any

import av
import cv2
import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]


def shake_picture(picture: Image, affine: npt.NDArray[np.float64]) -> Image:
    """Move a picture as the hand-held camera does."""
    size = (picture.shape[1], picture.shape[0])
    moved = cv2.warpAffine(
        picture, affine, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )
    return np.asarray(moved, np.uint8)


class Sensor:
    """Lens blur and sensor noise, the same for the same seed.

    Args:
        blur_px: Standard deviation of the blur.
        noise: Standard deviation of the brightness noise, of 255.
        seed: Random seed.
    """

    def __init__(self, blur_px: float, noise: float, seed: int) -> None:
        self.blur_px, self.noise = blur_px, noise
        self.rng = np.random.default_rng(seed)
        self.grains: list[npt.NDArray[np.float32]] = []

    def expose(self, picture: Image) -> Image:
        """Add blur and noise to a picture."""
        if not self.grains:
            self.grains = [self._grain(*picture.shape[:2]) for _ in range(6)]
        soft = cv2.GaussianBlur(picture, (0, 0), max(self.blur_px, 0.05)).astype(np.float32)
        grain = self.grains[int(self.rng.integers(len(self.grains)))]
        shift = self.rng.integers(0, picture.shape[:2])
        soft += np.roll(grain, shift.tolist(), axis=(0, 1))
        return np.asarray(np.clip(soft, 0, 255), np.uint8)

    def _grain(self, height: int, width: int) -> npt.NDArray[np.float32]:
        """One field of brightness and colour noise."""
        tint = self.rng.standard_normal((height // 2, width // 2, 3), np.float32)
        tint = cv2.resize(tint, (width, height)).astype(np.float32) * (0.7 * self.noise)
        light = self.rng.standard_normal((height, width, 1), np.float32) * self.noise
        return np.asarray(light + tint, np.float32)


class VideoWriter:
    """Writes an H.264 file; the file appears under its name only when complete."""

    def __init__(self, path: Path, width_px: int, height_px: int, fps: float, crf: int) -> None:
        self.path = path
        self.partial = path.with_name(path.stem + ".partial.mp4")
        self.container: Any = av.open(str(self.partial), "w", options={"movflags": "+faststart"})
        stream: Any = self.container.add_stream(
            "libx264", rate=Fraction(fps).limit_denominator(1001)
        )
        stream.width, stream.height, stream.pix_fmt = width_px, height_px, "yuv420p"
        stream.options = {"crf": str(crf), "preset": "medium", "threads": "1"}
        stream.codec_context.thread_count = 1
        self.stream = stream

    def __enter__(self) -> VideoWriter:
        return self

    def write(self, picture: Image) -> None:
        """Append an RGB picture."""
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
        self.container.mux(self.stream.encode(frame))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.container.mux(self.stream.encode())
        self.container.close()
        if kind is None:
            os.replace(self.partial, self.path)
        else:
            self.partial.unlink(missing_ok=True)


def write_picture(path: Path, picture: Image, quality: int = 88) -> None:
    """Write an RGB picture as PNG or JPEG."""
    bgr = np.ascontiguousarray(picture[..., ::-1])
    options = [cv2.IMWRITE_JPEG_QUALITY, quality] if path.suffix == ".jpg" else []
    cv2.imwrite(str(path), bgr, options)
