"""What a fault draws into the picture: lines, and the gap that it is."""

from dataclasses import replace

import numpy as np
import pytest

from formcheck.pose.kinematics import LEG
from formcheck.squat.faults import FAULTS
from formcheck.squat.faults.finding import Assessment

VALGUS, TRAVEL = FAULTS


def body(**places):
    """Points in pixels: hip, knee, ankle, heel and toe of a side by name, the rest unknown."""
    points = np.full((33, 2), np.nan)
    for side, joints in places.items():
        for landmark, place in zip(LEG[side], joints, strict=True):
            points[landmark] = place
    return points


def finding(fault, side):
    return replace(Assessment.impossible(fault.name, fault.unit, "").finding, side=side)


# From the front: the lifter's left is at the right. The left knee is in, the right one out.
FRONT = body(
    left=[(140, 100), (120, 150), (140, 200), (140, 205), (150, 210)],
    right=[(60, 100), (40, 150), (60, 200), (60, 205), (50, 210)],
)


def test_the_knee_is_drawn_against_the_line_of_its_foot():
    left_up, left_along, right_up, right_along = VALGUS.lines(FRONT, None)
    # Where the knee should be: up by the shank and out with the foot.
    assert np.allclose(left_up, [(140, 200), (150, 150)])
    assert np.allclose(right_up, [(60, 200), (50, 150)])
    # Along the foot and on beyond the toes by 0.6 of it.
    assert np.allclose(left_along, [(140, 200), (156, 216)])
    assert np.allclose(right_along, [(60, 200), (44, 216)])


@pytest.mark.parametrize(("side", "n_gaps"), [("left", 1), ("right", 0), ("both", 1), (None, 0)])
def test_the_gap_is_between_a_knee_that_is_in_and_its_foot_line(side, n_gaps):
    gaps = VALGUS.gaps(FRONT, finding(VALGUS, side))
    assert len(gaps) == n_gaps
    for gap in gaps:
        assert np.allclose(gap, [(140, 200), (150, 150), (120, 150)])


def side_view(knee_x):
    """Looking to the left of the picture, toes at 50."""
    return body(left=[(120, 100), (knee_x, 150), (90, 200), (100, 208), (50, 210)])


@pytest.mark.parametrize(("knee_x", "n_gaps"), [(30, 1), (70, 0)])
def test_the_gap_is_between_a_knee_past_the_toes_and_the_plumb_line(knee_x, n_gaps):
    points, found = side_view(knee_x), finding(TRAVEL, "left")
    ((start, end),) = TRAVEL.lines(points, found)
    assert np.allclose((start, end), [(50, 210), (50, 210 - 1.25 * 50)])
    gaps = TRAVEL.gaps(points, found)
    assert len(gaps) == n_gaps
    for gap in gaps:
        assert np.allclose(gap, [(50, 210), (50, 150), (30, 150)])


def test_nothing_is_drawn_of_a_leg_that_was_not_judged():
    points, found = side_view(30), replace(finding(TRAVEL, "left"), side=None)
    assert TRAVEL.lines(points, None) == TRAVEL.lines(points, found) == ()
    assert TRAVEL.gaps(points, found) == ()
