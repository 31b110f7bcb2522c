"""The shank inclination that balances: bodies built by hand, in numbers of Winter's table."""

import numpy as np
import pytest

from formcheck.squat.faults.balance import shank_inclination_deg

HIP_HEIGHT = 0.246 + 0.245
"""Of a straight leg over the ankle, in body heights."""


def balanced(shank_deg, thigh_deg):
    """Drop and trunk ratio of a body whose trunk leans until it balances.

    ``thigh_deg`` is how far the thigh rises from the knee back to the hip; negative below parallel.
    """
    shank, thigh = np.radians(shank_deg), np.radians(thigh_deg)
    knee = 0.246 * np.sin(shank)
    hip = knee - 0.245 * np.cos(thigh)
    legs = 0.200 * (hip + 0.433 * (knee - hip)) + 0.093 * 0.567 * knee
    sine = (0.03 - legs - 0.678 * hip) / (0.678 * 0.626 * 0.288)
    height = 0.246 * np.cos(shank) + 0.245 * np.sin(thigh)
    return 1 - height / HIP_HEIGHT, np.sqrt(1 - sine**2)


@pytest.mark.parametrize(
    ("shank_deg", "thigh_deg"), [(12.3, 60), (20, 40), (27.7, 20), (33, 0), (36.2, -20), (48, -5)]
)
def test_a_body_in_balance_gives_its_inclination(shank_deg, thigh_deg):
    drop, trunk = (np.array([x]) for x in balanced(shank_deg, thigh_deg))
    assert shank_inclination_deg(drop, trunk) == pytest.approx([shank_deg], abs=0.001)


def test_it_stays_between_upright_and_sixty_degrees():
    """A trunk far forward needs none; hips low behind an upright trunk need more than there is."""
    bowed, low = shank_inclination_deg(np.array([0.0, 0.62]), np.array([0.2, 1.0]))
    assert (bowed, low) == (0.0, 60.0)


def test_a_trunk_counts_from_level_to_upright_and_a_thigh_to_straight():
    drop = np.array([0.4, 0.4, 0.4, 0.4])
    level, below, upright, longer = shank_inclination_deg(drop, np.array([0.0, -0.3, 1.0, 1.05]))
    assert (below, longer) == (level, upright)
    # Hips straight over the knees, or under them: 0.9307 of the body's mass moves with the knees.
    over_knees = np.degrees(np.arcsin(0.03 / (0.246 * (0.678 + 0.200 + 0.093 * 0.567))))
    straight, sunk = shank_inclination_deg(np.array([-0.02, 1.2]), np.ones(2))
    assert (straight, sunk) == pytest.approx((over_knees, over_knees), abs=0.001)


def test_what_is_not_seen_has_no_inclination():
    found = shank_inclination_deg(np.array([np.nan, 0.4, 0.4]), np.array([0.8, np.nan, 0.8]))
    assert np.isfinite(found).tolist() == [False, False, True]
