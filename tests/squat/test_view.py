"""From where the camera looks: yaw all the way round, its noise and its name."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stickfigure import Camera, Sampling, film, squat, stand

from formcheck.pose.kinematics import HIPS, Window
from formcheck.squat.analysis import analyze
from formcheck.squat.view import View, ViewName, view_name, view_of, yaw_of


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


def mirrored(rep):
    """The same repetition as a mirror shows it: x turned round, left and right exchanged."""
    order = np.arange(33)
    order[7:33] = [i + 1 if i % 2 else i - 1 for i in range(7, 33)]
    window = rep.window
    points = window.points_px[:, order] * [-1, 1]
    world = window.world_m[:, order] * [-1, 1, 1]
    seen = window.visibility[:, order]
    return replace(rep, window=replace(window, points_px=points, world_m=world, visibility=seen))


def squat_seen_from(yaw, **how):
    (judged,) = analyze(
        film([stand(0.8), squat(), stand(0.8)], camera=Camera(yaw_deg=yaw), **how)
    ).reps
    return judged.rep


@pytest.mark.parametrize("yaw", [0, 12, -25, 40, -60, 90])
def test_the_view_of_a_repetition_in_a_mirror_is_the_mirrored_view(yaw):
    rep = squat_seen_from(yaw)
    assert view_of(mirrored(rep)).yaw_deg == pytest.approx(-view_of(rep).yaw_deg, abs=1e-4)


@pytest.mark.parametrize("yaw", [0, 15, -30, 45, -60, 75])
def test_a_repetition_is_seen_from_about_where_the_camera_stands(yaw):
    """The stick figure has no landmark error, which the estimate expects: hence the room."""
    view = view_of(squat_seen_from(yaw))
    assert view.yaw_deg == pytest.approx(yaw, abs=13)
    assert 0 < view.sd_deg < 5


def test_neither_size_nor_frame_rate_moves_the_view():
    rep = squat_seen_from(30)
    window = rep.window
    larger = replace(rep, window=replace(window, points_px=2.5 * window.points_px + [40, 7]))
    assert view_of(larger).yaw_deg == pytest.approx(view_of(rep).yaw_deg, abs=1e-4)
    faster = view_of(squat_seen_from(30, sampling=Sampling(60)))
    assert faster.yaw_deg == pytest.approx(view_of(rep).yaw_deg, abs=0.5)


@pytest.mark.parametrize("yaw", [125, -150, 180])
def test_from_behind_the_hip_line_alone_is_believed(yaw):
    rep = squat_seen_from(yaw)
    assert view_of(rep) == yaw_of(rep.window.between(rep.start_s, rep.end_s))


def test_without_feet_the_hip_line_alone_is_believed():
    rep = squat_seen_from(20)
    rep.window.points_px[:, 31] = np.nan
    assert view_of(rep) == yaw_of(rep.window.between(rep.start_s, rep.end_s))
