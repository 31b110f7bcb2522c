"""How long ten years of training take: 5,000 sessions stored, read and judged.

Run ``python benchmarks/history.py [N]``; times are the best of five, in milliseconds.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from formcheck.training.history import FaultTally, History, Session, SetGroup, trend_lines
from formcheck.training.load import assess_load

FIRST_DAY = date(2016, 1, 1)


def ten_years(n: int) -> list[Session]:
    """Return n sessions spread evenly over ten years, three groups of sets and two faults each."""
    faults = tuple(
        FaultTally(
            fault=fault, n_fault=1, n_borderline=1, n_ok=6, n_not_assessable=0,
            value=5.0, unit=unit, uncertainty=4.0,
        )
        for fault, unit in (("knee_valgus", "pct_shank"), ("forward_knee_travel", "pct_foot"))
    )  # fmt: skip
    return [
        Session(
            day=FIRST_DAY + timedelta(days=int(3652 * i / n)),
            sets=tuple(SetGroup(n_sets=3, n_reps=8, weight_kg=60.0 + k) for k in range(3)),
            minutes=50.0,
            effort=6.0,
            pain_during=1.0,
            pain_after=1.0,
            pain_next_morning=1.0,
            knee_flexion_deg=110.0,
            faults=faults,
        )
        for i in range(n)
    ]


def best_ms(work: Callable[[], object], n: int = 5) -> float:
    """Return the shortest of n runs."""
    times = []
    for _ in range(n):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return 1000 * min(times)


def main(n: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        sessions = ten_years(n)
        history = History(Path(folder) / "history.sqlite3")
        print(f"store {n}: {best_ms(lambda: history.add_all(sessions), 1):.0f} ms")
        print(f"size: {history.path.stat().st_size / 1e6:.1f} MB")
        print(f"load {n}: {best_ms(lambda: History(history.path).sessions()):.0f} ms")
        one = sessions[0]
        print(f"change one: {best_ms(lambda: history.replace(one)):.1f} ms")
        last = sessions[-1].day
        print(f"judge load: {best_ms(lambda: assess_load(sessions, last)):.0f} ms")
        print(f"trends: {best_ms(lambda: trend_lines(sessions)):.0f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
