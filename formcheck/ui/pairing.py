"""Front and side clip of one set: which repetition is which.

Repetitions keep their order; what is matched are durations and the time to the
next repetition.  A clip that starts late or ends early loses repetitions at an
end, and the tempo tells which.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from formcheck.analysis import JudgedRep

SKIP_COST = 0.6
"""What it costs to leave a repetition unmatched, in log tempo."""
MAX_MEAN_COST = 0.35
"""Beyond this the tempos hardly come from one set (a factor of about 1.4)."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """Index pairs into the two lists, None where one clip lacks the repetition."""

    pairs: tuple[tuple[int | None, int | None], ...]
    mean_cost: float
    """Mean absolute log ratio of tempos over the matched; NaN if none is."""

    @property
    def n_matched(self) -> int:
        """How many repetitions are seen in both clips."""
        return sum(a is not None and b is not None for a, b in self.pairs)

    @property
    def is_doubtful(self) -> bool:
        """Whether the two clips may not show the same set."""
        return self.n_matched == 0 or self.mean_cost > MAX_MEAN_COST


def pair_reps(first: Sequence[JudgedRep], second: Sequence[JudgedRep]) -> Pairing:
    """Match two lists of repetitions by order and tempo.

    The cheapest alignment: a match costs the mean absolute log ratio of
    duration, way down and way up; a repetition left over costs ``SKIP_COST``.
    With as many repetitions in both, the plain order wins unless the tempo
    speaks clearly against it.
    """
    a, b = [_tempo(r) for r in first], [_tempo(r) for r in second]

    @cache
    def best(i: int, j: int) -> tuple[float, tuple[tuple[int | None, int | None], ...]]:
        if i == len(a) and j == len(b):
            return 0.0, ()
        options = []
        if i < len(a) and j < len(b):
            cost, rest = best(i + 1, j + 1)
            options.append((cost + _cost(a[i], b[j]), ((i, j), *rest)))
        if i < len(a):
            cost, rest = best(i + 1, j)
            options.append((cost + SKIP_COST, ((i, None), *rest)))
        if j < len(b):
            cost, rest = best(i, j + 1)
            options.append((cost + SKIP_COST, ((None, j), *rest)))
        return min(options, key=lambda option: option[0])

    _, pairs = best(0, 0)
    costs = [_cost(a[i], b[j]) for i, j in pairs if i is not None and j is not None]
    return Pairing(pairs, float(np.mean(costs)) if costs else float("nan"))


def explain(pairing: Pairing, n_first: int, n_second: int, names: tuple[str, str]) -> list[str]:
    """Say what did not fit, in plain words; nothing if all did."""
    out = []
    if n_first == 0 or n_second == 0:
        empty = [name for name, n in zip(names, (n_first, n_second), strict=True) if n == 0]
        return [f"No squat was found in {' and '.join(empty)}, so nothing could be matched."]
    if n_first != n_second:
        out.append(
            f"{names[0]} shows {n_first} repetitions, {names[1]} {n_second}. "
            f"{pairing.n_matched} were matched by order and tempo; the rest stand alone."
        )
    if pairing.n_matched == 0:
        out.append("The tempos differ so much that no repetition could be matched.")
    elif pairing.is_doubtful:
        factor = float(np.exp(pairing.mean_cost))
        out.append(
            f"The tempos differ by a factor of about {factor:.1f}: these may be two different "
            "sets. Read the scorecard as two sets side by side."
        )
    return out


def _tempo(rep: JudgedRep) -> tuple[float, float, float]:
    r = rep.rep
    return r.end_s - r.start_s, r.eccentric_s, r.concentric_s


def _cost(a: tuple[float, float, float], b: tuple[float, float, float]) -> float:
    # A tenth of a second is within what two cameras differ by.
    ratios = [abs(np.log((x + 0.1) / (y + 0.1))) for x, y in zip(a, b, strict=True)]
    return float(np.mean(ratios))
