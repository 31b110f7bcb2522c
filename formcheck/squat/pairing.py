"""Front and side clip of one set: which repetition is which, and which camera to believe.

Repetitions keep their order; what is matched is their tempo and the time to the next one.  A clip
that starts late or ends early loses repetitions at an end, and the tempo tells which.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, nan
from typing import Protocol

from formcheck.squat.faults.fault import Fault
from formcheck.squat.faults.finding import Finding

SKIP_COST = 0.6
"""What it costs to leave a repetition unmatched, in log tempo."""
MIDDLE_COST = 0.2
"""What that costs more between two matched ones: a clip rather lacks its first or last."""
MAX_MEAN_COST = 0.35
"""Beyond this the tempos hardly come from one set (a factor of about 1.4)."""
_SLACK_S = 0.1
"""Two cameras differ by this much anyway."""

Pair = tuple[int | None, int | None]


class _Timed(Protocol):
    """A repetition: when it starts, turns round and ends; how long down and up take."""

    @property
    def start_s(self) -> float: ...
    @property
    def bottom_s(self) -> float: ...
    @property
    def end_s(self) -> float: ...
    @property
    def eccentric_s(self) -> float: ...
    @property
    def concentric_s(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Pairing:
    """Index pairs into the two lists, None where one clip lacks the repetition."""

    pairs: tuple[Pair, ...]
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


def pair_reps(first: Sequence[_Timed], second: Sequence[_Timed]) -> Pairing:
    """Match two lists of repetitions by order and tempo.

    The cheapest alignment: a match costs the mean absolute log ratio of duration, way down and way
    up, and of the time since the repetition before if that is matched too; a repetition left over
    costs ``SKIP_COST``, and ``MIDDLE_COST`` more amid the others.  With as many repetitions in
    both, the plain order wins unless the tempo speaks clearly against it.
    """
    n, m = len(first), len(second)
    # best[i, j, is_after_match]: cost of the rest from i and j on, and the step to take.
    best: dict[tuple[int, int, bool], tuple[float, str]] = {}
    for i in range(n, -1, -1):
        for j in range(m, -1, -1):
            for is_after_match in (False, True) if i and j else (False,):
                options = [(0.0, "end")] if (i, j) == (n, m) else []
                if i < n and j < m:
                    cost = _cost(first, second, i, j, is_after_match)
                    options.append((cost + best[i + 1, j + 1, True][0], "both"))
                if i < n:
                    skip = SKIP_COST + MIDDLE_COST * (0 < j < m)
                    options.append((skip + best[i + 1, j, False][0], "first"))
                if j < m:
                    skip = SKIP_COST + MIDDLE_COST * (0 < i < n)
                    options.append((skip + best[i, j + 1, False][0], "second"))
                best[i, j, is_after_match] = min(options, key=lambda option: option[0])
    pairs: list[Pair] = []
    costs: list[float] = []
    i = j = 0
    is_after_match = False
    while (step := best[i, j, is_after_match][1]) != "end":
        if step == "both":
            costs.append(_cost(first, second, i, j, is_after_match))
        pairs.append((i if step != "second" else None, j if step != "first" else None))
        i, j, is_after_match = i + (step != "second"), j + (step != "first"), step == "both"
    return Pairing(tuple(pairs), sum(costs) / len(costs) if costs else nan)


def _cost(
    first: Sequence[_Timed], second: Sequence[_Timed], i: int, j: int, is_after_match: bool
) -> float:
    a, b = first[i], second[j]
    spans = [
        (a.end_s - a.start_s, b.end_s - b.start_s),
        (a.eccentric_s, b.eccentric_s),
        (a.concentric_s, b.concentric_s),
    ]
    if is_after_match:
        spans.append((a.bottom_s - first[i - 1].bottom_s, b.bottom_s - second[j - 1].bottom_s))
    return sum(abs(log((x + _SLACK_S) / (y + _SLACK_S))) for x, y in spans) / len(spans)


def explain(pairing: Pairing, n_first: int, n_second: int, names: tuple[str, str]) -> list[str]:
    """Say what did not fit, in plain words; nothing if all did."""
    if n_first == 0 or n_second == 0:
        empty = [name for name, n in zip(names, (n_first, n_second), strict=True) if n == 0]
        return [f"No squat was found in {' and '.join(empty)}, so nothing could be matched."]
    out = []
    if n_first != n_second:
        out.append(
            f"{names[0]} shows {n_first} repetitions, {names[1]} {n_second}. "
            f"{pairing.n_matched} were matched by order and tempo; the rest stand alone."
        )
    if pairing.n_matched == 0:
        out.append("The tempos differ so much that no repetition could be matched.")
    elif pairing.is_doubtful:
        out.append(
            f"The tempos differ by a factor of about {exp(pairing.mean_cost):.1f}: these may be "
            "two different sets. Read the scorecard as two sets side by side."
        )
    return out


def best_camera(fault: Fault, seen: Sequence[tuple[str, Finding]]) -> int:
    """Which of several cameras to believe about a fault in a repetition: its index.

    First one that can judge it at all, then by the fault's own order of views, then by confidence;
    of equals the first.  ``seen`` is a view and a finding from each.
    """
    order = [str(view) for view in fault.views]

    def weight(i: int) -> tuple[bool, int, int]:
        view, finding = seen[i]
        rank = order.index(view) if view in order else len(order)
        return finding.is_judged, -rank, finding.confidence.rank

    return max(range(len(seen)), key=weight)
