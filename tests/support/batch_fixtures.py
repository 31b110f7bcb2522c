"""Shared by the batch tests: clips for the fake judge, stored tracks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from stickfigure import Camera, Sampling, film, squat, stand


@pytest.fixture(scope="session")
def track_bytes() -> dict[str, bytes]:
    """Two short stored tracks: a good squat from the front, a knee too far from the side."""
    story = [stand(0.8), squat(flexion_deg=100), stand(0.6)]
    sampling = Sampling(rate_hz=20)
    front = film(story, sampling=sampling)
    side = film(story, camera=Camera(yaw_deg=90), sampling=sampling)
    return {"front": front.to_bytes(), "side": side.to_bytes()}


@pytest.fixture
def make_clips(tmp_path: Path) -> Callable[[dict[str, str]], Path]:
    """Write text clips for the fake judge into ``tmp/clips``."""

    def make(clips: dict[str, str]) -> Path:
        folder = tmp_path / "clips"
        for name, text in clips.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return folder

    return make
