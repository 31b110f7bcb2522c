"""Trends are coloured only beyond the error of measurement."""

from math import hypot, sqrt

import pytest
from health_cases import TODAY, ago, typed
from msgspec.structs import replace

from formcheck.squat.uncertainty import BODY_SHARE
from formcheck.training.history import FaultTally, Point, trend_lines
from formcheck.training.history.trends import KNEE_FLEXION_U95_DEG, compare
from formcheck.training.history.weeks import TrainingLog


def steady_error(uncertainty, n, n_recent=3):
    """Of the change between n sessions and the last ones, none of which scatter."""
    parts = (uncertainty * sqrt(BODY_SHARE + (1 - BODY_SHARE) / k) for k in (n, n_recent))
    return hypot(*parts)


def line(sessions, id_, **more):
    return next(one for one in trend_lines(sessions, **more) if one.id == id_)


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


def test_pain_is_the_last_week_against_the_weeks_before():
    """The rule of every page: the highest of 7 days against the median of days 8 to 28 back."""
    days = [(20, 1), (12, 1), (9, 1), (5, 0), (1, 3)]
    told = [typed(n, pain_next_morning=float(p)) for n, p in days]
    up = line(told, "pain_next_morning", as_of=TODAY)
    assert (up.change.change, up.change.is_better, up.change.n_after) == (2.0, False, 2)
    assert up.text.startswith("Up by 2 points")
    within = line(told[:-1], "pain_next_morning", as_of=TODAY)
    assert within.change.is_better is None
    assert within.text.startswith("Down by 1 point:")
    assert line(told[:3], "pain_next_morning", as_of=TODAY).change is None
    assert line(told, "pain_next_morning", as_of=TODAY, since=ago(6)).change.change == 2.0


@pytest.mark.parametrize(
    ("last_cm", "is_better", "words"),
    [(10.8, None, "+1.8 cm since 2026-10-23: within"), (10.9, True, "+1.9 cm"),
     (7.1, False, "-1.9 cm since 2026-10-23: more than")],
)  # fmt: skip
def test_an_ankle_has_changed_from_the_detectable_change_on(last_cm, is_better, words):
    told = [(30, 9.0), (15, 8.0), (2, last_cm)]
    sessions = [typed(n, sets=(), minutes=None, knee_to_wall_left_cm=cm) for n, cm in told]
    one = line(sessions, "knee_to_wall_left_cm")
    assert (one.change.is_better, one.change.n_after, one.unit) == (is_better, 1, "cm")
    assert one.text.startswith(words)
    assert line(sessions[:1], "knee_to_wall_left_cm").change is None
    assert not [o for o in trend_lines(sessions) if o.id == "knee_to_wall_right_cm"]
    assert TrainingLog(sessions).days == (), "an ankle is no training"


def test_many_sessions_do_not_take_away_the_error_of_the_body():
    points = [Point(ago(800 - i), 10.0 if i < 797 else 7.0, 4.0) for i in range(800)]
    change = compare(points, is_less_better=True)
    assert change.change == -3.0
    assert change.uncertainty == pytest.approx(steady_error(4.0, 797), abs=0.001)
    assert not change.is_beyond_error


def test_sessions_that_scatter_are_judged_by_student():
    # Each half: mean 4, standard deviation 4; t of two degrees of freedom each.
    points = [Point(ago(9 - i), value, 0.0) for i, value in enumerate((0, 4, 8) * 2)]
    change = compare(points, is_less_better=None)
    assert change.uncertainty == pytest.approx(sqrt(2) * 4.303 * 4 / sqrt(3), abs=0.01)


def test_the_last_three_are_held_against_all_before():
    few = line(with_tallies(*[(1, 5, 15.0)] * 5), "knee_valgus.value")
    assert few.change is None
    assert "it takes 6" in few.text
    sizes = [15.0] * 6 + [3.0] * 3
    change = line(with_tallies(*[(1, 5, v) for v in sizes]), "knee_valgus.value").change
    assert (change.change, change.n_after) == (-12.0, 3)


def test_depth_is_neither_better_nor_worse():
    error = steady_error(KNEE_FLEXION_U95_DEG, 3)
    for step, is_beyond in ((error - 0.1, False), (error + 0.1, True)):
        sessions = [
            typed(100 - i, knee_flexion_deg=100.0 + (step if i > 2 else 0)) for i in range(6)
        ]
        depth = line(sessions, "knee_flexion_deg")
        assert depth.change.is_beyond_error is is_beyond
        assert depth.change.is_better is None
        assert ("More than your baseline" in depth.text) is is_beyond
        assert ("Within the error" in depth.text) is not is_beyond
        assert depth.unit == "degrees"


def test_nothing_changed_is_not_a_change():
    points = [Point(ago(i), 3.0, 0.0) for i in range(8)]
    change = compare(points, is_less_better=True)
    assert (change.change, change.is_beyond_error) == (0.0, False)


def test_few_judged_reps_never_look_certain():
    few = line(with_tallies(*[(1, 1, 9.0)] * 3, *[(0, 1, 9.0)] * 3), "knee_valgus.share")
    assert few.change.change == -100.0
    assert few.change.uncertainty > 45
    many = line(with_tallies(*[(8, 10, 9.0)] * 5, *[(1, 10, 9.0)] * 3), "knee_valgus.share")
    assert many.change.change == pytest.approx(-70)
    assert many.change.is_better is True
    small = line(with_tallies(*[(3, 10, 9.0)] * 5, *[(2, 10, 9.0)] * 3), "knee_valgus.share")
    assert small.change.is_better is None


def test_the_size_of_a_fault_has_its_own_line():
    sizes = line(with_tallies(*[(1, 5, 15.0)] * 5, *[(1, 5, 8.0)] * 3), "knee_valgus.value")
    assert sizes.unit == "% of shank length"
    assert sizes.change.uncertainty == pytest.approx(steady_error(4.0, 5), abs=0.001)
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
    sessions = with_tallies(*[(1, 5, 15.0)] * 3, *[(1, 5, 3.0)] * 3)
    assert line(reversed(sessions), "knee_valgus.value").change.change == -12.0
    assert len(line(sessions, "knee_valgus.value", since=ago(97)).points) == 3
    assert trend_lines([]) == ()
