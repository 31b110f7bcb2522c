"""Shared by the tests that attack formcheck: a short clip, the app's own helpers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).resolve().parents[1]
# The app's starter and the maker of odd videos live beside the tests they were made for.
for folder in ("ui", "core"):
    if str(TESTS / folder) not in sys.path:
        sys.path.append(str(TESTS / folder))


@pytest.fixture(scope="session")
def short_clip(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One squat from the front in 3.6 s at half the size: quick to judge."""
    from formcheck.video import FrameReader, VideoWriter

    target = tmp_path_factory.mktemp("clips") / "my front.mp4"
    writer: Any = None
    for frame in FrameReader(root / "sample_videos" / "front_valgus_both.mp4", max_side_px=640):
        if frame.time_s > 3.6:
            break
        if writer is None:
            height, width = frame.image.shape[:2]
            writer = VideoWriter(target, width, height).__enter__()
        writer.write(frame)
    writer.__exit__(None, None, None)
    return target
