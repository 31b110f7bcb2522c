"""What ``index.html`` sums up: histograms, people, left and right; numbers only, no markup."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from formcheck.batch.tables import ListedClip
from formcheck.knowledge.words import VERDICTS
from formcheck.pose.kinematics import SIDES
from formcheck.squat.faults import FAULTS
from formcheck.squat.faults.fault import Fault
from formcheck.squat.faults.finding import GRAVEST_FIRST, Finding, Verdict
from formcheck.squat.uncertainty import Measured, difference, mean_of_clips

_DIGITS = re.compile(r"(\d+)")
_BIN = 5.0
_MAX_BINS = 60
_HEIGHT_PX = 120
_LABEL_PX = 32

Counts = tuple[tuple[str, str], ...]
"""Class and words, such as ``("ok", "3 ok")``, the gravest verdict first."""


def verdict_counts(findings: Iterable[Finding]) -> Counts:
    """How often each verdict was given."""
    counts = Counter(f.verdict for f in findings)
    return tuple((v, f"{counts[v]} {VERDICTS[v]}") for v in GRAVEST_FIRST if counts[v])


def of_fault(clips: Iterable[ListedClip], fault: Fault) -> list[Finding]:
    """Every finding about a fault."""
    return [f for clip in clips for f in clip.findings if f.fault == fault.name]


@dataclass(frozen=True, slots=True)
class HistogramBar:
    """A part of a column in pixels."""

    verdict: Verdict
    x: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Histogram:
    """Values of one fault in steps of 5, stacked by verdict; the line is the commonest limit."""

    fault: Fault
    n_reps: int
    limit: float
    bar_px: int
    height_px: int
    bars: tuple[HistogramBar, ...]
    limit_px: float
    labels: tuple[tuple[float, str], ...]
    """Place in pixels and words."""
    width_px: int


def histograms(clips: Sequence[ListedClip]) -> list[Histogram]:
    """One for each fault that was judged."""
    judged = ((fault, [f for f in of_fault(clips, fault) if f.is_judged]) for fault in FAULTS)
    return [_histogram(fault, findings) for fault, findings in judged if findings]


def _histogram(fault: Fault, findings: Sequence[Finding]) -> Histogram:
    limit = Counter(f.threshold or 0.0 for f in findings).most_common(1)[0][0]
    values = [f.value or 0.0 for f in findings]
    low, high = min(limit, *values), max(limit, *values)
    step = _BIN * max(1, math.ceil((high - low) / _BIN / _MAX_BINS))
    first = math.floor(low / step)
    n = math.floor(high / step) - first + 1
    columns = [Counter[Verdict]() for _ in range(n)]
    for value, finding in zip(values, findings, strict=True):
        columns[math.floor(value / step) - first][finding.verdict] += 1
    tallest = max(column.total() for column in columns)
    width = max(12, min(36, 420 // n))
    bars = []
    for i, column in enumerate(columns):
        y = float(_HEIGHT_PX)
        for verdict in (Verdict.OK, Verdict.BORDERLINE, Verdict.FAULT):
            height = _HEIGHT_PX * column[verdict] / tallest
            y -= height
            if height:
                bars.append(HistogramBar(verdict, i * width + 1, y, height))
    every = max(1, math.ceil(_LABEL_PX / width))
    return Histogram(
        fault=fault,
        n_reps=len(findings),
        limit=limit,
        bar_px=width - 2,
        height_px=_HEIGHT_PX,
        bars=tuple(bars),
        limit_px=(limit / step - first) * width,
        labels=tuple((i * width, f"{(first + i) * step:g}") for i in range(0, n, every)),
        width_px=max(n * width + 30, 160),
    )


def by_subject(clips: Iterable[ListedClip]) -> dict[str, list[ListedClip]]:
    """Clips by whom they show, ``p2`` before ``p10``."""
    groups: dict[str, list[ListedClip]] = defaultdict(list)
    for clip in clips:
        groups[clip.entry.subject].append(clip)
    return dict(sorted(groups.items(), key=lambda item: _in_order(item[0])))


def _in_order(name: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in _DIGITS.split(name)]


@dataclass(frozen=True, slots=True)
class LeftRight:
    """Means of the left and the right leg of one person, and whether they differ."""

    subject: str
    fault: Fault
    left: float
    right: float
    error: float
    """Half width of the 95 % interval of the difference."""

    @property
    def difference(self) -> float:
        """Left minus right."""
        return self.left - self.right

    @property
    def is_beyond_error(self) -> bool:
        """Whether the legs differ by more than the measurement error."""
        return abs(self.difference) > self.error


def left_right(clips: Sequence[ListedClip]) -> list[LeftRight]:
    """One for each person and fault of which both legs were measured."""
    out = []
    for subject, own in by_subject(clips).items():
        for fault in FAULTS:
            found = [[f for f in of_fault([clip], fault) if f.measured] for clip in own]
            left, right = (mean_of_clips([_legs(reps, side) for reps in found]) for side in SIDES)
            if left is not None and right is not None:
                # Seen together the legs are compared within each repetition, else as means.
                apart = mean_of_clips([_apart(reps) for reps in found]) or difference(left, right)
                out.append(LeftRight(subject, fault, left.value, right.value, apart.uncertainty))
    return out


def _legs(findings: Iterable[Finding], side: str) -> list[Measured]:
    return [
        Measured(value, whole.uncertainty)
        for f in findings
        if (whole := f.measured) and (value := f.of_side(side)) is not None
    ]


def _apart(findings: Iterable[Finding]) -> list[Measured]:
    """Left minus right of each repetition that shows both; their errors are independent."""
    pairs = ((_legs([f], "left"), _legs([f], "right")) for f in findings)
    return [difference(left[0], right[0]) for left, right in pairs if left and right]
