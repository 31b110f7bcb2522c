"""The statistics on cases with known answers."""

import numpy as np
import pytest

from benchmarks.validation.statistics import (
    Rate,
    agreement,
    auc,
    auc_interval,
    bootstrap_by_group,
    bootstrap_mean_by_group,
    coverage,
    detection_limit,
    roc,
)
from formcheck.batch.validation import share, wilson_interval

HALF_OF_FIFTY = 1.959964 / (2 * np.sqrt(103.841459))


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        # z^2 / (n + z^2) and its complement at the ends, 0.5 -+ z / (2 sqrt(n + z^2)) between.
        (0, 10, 0.0, 3.841459 / 13.841459),
        (10, 10, 10 / 13.841459, 1.0),
        (50, 100, 0.5 - HALF_OF_FIFTY, 0.5 + HALF_OF_FIFTY),
    ],
)
def test_wilson_interval_closed_forms(hits, n, low, high):
    assert wilson_interval(hits, n) == pytest.approx((low, high), abs=1e-6)


def test_no_cases_give_nan_and_no_crash():
    assert np.isnan(share(0, 0)).all()
    assert np.isnan(Rate(0, 0).value)
    assert agreement(np.array([])).n == 0
    assert np.isnan(auc(np.array([]), np.array([1.0])))
    assert np.isnan(bootstrap_by_group([], lambda rows: 0.0)).all()


def test_agreement_is_bland_and_altmans():
    fit = agreement(np.array([1.0, 3.0, np.nan, 5.0]))
    assert (fit.n, fit.bias, fit.sd, fit.mae) == (3, 3.0, 2.0, 3.0)
    assert (fit.low, fit.high) == pytest.approx((3 - 1.959964 * 2, 3 + 1.959964 * 2))


def test_agreement_of_a_normal_sample_finds_its_limits():
    d = np.random.default_rng(1).normal(2.0, 3.0, 20_000)
    fit = agreement(d)
    assert fit.bias == pytest.approx(2.0, abs=0.1)
    assert np.mean((d > fit.low) & (d < fit.high)) == pytest.approx(0.95, abs=0.005)


def test_auc_and_roc_on_separated_equal_and_known_scores():
    assert auc(np.array([3.0, 4.0]), np.array([1.0, 2.0])) == 1.0
    assert auc(np.array([1.0, 1.0]), np.array([1.0])) == 0.5
    assert auc(np.array([2.0, 0.0]), np.array([1.0])) == 0.5
    positive, negative = np.array([3.0, 1.0, 2.0]), np.array([0.0, 2.0])
    false, true = roc(positive, negative)
    assert (false[0], true[0], false[-1], true[-1]) == (0.0, 0.0, 1.0, 1.0)
    assert np.trapezoid(true, false) == pytest.approx(auc(positive, negative))
    low, high = auc_interval(positive, negative, 200)
    assert 0 <= low <= auc(positive, negative) <= high <= 1


def test_bootstrap_draws_whole_people():
    # Two people, one always right, one never: only 0, 1/2 and 1 can come out.
    people = ["a"] * 10 + ["b"] * 10
    flags = np.array([1.0] * 10 + [0.0] * 10)
    seen = set()

    def mean(rows):
        seen.add(float(flags[rows].mean()))
        return float(flags[rows].mean())

    assert bootstrap_by_group(people, mean, 200) == (0.0, 1.0)
    assert seen == {0.0, 0.5, 1.0}
    assert bootstrap_mean_by_group(people, flags, 200) == (0.0, 1.0)


def test_both_ways_of_drawing_people_agree():
    rng = np.random.default_rng(3)
    people = [f"p{i}" for i in rng.integers(6, size=90)]
    values = rng.normal(size=90)
    slow = bootstrap_by_group(people, lambda rows: float(values[rows].mean()), 300)
    assert bootstrap_mean_by_group(people, values, 300) == pytest.approx(slow)


def test_coverage_of_true_and_of_too_narrow_intervals():
    rng = np.random.default_rng(7)
    error = rng.normal(0, 1, 2000)
    people = [f"p{i % 20}" for i in range(2000)]
    right = coverage(error, np.full(2000, 1.96), people)
    assert right.includes_95
    assert right.rate.value == pytest.approx(0.95, abs=0.015)
    narrow = coverage(error, np.full(2000, 1.0), people)
    assert not narrow.includes_95
    assert narrow.rate.value == pytest.approx(0.683, abs=0.03)
    unknown = coverage(np.array([np.nan, 0.0]), np.array([1.0, 1.0]), ["a", "b"])
    assert unknown.rate == Rate(1, 1)


def test_detection_limit_needs_every_larger_amount():
    full, most, half = Rate(20, 20), Rate(19, 20), Rate(10, 20)
    assert detection_limit([(9, half), (12, most), (15, full)]) == 12
    assert detection_limit([(9, full), (12, half), (15, full)]) == 15
    assert detection_limit([(9, full), (12, full), (15, half)]) is None
