"""Means and differences carry the error that repeating does not take away."""

from math import hypot, inf, nan, sqrt
from statistics import stdev

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from formcheck.squat.uncertainty import (
    BODY_SHARE,
    CLIP_SHARE,
    REP_SHARE,
    Measured,
    difference,
    drift,
    mean_of_clips,
)

SHARED = BODY_SHARE + CLIP_SHARE
values = st.floats(-50, 50)
findings = st.builds(Measured, values, st.floats(0.1, 30))


def alike(n, u=6.0, value=8.0):
    return [Measured(value, u)] * n


def test_the_shares_are_all_of_the_error():
    assert pytest.approx(1.0) == BODY_SHARE + CLIP_SHARE + REP_SHARE


@given(findings)
def test_one_repetition_keeps_its_own_uncertainty(one):
    mean = mean_of_clips([[one]])
    assert mean.value == one.value
    assert mean.uncertainty == pytest.approx(one.uncertainty)


def test_repetitions_that_scatter_less_than_their_error():
    for n in (2, 4, 100):
        mean = mean_of_clips([alike(n)])
        assert mean.value == pytest.approx(8.0)
        assert mean.uncertainty == pytest.approx(6.0 * sqrt(SHARED + REP_SHARE / n))


def test_clips_that_scatter_less_than_their_error():
    four_by_three = mean_of_clips([alike(3)] * 4)
    expected = 6.0 * sqrt(BODY_SHARE + (CLIP_SHARE + REP_SHARE / 3) / 4)
    assert four_by_three.uncertainty == pytest.approx(expected)
    uneven = mean_of_clips([alike(1), alike(3)])
    weights = (1 / 4) ** 2 * (CLIP_SHARE + REP_SHARE), (3 / 4) ** 2 * (CLIP_SHARE + REP_SHARE / 3)
    assert uneven.uncertainty == pytest.approx(6.0 * sqrt(BODY_SHARE + sum(weights)))


def test_every_repetition_counts_the_same():
    assert mean_of_clips([[Measured(0, 1)], [Measured(4, 1)] * 3]).value == pytest.approx(3.0)


@pytest.mark.parametrize(("n", "t"), [(2, 12.706), (4, 3.182), (10, 2.262), (31, 2.0423)])
def test_scatter_without_error_is_the_textbook_interval(n, t):
    seen = [Measured(float(k), 0.0) for k in range(n)]
    half = t * stdev(range(n)) / sqrt(n)
    assert mean_of_clips([seen]).uncertainty == pytest.approx(half, rel=1e-3)


def test_scatter_beside_a_known_part_by_welch_and_satterthwaite():
    # Variances: 1 shared, 2^2 / 4 from scatter of three degrees, so 2^2 / (1^2 / 3) = 12 degrees.
    u = 1.959964 / sqrt(SHARED)
    spread = 2 * sqrt(3) / 2
    four = [Measured(x, u) for x in (-spread, spread, -spread, spread)]
    assert mean_of_clips([four]).uncertainty == pytest.approx(2.1788 * sqrt(2), rel=1e-3)


def test_clips_that_differ_widen_their_mean():
    calm = mean_of_clips([alike(5, 2.0, 8.0)] * 4)
    restless = mean_of_clips([alike(5, 2.0, value) for value in (0.0, 5.0, 11.0, 16.0)])
    assert restless.value == pytest.approx(calm.value)
    assert restless.uncertainty > 4 * calm.uncertainty


@given(st.lists(findings, min_size=2, max_size=6), st.integers(2, 5))
def test_more_of_the_same_repetitions_never_widen(reps, times):
    once, more = mean_of_clips([reps]).uncertainty, mean_of_clips([reps * times]).uncertainty
    assert more <= once * (1 + 1e-9)


@given(st.lists(st.lists(findings, min_size=1, max_size=4), min_size=1, max_size=5))
def test_what_is_shared_never_averages_out(clips):
    reps = [rep for clip in clips for rep in clip]
    together = sum(rep.uncertainty for rep in reps) / len(reps)
    assert mean_of_clips(clips).uncertainty >= sqrt(BODY_SHARE) * together * (1 - 1e-9)
    assert mean_of_clips([reps]).uncertainty >= sqrt(SHARED) * together * (1 - 1e-9)


@given(st.lists(findings, min_size=2, max_size=6), st.floats(1, 5))
def test_more_scatter_never_narrows(reps, factor):
    assume(stdev(rep.value for rep in reps) > 0)
    wider = [Measured(factor * rep.value, rep.uncertainty) for rep in reps]
    assert mean_of_clips([wider]).uncertainty >= mean_of_clips([reps]).uncertainty * (1 - 1e-9)


def test_the_intervals_hold_what_they_promise():
    """Of simulated sets with errors of the model's own shares, 95 % of intervals hold the truth."""
    rng = np.random.default_rng(5)
    n_sets, n_clips, n_reps = 1000, 3, 4
    body, clip, rep = (sqrt(share) for share in (BODY_SHARE, CLIP_SHARE, REP_SHARE))
    error = (
        body * rng.normal(size=(n_sets, 1, 1))
        + clip * rng.normal(size=(n_sets, n_clips, 1))
        + rep * rng.normal(size=(n_sets, n_clips, n_reps))
    )
    held = []
    for one in error:
        mean = mean_of_clips([[Measured(x, 1.96) for x in of_clip] for of_clip in one])
        held.append(abs(mean.value) <= mean.uncertainty)
    assert 0.93 < np.mean(held) < 0.98


def test_between_two_videos_nothing_cancels():
    change = difference(Measured(5.0, 3.0), Measured(9.0, 4.0))
    assert (change.value, change.uncertainty) == (-4.0, 5.0)


def test_of_the_same_pictures_only_the_repetitions_own_part_is_left():
    change = difference(Measured(5.0, 3.0), Measured(9.0, 4.0), is_same_clip=True)
    assert change.uncertainty == pytest.approx(sqrt(REP_SHARE) * hypot(3.0, 4.0))


def test_nothing_measured_has_no_mean():
    assert mean_of_clips([]) is None
    assert mean_of_clips([[], []]) is None
    assert mean_of_clips([[], alike(3), []]) == mean_of_clips([alike(3)])


@pytest.mark.parametrize("numbers", [(nan, 1.0), (1.0, nan), (inf, 1.0), (1.0, inf), (1.0, -0.1)])
def test_what_was_not_measured_is_refused(numbers):
    with pytest.raises(ValueError, match="not a measured value"):
        Measured(*numbers)


def test_a_set_on_a_line_drifts_from_its_first_to_its_last_repetition():
    found = drift([Measured(10 + 2 * i, 6.0) for i in range(5)])
    assert found.value == pytest.approx(8)
    # Five places on a line: Sxx = 10; what the repetitions share does not matter.
    assert found.uncertainty == pytest.approx(4 * sqrt(REP_SHARE) * 6 / sqrt(10), rel=0.02)


def test_repetitions_that_scatter_drift_by_nothing_sure():
    steady, wild = ([Measured(v, 1.0) for v in row] for row in ([5] * 6, [0, 12, 0, 12, 0, 12]))
    assert drift(steady).value == pytest.approx(0)
    assert drift(wild).uncertainty > 3 * drift(steady).uncertainty
    assert drift(wild).uncertainty > abs(drift(wild).value)


def test_two_repetitions_are_no_line():
    with pytest.raises(ValueError, match="three"):
        drift(alike(2))
