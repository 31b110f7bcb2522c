"""Clips cut short, so that a test need not wait."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av

from formcheck.video.reading import FrameReader
from formcheck.video.writing import VideoWriter


def first_seconds(source: Path, target: Path, length_s: float) -> Path:
    """The start of a clip, at half the size and 10 pictures a second: quick to analyse."""
    writer: Any = None
    for frame in FrameReader(source, max_side_px=640, rate_hz=10):
        if frame.time_s > length_s:
            break
        if writer is None:
            height, width = frame.image.shape[:2]
            writer = VideoWriter(target, width, height).__enter__()
        writer.write(frame)
    writer.__exit__(None, None, None)
    return target


def beginning_of(source: Path, target: Path, length_s: float) -> Path:
    """The start of a clip as it is, not encoded again."""
    with av.open(str(source)) as whole, av.open(str(target), "w") as part:
        stream = whole.streams.video[0]
        copy = part.add_stream_from_template(stream)
        for packet in whole.demux(stream):
            if packet.dts is not None and packet.pts * stream.time_base < length_s:
                packet.stream = copy
                part.mux(packet)
    return target
