"""The steps all faults share: what is held counts, a single frame does not, gaps stay gaps."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck.squat.faults.finding import (
    Assessment,
    Measured,
    Verdict,
    finite_or_none,
    is_coarse,
    resampled,
    sustained_maximum,
    why_unseen,
)


def test_a_single_wild_frame_does_not_count():
    times = np.arange(0, 2, 1 / 30)
    values = np.zeros(len(times))
    values[20] = 100.0
    assert sustained_maximum(times, values, 0.15)[0] == 0.0


def test_what_is_held_counts_with_its_time():
    times = np.arange(0, 2, 1 / 60)
    values = np.where((times >= 0.5) & (times <= 0.8), 7.0, 1.0)
    value, when = sustained_maximum(times, values, 0.15)
    assert value == 7.0
    assert 0.5 <= when <= 0.8


def test_it_is_the_lowest_of_the_best_stretch():
    times = np.arange(0, 1, 0.05)
    values = np.array([0, 9, 3, 5, 6, 5, 0, 8, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0], float)
    assert sustained_maximum(times, values, 0.10) == (5.0, pytest.approx(0.2))


def test_a_gap_breaks_a_stretch():
    times = np.arange(0, 1, 0.05)
    values = np.full(20, 4.0)
    values[::3] = np.nan
    assert np.isnan(sustained_maximum(times, values, 0.15)).all()
    assert sustained_maximum(times, values, 0.05)[0] == 4.0


def test_nothing_lasts_longer_than_it_is_seen():
    assert np.isnan(sustained_maximum(np.array([0.0, 0.1]), np.array([1.0, 1.0]), 0.15)).all()
    assert np.isnan(sustained_maximum(np.empty(0), np.empty(0), 0.15)).all()
    # However late in the clip: what counts is how long, not until when.
    assert np.isnan(sustained_maximum(np.array([9.0, 9.1]), np.array([1.0, 1.0]), 0.15)).all()


@given(st.lists(st.floats(-50, 50), min_size=12, max_size=40), st.floats(0.05, 0.3))
def test_holding_longer_never_raises_the_level(values, hold):
    times = np.arange(len(values)) / 30
    short, _ = sustained_maximum(times, np.array(values), hold / 2)
    long, _ = sustained_maximum(times, np.array(values), hold)
    assert short <= max(values)
    assert np.isnan(long) or long <= short


def test_a_ramp_on_an_even_grid_is_the_ramp():
    times = np.cumsum([0, 0.03, 0.05, 0.02, 0.06, 0.04])
    grid, values = resampled(times, 3 * times)
    assert np.allclose(np.diff(grid), 1 / 60)
    assert np.allclose(values, 3 * grid)


def test_a_long_gap_stays_unknown_and_a_short_one_is_bridged():
    times = np.array([0, 0.03, 0.06, 0.16, 0.19, 0.49, 0.52])
    grid, values = resampled(times, np.ones(7))
    assert np.isnan(values[(grid > 0.2) & (grid < 0.48)]).all()
    assert np.isfinite(values[grid < 0.19]).all()


def test_too_little_is_nothing():
    for values in ([np.nan, np.nan], [1.0, np.nan]):
        grid, out = resampled(np.array([0.0, 0.1]), np.array(values))
        assert len(grid) == len(out) == 0


def test_numbers_for_the_record():
    assert finite_or_none(1.26) == 1.3
    assert finite_or_none(float("nan")) is None
    assert finite_or_none(float("inf")) is None


def test_every_frame_of_a_stretch_counts_its_last_one_too():
    times = np.arange(0, 0.4, 0.1)
    values = np.array([9.0, 9.0, 9.0, 2.0])
    assert sustained_maximum(times, values, 0.2)[0] == 9.0
    assert sustained_maximum(times, values, 0.3)[0] == 2.0
    assert sustained_maximum(times, values[::-1].copy(), 0.3)[0] == 2.0


def test_a_gap_is_judged_by_its_own_length():
    """Known values on both sides of it do not make a long gap short."""
    times = np.array([0.0, 0.1, 0.2, 0.5, 0.6, 0.7])
    grid, values = resampled(times, np.arange(6.0), max_gap_s=0.15)
    is_gap = (grid > 0.2 + 1e-9) & (grid < 0.5 - 1e-9)
    assert np.isnan(values[is_gap]).all()
    assert np.isfinite(values[~is_gap]).all()
    assert grid[0] == 0.0
    assert grid[-1] == pytest.approx(0.7, abs=1 / 60)


def test_a_gap_at_either_end_is_a_gap():
    for times, gap in (([0.0, 0.49, 0.52], (0.0, 0.49)), ([0.0, 0.04, 0.53], (0.04, 0.53))):
        grid, values = resampled(np.array(times), np.zeros(3))
        is_inside = (grid > gap[0]) & (grid < gap[1])
        assert np.isnan(values).tolist() == is_inside.tolist()


def test_at_five_pictures_a_second_every_step_is_bridged_and_a_lost_picture_is_a_gap():
    times = np.arange(11) / 5
    values = np.where(np.arange(11) == 5, np.nan, 10 * times)
    grid, found = resampled(times, values)
    is_gap = (grid > 0.8 + 1e-9) & (grid < 1.2 - 1e-9)
    assert np.isnan(found[is_gap]).all()
    assert found[~is_gap] == pytest.approx(10 * grid[~is_gap])


def test_two_known_values_are_enough_and_one_is_not():
    times = np.arange(4) / 30
    one = resampled(times, np.array([np.nan, 3.0, np.nan, np.nan]))
    two = resampled(times, np.array([np.nan, 3.0, 5.0, np.nan]))
    assert len(one[0]) == len(one[1]) == 0
    assert two[1] == pytest.approx([3.0, 4.0, 5.0])


def test_each_leg_and_the_mean_have_their_value_and_a_word_is_none():
    extra = {
        "left_pct": 4.0, "mean_pct": 7.0, "mean_uncertainty_pct": 1.0, "phase": "ascent",
    }  # fmt: skip
    none = Assessment.impossible("a", "pct", "not seen").finding
    finding = replace(none, value=5.0, uncertainty=2.0, extra=extra)
    assert finding.number("phase") is None
    assert finding.measured_of("left") == Measured(4.0, 2.0)
    assert finding.measured_of("right") == finding.measured_of(None) == Measured(5.0, 2.0)
    assert finding.measured_of("both") == Measured(7.0, 1.0)
    assert none.measured_of("both") is None


def test_a_value_without_its_uncertainty_is_no_measurement():
    none = Assessment.impossible("a", "pct", "not seen").finding
    for half in (replace(none, value=5.0), replace(none, uncertainty=2.0)):
        assert half.measured is None
        assert half.measures == {}


def test_what_is_not_assessable_is_not_judged_and_asks_for_least_attention():
    none = Assessment.impossible("a", "pct", "not seen").finding
    judged = [replace(none, verdict=v).is_judged for v in ("ok", "borderline", "fault")]
    assert (none.is_judged, judged) == (False, [True] * 3)
    rising = ("not_assessable", "ok", "borderline", "fault")
    assert [Verdict(name).rank for name in rising] == [0, 1, 2, 3]


def test_more_than_twelve_hundredths_between_two_pictures_is_coarse():
    assert [is_coarse(step_s * np.arange(2)) for step_s in (0.11, 0.13)] == [False, True]
    assert not is_coarse(np.zeros(1))


def test_a_curve_with_gaps_has_too_few_pictures_or_a_hidden_leg():
    assert why_unseen(np.arange(0, 2, 0.5), "hidden").startswith("too few pictures a second (2)")
    assert why_unseen(np.arange(20) / 9, "hidden").startswith("too few pictures a second (9)")
    assert why_unseen(np.arange(20) / 10, "hidden") == "hidden"
    assert why_unseen(np.zeros(1), "hidden") == "hidden"
