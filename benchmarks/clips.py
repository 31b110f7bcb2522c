"""Clips of any size and length made from a sample: scaled once, then repeated without encoding."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from formcheck.video.reading import Frame, FrameReader
from formcheck.video.writing import VideoWriter


def make_clip(
    source: Path, short_side_px: int, length_s: float, target: Path, rest_s: float = 0.0
) -> Path:
    """Write ``source`` with its shorter side at ``short_side_px``, repeated up to ``length_s``.

    Args:
        short_side_px: 480, 720, 1080, 2160 ...
        length_s: The clip ends with the first whole frame beyond it.
        rest_s: So long the last picture stands still before each repetition of the source.
    """
    once = target.with_name(f"once-{short_side_px}-{rest_s:g}-{source.stem}.mp4")
    if not once.exists():
        _scaled(source, short_side_px, once, rest_s)
    _repeated(once, length_s, target)
    return target


def _scaled(source: Path, short_side_px: int, target: Path, rest_s: float) -> None:
    writer: Any = None
    for frame in FrameReader(source, rate_hz=None):
        height, width = frame.image.shape[:2]
        scale = short_side_px / min(height, width)
        longest = round(short_side_px * 16 / 9)  # as cameras film: 3840 for 2160
        size = tuple(min(longest, round(side * scale / 2) * 2) for side in (width, height))
        image = cv2.resize(frame.image, size, interpolation=cv2.INTER_CUBIC)
        if writer is None:
            writer = VideoWriter(target, *size).__enter__()
        last = Frame(frame.time_s, np.asarray(image, np.uint8))
        writer.write(last)
    for i in range(round(30 * rest_s)):
        writer.write(Frame(last.time_s + (i + 1) / 30, last.image))
    writer.__exit__(None, None, None)


def _repeated(once: Path, length_s: float, target: Path) -> None:
    """Copy the packets again and again, each time later."""
    shift = 0
    with av.open(str(target), "w") as out:
        stream: Any = None
        while True:
            with av.open(str(once)) as source:
                original: Any = source.streams.video[0]
                if stream is None:
                    stream = out.add_stream_from_template(original)
                for packet in source.demux(original):
                    if packet.dts is None:
                        continue
                    packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
                    if packet.pts * original.time_base >= length_s:
                        return
                    packet.stream = stream
                    out.mux(packet)
                shift += original.duration
