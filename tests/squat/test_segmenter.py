"""Squats are counted, each once, at any rate, tempo and depth, and timed rightly."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stickfigure import (
    Body,
    Camera,
    Sampling,
    bottoms_of,
    changed,
    dip,
    film,
    raise_arms,
    squat,
    stand,
    turn,
    walk,
)

from formcheck.pose.kinematics import KNEE_FLEXION_BIAS_DEG, hip_height_px
from formcheck.squat.analysis import Analyzer, analyze

SET_OF_THREE = [
    stand(1.2), squat(110), stand(0.8), squat(95, 1.0, 0.0, 0.8), stand(0.8),
    squat(120, 1.5, 0.4, 1.2), stand(1),
]  # fmt: skip


def assert_times(analysis, story, shift_s=0.0, within_s=0.25, bottom_within_s=0.15):
    """Every squat of the story is found, in its place, and nothing else is."""
    wanted = bottoms_of(story)
    assert len(analysis.reps) == len(wanted)
    for judged, (start, bottom, end) in zip(analysis.reps, wanted, strict=True):
        rep = judged.rep
        assert rep.start_s == pytest.approx(start - shift_s, abs=within_s)
        assert rep.bottom_s == pytest.approx(bottom - shift_s, abs=bottom_within_s)
        assert rep.end_s == pytest.approx(end - shift_s, abs=within_s)
    assert [j.number for j in analysis.reps] == list(range(1, len(wanted) + 1))


@pytest.mark.parametrize("rate", [15, 29.97, 60])
@pytest.mark.parametrize(
    "flaw",
    [{}, {"jitter_s": 0.008, "drop_share": 0.1}, {"noise_m": 0.012, "absent_share": 0.1}],
    ids=["clean", "jitter+drops", "noise+absent"],
)
def test_reps_are_exact_at_any_frame_rate(judge, rate, flaw):
    how = Sampling(rate, seed=int(rate), **flaw)
    analysis = judge(SET_OF_THREE, sampling=how)
    is_noisy = "noise_m" in flaw
    slack = {"within_s": 0.4, "bottom_within_s": 0.35} if is_noisy else {}
    assert_times(analysis, SET_OF_THREE, **slack)
    assert analysis.discarded == ()


@pytest.mark.parametrize("yaw", [0, 45, 90, -90, 135, 180])
def test_reps_are_exact_from_every_side(judge, yaw):
    analysis = judge(SET_OF_THREE, camera=Camera(yaw_deg=yaw))
    assert_times(analysis, SET_OF_THREE)


@pytest.mark.parametrize(
    "camera",
    [
        Camera(width_px=480, height_px=854),
        Camera(width_px=1920, height_px=1080, distance_m=3.5, focal=1.4),
        Camera(distance_m=2.2, height_m=0.5, focal=0.7),
        Camera(distance_m=5.0, height_m=1.6),
        Camera(is_orthographic=True),
        Camera(roll_deg=5),
    ],
    ids=["narrow", "landscape", "near and low", "far and high", "no perspective", "tilted"],
)
def test_reps_are_exact_with_any_camera(judge, camera):
    assert_times(judge(SET_OF_THREE, camera=camera), SET_OF_THREE)


@pytest.mark.parametrize(("down", "up"), [(0.55, 0.45), (0.7, 0.5), (1.2, 1.0), (4.5, 4.5)])
def test_one_second_and_nine_second_reps_count(judge, down, up):
    story = [stand(1), squat(110, down, 0.0, up), stand(1), squat(110, down, 0.0, up), stand(1)]
    slack = 0.25 if down < 2 else 0.9  # a slow start is hard to date
    assert_times(judge(story), story, within_s=slack)


def test_a_rep_of_ten_seconds_counts(judge):
    story = [stand(1), squat(110, 5.5, 0.5, 5.5), stand(1)]
    (judged,) = judge(story, sampling=Sampling(15)).reps
    assert judged.rep.end_s - judged.rep.start_s > 8.5


@pytest.mark.parametrize("pause", [0.5, 2.0, 4.0])
def test_a_pause_at_the_bottom_does_not_split_a_rep(judge, pause):
    story = [stand(1), squat(110, 1.0, pause, 1.0), stand(1)]
    analysis = judge(story)
    assert_times(analysis, story)
    assert analysis.reps[0].rep.pause_s == pytest.approx(pause + 0.25, abs=0.3)


@pytest.mark.parametrize("rate", [30, 60])
@pytest.mark.parametrize("noise_m", [0.003, 0.006])
def test_a_pause_is_measured_in_noise(judge, noise_m, rate):
    story = [stand(1), squat(110, 1.0, 2.0, 1.0), stand(1)]
    rep = judge(story, sampling=Sampling(rate, noise_m=noise_m, seed=4)).reps[0].rep
    assert rep.pause_s == pytest.approx(2.2, abs=0.5)
    assert rep.bottom_s == pytest.approx(3.0, abs=0.3)


def test_a_stop_half_way_up_does_not_split_a_rep(judge):
    """A sticking point: up by a third, down a little, up for good."""
    base = squat(110, 1.2, 0.2, 3.0)

    def play(t):
        p = base.play(t)
        u = np.clip((t - 1.4) / 3.0, 0, 1)
        height = np.interp(u, [0, 0.25, 0.4, 0.55, 1.0], [0, 0.42, 0.42, 0.36, 1.0])
        up = t > 1.4
        p["flexion"] = np.where(up, 110 - (110 - 4) * height, p["flexion"])
        return p

    stuck = type(base)(base.duration_s, play, bottom_s=1.3)
    analysis = judge([stand(1), stuck, stand(1)])
    assert len(analysis.reps) == 1


def test_touch_and_go_reps_are_counted_one_by_one(judge):
    story = [stand(1)] + [squat(105, 0.8, 0.0, 0.7)] * 6 + [stand(1)]
    analysis = judge(story)
    assert_times(analysis, story)


def test_a_long_set_with_short_and_long_rests(judge):
    story = [stand(2)]
    for rest in (0.2, 0.5, 3, 8):
        story += [squat(100), stand(rest)]
    story += [squat(100), stand(1)]
    assert_times(judge(story, sampling=Sampling(20)), story)


@pytest.mark.parametrize("yaw", [0, 90])
def test_a_shallow_rep_counts_and_is_called_shallow(judge, yaw):
    story = [stand(1), squat(72), stand(1)]
    analysis = judge(story, camera=Camera(yaw_deg=yaw))
    assert_times(analysis, story)
    assert analysis.reps[0].depth_category == "shallow"


@pytest.mark.parametrize(("flexion", "name"), [(72, "shallow"), (92, "half"), (118, "parallel")])
def test_depth_has_a_name_from_the_side(judge, flexion, name):
    analysis = judge([stand(1), squat(flexion, pause_s=0.4), stand(1)], camera=Camera(yaw_deg=90))
    assert analysis.reps[0].depth_category == name
    assert analysis.reps[0].knee_flexion_deg == pytest.approx(
        flexion + KNEE_FLEXION_BIAS_DEG, abs=5
    )


def test_a_deep_squat_is_deep_and_the_front_gives_no_flexion(judge):
    story = [stand(1), squat(138, pause_s=0.4), stand(1)]
    assert judge(story, camera=Camera(yaw_deg=-90)).reps[0].depth_category == "deep"
    front = judge(story).reps[0]
    assert front.knee_flexion_deg is None
    assert front.depth_category in ("parallel", "deep")


@pytest.mark.parametrize("yaw", [0, 90])
def test_a_strong_lean_or_hanging_hands_are_still_a_squat(judge, yaw):
    """Long thighs, dumbbells: the trunk leans far, or the hands pass the knees, but not both."""
    base = squat(110, lean_deg=45)
    hanging = type(base)(
        base.duration_s, lambda t: base.play(t) | {"arm": 0 * t}, bottom_s=base.bottom_s
    )
    story = [stand(1), squat(110, lean_deg=58), stand(1), hanging, stand(1)]
    assert_times(judge(story, camera=Camera(yaw_deg=yaw)), story)


def test_deeper_is_never_called_shallower(judge):
    drops = [
        judge([stand(1), squat(f), stand(1)]).reps[0].rep.hip_drop_ratio
        for f in (72, 90, 110, 125, 138)
    ]
    assert drops == sorted(drops)
    assert drops[0] > 0.15
    assert drops[-1] < 0.75


@pytest.mark.parametrize(
    ("down", "pause", "up"), [(1.2, 0.2, 1.0), (2.5, 0.0, 0.8), (0.8, 1.5, 2.0)]
)
def test_tempo_adds_up_and_is_about_right(judge, down, pause, up):
    rep = judge([stand(1), squat(110, down, pause, up), stand(1)]).reps[0].rep
    total = rep.eccentric_s + rep.pause_s + rep.concentric_s
    assert total == pytest.approx(rep.end_s - rep.start_s, abs=1e-9)
    assert min(rep.eccentric_s, rep.concentric_s) > 0
    assert rep.pause_s >= 0
    # Minimum jerk stands nearly still at both ends: the pause takes a little of each.
    assert rep.eccentric_s == pytest.approx(down, rel=0.3)
    assert rep.concentric_s == pytest.approx(up, rel=0.3)
    assert rep.start_s < rep.bottom_s < rep.end_s


@pytest.mark.parametrize("missing_s", [0.4, 1.0, 1.3])
def test_a_clip_that_starts_on_the_way_down_still_counts_the_next_rep(judge, missing_s):
    story = [squat(110), stand(1), squat(110), stand(1)]
    analysis = judge(story, sampling=Sampling(30, start_s=missing_s))
    bottoms = [b - missing_s for _, b, _ in bottoms_of(story)]
    assert 1 <= len(analysis.reps) <= 2
    assert analysis.reps[-1].rep.bottom_s == pytest.approx(bottoms[1], abs=0.15)
    assert all(min(abs(r.rep.bottom_s - b) for b in bottoms) < 0.2 for r in analysis.reps)


def test_a_clip_that_starts_at_the_bottom_says_so(judge):
    story = [squat(110), stand(1), squat(110), stand(1)]
    analysis = judge(story, sampling=Sampling(30, start_s=1.3))
    assert len(analysis.reps) == 1
    assert [d.reason for d in analysis.discarded] == ["already down when the clip starts"]


def test_a_clip_that_starts_half_way_down_says_so(judge):
    analysis = judge([squat(110), stand(1)], sampling=Sampling(30, start_s=0.6))
    assert analysis.reps == ()
    assert ["starts half-way down" in d.reason for d in analysis.discarded] == [True]


@pytest.mark.parametrize("cut_s", [2.2, 2.6])
def test_a_clip_that_ends_mid_rep_says_so(judge, cut_s):
    story = [stand(1), squat(110, 1.2, 0.3, 1.2), stand(1)]
    analysis = judge(story, sampling=Sampling(30, end_s=cut_s))
    assert analysis.reps == ()
    assert len(analysis.discarded) == 1
    assert "clip ends" in analysis.discarded[0].reason
    assert "No squat was found." in analysis.notes


def test_a_clip_that_ends_as_the_lifter_arrives_counts_the_rep(judge):
    story = [stand(1), squat(110, 1.2, 0.3, 1.2)]
    assert len(judge(story).reps) == 1


@pytest.mark.parametrize(("share", "n_reps"), [(0.80, 0), (0.92, 1)])
@pytest.mark.parametrize("yaw", [0, 90])
def test_a_clip_that_ends_after_nine_tenths_of_the_rise_counts(judge, yaw, share, n_reps):
    track = film([stand(1), squat(110, 1.2, 0.2, 1.5), stand(1)], camera=Camera(yaw_deg=yaw))
    height = hip_height_px(track.points_px)
    low = int(height.argmin())
    risen = (height - height[low]) / (height[0] - height[low])
    cut = low + int(np.argmax(risen[low:] >= share)) + 1
    analysis = analyze(track[i] for i in range(cut))
    assert len(analysis.reps) == n_reps
    assert [d.reason for d in analysis.discarded] == (1 - n_reps) * [
        "the clip ends before the lifter is up again"
    ]


def hidden(track, first_s, last_s):
    """The same film; nobody is found for a while."""
    gone = ((track.times_s > first_s) & (track.times_s < last_s))[:, None]
    return changed(
        track,
        points_px=np.where(gone[..., None], np.nan, track.points_px),
        world_m=np.where(gone[..., None], np.nan, track.world_m),
        visibility=np.where(gone, 0, track.visibility),
    )


@pytest.mark.parametrize("yaw", [0, 90])
def test_plates_that_hide_the_lifter_at_the_bottom_take_no_rep_away(judge, yaw):
    story = [stand(1), squat(110), stand(1), squat(110), stand(1)]
    analysis = judge(hidden(film(story, camera=Camera(yaw_deg=yaw)), 1.9, 2.9))
    assert len(analysis.reps) == 2
    assert analysis.reps[0].rep.end_s == pytest.approx(3.4, abs=0.4)
    assert analysis.discarded == ()


@pytest.mark.parametrize("cut_at", [0.68, 0.72])
def test_squats_count_without_feet_in_the_picture_and_it_says_so(judge, cut_at):
    """The picture ends at the shins: what the model guesses below is worth nothing."""
    story = [stand(1), squat(110), stand(0.8), squat(110), stand(1)]
    track = film(story, camera=Camera(yaw_deg=80), sampling=Sampling(30, noise_m=0.004))
    edge = int(cut_at * track.height_px)
    points, rng = track.points_px.copy(), np.random.default_rng(2)
    below = points[..., 1] > edge
    points[below] += rng.normal(0, 25, (int(below.sum()), 2))
    visibility = np.where(below, 0.2, track.visibility)
    analysis = judge(changed(track, points_px=points, visibility=visibility, height_px=edge))
    assert_times(analysis, story, within_s=0.4)
    assert any("step back" in note for note in analysis.notes)


def test_a_camera_that_tilts_over_somebody_without_legs_makes_no_rep(judge):
    track = film([stand(6)], camera=Camera(yaw_deg=80))
    edge = int(0.6 * track.height_px)
    tilt = -150 * np.sin(np.pi * track.times_s / 3) ** 2
    points = track.points_px - np.stack([0 * tilt, tilt], 1)[:, None].astype(np.float32)
    visibility = np.where(points[..., 1] > edge, 0.05, track.visibility)
    assert judge(changed(track, points_px=points, visibility=visibility, height_px=edge)).reps == ()


def test_a_rep_lost_from_sight_is_discarded_and_the_next_counts(judge):
    track = film([stand(1), squat(110, 1.2, 1.4, 1.0), stand(1), squat(110), stand(1)])
    points, world = track.points_px.copy(), track.world_m.copy()
    gone = (track.times_s > 1.9) & (track.times_s < 3.9)
    points[gone], world[gone] = np.nan, np.nan
    visibility = np.where(gone[:, None], 0, track.visibility)
    analysis = judge(changed(track, points_px=points, world_m=world, visibility=visibility))
    assert len(analysis.reps) == 1
    assert analysis.reps[0].rep.bottom_s == pytest.approx(6.9, abs=0.15)
    assert any("lost from sight" in d.reason for d in analysis.discarded)


def test_walk_out_then_reps_then_rack(judge):
    """Steps back from the rack, squats, racks the bar: only the squats count."""
    story = [
        stand(0.8), dip(30), raise_arms(1.0), walk(-0.6, 2.0), stand(1.0), squat(105),
        stand(0.8), squat(105), stand(1.0), walk(0.6, 2.0), dip(35), stand(0.8),
    ]  # fmt: skip
    analysis = judge(story, camera=Camera(distance_m=3.5))
    assert_times(analysis, story)


def test_turning_round_between_reps_judges_each_from_its_own_side(judge):
    story = [stand(1), squat(105), stand(0.7), turn(90), stand(1.2), squat(105), stand(1)]
    analysis = judge(story)
    assert_times(analysis, story)
    first, second = analysis.reps
    assert (first.view.name, second.view.name) == ("front", "side")
    assert first.finding("knee_valgus").verdict != "not_assessable"
    assert first.finding("forward_knee_travel").verdict == "not_assessable"
    assert second.finding("knee_valgus").verdict == "not_assessable"
    assert second.finding("forward_knee_travel").verdict != "not_assessable"


@settings(max_examples=15)
@given(
    flexion=st.floats(80, 132),
    down=st.floats(0.7, 2.5),
    pause=st.floats(0.0, 1.5),
    up=st.floats(0.6, 2.0),
    stance=st.floats(0.26, 0.5),
    toe_out=st.floats(0, 32),
    yaw=st.floats(-180, 180),
    rate=st.sampled_from([15.0, 24.0, 29.97, 30.0, 60.0]),
    seed=st.integers(0, 99),
)
def test_any_squat_is_one_rep(flexion, down, pause, up, stance, toe_out, yaw, rate, seed):
    story = [stand(0.8), squat(flexion, down, pause, up), stand(0.8)]
    track = film(
        story,
        body=Body(stance_m=stance, toe_out_deg=toe_out),
        camera=Camera(yaw_deg=yaw),
        sampling=Sampling(rate, jitter_s=0.004, drop_share=0.05, noise_m=0.006, seed=seed),
    )
    assert_times(analyze(track), story, within_s=0.4, bottom_within_s=0.3 + pause / 2)


def test_a_dip_under_way_is_seen_before_it_counts():
    story = [stand(1), squat(110), stand(1)]
    ((start_s, bottom_s, end_s),) = bottoms_of(story)
    analyzer, seen = Analyzer(), []
    for pose in film(story):
        analyzer.update(pose)
        if (rep := analyzer.segmenter.open_rep()) is not None:
            seen.append((pose.time_s, rep))
            assert rep.start_s == pytest.approx(start_s, abs=0.3)
            assert rep.end_s <= pose.time_s
    times_s = [time_s for time_s, _ in seen]
    assert start_s < times_s[0] < bottom_s
    assert bottom_s < times_s[-1] < end_s + 1  # until the stand has lasted
    assert analyzer.segmenter.open_rep() is None
    assert analyzer.segmenter.phase == "standing"
