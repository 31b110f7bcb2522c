"""Everything that is not a squat: never counted, and told apart where it is worth a word."""

from dataclasses import replace

import numpy as np
import pytest
from stickfigure import (
    Body,
    Camera,
    Sampling,
    Segment,
    balance,
    calf_raise,
    changed,
    dip,
    film,
    hinge,
    joined,
    jump,
    lunge,
    pick_up,
    pistol,
    raise_arms,
    sit,
    squat,
    stand,
    turn,
    walk,
)


def good_morning():
    """A hinge with the hands at a bar on the shoulders: they never go near the floor."""
    base = hinge(drop_m=0.2)
    return replace(base, play=lambda t: base.play(t) | {"arm": np.full(len(t), 150.0)})


STANDING_M = Body().shank_m + Body().thigh_m + 0.058
"""Height of the pelvis, legs straight."""
APART = {"left_y": 0.45, "right_y": -0.35, "right_z": 0.1, "pelvis_y": 0.0}
"""The feet of a split squat: they stay where they are."""


def split_squat():
    def play(t):
        w = np.sin(np.pi * t / 2.6) ** 2
        still = {name: np.full(len(t), value) for name, value in APART.items()}
        return still | {"pelvis_z": STANDING_M - 0.09 - 0.34 * w}

    return Segment(2.6, play)


def side_lunge():
    """The hips go over one foot; the other leg stays straight."""

    def play(t):
        w = np.sin(np.pi * t / 2.6) ** 2
        return {
            "shift_x": 0.26 * w, "pelvis_y": -0.1 * w, "pelvis_z": 0.75 - 0.28 * w,
            "lean": 5 + 35 * w, "arm": np.full(len(t), 80.0),
        }  # fmt: skip

    return Segment(2.6, play)


def sit_and_stand(rest_s=1.4):
    """Onto a chair: lean, sit, straighten up, lean again, stand."""
    base = squat(95, 1.2, rest_s, 1.2)

    def play(t):
        end = 1.2 + rest_s
        lean = np.interp(t, [0, 0.9, 1.2, 1.5, end - 0.3, end, end + 0.3, end + 1.2],
                         [3, 38, 34, 4, 4, 34, 38, 3])  # fmt: skip
        return base.play(t) | {"lean": lean}

    return replace(base, play=play)


def box_squat():
    """Hips back onto a box, a moment's rest with the lean kept: a squat."""
    return squat(95, 1.2, 0.8, 1.2, lean_deg=42)


YAWS = [0, 45, -90, 160]
FAR = {"distance_m": 4.0, "width_px": 1080}
# Name: what happens, words of the reason (None: may be ignored without a word).
MOVEMENTS = {
    "deadlift": (hinge(), "hinge"),
    "slow deadlift": (hinge(2.5, 2.0), "hinge"),
    "good morning": (good_morning(), "hinge"),
    "bottle from the floor": (pick_up(), "hinge"),
    "deep pick-up": (pick_up(flexion_deg=115), "hinge"),
    "jump": (jump(), "jump|too fast"),
    "high jump": (jump(100, 0.6), "jump|too fast"),
    "sitting down": (sit(7.5), "sitting"),
    "calf raise": (calf_raise(), None),
    "arms overhead": (raise_arms(), None),
    "quarter dip": (dip(38), None),
    "turn on the spot": (turn(120), None),
    "balance on one leg": (balance(), None),
    "walk in": (walk(1.5), None),
    "walk away": (walk(-1.0), None),
    "walk across": (walk(0.0, 2.0, 1.2), None),
    "lunge": (lunge(), "feet moved|one leg"),
}


@pytest.mark.parametrize("yaw", YAWS)
@pytest.mark.parametrize("name", MOVEMENTS)
def test_it_is_never_counted(judge, name, yaw):
    movement, reason = MOVEMENTS[name]
    story = [stand(1.2), movement, stand(1.2)]
    analysis = judge(story, camera=Camera(yaw_deg=yaw, **FAR), sampling=Sampling(20))
    assert analysis.reps == ()
    if reason is not None:
        words = " / ".join(d.reason for d in analysis.discarded)
        assert any(part in words for part in reason.split("|")), words


NEAR_MISSES = {
    "split squat": (split_squat, stand(1.2, **APART, pelvis_z=STANDING_M - 0.09), {}, "one leg"),
    "side lunge": (
        side_lunge, stand(1.2, pelvis_y=0.0, pelvis_z=0.75), {"stance_m": 1.1}, "one leg",
    ),
    "Romanian deadlift": (lambda: hinge(1.6, 1.4, drop_m=0.14), stand(1.2), {}, "hinge"),
    "onto a chair": (sit_and_stand, stand(1.2), {}, "seat"),
    "onto a chair, for a moment": (lambda: sit_and_stand(0.9), stand(1.2), {}, "seat"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "yaw"),
    # From the side a side lunge shows both feet in one place.
    [
        (name, yaw)
        for name in NEAR_MISSES
        for yaw in (0, 30, 90)
        if (name, yaw) != ("side lunge", 90)
    ],
)
def test_what_looks_like_a_squat_is_told_apart(judge, name, yaw):
    movement, rest, body, reason = NEAR_MISSES[name]
    story = [rest, movement(), rest]
    camera = Camera(yaw_deg=yaw, **FAR)
    analysis = judge(story, camera=camera, sampling=Sampling(20), body=Body(**body))
    assert analysis.reps == ()
    assert any(reason in d.reason for d in analysis.discarded), analysis.discarded


@pytest.mark.parametrize("yaw", [0, 45, 90])
def test_a_box_squat_and_wide_or_staggered_feet_are_squats(judge, yaw):
    camera = Camera(yaw_deg=yaw, **FAR)
    assert len(judge([stand(1), box_squat(), stand(1)], camera=camera).reps) == 1
    for body in (Body(stance_m=0.8, toe_out_deg=40), Body(stance_m=0.2, toe_out_deg=0)):
        assert len(judge([stand(1), squat(105), stand(1)], camera=camera, body=body).reps) == 1


@pytest.mark.parametrize("is_known", [True, False])
def test_feet_that_move_with_everything_are_the_cameras(judge, is_known):
    """A hand follows the lifter: nothing that the feet do in the picture is a step or a jump."""
    story = [stand(1), squat(110), stand(0.7), squat(110), stand(1)]
    track = film(story, camera=Camera(**FAR))
    u = track.times_s / track.times_s[-1]
    pan = np.stack([300 * u, -(220 if is_known else 70) * np.sin(5 * u)], 1)
    camera = np.column_stack([np.ones(len(u)), pan]) if is_known else None
    moved = changed(track, points_px=track.points_px + pan[:, None].astype(np.float32))
    analysis = judge(replace(moved, camera=camera))
    assert len(analysis.reps) == 2
    assert analysis.discarded == ()


def test_walking_is_told_from_a_pan_where_the_camera_is_known(judge):
    """The same picture twice: the whole body goes aside during a dip."""
    track = film([stand(1), squat(110), stand(1)], camera=Camera(**FAR))
    aside = 260 * np.clip((track.times_s - 1.2) / 1.6, 0, 1)
    shift = np.stack([aside, 0 * aside], 1)
    moved = changed(track, points_px=track.points_px + shift[:, None].astype(np.float32))
    still = np.tile([1.0, 0.0, 0.0], (len(aside), 1))
    assert judge(replace(moved, camera=still)).reps == ()
    panned = judge(replace(moved, camera=still + np.column_stack([0 * aside, shift])))
    assert len(panned.reps) == 1


def test_hips_tell_a_squat_without_legs_only_where_the_camera_is_known(judge):
    """Down to the knees the picture is cut off, and the trunk stays upright."""
    story = [stand(1.5), squat(110, lean_deg=5.0), stand(1.5)]
    track = film(story, camera=Camera(yaw_deg=90, **FAR))
    seen = track.visibility.copy()
    seen[:, 25:] = 0.0
    cut = changed(track, visibility=seen)
    assert [d.reason for d in judge(cut).discarded] == [
        "the legs are outside the picture: step back"
    ]
    still = np.tile([1.0, 0.0, 0.0], (len(seen), 1))
    assert len(judge(replace(cut, camera=still)).reps) == 1
    # Somebody who goes away, comes nearer, and goes away again: lower, but larger.
    standing = film([stand(8)], camera=Camera(yaw_deg=90, **FAR))
    nearer = 1 - 0.25 * np.sin(np.pi * np.clip((standing.times_s - 1) / 3, 0, 1.5)) ** 2
    lens = np.array([360, standing.points_px[0, 24, 1] - 250])
    points = (standing.points_px - lens) * nearer[:, None, None] + lens
    seen, still = (np.resize(a, (len(points), *a.shape[1:])) for a in (seen, still))
    came = changed(standing, points_px=points.astype(np.float32), visibility=seen)
    assert judge(replace(came, camera=still)).reps == ()


@pytest.mark.parametrize("yaw", YAWS)
@pytest.mark.parametrize("distance", [3.0, 4.0])
def test_a_one_legged_squat_is_never_counted(judge, yaw, distance):
    camera = Camera(yaw_deg=yaw, distance_m=distance, width_px=1080)
    analysis = judge([stand(1.2), pistol(), stand(1.2)], camera=camera)
    assert analysis.reps == ()


@pytest.mark.parametrize("name", MOVEMENTS)
def test_it_is_never_counted_at_a_low_rate(judge, name):
    story = [stand(1.0), MOVEMENTS[name][0], stand(1.0)]
    assert judge(story, camera=Camera(**FAR), sampling=Sampling(15, seed=1)).reps == ()


@pytest.mark.parametrize("name", ["deadlift", "bottle from the floor", "jump", "sitting down"])
def test_it_is_never_counted_in_noise(judge, name):
    story = [stand(1.0), MOVEMENTS[name][0], stand(1.0)]
    how = Sampling(30, noise_m=0.010, seed=2)
    assert judge(story, camera=Camera(**FAR), sampling=how).reps == ()


def test_sitting_for_long_is_not_a_squat(judge):
    analysis = judge([stand(1.0), sit(16.0), stand(1.0)], sampling=Sampling(15))
    assert analysis.reps == ()
    assert any("sitting" in d.reason for d in analysis.discarded)


@pytest.mark.parametrize("name", MOVEMENTS)
def test_it_does_not_hide_the_squats_around_it(judge, name):
    story = [
        stand(1.2), squat(105), stand(1.5), MOVEMENTS[name][0], stand(2.0), squat(105), stand(1.0),
    ]  # fmt: skip
    analysis = judge(story, camera=Camera(**FAR), sampling=Sampling(20))
    assert len(analysis.reps) == 2


def test_nothing_happens_nothing_is_said(judge):
    analysis = judge([stand(6)])
    assert analysis.reps == ()
    assert analysis.discarded == ()
    assert analysis.notes == ("No squat was found.",)


def test_sitting_down_to_stay_is_not_a_squat(judge):
    """The clip ends while the person sits."""
    analysis = judge([stand(1), sit(20.0), stand(0.1)], sampling=Sampling(20, end_s=14.0))
    assert analysis.reps == ()


def test_someone_who_sits_all_along_never_squats(judge):
    story = [stand(8, flexion=95.0, lean=5.0)]
    assert judge(story).reps == ()


def test_sitting_still_and_leaning_is_not_a_squat(judge):
    base = stand(1)
    lean = type(base)(
        8.0, lambda t: {"flexion": np.full(len(t), 92.0), "lean": 5 + 40 * np.sin(t) ** 2}
    )
    assert judge([lean]).reps == ()


def test_two_people_in_turns_make_no_rep_between_them(judge):
    """One stands, the next one squats: the cut between them is not a dip."""
    left = film([stand(2.0)])
    low = film([stand(2.0, flexion=100.0, lean=45.0)])
    shift = np.array([500.0, 0.0], np.float32)
    other = changed(low, points_px=low.points_px + shift)
    analysis = judge(joined(joined(left, other), left))
    assert analysis.reps == ()
    assert any("jumped between people" in note for note in analysis.notes)


def test_a_squat_interrupted_by_another_person_is_discarded(judge):
    squatting = film([stand(1), squat(110, 1.2, 0.2, 1.0)], sampling=Sampling(30, end_s=2.3))
    standing = film([stand(2.0)])
    shift = np.array([600.0, 0.0], np.float32)
    other = changed(standing, points_px=standing.points_px + shift)
    analysis = judge(joined(squatting, other))
    assert analysis.reps == ()
    assert any("another person" in d.reason for d in analysis.discarded)


def test_reps_of_two_people_are_both_counted(judge):
    one = film([stand(1), squat(110), stand(1)])
    two = changed(one, points_px=one.points_px * np.float32(0.9) + np.float32(520))
    analysis = judge(joined(one, two))
    assert len(analysis.reps) == 2


def test_a_camera_that_pans_does_not_make_reps(judge):
    """Every landmark moves down and up in the picture; the body does not change."""
    track = film([stand(8)])
    sway = 120 * np.sin(2 * np.pi * track.times_s / 3)
    points = track.points_px + np.stack([0 * sway, sway], -1)[:, None].astype(np.float32)
    analysis = judge(changed(track, points_px=points))
    assert analysis.reps == ()


def test_zooming_out_and_in_is_not_a_squat(judge):
    track = film([stand(8)])
    zoom = 1 - 0.3 * np.sin(np.pi * track.times_s / 8) ** 2
    points = (track.points_px - [360, 640]) * zoom[:, None, None] + [360, 640]
    assert judge(changed(track, points_px=points)).reps == ()


def test_a_body_upside_down_makes_no_reps_and_no_error(judge):
    track = film([stand(1), squat(), stand(1)])
    points = track.points_px * np.float32([1, -1]) + np.float32([0, 1280])
    assert judge(changed(track, points_px=points)).reps == ()


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_almost_no_frames(judge, n):
    track = film([stand(1)])
    cut = changed(
        track,
        times_s=track.times_s[:n],
        points_px=track.points_px[:n],
        visibility=track.visibility[:n],
        world_m=track.world_m[:n],
    )
    assert judge(cut).reps == ()


def test_discarded_stretches_are_ordered_and_have_length(judge):
    story = [stand(1), hinge(), stand(1), jump(), stand(1), pick_up(), stand(1), lunge(), stand(1)]
    analysis = judge(story, camera=Camera(**FAR))
    assert analysis.reps == ()
    assert len(analysis.discarded) >= 4
    for d in analysis.discarded:
        assert 0 <= d.start_s < d.end_s
    starts = [d.start_s for d in analysis.discarded]
    assert starts == sorted(starts)
