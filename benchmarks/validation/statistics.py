"""Statistics of the validation: agreement, coverage, ROC and intervals by person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.validation.clips import Array
from formcheck.batch.validation import wilson_interval

N_RESAMPLES = 2000
SEED = 20261122
Z95 = 1.959964


@dataclass(frozen=True)
class Rate:
    """``hits`` of ``n`` with a 95 % Wilson interval; NaN for n = 0."""

    hits: int
    n: int

    @property
    def value(self) -> float:
        """The share."""
        return self.hits / self.n if self.n else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        """Its 95 % interval."""
        return wilson_interval(self.hits, self.n)

    @classmethod
    def of(cls, flags: Array) -> Rate:
        """Share of true values."""
        flags = np.asarray(flags, bool)
        return cls(int(flags.sum()), int(flags.size))


@dataclass(frozen=True)
class Agreement:
    """Differences, measured minus true, as Bland and Altman give them.

    ``bias`` is the mean, ``sd`` the standard deviation (n - 1), ``low`` and
    ``high`` the 95 % limits ``bias -+ 1.96 sd``, ``mae`` the mean absolute
    difference, ``p95`` the 95th percentile of the absolute difference.
    """

    n: int
    bias: float
    sd: float
    mae: float
    p95: float

    @property
    def low(self) -> float:
        """Lower 95 % limit of agreement."""
        return self.bias - Z95 * self.sd

    @property
    def high(self) -> float:
        """Upper 95 % limit of agreement."""
        return self.bias + Z95 * self.sd


def agreement(differences: Array) -> Agreement:
    """Agreement of the finite differences; NaN for too few."""
    d = np.asarray(differences, float)
    d = d[np.isfinite(d)]
    if not d.size:
        nan = float("nan")
        return Agreement(0, nan, nan, nan, nan)
    sd = float(d.std(ddof=1)) if d.size > 1 else float("nan")
    size = np.abs(d)
    return Agreement(
        d.size, float(d.mean()), sd, float(size.mean()), float(np.percentile(size, 95))
    )


def bootstrap_by_group(
    groups: Sequence[object],
    statistic: Callable[[Array], float],
    n_resamples: int = N_RESAMPLES,
    seed: int = SEED,
) -> tuple[float, float]:
    """95 % percentile interval of a statistic, whole groups resampled.

    Repetitions of one person resemble each other; drawing people instead of
    repetitions keeps the interval honest.

    Args:
        groups: Group (person) of each row.
        statistic: Takes an array of row numbers, returns a number.
    """
    names = sorted(set(groups), key=str)
    if not names:
        return float("nan"), float("nan")
    members = [np.flatnonzero([group == name for group in groups]) for name in names]
    rng = np.random.default_rng(seed)
    draws = []
    for _ in range(n_resamples):
        chosen = rng.integers(len(names), size=len(names))
        draws.append(statistic(np.concatenate([members[i] for i in chosen])))
    low, high = np.nanpercentile(draws, [2.5, 97.5])
    return float(low), float(high)


def bootstrap_mean_by_group(
    groups: Sequence[object], values: Array, n_resamples: int = N_RESAMPLES, seed: int = SEED
) -> tuple[float, float]:
    """`bootstrap_by_group` of the mean of ``values``, quicker: from each group's sum and size."""
    names = sorted(set(groups), key=str)
    if not names:
        return float("nan"), float("nan")
    number = {name: i for i, name in enumerate(names)}
    owner = np.array([number[group] for group in groups])
    sums = np.bincount(owner, weights=np.asarray(values, float))
    sizes = np.bincount(owner)
    rng = np.random.default_rng(seed)
    chosen = rng.integers(len(names), size=(n_resamples, len(names)))
    means = sums[chosen].sum(axis=1) / sizes[chosen].sum(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


@dataclass(frozen=True)
class Coverage:
    """Share of stated 95 % intervals that hold the truth, with its interval by person."""

    rate: Rate
    low: float
    high: float
    mean_half_width: float

    @property
    def includes_95(self) -> bool:
        """Whether the bootstrap interval includes 95 %."""
        return bool(self.low <= 0.95 <= self.high)


def coverage(differences: Array, half_widths: Array, groups: Sequence[object]) -> Coverage:
    """Coverage of ``+- half_width`` around the measured values.

    Args:
        differences, half_widths (array, shape (n,)): Rows with a NaN are left out.
        groups: Person of each row.
    """
    known = np.isfinite(differences) & np.isfinite(half_widths)
    is_held = (np.abs(differences) <= half_widths)[known]
    owners = [group for group, is_known in zip(groups, known, strict=True) if is_known]
    low, high = bootstrap_mean_by_group(owners, is_held)
    width = float(half_widths[known].mean()) if known.any() else float("nan")
    return Coverage(Rate.of(is_held), low, high, width)


def roc(positive: Array, negative: Array) -> tuple[Array, Array]:
    """False and true alarm rates over all limits, from (0, 0) to (1, 1).

    Args:
        positive, negative: Scores of cases with and without the fault; more means more fault.
    """
    limits = np.unique(np.concatenate([positive, negative]))[::-1]
    true = [0.0, *(float((positive >= limit).mean()) for limit in limits), 1.0]
    false = [0.0, *(float((negative >= limit).mean()) for limit in limits), 1.0]
    return np.array(false), np.array(true)


def auc(positive: Array, negative: Array) -> float:
    """Chance that a case with the fault scores higher than one without; ties count half.

    The area under the ROC curve (Mann and Whitney); NaN if either is empty.
    """
    if not len(positive) or not len(negative):
        return float("nan")
    difference = np.asarray(positive)[:, None] - np.asarray(negative)[None, :]
    with np.errstate(invalid="ignore"):
        wins = (difference > 0).mean() + 0.5 * (np.asarray(positive)[:, None] == negative).mean()
    return float(wins)


def auc_interval(
    positive: Array, negative: Array, n_resamples: int = N_RESAMPLES, seed: int = SEED
) -> tuple[float, float]:
    """95 % bootstrap interval of `auc`, cases resampled within each class."""
    if not len(positive) or not len(negative):
        return float("nan"), float("nan")
    rng = np.random.default_rng(seed)
    draws = [
        auc(rng.choice(positive, len(positive)), rng.choice(negative, len(negative)))
        for _ in range(n_resamples)
    ]
    low, high = np.percentile(draws, [2.5, 97.5])
    return float(low), float(high)


def detection_limit(rates: Sequence[tuple[float, Rate]], wanted: float = 0.95) -> float | None:
    """Smallest amount from which on every amount reaches the wanted rate; None if none does."""
    limit = None
    for amount, rate in sorted(rates, reverse=True, key=lambda item: item[0]):
        if not rate.n or rate.value < wanted:
            break
        limit = amount
    return limit
