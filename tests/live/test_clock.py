"""Time in a live set: always forward, whatever the stamps do."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck.live.clock import MAX_GAP_S, PAUSE_S, SetClock

STAMPS = st.lists(st.floats(allow_nan=True, allow_infinity=True, width=64), max_size=60)


@given(STAMPS)
def test_time_only_runs_forward(stamps: list[float]) -> None:
    clock = SetClock()
    times = [t for t in map(clock.read, stamps) if t is not None]
    assert all(b > a for a, b in pairwise(times))
    assert times[:1] in ([], [0.0])  # the first picture is the beginning
    assert all(b - a <= MAX_GAP_S + 0.001 for a, b in pairwise(times))


def test_steps_are_kept_and_other_clocks_are_pauses() -> None:
    clock = SetClock()
    read = [clock.read(s) for s in (1e9, 1e9 + 0.04, 1e9 + 0.04, 1e9 + 0.02, 1e9 + 0.1)]
    assert read == [0.0, 0.04, None, None, 0.1]
    assert clock.read(5.0) == pytest.approx(0.1 + PAUSE_S)
    assert clock.read(5.5) == pytest.approx(0.6 + PAUSE_S)
    assert clock.read(5000.0) == pytest.approx(0.6 + 2 * PAUSE_S)
