"""Poses on their way: what a page found itself, in a picture that stays there.

A message is a frame's header (:data:`formcheck.app.live.frames.HEADER`), width and height of the
picture and its mean grey, then nothing if nobody was found, else for each landmark x and y as
shares of the picture, visibility, and the model's own x, y and z in metres; all little-endian.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace

import numpy as np

from formcheck.app.live.frames import HEADER, MAX_SIDE_PX, MIN_SIDE_PX, read_header
from formcheck.errors import InputError
from formcheck.pose.track import N_LANDMARKS, Pose

PICTURE = struct.Struct("<HHf")
"""Width and height in pixels, mean grey of 255."""
START = HEADER.size + PICTURE.size
_ROW = 6
FOUND_BYTES = 4 * N_LANDMARKS * _ROW
MAX_SHARE = 10.0
"""So many pictures away a landmark outside of one may be guessed, and no further."""
MAX_WORLD_M = 10.0


@dataclass(frozen=True, slots=True)
class SentPose:
    """A pose with its number, and the moment, light and size of the picture it was found in."""

    seq: int
    stamp_s: float
    size_px: tuple[int, int]
    light: float
    pose: Pose


def parse_pose(message: bytes) -> SentPose:
    """Read a message.

    Raises InputError unless it is of one of the two lengths there are, and all numbers are finite
    and could be what they stand for.
    """
    if len(message) not in (START, START + FOUND_BYTES):
        raise InputError("the message is not as long as a pose.")
    seq, stamp_s = read_header(message)
    width, height, light = PICTURE.unpack_from(message, HEADER.size)
    if max(width, height) > MAX_SIDE_PX or min(width, height) < MIN_SIDE_PX:
        raise InputError(f"no picture of {width} x {height} pixels is taken.")
    if not 0 <= light <= 255:
        raise InputError("the light of the picture is no grey.")
    size_px = width, height
    if len(message) == START:
        nobody = replace(Pose.absent(stamp_s), size_px=size_px)
        return SentPose(seq, stamp_s, size_px, light, nobody)
    rows = np.frombuffer(message, "<f4", offset=START).reshape(N_LANDMARKS, _ROW)
    points, visibility, world = rows[:, :2], rows[:, 2], rows[:, 3:]
    is_possible = (
        (np.abs(points) <= MAX_SHARE).all()
        and ((visibility >= 0) & (visibility <= 1)).all()
        and (np.abs(world) <= MAX_WORLD_M).all()
    )
    if not is_possible:  # nor is one that is not a number
        raise InputError("no body is like this pose.")
    # 32 bits, as a saved track holds them: a re-scored track gives the same verdicts.
    points_px = (points.astype(np.float64) * size_px).astype(np.float32).astype(np.float64)
    wide = visibility.astype(np.float64), world.astype(np.float64)
    pose = Pose(stamp_s, points_px, *wide, size_px)
    return SentPose(seq, stamp_s, size_px, light, pose)
