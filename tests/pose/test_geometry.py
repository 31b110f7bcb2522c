"""Angles against closed forms, their signs, and what they make of missing points."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck.pose.geometry import flexion_deg, frontal_plane_projection_angle_deg, inclination_deg

coordinate = st.floats(-2000, 2000, allow_nan=False)
point = st.tuples(coordinate, coordinate)


def apart(*points):
    """Whether no two neighbours coincide, so that every angle exists."""
    return all(np.hypot(*np.subtract(a, b)) > 1 for a, b in pairwise(points))


@pytest.mark.parametrize("turn", [0.0, 1e-4, 30, 89.999, 90, 135, 179.999, 180])
def test_flexion_is_exact_also_near_its_ends(turn):
    other = 7 * np.array([np.cos(np.radians(turn)), np.sin(np.radians(turn))])
    assert flexion_deg([3.0, 0.0], [0.0, 0.0], other) == pytest.approx(180 - turn, abs=1e-9)


def test_flexion_has_no_sign_and_no_order():
    a, joint, b = [1.0, 2.0], [0.0, 0.0], [-3.0, 0.5]
    assert flexion_deg(a, joint, b) == flexion_deg(b, joint, a) >= 0


def test_a_segment_without_length_has_no_angle():
    assert np.isnan(flexion_deg([5.0, 5.0], [5.0, 5.0], [9.0, 9.0]))


@pytest.mark.parametrize("bend", [0, 10, 65, 90, 120, 160])
def test_flexion_counts_from_straight(bend):
    knee, hip = np.array([100.0, 300.0]), np.array([100.0, 200.0])
    ankle = knee + 80 * np.array([np.sin(np.radians(bend)), np.cos(np.radians(bend))])
    assert flexion_deg(hip, knee, ankle) == pytest.approx(bend, abs=1e-9)
    assert flexion_deg(ankle, knee, hip) == pytest.approx(bend, abs=1e-9)


@pytest.mark.parametrize("lean", [-170, -45, 0, 28, 90, 150])
@pytest.mark.parametrize("forward", [1.0, -1.0])
def test_inclination_is_from_vertical_towards_the_front(lean, forward):
    base = np.array([400.0, 900.0])
    away = np.array([forward * np.sin(np.radians(lean)), -np.cos(np.radians(lean))])
    assert inclination_deg(base, base + 150 * away, forward) == pytest.approx(lean, abs=1e-9)


def test_fppa_is_positive_for_a_knee_towards_the_midline():
    hip, ankle = np.array([0.0, 0.0]), np.array([0.0, 200.0])
    inwards = np.array([20.0, 100.0])
    expected = 2 * np.degrees(np.arctan2(20, 100))
    assert frontal_plane_projection_angle_deg(hip, inwards, ankle, 1.0) == pytest.approx(expected)
    assert frontal_plane_projection_angle_deg(hip, inwards, ankle, -1.0) == pytest.approx(-expected)
    assert frontal_plane_projection_angle_deg(hip, [0.0, 100.0], ankle, 1.0) == pytest.approx(0)


def test_fppa_of_a_thigh_that_points_at_the_camera_collapses():
    """Why the angle is shown and never judged: a good deep squat reads about -90 deg."""
    value = frontal_plane_projection_angle_deg([0, 100.0], [60.0, 101.0], [40.0, 200.0], -1.0)
    assert value < -70


@pytest.mark.parametrize("index", [0, 1, 2])
def test_a_missing_point_makes_a_missing_angle(index):
    points = [np.array([0.0, 0.0]), np.array([3.0, 4.0]), np.array([9.0, 1.0])]
    points[index] = np.array([np.nan, 4.0])
    assert np.isnan(flexion_deg(*points))
    assert np.isnan(frontal_plane_projection_angle_deg(*points, 1.0))
    if index < 2:
        assert np.isnan(inclination_deg(points[0], points[1]))


def test_windows_and_frames_give_the_same_numbers():
    rng = np.random.default_rng(1)
    hip, knee, ankle = rng.uniform(0, 1000, (3, 4, 7, 2))
    medial = np.where(rng.uniform(size=(4, 7)) > 0.5, 1.0, -1.0)
    whole = frontal_plane_projection_angle_deg(hip, knee, ankle, medial)
    bends = flexion_deg(hip, knee, ankle)
    assert whole.shape == bends.shape == (4, 7)
    one = frontal_plane_projection_angle_deg(hip[2, 3], knee[2, 3], ankle[2, 3], medial[2, 3])
    assert one == whole[2, 3]
    assert flexion_deg(hip[2, 3], knee[2, 3], ankle[2, 3]) == bends[2, 3]


@given(point, point, point, st.floats(0.2, 5), point)
def test_size_and_place_do_not_matter(hip, knee, ankle, scale, shift):
    if not apart(hip, knee, ankle):
        return
    moved = [scale * np.array(p) + np.array(shift) for p in (hip, knee, ankle)]
    assert flexion_deg(*moved) == pytest.approx(flexion_deg(hip, knee, ankle), abs=1e-3)


@given(point, point, point)
def test_a_mirror_keeps_valgus_and_a_flip_turns_it_over(hip, knee, ankle):
    if not apart(hip, knee, ankle):
        return
    value = frontal_plane_projection_angle_deg(hip, knee, ankle, 1.0)
    if abs(abs(value) - 180) < 1e-6:
        return  # folded on itself: either sign is right
    mirror, flip = np.array([-1.0, 1.0]), np.array([1.0, -1.0])
    mirrored = [mirror * np.array(p) for p in (hip, knee, ankle)]
    assert frontal_plane_projection_angle_deg(*mirrored, -1.0) == pytest.approx(value, abs=1e-6)
    flipped = [flip * np.array(p) for p in (hip, knee, ankle)]
    assert frontal_plane_projection_angle_deg(*flipped, 1.0) == pytest.approx(-value, abs=1e-6)
    assert flexion_deg(*flipped) == pytest.approx(flexion_deg(hip, knee, ankle), abs=1e-6)
