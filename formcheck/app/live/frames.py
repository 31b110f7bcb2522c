"""Frames on their way: looked at before anything is unpacked, packed for a page that shows them."""

from __future__ import annotations

import base64
import math
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from formcheck.errors import InputError

if TYPE_CHECKING:
    from formcheck.video.reading import ImageArray

MAX_MESSAGE_BYTES = 1_000_000
MAX_SIDE_PX = 1280
MIN_SIDE_PX = 64
SHOWN_SIDE_PX = 640
"""Of a picture sent to a page, as of those it sends."""
HEADER = struct.Struct("<Id")
"""Sequence number and capture time in milliseconds, before the JPEG."""
_START, _END_OF_HEADERS = b"\xff\xd8", (0xD9, 0xDA)
_ALONE = {0x01, *range(0xD0, 0xD8)}
_FRAME_HEADERS = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True, slots=True)
class SentFrame:
    """A JPEG with its number and the moment it was taken."""

    seq: int
    stamp_s: float
    jpeg: bytes


def parse(message: bytes) -> SentFrame:
    """Read a message.

    Raises InputError if it is too large, too short, has no usable time, or holds no JPEG of a
    fitting size.
    """
    if len(message) > MAX_MESSAGE_BYTES:
        raise InputError(f"a frame may have {MAX_MESSAGE_BYTES // 1000} kB, not more.")
    if len(message) <= HEADER.size:
        raise InputError("the message is too short to hold a frame.")
    seq, stamp_ms = HEADER.unpack_from(message)
    if not math.isfinite(stamp_ms):
        raise InputError("the frame has no usable time.")
    jpeg = message[HEADER.size :]
    width, height = jpeg_size(jpeg)
    if max(width, height) > MAX_SIDE_PX or min(width, height) < MIN_SIDE_PX:
        raise InputError(
            f"the picture is {width} x {height} pixels; sides of {MIN_SIDE_PX} to "
            f"{MAX_SIDE_PX} are taken."
        )
    return SentFrame(seq, stamp_ms / 1000, jpeg)


def jpeg_size(data: bytes) -> tuple[int, int]:
    """Width and height a JPEG claims, without decoding it; raises InputError if it is none.

    A few bytes can claim a picture of gigabytes, so this is asked first.
    """
    if data[:2] != _START:
        raise InputError("the message holds no JPEG picture.")
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker in _END_OF_HEADERS:
            break
        if marker == 0xFF or marker in _ALONE:
            at += 1 if marker == 0xFF else 2
            continue
        if marker in _FRAME_HEADERS:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        at += 2 + int(struct.unpack_from(">H", data, at + 2)[0])
    raise InputError("the JPEG picture is damaged.")


def decode(frame: SentFrame) -> ImageArray:
    """The picture as RGB, shape (height, width, 3); raises InputError if it is damaged."""
    import cv2  # only where frames arrive: the pages do without
    import numpy as np

    flags = cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION
    try:
        image = cv2.imdecode(np.frombuffer(frame.jpeg, np.uint8), flags)
    except cv2.error:
        image = None
    if image is None:
        raise InputError("the JPEG picture is damaged.")
    return np.asarray(image, np.uint8)


def data_url(image: ImageArray) -> str:
    """Return a picture, RGB of shape (height, width, 3), as a small JPEG in an address."""
    import cv2

    height, width = image.shape[:2]
    scale = min(1.0, SHOWN_SIDE_PX / max(width, height))
    size = max(1, round(scale * width)), max(1, round(scale * height))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    bgr = cv2.cvtColor(small, cv2.COLOR_RGB2BGR)
    jpeg = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, 85])[1]
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg.tobytes()).decode()}"
