"""The camera's motion is read off the background, and the lifter is none of it."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from stickfigure import film, stand

from formcheck.pose.camera import CameraMotion
from formcheck.pose.kinematics import ANKLES, steady
from formcheck.pose.pacing import PacedEstimator
from formcheck.pose.track import PoseTrack, camera_of
from formcheck.video.reading import Frame

SIZE = (270, 480)  # width and height
WIDE = 900


@pytest.fixture(scope="module")
def room():
    """A wall with texture at every scale, larger than the picture."""
    rng = np.random.default_rng(3)
    wall = np.zeros((WIDE, WIDE))
    for cells in (20, 60, 180):
        patch = rng.uniform(0, 80, (cells, cells)).astype(np.float32)
        wall += cv2.resize(patch, (WIDE, WIDE), interpolation=cv2.INTER_CUBIC)
    return np.clip(wall, 0, 255).astype(np.uint8)


def seen(room, scale=1.0, dx=0.0, dy=0.0):
    """The picture a camera takes that moved: a point at p is at scale * p + (dx, dy)."""
    inside = np.array([[scale, 0, dx - 200 * scale], [0, scale, dy - 200 * scale]])
    return np.repeat(cv2.warpAffine(room, inside, SIZE)[..., None], 3, axis=2)


def followed(pictures, lifter=None):
    camera = CameraMotion()
    return np.array([camera.update(Frame(i / 30, p), lifter) for i, p in enumerate(pictures)])


def test_a_still_camera_stays_where_it_is(room):
    rng = np.random.default_rng(0)
    noisy = [
        np.clip(seen(room) + rng.normal(0, 4, (*SIZE[::-1], 3)), 0, 255).astype(np.uint8)
        for _ in range(60)
    ]
    motion = followed(noisy)
    assert np.abs(motion[:, 1:]).max() < 1.0
    assert motion[:, 0] == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("back", [False, True])
def test_a_pan_and_a_zoom_are_measured(room, back):
    steps = np.linspace(0, 1, 40)
    steps = np.concatenate([steps, steps[::-1]]) if back else steps
    motion = followed([seen(room, 1 + 0.15 * u, 90 * u, -60 * u) for u in steps])
    wanted = np.stack([1 + 0.15 * steps, 90 * steps, -60 * steps], 1)
    assert motion[:, 0] == pytest.approx(wanted[:, 0], abs=0.02)
    assert np.abs(motion[:, 1:] - wanted[:, 1:]).max() < 4


def test_somebody_who_moves_in_front_is_not_the_camera(room):
    track = film([stand(1)])
    (lifter,) = list(track)[:1]
    box = (lifter.points_px / 720 * SIZE[0]).round().astype(int)
    left, top, right, bottom = *box.min(0), *box.max(0)
    rng = np.random.default_rng(1)
    shirt = rng.integers(0, 255, (bottom - top, right - left, 3)).astype(np.uint8)
    pictures = []
    for i in range(30):
        picture = seen(room).copy()
        picture[top:bottom, left:right] = np.roll(shirt, 3 * i, axis=0)
        pictures.append(picture)
    motion = followed(pictures)
    assert np.abs(motion[:, 1:]).max() < 1.5


def test_feet_do_not_step_between_frames_that_are_looked_at(room):
    """A swinging hand, and frames in between that nobody looks at."""
    track = film([stand(4)])
    swing = {t: 40 * np.sin(2 * t) for t in track.times_s.tolist()}
    camera, n_looked = CameraMotion(), 0

    def estimate(frame):
        nonlocal n_looked
        n_looked += 1
        still = track[int(np.searchsorted(track.times_s, frame.time_s))]
        moved = still.points_px + np.array([swing[frame.time_s], 0])
        return replace(still, points_px=moved, camera=camera.update(frame, None))

    paced, poses = PacedEstimator(estimate), []
    for time_s, dx in swing.items():
        poses += paced.update(Frame(time_s, lambda dx=dx: seen(room, dx=dx)))
    poses += paced.flush()
    assert n_looked < 0.5 * len(poses) == 0.5 * len(track)
    feet = steady(np.array([p.points_px for p in poses])[:, list(ANKLES)], camera_of(poses))
    shank_px = 150
    assert np.abs(feet - track.points_px[:, list(ANKLES)]).max() < 0.02 * shank_px


def test_a_bare_wall_says_nothing_and_a_cut_ends_what_compares(room):
    bare = np.full((*SIZE[::-1], 3), 120, np.uint8)
    assert np.isnan(followed([bare] * 3)[1:]).all()
    cut = followed([seen(room)] * 3 + [seen(np.rot90(room, 2))] * 3)
    assert np.isnan(cut[3]).all()
    assert cut[4:, 1:] == pytest.approx(0.0, abs=0.5)


def test_a_track_keeps_the_motion_and_an_older_one_has_none(tmp_path):
    old = film([stand(0.2)])
    assert all(pose.camera is None for pose in old)
    assert old[0].size_px == (old.width_px, old.height_px)
    moved = np.tile(np.float32([1.0, 2.0, np.nan]), (len(old), 1))
    new = PoseTrack(
        old.times_s, old.points_px, old.visibility, old.world_m, 720, 1280, camera=moved
    )
    new.save(tmp_path / "new.npz")
    old.save(tmp_path / "old.npz")
    found = PoseTrack.load(tmp_path / "new.npz")
    assert np.array_equal(found.camera, moved, equal_nan=True)
    assert np.array_equal(PoseTrack.from_poses(found, 720, 1280).camera, moved, equal_nan=True)
    assert PoseTrack.load(tmp_path / "old.npz").camera is None
