"""From where the camera looks: yaw all the way round, its noise and its name."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stickfigure import Camera, Sampling, film, stand

from formcheck.pose.kinematics import HIPS, Window
from formcheck.squat.view import View, ViewName, view_name, yaw_of


def window_of(track):
    zero = np.zeros(track.points_px.shape)
    return Window(
        track.times_s,
        track.points_px.astype(float),
        track.visibility.astype(float),
        track.world_m.astype(float),
        zero,
    )


def seen_from(yaw, **how):
    return yaw_of(window_of(film([stand(1.0)], camera=Camera(yaw_deg=yaw), **how)))


def turn_between(a, b):
    return abs((a - b + 180) % 360 - 180)


@pytest.mark.parametrize("yaw", range(-180, 181, 15))
def test_yaw_is_recovered_all_the_way_round(yaw):
    view = seen_from(yaw)
    assert turn_between(view.yaw_deg, yaw) < 0.1
    assert view.sd_deg > 0


@pytest.mark.parametrize("yaw", [0, 45, 90, -135, 180])
def test_yaw_survives_four_centimetres_of_noise(yaw):
    view = seen_from(yaw, sampling=Sampling(30, noise_m=0.04, seed=2))
    assert turn_between(view.yaw_deg, yaw) < 12


def test_noise_makes_yaw_less_certain():
    clean = seen_from(20)
    noisy = seen_from(20, sampling=Sampling(30, noise_m=0.04))
    assert noisy.sd_deg > clean.sd_deg


def test_the_mean_goes_round_the_back():
    """179 and -179 deg average to 180, not to 0."""
    n = 10
    world = np.zeros((n, 33, 3))
    for i, yaw in enumerate(np.tile([179.0, -179.0], n // 2)):
        half = 0.1 * np.array([np.cos(np.radians(yaw)), 0, -np.sin(np.radians(yaw))])
        world[i, HIPS[0]], world[i, HIPS[1]] = half, -half
    zeros = np.zeros((n, 33, 2))
    view = yaw_of(Window(np.arange(n) / 30, zeros, np.ones((n, 33)), world, zeros))
    assert abs(view.yaw_deg) > 179
    assert view.name is ViewName.REAR
    assert view.sd_deg < 10


@pytest.mark.parametrize("n", [0, 5])
def test_no_hips_no_view(n):
    nothing = np.full((n, 33, 3), np.nan)
    view = yaw_of(
        Window(np.arange(n) / 30, nothing[..., :2], np.zeros((n, 33)), nothing, nothing[..., :2])
    )
    assert view.name is ViewName.UNKNOWN
    assert np.isnan(view.yaw_deg)


def test_frames_without_hips_are_left_out():
    track = film([stand(1.0)], camera=Camera(yaw_deg=40))
    world = track.world_m.copy()
    world[::2] = np.nan
    window = window_of(track)
    window.world_m[::2] = np.nan
    assert yaw_of(window).yaw_deg == pytest.approx(40, abs=0.1)


@pytest.mark.parametrize(
    ("yaw", "name"),
    [
        (0, "front"), (12, "front"), (30, "front_oblique"), (52, "oblique"), (80, "side"),
        (90, "side"), (105, "side"), (125, "oblique"), (140, "rear"), (180, "rear"),
    ],
)  # fmt: skip
def test_views_have_their_names_on_both_sides(yaw, name):
    assert view_name(yaw) == name
    assert view_name(-yaw) == name
    assert seen_from(yaw).name == name


def test_rear_begins_at_135_deg():
    assert view_name(135.0) is ViewName.REAR
    assert view_name(134.0) is not ViewName.REAR


def test_facing_follows_the_face():
    """A positive yaw turns the face to the image's left."""
    for yaw in (90, 60, -90, -60):
        track = film([stand(0.2)], camera=Camera(yaw_deg=yaw))
        toe_minus_heel = track.points_px[0, 31, 0] - track.points_px[0, 29, 0]
        assert np.sign(toe_minus_heel) == View(yaw, 1.0, view_name(yaw)).facing


@given(st.floats(-180, 180))
def test_every_yaw_has_exactly_one_name_and_nan_none(yaw):
    assert view_name(yaw) in set(ViewName) - {ViewName.UNKNOWN}
    assert view_name(float("nan")) is ViewName.UNKNOWN
