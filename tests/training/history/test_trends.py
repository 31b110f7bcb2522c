"""Trends are coloured only beyond the error of measurement."""

from math import sqrt

import pytest
from health_cases import ago, typed
from msgspec.structs import replace

from formcheck.squat.uncertainty import BODY_SHARE
from formcheck.training.history import FaultTally, Point, trend_lines
from formcheck.training.history.trends import KNEE_FLEXION_U95_DEG, compare


def steady_error(uncertainty, n):
    """Of the change between halves of n sessions that do not scatter."""
    return sqrt(2) * uncertainty * sqrt(BODY_SHARE + (1 - BODY_SHARE) / n)


def line(sessions, id_, **more):
    return next(one for one in trend_lines(sessions, **more) if one.id == id_)


def with_pain(*pains):
    return [typed(100 - i, pain_next_morning=float(p)) for i, p in enumerate(pains)]


def with_tallies(*tallies):
    return [
        typed(
            100 - i,
            faults=(
                FaultTally(
                    fault="knee_valgus", n_fault=n, n_borderline=0, n_ok=of - n,
                    n_not_assessable=0, unit="pct_shank", value=value, uncertainty=4.0,
                ),
            ),
        )
        for i, (n, of, value) in enumerate(tallies)
    ]  # fmt: skip


def test_pain_counts_from_two_points():
    less = line(with_pain(4, 4, 4, 2, 2, 2), "pain_next_morning").change
    assert (less.change, less.uncertainty) == (-2.0, 2.0)
    assert less.is_beyond_error
    assert less.is_better is True
    within = line(with_pain(4, 4, 4, 2.1, 2.1, 2.1), "pain_next_morning").change
    assert not within.is_beyond_error
    assert within.is_better is None
    more = line(with_pain(1, 1, 1, 3, 3, 3), "pain_next_morning").change
    assert more.is_better is False


def test_scatter_between_sessions_widens_the_error():
    scattered = line(with_pain(0, 8, 4, 2, 10, 6), "pain_next_morning").change
    assert scattered.change == 2.0
    assert scattered.uncertainty > 9
    assert not scattered.is_beyond_error


def test_many_sessions_do_not_take_away_the_error_of_the_body():
    points = [Point(ago(800 - i), 10.0 if i < 400 else 7.0, 4.0) for i in range(800)]
    change = compare(points, is_less_better=True)
    assert change.change == -3.0
    assert change.uncertainty == pytest.approx(steady_error(4.0, 400), abs=0.001)
    assert not change.is_beyond_error


def test_sessions_that_scatter_are_judged_by_student():
    # Each half: mean 4, standard deviation 4; t of two degrees of freedom each.
    points = [Point(ago(9 - i), value, 0.0) for i, value in enumerate((0, 4, 8) * 2)]
    change = compare(points, is_less_better=None)
    assert change.uncertainty == pytest.approx(sqrt(2) * 4.303 * 4 / sqrt(3), abs=0.01)


def test_too_few_sessions_are_not_compared():
    five = line(with_pain(9, 9, 9, 0, 0), "pain_next_morning")
    assert five.change is None
    assert "it takes 6" in five.text
    assert line(with_pain(9, 9, 9, 0, 0, 0), "pain_next_morning").change is not None


def test_the_middle_of_an_odd_number_is_left_out():
    change = line(with_pain(4, 4, 4, 9, 1, 1, 1), "pain_next_morning").change
    assert change.change == -3.0
    assert change.n_after == 3


def test_depth_is_neither_better_nor_worse():
    error = steady_error(KNEE_FLEXION_U95_DEG, 3)
    for step, is_beyond in ((error - 0.1, False), (error + 0.1, True)):
        sessions = [
            typed(100 - i, knee_flexion_deg=100.0 + (step if i > 2 else 0)) for i in range(6)
        ]
        depth = line(sessions, "knee_flexion_deg")
        assert depth.change.is_beyond_error is is_beyond
        assert depth.change.is_better is None
        assert ("More than before" in depth.text) is is_beyond
        assert ("beyond the error" in depth.text) is not is_beyond
        assert depth.unit == "degrees"


def test_nothing_changed_is_not_a_change():
    points = [Point(ago(i), 3.0, 0.0) for i in range(8)]
    change = compare(points, is_less_better=True)
    assert (change.change, change.is_beyond_error) == (0.0, False)


def test_few_judged_reps_never_look_certain():
    few = line(with_tallies(*[(1, 1, 9.0)] * 3, *[(0, 1, 9.0)] * 3), "knee_valgus.share")
    assert few.change.change == -100.0
    assert few.change.uncertainty > 45
    many = line(with_tallies(*[(8, 10, 9.0)] * 4, *[(1, 10, 9.0)] * 4), "knee_valgus.share")
    assert many.change.change == pytest.approx(-70)
    assert many.change.is_better is True
    small = line(with_tallies(*[(3, 10, 9.0)] * 4, *[(2, 10, 9.0)] * 4), "knee_valgus.share")
    assert small.change.is_better is None


def test_the_size_of_a_fault_has_its_own_line():
    sizes = line(with_tallies(*[(1, 5, 15.0)] * 4, *[(1, 5, 8.0)] * 4), "knee_valgus.value")
    assert sizes.unit == "% of shank length"
    assert sizes.change.uncertainty == pytest.approx(steady_error(4.0, 4), abs=0.001)
    assert sizes.change.is_better is True
    assert [point.uncertainty for point in sizes.points] == [4.0] * 8


def test_sessions_the_camera_could_not_judge_are_no_points():
    blind = [
        replace(
            s, faults=(replace(s.faults[0], n_fault=0, n_ok=0, n_not_assessable=5, value=None),)
        )
        for s in with_tallies(*[(1, 5, 9.0)] * 3)
    ]
    assert trend_lines(blind) == ()
    mixed = line([*blind, *with_tallies(*[(1, 5, 9.0)] * 2)], "knee_valgus.share")
    assert len(mixed.points) == 2


def test_order_and_start_can_be_chosen():
    sessions = with_pain(5, 5, 5, 1, 1, 1)
    assert line(reversed(sessions), "pain_next_morning").change.change == -4.0
    assert len(line(sessions, "pain_next_morning", since=ago(97)).points) == 3
    assert trend_lines([]) == ()
