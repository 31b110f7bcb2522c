"""Everything a part is held against: the grid's bounds and the real recordings'."""

from __future__ import annotations

from benchmarks.validation import results, squat7
from benchmarks.validation.evidence import Evidence
from benchmarks.validation.results import Bound

HALF_OF_PART = {"tuning": "tuned on", "held_out": "not tuned on"}


def bounds_of(evidence: Evidence) -> list[Bound]:
    """Bounds of a part with the stored score of the half of the recordings that goes with it."""
    real = squat7.bounds()
    half = HALF_OF_PART[evidence.part]
    return results.bounds(evidence) + ([real[half]] if half in real else [])
