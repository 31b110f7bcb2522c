"""Adaptive inference: what is looked at, what stands between, and that no verdict depends on it."""

from collections.abc import Iterable

import numpy as np
import pytest
from stickfigure import Camera, Sampling, changed, film, sit, squat, stand  # fmt: skip

from formcheck.pose.pacing import MAX_DIP_S, PacedEstimator, between_poses
from formcheck.pose.smoothing import with_swapped
from formcheck.pose.track import N_LANDMARKS, Inference, Landmark, Pose, PoseTrack
from formcheck.squat.analysis import Analysis, analyze
from formcheck.video.reading import Frame

STILL = Sampling(noise_m=0.0)


class Looker:
    """Finds the poses of a track and keeps the times of the frames it was shown."""

    def __init__(self, track: PoseTrack) -> None:
        self._track, self.times_s = track, list[float]()

    def __call__(self, frame: Frame) -> Pose:
        self.times_s.append(frame.time_s)
        return self._track[int(np.searchsorted(self._track.times_s, frame.time_s))]

    def n_between(self, start_s: float, end_s: float) -> int:
        return sum(start_s <= t < end_s for t in self.times_s)


def never_converted() -> np.ndarray:
    raise AssertionError("a frame that is not looked at was converted")


def watched(
    track: PoseTrack, inference: Inference = Inference.ADAPTIVE
) -> tuple[list[Pose], Looker]:
    looker = Looker(track)
    paced = PacedEstimator(looker, inference)
    poses: list[Pose] = []
    for time_s in track.times_s:
        poses += paced.update(Frame(float(time_s), never_converted))
    return [*poses, *paced.flush()], looker


def said(analysis: Analysis) -> list[list[tuple[str, str]]]:
    return [[(f.fault, str(f.verdict)) for f in rep.findings] for rep in analysis.reps]


def at(times_s: Iterable[float], poses: list[Pose]) -> list[Pose]:
    return [next(pose for pose in poses if pose.time_s == t) for t in times_s]


def test_every_frame_has_its_pose_in_order_and_those_looked_at_are_untouched():
    track = film([stand(2), squat(100), stand(2)])
    poses, looker = watched(track)
    assert [pose.time_s for pose in poses] == track.times_s.tolist()
    for pose, raw in zip(at(looker.times_s, poses), at(looker.times_s, list(track)), strict=True):
        assert np.array_equal(pose.points_px, raw.points_px)
    assert looker.times_s[0] == track.times_s[0]
    assert looker.times_s[-1] == track.times_s[-1]


@pytest.mark.parametrize("rate_hz", [12, 24, 25, 29.97, 30])
def test_at_rest_at_least_ten_frames_a_second_are_looked_at(rate_hz):
    _, looker = watched(film([stand(5)], sampling=Sampling(rate_hz)))
    assert np.diff(looker.times_s).max() < 0.106
    assert looker.n_between(0.5, 4.5) / 4 < 15


def test_while_the_hips_are_down_every_frame_is_looked_at():
    track = film([stand(2), squat(100, 1.0, 3.0, 1.0), stand(2)])  # a pause longer than TOP_S
    _, looker = watched(track)
    down = [t for t in track.times_s if 2.5 < t < 6.5]
    assert set(down) <= set(looker.times_s)
    assert looker.n_between(0.2, 2.0) < 20


def test_somebody_who_sits_is_at_rest_in_the_end():
    track = film([stand(2), sit(hold_s=MAX_DIP_S + 10)])
    _, looker = watched(track)
    assert looker.n_between(20, 25) < 60


@pytest.mark.parametrize("down_s", [0.4, 0.7, 1.2, 3.0])
def test_verdicts_and_times_do_not_depend_on_it(down_s):
    story = [stand(1.5)]
    for left_pct in (0, 26, 0):
        story += [squat(105, down_s, 0.2, 1.0, left_pct=left_pct), stand(1.2)]
    track = film(story, camera=Camera(distance_m=3.5))
    full, paced = analyze(track), analyze(watched(track)[0])
    assert len(full.reps) == 3
    assert said(paced) == said(full)
    for a, b in zip(full.reps, paced.reps, strict=True):
        assert abs(a.rep.start_s - b.rep.start_s) < 0.07
        assert abs(a.rep.end_s - b.rep.end_s) < 0.07


def test_with_every_frame_nothing_is_changed_or_late():
    track = film([stand(1), squat(100), stand(1)])
    paced = PacedEstimator(Looker(track), Inference.EVERY_FRAME)
    for time_s, raw in zip(track.times_s, track, strict=True):
        (pose,) = paced.update(Frame(float(time_s), never_converted))
        assert pose.time_s == time_s
        assert np.array_equal(pose.points_px, raw.points_px)
    assert paced.flush() == ()


def test_nobody_and_somebody_else_are_never_mixed():
    here = film([stand(0.2)], sampling=STILL)[0]
    there = Pose(0.1, here.points_px + 900.0, here.visibility, here.world_m)
    for other in (there, Pose.absent(0.1)):
        assert not between_poses(here, other, 0.05).is_present
    assert not between_poses(None, there, 0.05).is_present


def test_swapped_legs_do_not_meet_half_way():
    track = film([stand(0.3)], sampling=STILL)
    legs = np.arange(N_LANDMARKS) >= Landmark.LEFT_HIP
    pose = between_poses(track[0], with_swapped(track[3], legs), float(track.times_s[1]))
    assert np.allclose(pose.points_px, track[1].points_px, atol=1e-3)


def test_lost_a_moment_ago_is_looked_for_in_every_frame():
    track = film([stand(6)])
    gone = (track.times_s > 1) & (track.times_s < 5)
    points, seen = track.points_px.copy(), track.visibility.copy()
    points[gone], seen[gone] = np.nan, 0
    _, looker = watched(changed(track, points_px=points, visibility=seen))
    assert looker.n_between(1.2, 2.2) >= 29
    assert looker.n_between(3, 4.8) < 22
