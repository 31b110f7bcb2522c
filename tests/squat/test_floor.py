"""The height of the hips where feet are outside the picture."""

import numpy as np
from stickfigure import Sampling, changed, film, stand

from formcheck.pose.kinematics import ANKLES, HIPS
from formcheck.squat.floor import GLIMPSE_S, HipHeight

STILL = Sampling(noise_m=0.0)


def cut_off(shown_s=()):
    """Somebody who stands, feet below the picture, where they are guessed.

    At ``shown_s`` the guess lies inside the picture.
    """
    track = film([stand(3)], sampling=STILL)
    edge = float(track.points_px[0, list(ANKLES), 1].mean()) - 120
    points = track.points_px.copy()
    for time_s in shown_s:
        points[np.abs(track.times_s - time_s) < 1e-3 + 0.5 / 30, ANKLES[0], 1] = edge - 1
    return changed(track, points_px=points, height_px=int(edge))


def heights(track):
    floor = HipHeight()
    return np.array([floor.update(pose) for pose in track])


def test_a_foot_guessed_at_the_edge_for_a_moment_moves_no_floor():
    track = cut_off()
    shown = cut_off(shown_s=(1.0, 2.0))
    assert np.array_equal(heights(track), heights(shown))


def test_feet_that_come_into_the_picture_are_believed():
    track = film([stand(2)], sampling=STILL)
    hidden = track.times_s < 1
    seen = track.visibility.copy()
    seen[np.ix_(hidden, ANKLES)] = 0.0
    found = heights(changed(track, visibility=seen))
    wanted = track.points_px[:, list(ANKLES), 1].mean(1) - track.points_px[:, list(HIPS), 1].mean(1)
    late = track.times_s > 1 + GLIMPSE_S + 0.05
    assert np.allclose(found[late], wanted[late], atol=0.5)
