"""Results of judged stick figures, without a file behind them."""

from __future__ import annotations

from typing import Any

from formcheck.report.record import result_of
from formcheck.report.result import ClipResult
from formcheck.squat.analysis import Analysis
from formcheck.squat.settings import DEFAULT_SETTINGS, Settings

SOURCE = {
    "file": "clip.mov", "sha256": "ab" * 32, "width_px": 1080, "height_px": 1920,
    "duration_s": 8.4, "n_frames": 252,
}  # fmt: skip
VERSIONS = {"mediapipe": "0.10.31", "model_sha256": "cd" * 32}


def result(
    analysis: Analysis,
    settings: Settings = DEFAULT_SETTINGS,
    *,
    notes: tuple[str, ...] = (),
    **source: Any,
) -> ClipResult:
    """The result of an analysis, as if its clip had been a file."""
    meta = {"source": SOURCE | source, "versions": VERSIONS, "notes": list(notes)}
    return result_of(analysis, meta, settings)
