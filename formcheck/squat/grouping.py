"""Sets in a long recording: repetitions that follow each other, and the rests between."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

SET_GAP_S = 20.0
"""A longer time between two repetitions is a rest: the next one begins a new set."""


class _Timed(Protocol):
    @property
    def start_s(self) -> float: ...
    @property
    def end_s(self) -> float: ...


T = TypeVar("T", bound=_Timed)


def in_sets(reps: Sequence[T], gap_s: float = SET_GAP_S) -> list[list[T]]:
    """Repetitions set by set, in the order of their start."""
    sets: list[list[T]] = []
    for rep in sorted(reps, key=lambda rep: rep.start_s):
        # Times are rounded to 0.01 s in a result.
        if not sets or rep.start_s - sets[-1][-1].end_s > gap_s + 1e-6:
            sets.append([])
        sets[-1].append(rep)
    return sets
