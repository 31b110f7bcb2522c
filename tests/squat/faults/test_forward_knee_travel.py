"""Forward knee travel: measured on the near leg, graded with heel, shin and depth."""

from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stickfigure import (
    INDEX_BEHIND_TIP_M,
    Body,
    Camera,
    Sampling,
    changed,
    film,
    mirrored,
    squat,
    stand,
)

from formcheck.squat.analysis import analyze
from formcheck.squat.settings import DEFAULT_SETTINGS

SIDE = Camera(yaw_deg=90)
FORWARD_BODY = Body(toe_out_deg=0)
FOOT_M = FORWARD_BODY.foot_m
# The product's foot is fitted to what a model makes of rendered feet; the figure's is a plain
# one, so its measures are given.
EXACT = DEFAULT_SETTINGS.with_values(
    {
        "travel.foot_share": FORWARD_BODY.span_m / FOOT_M,
        "travel.tip_share": INDEX_BEHIND_TIP_M / FORWARD_BODY.span_m,
    }
)


def one(track, chosen=EXACT):
    (judged,) = analyze(track, chosen).reps
    return judged.finding("forward_knee_travel")


def filmed(past=-0.02, *, body=FORWARD_BODY, camera=SIDE, sampling=None, **rep):
    rep = {"flexion_deg": 105, "pause_s": 0.3} | rep
    story = [stand(1), squat(past_toe_m=past, body=body, **rep), stand(0.8)]
    return film(story, body=body, camera=camera, sampling=sampling or Sampling(20))


@lru_cache(maxsize=256)
def found(past=-0.02, chosen=EXACT, **how):
    return one(filmed(past, **how), chosen)


@pytest.mark.parametrize("yaw", [90, -90, 78, -100])
def test_a_knee_far_past_the_toes_with_the_heel_up_is_a_fault(yaw):
    finding = found(0.14, heel_rise_m=0.13, camera=Camera(yaw_deg=yaw))
    assert finding.verdict == "fault"
    assert finding.side == ("left" if yaw > 0 else "right")
    assert finding.severity in ("moderate", "marked")
    assert "heel_rise" in finding.signs
    assert "the heel comes up" in finding.extra["aggravating"]
    assert "heel" in finding.reason


@pytest.mark.parametrize("yaw", [90, 78, -100])
@pytest.mark.parametrize("past", [-0.08, 0.0])
def test_a_knee_behind_or_over_the_toes_is_no_fault(past, yaw):
    finding = found(past, camera=Camera(yaw_deg=yaw))
    assert finding.verdict == "ok"
    assert finding.severity == "none"


@pytest.mark.parametrize("past", [-0.06, -0.02, 0.0, 0.04, 0.08, 0.11])
def test_the_value_is_the_truth_in_feet(past):
    camera = Camera(yaw_deg=90, is_orthographic=True)
    value = found(past, camera=camera, heel_rise_m=0.0).value
    assert value == pytest.approx(100 * past / FOOT_M, abs=2.0)


def test_perspective_costs_little():
    value = found(0.05).value
    assert value == pytest.approx(100 * 0.05 / FOOT_M, abs=7)


def test_further_is_never_read_as_less_and_verdicts_climb():
    findings = [found(p) for p in np.arange(-0.06, 0.17, 0.03)]
    values = [f.value for f in findings]
    assert (np.diff(values) > 4).all()
    order = {"ok": 0, "borderline": 1, "fault": 2}
    steps = [order[f.verdict] for f in findings]
    assert steps == sorted(steps)
    assert steps[0] == 0
    assert steps[-1] == 2
    degrees = ["none", "note", "mild", "moderate", "marked"]
    grades = [degrees.index(f.severity) for f in findings]
    assert grades == sorted(grades)


def test_heel_rise_is_measured_and_lowers_the_limit():
    flat, up = found(0.06), found(0.06, heel_rise_m=0.13)
    assert flat.extra["heel_rise_pct_foot"] == pytest.approx(0, abs=3)
    assert up.extra["heel_rise_pct_foot"] == pytest.approx(100 * 0.13 / FOOT_M, abs=6)
    assert up.threshold < flat.threshold
    assert flat.signs == ()


def test_a_heel_that_rises_alone_is_no_travel():
    finding = found(-0.05, heel_rise_m=0.13)
    assert finding.verdict == "ok"


def test_comfort_mode_is_stricter():
    chosen = EXACT.with_values({"travel.comfort_mode": True})
    usual, comfort = found(0.055), found(0.055, chosen)
    assert comfort.threshold == pytest.approx(usual.threshold - 20, abs=11)
    assert comfort.verdict == "fault"
    assert usual.verdict != "fault"
    assert found(-0.08, chosen).verdict == "ok"


def test_long_thighs_get_more_room():
    usual, long = Body(toe_out_deg=0), Body(toe_out_deg=0, thigh_factor=1.12)
    a, b = found(0.05, body=usual), found(0.05, body=long)
    assert b.extra["thigh_to_shank_ratio"] > 1.06 > a.extra["thigh_to_shank_ratio"]
    assert b.threshold > a.threshold


def test_deep_squats_get_more_room():
    assert found(0.05, flexion_deg=136).threshold > found(0.05, flexion_deg=110).threshold


def test_room_is_capped():
    body = Body(toe_out_deg=0, thigh_factor=1.12)
    both = found(0.05, flexion_deg=138, body=body).threshold
    none = found(0.05, flexion_deg=105).threshold
    assert none < both <= none + 15


def test_a_shin_that_leans_more_than_the_trunk_counts():
    upright, leaning = found(0.05, lean_deg=12), found(0.05, lean_deg=45)
    assert upright.extra["trunk_shank_difference_deg"] > 8
    assert leaning.extra["trunk_shank_difference_deg"] < 8
    assert upright.threshold < leaning.threshold
    assert upright.extra["trunk_inclination_deg"] == pytest.approx(12, abs=4)


def test_the_moment_is_near_the_bottom():
    track = filmed(0.14, heel_rise_m=0.13)
    (judged,) = analyze(track, EXACT).reps
    finding = judged.finding("forward_knee_travel")
    assert finding.time_s == pytest.approx(judged.rep.bottom_s, abs=0.4)


# -- which leg ------------------------------------------------------------------------


@pytest.mark.parametrize("yaw", [90, -90])
def test_the_near_leg_is_judged_whatever_the_far_one_does(yaw):
    track = filmed(0.0, camera=Camera(yaw_deg=yaw))
    far = [26, 28, 30, 32] if yaw > 0 else [25, 27, 29, 31]
    points = track.points_px.copy()
    forward = -np.sign(yaw)
    points[:, far[0], 0] += forward * 60
    points[:, far[3], 0] -= forward * 20
    finding = one(changed(track, points_px=points))
    assert finding.side == ("left" if yaw > 0 else "right")
    assert finding.verdict == "ok"


@settings(max_examples=8)
@given(past=st.floats(-0.06, 0.15), heel=st.sampled_from([0.0, 0.13]))
def test_a_mirror_changes_the_side_only(past, heel):
    track = filmed(past, heel_rise_m=heel)
    other = [mirrored(p, track.width_px) for p in track]
    flipped = changed(
        track,
        points_px=np.array([p.points_px for p in other]),
        visibility=np.array([p.visibility for p in other]),
        world_m=np.array([p.world_m for p in other]),
    )
    a, b = one(track), one(flipped)
    assert (a.side, b.side) == ("left", "right")
    assert (a.verdict, a.severity, a.confidence) == (b.verdict, b.severity, b.confidence)
    assert a.value == pytest.approx(b.value, abs=0.11)


# -- what must not matter ----------------------------------------------------------------


@pytest.mark.parametrize("rate", [15, 24, 29.97, 60])
@pytest.mark.parametrize(("past", "heel"), [(-0.03, 0.0), (0.14, 0.13)])
def test_the_frame_rate_and_lost_frames_do_not_matter(rate, past, heel):
    how = Sampling(rate, jitter_s=0.006, drop_share=0.1, seed=int(rate))
    base = found(past, heel_rise_m=heel)
    other = found(past, heel_rise_m=heel, sampling=how)
    assert other.verdict == base.verdict
    assert other.value == pytest.approx(base.value, abs=3)


@pytest.mark.parametrize("scale", [0.5, 2.0])
@pytest.mark.parametrize("past", [-0.03, 0.14])
def test_scale_and_place_change_nothing(scale, past):
    track = filmed(past)
    moved = track.points_px.astype(float) * scale + [40.0, -25.0]
    base, other = one(track), one(changed(track, points_px=moved))
    assert (other.verdict, other.severity) == (base.verdict, base.severity)
    assert other.value == pytest.approx(base.value, abs=0.2)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(("past", "heel", "wanted"), [(-0.04, 0.0, {"ok", "borderline"}),
                                                      (0.15, 0.13, {"fault"})])  # fmt: skip
def test_noise_makes_no_fault_and_hides_none(seed, past, heel, wanted):
    how = Sampling(30, noise_m=0.008, seed=seed)
    assert found(past, heel_rise_m=heel, sampling=how).verdict in wanted


def test_uncertainty_grows_with_noise():
    values = [found(sampling=Sampling(30, noise_m=n, seed=1)).uncertainty for n in (0, 0.01, 0.03)]
    assert values == sorted(values)
    assert values[2] > values[0] + 1


# -- what cannot be seen --------------------------------------------------------------------


@pytest.mark.parametrize("yaw", [0, 20, -30, 40, 145, 180, -150])
def test_other_views_are_not_judged(yaw):
    finding = found(0.14, camera=Camera(yaw_deg=yaw))
    assert finding.verdict == "not_assessable"
    assert finding.value is finding.threshold is finding.side is None
    assert "side view" in finding.reason


@pytest.mark.parametrize("yaw", [55, -58, 122])
def test_an_oblique_view_gives_no_more_than_low_confidence(yaw):
    finding = found(0.14, heel_rise_m=0.13, camera=Camera(yaw_deg=yaw))
    assert (finding.verdict, finding.confidence) == ("fault", "low")


def test_hidden_feet_are_not_judged():
    track = filmed(0.14)
    visibility = track.visibility.copy()
    visibility[:, 31] = 0.2
    visibility[:, 32] = 0.2
    finding = one(changed(track, visibility=visibility))
    assert finding.verdict == "not_assessable"


def test_a_foot_that_is_never_found_is_not_judged():
    track = filmed(0.14)
    points, visibility = track.points_px.copy(), track.visibility.copy()
    for i in (29, 30, 31, 32):
        points[:, i], visibility[:, i] = np.nan, 0.0
    assert one(changed(track, points_px=points, visibility=visibility)).verdict == "not_assessable"


@pytest.mark.parametrize("lost", ["heel", "standing foot", "bottom", "shoulders"])
def test_what_is_missing_for_a_while_gives_a_verdict_or_a_reason(lost):
    track = filmed(0.14, heel_rise_m=0.13)
    t = track.times_s
    gone, which = {
        "heel": (t >= 0, [29, 30]), "standing foot": (t < 0.95, [29, 30, 31, 32]),
        "bottom": ((t > 1.9) & (t < 2.8), [31, 32]), "shoulders": (t >= 0, [11, 12]),
    }[lost]  # fmt: skip
    points, visibility = track.points_px.copy(), track.visibility.copy()
    points[np.ix_(gone, which)], visibility[np.ix_(gone, which)] = np.nan, 0.0
    analysis = analyze(changed(track, points_px=points, visibility=visibility), EXACT)
    for judged in analysis.reps:
        finding = judged.finding("forward_knee_travel")
        assert finding.reason
        assert finding.value is None or np.isfinite(finding.value)
