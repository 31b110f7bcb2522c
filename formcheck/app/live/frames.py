"""Frames on their way: looked at before anything is unpacked, packed for a page that shows them."""

from __future__ import annotations

import base64
import math
import re
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
"""Sequence number and capture time in milliseconds, before the JPEG or the pose."""
_START, _END = b"\xff\xd8", b"\xff\xd9"
_SOF_BASELINE, _SOS = 0xC0, 0xDA
_TABLES = {0xC4, 0xDB, 0xDD}
"""Huffman and quantisation tables, and how often the scan begins anew."""
_COMMENTS = {0xFE, *range(0xE0, 0xF0)}
_MAX_SEGMENTS = 64
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7]")
"""What ends a scan: within, 0xff stands before 0 or where the scan begins anew."""


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
    seq, stamp_s = read_header(message)
    jpeg, width, height = plain_jpeg(message[HEADER.size :])
    if max(width, height) > MAX_SIDE_PX or min(width, height) < MIN_SIDE_PX:
        raise InputError(
            f"the picture is {width} x {height} pixels; sides of {MIN_SIDE_PX} to "
            f"{MAX_SIDE_PX} are taken."
        )
    return SentFrame(seq, stamp_s, jpeg)


def read_header(message: bytes) -> tuple[int, float]:
    """Number and capture time [s] of a message; InputError if it has no usable time."""
    seq, stamp_ms = HEADER.unpack_from(message)
    if not math.isfinite(stamp_ms):
        raise InputError("the frame has no usable time.")
    return seq, stamp_ms / 1000


def plain_jpeg(data: bytes) -> tuple[bytes, int, int]:
    """The same picture put together anew from what was understood, its width and height.

    Two readers may see two headers in one file, and a few bytes can claim gigabytes or a hundred
    thousand passes.  What comes out has one header, one scan and nothing else, so whatever decodes
    it sees what was checked here.  InputError if it is no such baseline JPEG, as cameras and
    browsers make them.
    """
    if data[:2] != _START:
        raise InputError("the message holds no JPEG picture.")
    kept, size, at = [_START], None, 2
    for _ in range(_MAX_SEGMENTS):
        marker = data[at + 1] if data[at : at + 1] == b"\xff" and at + 4 <= len(data) else 0
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4])
        body = data[at + 4 : end]
        if len(body) != end - at - 4 or end < at + 4:
            break
        if marker == _SOF_BASELINE and size is None and len(body) in (9, 15) and body[0] == 8:
            height, width = struct.unpack_from(">HH", body, 1)
            size = width, height
        elif marker == _SOS and size is not None:
            over = _MARKER.search(data, end)
            if over is None:
                break
            return b"".join((*kept, data[at : over.start()], _END)), *size
        elif marker not in _TABLES | _COMMENTS:
            raise InputError("the picture is no plain (baseline) JPEG.")
        if marker not in _COMMENTS:
            kept.append(data[at:end])
        at = end
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
