"""Shared by the tests that attack formcheck: a short clip, the app's own helpers."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from shortclips import first_seconds

TESTS = Path(__file__).resolve().parents[1]
# The app's starter and the maker of odd videos live beside the tests they were made for.
for folder in ("ui", "core"):
    if str(TESTS / folder) not in sys.path:
        sys.path.append(str(TESTS / folder))


@pytest.fixture(scope="session")
def short_clip(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One squat from the front in 3.6 s at half the size: quick to judge."""
    source = root / "sample_videos" / "front_valgus_both.mp4"
    return first_seconds(source, tmp_path_factory.mktemp("clips") / "my front.mp4", 3.6)
