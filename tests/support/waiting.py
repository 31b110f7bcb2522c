"""Waiting for a condition, never for a while: a busy machine makes a test slow and not red."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE_S = 600.0
"""After this long, nothing will come of it however busy the machine is."""
PATIENCE_MS = round(1000 * PATIENCE_S)
"""The same for a browser."""
T = TypeVar("T")


def wait_until(condition: Callable[[], T], what: str) -> T:
    """Ask until the answer is true, and return it; ``what`` is said if it never is."""
    deadline_s = time.monotonic() + PATIENCE_S
    while not (answer := condition()):
        assert time.monotonic() < deadline_s, f"waited {PATIENCE_S:.0f} s in vain: {what}"
        time.sleep(0.01)
    return answer
