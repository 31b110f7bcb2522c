"""A decoded picture as it was meant to be seen: upright, unmirrored, square pixels, plain RGB."""

from typing import Any

import cv2
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter
from numpy.typing import NDArray

ImageArray = NDArray[np.uint8]
Size = tuple[int, int]
"""Width and height in pixels."""
LUMA_SIDE_PX = 160
"""Longer side of the small grey copy."""
_LUMA_FIRST = {"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "nv12", "nv21", "gray"}
"""Pixel formats whose first plane is the brightness, 8 bits each."""
_MATRIX = "DISPLAYMATRIX"
_PQ, _HLG = 16, 18
"""Transfer curves of high dynamic range, by their numbers in H.273."""
_WHITE_NITS = 203.0
"""What is white on paper, in both curves (ITU-R BT.2408)."""


class Orientation:
    """How a stored picture is turned and mirrored, by the display matrix of its file.

    The matrix maps the stored (x, y) to ``(a x + c y, b x + d y)``.  Eight of them are quarter
    turns and reflections; of any other the nearest is taken.
    """

    def __init__(self, frame: Any) -> None:
        data = frame.side_data.get(_MATRIX)
        a, b, c, d = (1, 0, 0, 1) if data is None else np.frombuffer(data, "<i4")[[0, 1, 3, 4]]
        self.is_turned = abs(int(b)) + abs(int(c)) > abs(int(a)) + abs(int(d))
        across, down = (int(c), int(b)) if self.is_turned else (int(a), int(d))
        self.flips = tuple(axis for axis, sign in ((1, across), (0, down)) if sign < 0)

    def size(self, stored: Size) -> Size:
        """The size of the upright picture."""
        return stored[::-1] if self.is_turned else stored

    def upright(self, image: ImageArray) -> ImageArray:
        """The picture as it is to be shown."""
        if self.is_turned:
            image = image.swapaxes(0, 1)
        return image[tuple(slice(None, None, -1 if axis in self.flips else 1) for axis in (0, 1))]


def square_size(frame: Any, stream: Any, max_side: int) -> Size:
    """Size with square pixels, at most ``max_side``, before the picture is turned."""
    aspect = float(stream.sample_aspect_ratio or 1.0)
    if not 0.2 < aspect < 5.0:  # no camera's: a damaged header
        aspect = 1.0
    width, height = max(1, round(frame.width * aspect)), int(frame.height)
    scale = min(1.0, max_side / max(width, height))
    if scale == 1.0:
        return width, height
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)


def small_grey(grey: ImageArray, size: tuple[int, int]) -> ImageArray:
    """A grey picture made smaller; of a large one not every pixel is read."""
    ratio = min(grey.shape[1] // size[0], grey.shape[0] // size[1])
    step = max(1, ratio // 4)
    grey = grey[::step, ::step]
    if ratio >= 4:  # Halves are fast, and what is left for the slow resize is a quarter.
        half = grey.shape[1] // 2, grey.shape[0] // 2
        grey = np.asarray(cv2.resize(grey, half, interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)


class Converter:
    """Makes RGB pictures of one size from decoded frames."""

    def __init__(self, size: Size, *, is_mirrored: bool) -> None:
        self.size, self.is_mirrored = size, is_mirrored
        self._orientation: Orientation | None = None
        self._rotation_deg = 0
        # Each keeps its tables from one picture to the next.
        self._shrink, self._to_rgb = VideoReformatter(), VideoReformatter()

    def orientation(self, frame: Any) -> Orientation:
        """How a frame is turned and mirrored.

        The matrix is read again only where its angle changes: a frame that was asked for its side
        data holds itself until the garbage collector comes, and a hundred frames wait for that.
        """
        if self._orientation is None or frame.rotation != self._rotation_deg:
            self._orientation, self._rotation_deg = Orientation(frame), frame.rotation
        return self._orientation

    def rgb(self, frame: Any, stored: Size) -> ImageArray:
        """The picture, upright; ``stored`` is its size with square pixels before it is turned."""
        if stored != (frame.width, frame.height):
            # Scaled as it was coded: half the work of scaling RGB.
            area = Interpolation.AREA
            turned = self._shrink.reformat(frame, *stored, interpolation=area)
        else:
            turned = frame
        image = np.asarray(self._to_rgb.reformat(turned, format="rgb24").to_ndarray(), np.uint8)
        curve = _to_plain(int(frame.color_trc))
        if curve is not None:
            image = np.asarray(cv2.LUT(image, curve), np.uint8)
        image = self._fitted(self.orientation(frame).upright(image))
        return np.ascontiguousarray(image[:, ::-1] if self.is_mirrored else image)

    def luma(self, frame: Any, stored: Size) -> ImageArray | None:
        """A small grey copy, straight from the plane that holds the brightness; None without one.

        ``stored`` is as for :meth:`rgb`.
        """
        if frame.format.name not in _LUMA_FIRST:
            return None
        plane = np.frombuffer(frame.planes[0], np.uint8).reshape(-1, frame.planes[0].line_size)
        grey = small_grey(plane[: frame.height, : frame.width], stored)
        small = self.orientation(frame).upright(grey)
        return np.ascontiguousarray(small[:, ::-1] if self.is_mirrored else small)

    def _fitted(self, image: ImageArray) -> ImageArray:
        """The picture in the size of the first one, its shape kept, black around it."""
        height, width = image.shape[:2]
        if (width, height) == self.size:
            return image
        scale = min(self.size[0] / width, self.size[1] / height)
        inner = max(1, round(width * scale)), max(1, round(height * scale))
        left, top = (self.size[0] - inner[0]) // 2, (self.size[1] - inner[1]) // 2
        out = np.zeros((self.size[1], self.size[0], 3), np.uint8)
        small = cv2.resize(np.ascontiguousarray(image), inner, interpolation=cv2.INTER_AREA)
        out[top : top + inner[1], left : left + inner[0]] = small
        return out


def _to_plain(transfer: int) -> NDArray[np.uint8] | None:
    """Table from the levels of a high dynamic range to those of a plain picture; None for others.

    Paper white becomes the brightest level; what is brighter is cut.  Colours are not converted:
    the pose model looks at shapes.
    """
    signal = np.arange(256) / 255
    if transfer == _PQ:  # SMPTE ST 2084
        m1, m2, c1, c2, c3 = 0.1593017578125, 78.84375, 0.8359375, 18.8515625, 18.6875
        power = signal ** (1 / m2)
        light = (np.maximum(power - c1, 0) / (c2 - c3 * power)) ** (1 / m1) * 10_000
    elif transfer == _HLG:  # ARIB STD-B67, on a screen of 1000 nits
        a, b, c = 0.17883277, 0.28466892, 0.55991073
        scene = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12)
        light = scene**1.2 * 1000
    else:
        return None
    return np.round(255 * np.clip(light / _WHITE_NITS, 0, 1) ** (1 / 2.2)).astype(np.uint8)
