"""Clips cut short, so that a test need not wait."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from formcheck.video.reading import FrameReader
from formcheck.video.writing import VideoWriter


def first_seconds(source: Path, target: Path, length_s: float) -> Path:
    """The start of a clip, at half the size: quick to analyse."""
    writer: Any = None
    for frame in FrameReader(source, max_side_px=640):
        if frame.time_s > length_s:
            break
        if writer is None:
            height, width = frame.image.shape[:2]
            writer = VideoWriter(target, width, height).__enter__()
        writer.write(frame)
    writer.__exit__(None, None, None)
    return target
