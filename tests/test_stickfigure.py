"""The figure the other tests stand on: its bones and its truth are what it says they are."""

import numpy as np
import pytest
from stickfigure import (
    Body,
    Camera,
    Sampling,
    duration_of,
    film,
    joints_of,
    params_of,
    squat,
    stand,
)

STORY = [stand(1), squat(110, left_pct=12, past_toe_m=0.03, heel_rise_m=0.03), stand(1)]


def joints(story, body=None, at=None):
    times = np.arange(0, duration_of(story), 1 / 30) if at is None else np.asarray(at, float)
    return joints_of(params_of(story, times), body or Body())


def test_bones_keep_their_length():
    body = Body()
    points = joints(STORY, body)
    for hip, knee, ankle in ((23, 25, 27), (24, 26, 28)):
        shank = np.linalg.norm(points[:, knee] - points[:, ankle], axis=1)
        thigh = np.linalg.norm(points[:, knee] - points[:, hip], axis=1)
        assert np.allclose(shank, body.shank_m, atol=1e-9)
        assert np.allclose(thigh, body.thigh_m, atol=1e-9)
    foot = np.linalg.norm(points[:, 31] - points[:, 29], axis=1)
    assert np.allclose(foot, body.span_m, atol=1e-9)


@pytest.mark.parametrize("flexion", [60, 90, 110, 130])
def test_the_knee_bends_as_asked(flexion):
    points = joints([squat(flexion, pause_s=0.4)], at=[1.4])[0]
    for hip, knee, ankle in ((23, 25, 27), (24, 26, 28)):
        a, b = points[hip] - points[knee], points[ankle] - points[knee]
        angle = np.degrees(np.arccos(a @ b / np.linalg.norm(a) / np.linalg.norm(b)))
        assert 180 - angle == pytest.approx(flexion, abs=1e-6)


@pytest.mark.parametrize("inside", [-5, 0, 8, 20])
def test_the_knee_is_inside_the_foot_line_as_asked(inside):
    body = Body(toe_out_deg=20)
    points = joints([squat(100, pause_s=0.4, left_pct=inside)], body, [1.4])[0]
    foot = points[31] - points[27]
    foot = foot[:2] / np.linalg.norm(foot[:2])
    medial = np.array([-foot[1], foot[0]])  # of the left foot
    offset = (points[25] - points[27])[:2] @ medial
    assert 100 * offset / body.shank_m == pytest.approx(inside, abs=1e-6)


@pytest.mark.parametrize("past", [-0.04, 0.0, 0.06, 0.1])
def test_the_knee_passes_the_toe_tip_as_asked(past):
    body = Body(toe_out_deg=0)
    points = joints([squat(110, pause_s=0.4, past_toe_m=past)], body, [1.4])[0]
    tip = points[31, 1] + 0.03
    assert points[25, 1] - tip == pytest.approx(past, abs=1e-6)


def test_the_heel_rises_as_asked():
    points = joints([squat(110, pause_s=0.4, heel_rise_m=0.05)], at=[0.0, 1.4])
    assert points[1, 29, 2] - points[0, 29, 2] == pytest.approx(0.05, abs=1e-9)


def test_left_is_on_the_right_of_a_picture_taken_from_the_front():
    track = film([stand(0.2)])
    assert track.points_px[0, 23, 0] > track.points_px[0, 24, 0]
    assert track.points_px[0, 11, 1] < track.points_px[0, 27, 1]


def test_the_whole_body_is_in_the_picture():
    for yaw in (0, 45, 90, 180):
        track = film(STORY, camera=Camera(yaw_deg=yaw))
        assert (track.points_px > 0).all()
        assert (track.points_px < [track.width_px, track.height_px]).all()


def test_sampling_is_repeatable_and_ordered():
    how = Sampling(29.97, jitter_s=0.01, drop_share=0.1, noise_m=0.01, absent_share=0.1, seed=5)
    one, two = film(STORY, sampling=how), film(STORY, sampling=how)
    assert one.to_bytes() == two.to_bytes()
    assert (np.diff(one.times_s) > 0).all()
    assert 0.8 < len(one) / len(film(STORY)) < 0.97
    assert 0.8 < np.mean([pose.is_present for pose in one]) < 0.97
