"""Repair and smoothing: nothing is delayed, nothing is invented, every repair is counted."""

from dataclasses import replace

import numpy as np
import pytest
from stickfigure import Camera, Sampling, changed, film, squat, stand

from formcheck.pose.kinematics import Window
from formcheck.pose.smoothing import (
    BRIDGE_S,
    DESPIKE_S,
    STRANGER_S,
    RepairCounts,
    Repaired,
    Smoother,
    TrackRepair,
    leg_length_px,
)
from formcheck.pose.track import LEFT_LEG, RIGHT_LEG, Landmark, Pose

KNEE = Landmark.LEFT_KNEE


def smoothed(poses, persons=None):
    """All smoothed poses, in order."""
    smoother = Smoother()
    out = []
    for i, pose in enumerate(poses):
        out += smoother.update(Repaired(pose, 0 if persons is None else persons[i]))
    out += smoother.flush()
    return out


def repaired(poses):
    repair = TrackRepair()
    return [repair.update(p) for p in poses], repair.counts


def still(duration_s=2.0, rate_hz=30.0, **how):
    return list(film([stand(duration_s)], sampling=Sampling(rate_hz, **how)))


def moving(poses, path):
    """The same poses with the whole body shifted sideways by ``path(t)``."""
    return [replace(p, points_px=p.points_px + np.array([path(p.time_s), 0])) for p in poses]


def x_of(smooth, landmark=KNEE):
    return np.array([s.pose.points_px[landmark, 0] for s in smooth])


@pytest.mark.parametrize("rate", [15, 29.97, 60])
def test_a_ramp_passes_unchanged(rate):
    poses = moving(still(rate_hz=rate, jitter_s=0.005), lambda t: 90 * t)
    out = smoothed(poses)
    assert [s.pose.time_s for s in out] == [p.time_s for p in poses]
    assert np.allclose(x_of(out), [p.points_px[KNEE, 0] for p in poses], atol=1e-3)


@pytest.mark.parametrize("rate", [24, 30, 60])
def test_a_parabola_keeps_its_peak_time(rate):
    """Zero phase: what smoothing costs, it costs alike on both sides."""
    poses = moving(still(rate_hz=rate), lambda t: -300 * (t - 1.0) ** 2)
    out = smoothed(poses)
    times = np.array([s.pose.time_s for s in out])
    middle = (times > 0.5) & (times < 1.5)
    a, b, _ = np.polyfit(times[middle], x_of(out)[middle], 2)
    assert -b / (2 * a) == pytest.approx(1.0, abs=1e-3)
    assert a == pytest.approx(-300, rel=0.01)


def test_noise_is_at_least_halved_at_30_hz():
    clean = still(6.0)
    noisy = still(6.0, noise_m=0.01)
    before = np.std([n.points_px[KNEE, 0] - c.points_px[KNEE, 0] for n, c in zip(noisy, clean)])  # noqa: B905
    after = np.std(x_of(smoothed(noisy)) - [c.points_px[KNEE, 0] for c in clean])
    assert after < 0.5 * before


def test_a_cave_of_a_third_of_a_second_keeps_nine_tenths():
    poses = moving(still(3.0), lambda t: 50 * np.clip(np.sin(np.pi * (t - 1.5) / 0.35), 0, None)
                   * (1.5 < t < 1.85))  # fmt: skip
    base = x_of(smoothed(still(3.0)))
    assert (x_of(smoothed(poses)) - base).max() > 0.80 * 50


def test_the_residual_is_raw_minus_smooth():
    poses = still(noise_m=0.01)
    for raw, s in zip(poses, smoothed(poses), strict=True):
        wanted = raw.points_px - s.pose.points_px
        assert np.allclose(s.residual_px, wanted, atol=1e-9)


@pytest.mark.parametrize("gap_s", [0.07, 0.13, 0.2])
def test_a_short_gap_is_bridged(gap_s):
    poses = moving(still(), lambda t: 60 * t)
    holey = [Pose.absent(p.time_s) if 1.0 < p.time_s < 1.0 + gap_s else p for p in poses]
    assert any(not p.is_present for p in holey)
    out = x_of(smoothed(holey))
    assert np.allclose(out, [p.points_px[KNEE, 0] for p in poses], atol=0.5)


@pytest.mark.parametrize("gap_s", [0.35, 1.0])
def test_the_middle_of_a_long_gap_stays_unknown(gap_s):
    poses = still()
    holey = [Pose.absent(p.time_s) if 0.5 < p.time_s < 0.5 + gap_s else p for p in poses]
    out = smoothed(holey)
    inside = [s for s in out if 0.5 + 0.13 < s.pose.time_s < 0.5 + gap_s - 0.13]
    outside = [s for s in out if not 0.5 <= s.pose.time_s <= 0.5 + gap_s]
    assert inside
    assert all(np.isnan(s.pose.points_px).all() for s in inside)
    assert all(np.isfinite(s.pose.points_px).all() for s in outside)


def test_a_landmark_may_be_missing_alone():
    poses = []
    for p in still():
        points = p.points_px.copy()
        if p.time_s > 1.0:
            points[KNEE] = np.nan
        poses.append(replace(p, points_px=points))
    out = smoothed(poses)
    late = [s for s in out if s.pose.time_s > 1.2]
    assert all(np.isnan(s.pose.points_px[KNEE]).all() for s in late)
    assert all(np.isfinite(s.pose.points_px[Landmark.RIGHT_KNEE]).all() for s in out)


def test_nothing_is_said_of_what_the_model_does_not_see():
    poses = []
    for p in still():
        visibility = p.visibility.copy()
        visibility[KNEE] = 0.01
        poses.append(replace(p, visibility=visibility))
    assert all(np.isnan(s.pose.points_px[KNEE]).all() for s in smoothed(poses))


def test_a_spike_is_dropped_and_counted():
    poses = still()
    leg = leg_length_px(poses[0].points_px)
    points = poses[30].points_px.copy()
    points[KNEE] += 0.4 * leg
    poses[30] = replace(poses[30], points_px=points)
    smoother = Smoother()
    out = [s for p in poses for s in smoother.update(Repaired(p))]
    out += smoother.flush()
    assert smoother.counts.n_spikes == 1
    assert np.allclose(x_of(out), still()[0].points_px[KNEE, 0], atol=0.5)


def test_a_wobble_is_no_spike():
    poses = still(noise_m=0.008)
    smoother = Smoother()
    for p in poses:
        smoother.update(Repaired(p))
    smoother.flush()
    assert smoother.counts.n_spikes == 0


# -- left and right -----------------------------------------------------------------


def swapped(pose):
    left, right = list(LEFT_LEG), list(RIGHT_LEG)
    points, visibility, world = pose.points_px.copy(), pose.visibility.copy(), pose.world_m.copy()
    for a in (points, visibility, world):
        a[left + right] = a[right + left]
    return replace(pose, points_px=points, visibility=visibility, world_m=world)


@pytest.mark.parametrize("yaw", [0, 30])
@pytest.mark.parametrize("run_s", [0.03, 0.2, 0.5])
def test_swapped_legs_are_put_back(run_s, yaw):
    true = list(film([stand(0.6), squat(), stand(0.5)], camera=Camera(yaw_deg=yaw)))
    poses = [swapped(p) if 1.0 <= p.time_s < 1.0 + run_s else p for p in true]
    out, counts = repaired(poses)
    assert counts.n_swapped == 1
    for row, wanted in zip(out, true, strict=True):
        assert row.person == 0
        assert np.array_equal(row.pose.points_px, wanted.points_px)
        assert np.array_equal(row.pose.world_m, wanted.world_m)
        assert row.swapped[KNEE] == (1.0 <= wanted.time_s < 1.0 + run_s)


@pytest.mark.parametrize("n_slow", [0, 2, 4])
def test_a_leg_stays_the_same_leg_however_slowly_the_model_changes_its_mind(n_slow):
    """Its own smoothing draws the feet through one another, over some frames."""
    poses, n_before = still(3.0), 30
    for i in range(n_before, len(poses)):
        share = min(1.0, (i - n_before + 1) / (n_slow + 1))
        there = swapped(poses[i]).points_px
        poses[i] = replace(poses[i], points_px=(1 - share) * poses[i].points_px + share * there)
    out, _ = repaired(poses)
    for row in out[n_before + n_slow :]:
        assert row.pose.points_px[KNEE, 0] == pytest.approx(poses[0].points_px[KNEE, 0])


def test_hips_that_were_not_exchanged_stay():
    true = still(2.0)
    below = [*LEFT_LEG[1:], *RIGHT_LEG[1:]]
    poses = [replace(p, points_px=p.points_px.copy()) for p in true]
    for p in poses[30:]:
        p.points_px[below] = swapped(p).points_px[below]
    out, _ = repaired(poses)
    for row, wanted in zip(out, true, strict=True):
        assert np.array_equal(row.pose.points_px, wanted.points_px)
        assert np.array_equal(row.pose.world_m[LEFT_LEG.hip], wanted.world_m[LEFT_LEG.hip])


@pytest.mark.parametrize("share", [0.2, 0.8])
def test_a_window_calls_a_leg_what_the_model_called_it_most_often(share):
    true = still(3.0)
    poses = [swapped(p) if p.time_s < 3.0 * share else p for p in true]
    out, _ = repaired(poses)
    smoother = Smoother()
    rows = [s for row in out for s in smoother.update(row)]
    window = Window.stack([*rows, *smoother.flush()])
    wanted = true[0] if share < 0.5 else swapped(true[0])
    assert np.allclose(window.points_px[:, KNEE], wanted.points_px[KNEE], atol=1e-6)


def test_legs_that_pass_each_other_are_left_alone():
    """From the side, feet that step past one another are no swap."""
    track = film([stand(0.5), squat(), stand(0.5)], camera=Camera(yaw_deg=90))
    out, counts = repaired(list(track))
    assert counts.n_swapped == 0
    assert all(np.array_equal(p.points_px, t.points_px) for (p, *_), t in zip(out, track))  # noqa: B905


# -- who it is -----------------------------------------------------------------------


def test_a_jump_to_another_body_gets_a_new_number():
    here = still(1.0)
    leg = leg_length_px(here[0].points_px)
    there = moving([replace(p, time_s=p.time_s + 1.0) for p in here], lambda t: 1.5 * leg)
    out, counts = repaired(here + there)
    n_doubted = sum(not row.pose.is_present for row in out)
    assert n_doubted == pytest.approx(STRANGER_S * 30, abs=1)  # nobody, until the other has stayed
    persons = [0] * (len(here) + n_doubted) + [1] * (len(there) - n_doubted)
    assert [row.person for row in out] == persons
    assert counts.n_other_person == 1


@pytest.mark.parametrize("how", ["elsewhere", "smaller", "scrambled"])
def test_a_model_gone_astray_for_a_moment_is_no_other_person(how):
    """Plates hide the lifter at the bottom: what the model finds meanwhile is nobody."""
    poses, rng = still(3.0), np.random.default_rng(5)
    leg = leg_length_px(poses[0].points_px)
    astray = []
    for pose in poses:
        points = pose.points_px
        if 1.0 <= pose.time_s < 1.7:
            points = {
                "elsewhere": points + np.array([0.8 * leg, -0.3 * leg]),
                "smaller": (points - points[23]) * 0.4 + points[23],
                "scrambled": points + rng.normal(0, 0.7 * leg, points.shape),
            }[how]
        astray.append(replace(pose, points_px=points))
    out, counts = repaired(astray)
    assert {row.person for row in out} == {0}
    assert counts.n_other_person == 0
    assert [row.pose.time_s for row in out if not row.pose.is_present] == [
        p.time_s for p in poses if 1.0 <= p.time_s < 1.7
    ]


def test_another_body_after_a_gap_gets_a_new_number_and_the_same_one_does_not():
    here = still(1.0)
    leg = leg_length_px(here[0].points_px)
    gap = [Pose.absent(1.0 + i / 30) for i in range(30)]
    back = [replace(p, time_s=p.time_s + 2.0) for p in here]
    same, _ = repaired(here + gap + back)
    assert {row.person for row in same} == {0}
    other, _ = repaired(here + gap + moving(back, lambda t: 2.0 * leg))
    assert other[-1].person == 1


def test_people_are_never_mixed_by_the_smoother():
    here = still(1.0)
    there = moving([replace(p, time_s=p.time_s + 1.0) for p in here], lambda t: 400.0)
    out = smoothed(here + there, [0] * len(here) + [1] * len(there))
    x0 = here[0].points_px[KNEE, 0]
    for s in out:
        wanted = x0 if s.person == 0 else x0 + 400
        assert s.pose.points_px[KNEE, 0] == pytest.approx(wanted, abs=0.5)


def test_absent_frames_are_counted():
    counts = RepairCounts()
    repair = TrackRepair(counts)
    for i in range(5):
        repair.update(Pose.absent(i / 30))
    assert (counts.n_frames, counts.n_absent) == (5, 5)


# -- streaming ---------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [15, 30, 60])
def test_latency_is_what_it_says(rate):
    smoother = Smoother()
    waiting = []
    for pose in still(2.0, rate):
        waiting.append(pose.time_s)
        for s in smoother.update(Repaired(pose)):
            assert s.pose.time_s == waiting.pop(0)
        # Two look-aheads, each rounded up to a frame.
        oldest = waiting[0]
        assert pose.time_s - oldest <= BRIDGE_S + DESPIKE_S + 2 / rate


def test_a_stream_cut_anywhere_gives_the_same_poses():
    how = Sampling(30, jitter_s=0.006, noise_m=0.01, absent_share=0.1, drop_share=0.05, seed=9)
    poses = list(film([stand(0.5), squat(eccentric_s=0.6, concentric_s=0.6)], sampling=how))
    whole = smoothed(poses)
    for cut in (1, 7, len(poses) // 2, len(poses) - 1):
        smoother = Smoother()
        out = [s for p in poses[:cut] for s in smoother.update(Repaired(p))]
        for got, wanted in zip(out, whole, strict=False):
            assert np.array_equal(got.pose.points_px, wanted.pose.points_px, equal_nan=True)
            assert np.array_equal(got.residual_px, wanted.residual_px, equal_nan=True)
            assert np.array_equal(got.pose.world_m, wanted.pose.world_m, equal_nan=True)


def test_no_frames_no_poses():
    smoother = Smoother()
    assert smoother.flush() == ()


def test_one_frame_is_itself():
    pose = still(0.02)[0]
    (only,) = smoothed([pose])
    assert np.allclose(only.pose.points_px, pose.points_px)


def test_a_long_stream_does_not_pile_up():
    smoother = Smoother()
    pose = still(0.02)[0]
    for i in range(600):
        smoother.update(Repaired(replace(pose, time_s=i / 30)))
    assert len(smoother._raw.rows) + len(smoother._clean.rows) < 40


def test_infinite_pixels_are_treated_as_missing():
    track = film([stand(1.0)])
    points = track.points_px.copy()
    points[12, KNEE] = np.inf
    out = smoothed(list(changed(track, points_px=points)))
    assert all(np.isfinite(s.pose.points_px[Landmark.RIGHT_KNEE]).all() for s in out)
    assert not any(np.isinf(s.pose.points_px).any() for s in out)
