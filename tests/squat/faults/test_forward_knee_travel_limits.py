"""Every limit of forward knee travel, both sides: the setting just above and below what is read.

A figure is filmed once and judged with many settings, so nothing here depends on how a measure
is taken: that it is true is in ``test_forward_knee_travel``.
"""

from dataclasses import replace
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest
from stickfigure import Body, Camera, Sampling, changed, film, squat, stand

from formcheck.pose.track import LEFT_LEG, RIGHT_LEG
from formcheck.squat.analysis import analyze
from formcheck.squat.faults import forward_knee_travel as rule
from formcheck.squat.settings import DEFAULT_SETTINGS

FAR = 900.0
"""A limit nobody reaches."""
BIT = 0.12
"""More than a value is rounded by."""
ERROR_PCT = 17.0
"""Uncertainty of travel filmed from straight beside and without noise."""
STEP_PCT, SHARE, FOOT_SHARE = 10.0, 0.6, 0.6
NO_NOISE = SimpleNamespace(noise_pct=0.0)
NO_SIGNS = {"heel_rise_pct": FAR, "quad_dominant_deg": FAR, "end_range_shank_deg": FAR}
NO_ROOM = {"deep_flexion_deg": FAR, "long_thigh_ratio": FAR}
CHOSEN = {"step_pct": STEP_PCT, "borderline_share": SHARE, "foot_share": FOOT_SHARE}
BODY = Body(toe_out_deg=0)


@cache
def side(past_m=0.08, *, yaw=90.0, noise_m=0.0, thigh=1.0, **rep):
    """A squat from the side."""
    body = replace(BODY, thigh_factor=thigh)
    figure = squat(past_toe_m=past_m, body=body, **({"flexion_deg": 105, "pause_s": 0.3} | rep))
    how = Sampling(30 if noise_m else 20, noise_m=noise_m, seed=1)
    story = [stand(1), figure, stand(0.8)]
    return film(story, body=body, camera=Camera(yaw_deg=yaw), sampling=how)


def judged(track, **limits):
    """The only repetition of a track, judged with some limits changed."""
    chosen = NO_SIGNS | NO_ROOM | CHOSEN | limits
    values = {f"travel.{name}": value for name, value in chosen.items()}
    (only,) = analyze(track, DEFAULT_SETTINGS.with_values(values)).reps
    return only


def travel(track, **limits):
    return judged(track, **limits).finding("forward_knee_travel")


def graded(finding):
    return finding.verdict, finding.severity


def test_the_limit_of_travel_and_the_steps_above():
    track = side()
    value = travel(track).value
    for over_by, severity in (
        (BIT, "mild"), (STEP_PCT - BIT, "mild"), (STEP_PCT + BIT, "moderate"),
        (2 * STEP_PCT - BIT, "moderate"), (2 * STEP_PCT + BIT, "marked"), (9 * STEP_PCT, "marked"),
    ):  # fmt: skip
        found = travel(track, fault_pct=value - over_by)
        assert graded(found) == ("fault", severity), over_by
        assert (found.side, found.value) == ("left", value)
        assert found.threshold == pytest.approx(value - over_by, abs=0.06)


def test_how_sure_travel_is_and_what_lies_below_the_limit():
    track = side()
    value = travel(track).value
    edge = SHARE * ERROR_PCT
    for over_by, verdict, confidence in (
        (ERROR_PCT + BIT, "fault", "high"), (ERROR_PCT - BIT, "fault", "medium"),
        (-BIT, "borderline", "low"), (BIT - edge, "borderline", "low"),
        (-edge - BIT, "ok", "medium"), (-ERROR_PCT + BIT, "ok", "medium"),
        (-ERROR_PCT - BIT, "ok", "high"),
    ):  # fmt: skip
        found = travel(track, fault_pct=value - over_by, note_pct=FAR)
        assert (found.verdict, found.confidence) == (verdict, confidence), over_by
        assert found.uncertainty == pytest.approx(ERROR_PCT, abs=0.11)
        assert found.severity == ("note" if verdict == "borderline" else found.severity)
    note, nothing = (travel(track, fault_pct=FAR, note_pct=value - d) for d in (BIT, -BIT))
    assert (graded(note), graded(nothing)) == (("ok", "note"), ("ok", "none"))
    assert "normal for many bodies" in note.reason
    assert "normal" not in nothing.reason


SIGNS = {
    "heel_rise_pct": ("heel_rise_pct_foot", "heel"),
    "quad_dominant_deg": ("trunk_shank_difference_deg", "leans more than the trunk"),
    "end_range_shank_deg": ("shank_inclination_deg", "end of its range"),
}


ERRORS = {"heel_rise_pct": 10.0, "quad_dominant_deg": 5.0, "end_range_shank_deg": 5.0}


@pytest.mark.parametrize("limit", SIGNS)
def test_an_aggravating_sign_lowers_the_limits_by_one_step(limit):
    track = side(heel_rise_m=0.08, lean_deg=30)
    number, words = SIGNS[limit]
    at = travel(track).extra[number]
    usual = {"fault_pct": 30.0, "note_pct": FAR}
    error = ERRORS[limit] + BIT
    with_it, without = (travel(track, **{limit: at - d}, **usual) for d in (error, -error))
    assert (with_it.threshold, without.threshold) == (30 - STEP_PCT, 30)
    assert len(with_it.extra["aggravating"]) == 1
    assert not without.extra["aggravating"]
    assert words in with_it.reason
    assert ", and " in with_it.reason
    assert words not in without.reason
    # Between the two it goes down in a straight line, and is spoken of from half way on.
    half = travel(track, **{limit: at}, **usual)
    assert half.threshold == pytest.approx(30 - STEP_PCT / 2, abs=0.3)
    just, almost = (travel(track, **{limit: at - d}, **usual) for d in (BIT, -BIT))
    assert (len(just.signs), len(almost.signs)) == (1, 0)
    # All three together lower it no further, and the note goes down with it.
    value = with_it.value
    every = dict.fromkeys(SIGNS, -FAR)
    found = travel(track, **every, **usual)
    assert (found.threshold, len(found.extra["aggravating"])) == (30 - STEP_PCT, 3)
    for note_pct, severity in ((value + STEP_PCT - BIT, "note"), (value + STEP_PCT + BIT, "none")):
        assert travel(track, **every, note_pct=note_pct, fault_pct=FAR).severity == severity


def test_room_for_depth_and_for_long_thighs():
    track = side(thigh=1.12)
    only = judged(track, fault_pct=30)
    ratio = only.finding("forward_knee_travel").extra["thigh_to_shank_ratio"]
    assert ratio == round(ratio, 2)
    deep, shallow = ({"deep_flexion_deg": only.knee_flexion_deg + d} for d in (-13, 13))
    long, short = ({"long_thigh_ratio": ratio + d} for d in (-0.066, 0.066))

    def limit(**room):
        return travel(track, fault_pct=30, deep_bonus_pct=10, long_thigh_bonus_pct=8, **room)

    for room, wanted in (
        (deep | short, 40), (shallow | short, 30), (shallow | long, 38),
        (deep | long | {"max_bonus_pct": 15}, 45), (deep | long | {"max_bonus_pct": FAR}, 48),
        (deep | long | {"comfort_mode": True, "comfort_shift_pct": 20}, 10),
    ):  # fmt: skip
        assert limit(**room).threshold == wanted
    about = limit(deep_flexion_deg=only.knee_flexion_deg, **short).threshold
    assert about == pytest.approx(35, abs=1)
    value = limit().value
    for shift, room in ((10, deep), (-20, deep | {"comfort_mode": True})):
        for note_pct, severity in ((value - shift - BIT, "note"), (value - shift + BIT, "none")):
            found = travel(track, fault_pct=FAR, note_pct=note_pct, deep_bonus_pct=10, **room)
            assert found.severity == severity


@pytest.mark.parametrize("yaw", [75, 105, -75, -105])
def test_from_where_travel_is_seen(yaw):
    track = side(0.11, yaw=yaw)
    turn = abs(judged(track).view.yaw_deg)
    turn = min(turn, 180 - turn)
    certain = {"fault_pct": -30.0}
    seen, unseen = (travel(track, min_yaw_deg=turn + d, **certain) for d in (-0.01, 0.01))
    assert seen.verdict == "fault"
    assert unseen.verdict == "not_assessable"
    assert "side view" in unseen.reason
    sure, unsure = (travel(track, good_yaw_deg=turn + d, **certain) for d in (-0.01, 0.01))
    assert (sure.confidence, unsure.confidence) == ("high", "low")
    assert (sure.severity, unsure.severity) == ("marked", "mild")
    assert sure.uncertainty == pytest.approx(ERROR_PCT / np.sin(np.radians(turn)), abs=0.06)


def test_noise_counts_twice_in_travel():
    track = side(noise_m=0.012)
    rep = judged(track).rep
    rest = rep.standing().leg("left")
    foot_px = np.median(np.abs(rest.foot_index[:, 0] - rest.heel[:, 0])) / FOOT_SHARE
    dip = rep.window.between(rep.start_s, rep.end_s)
    noise_pct = 100 * dip.noise_px(LEFT_LEG[1:]) / foot_px
    assert noise_pct > 2
    wanted = np.hypot(ERROR_PCT, 2 * noise_pct)
    assert travel(track).uncertainty == pytest.approx(wanted, abs=0.3)


@pytest.mark.parametrize("n_seen", [0, 1, 3])
def test_toes_that_are_seen_too_shortly_are_not_judged(n_seen):
    rep = judged(side()).rep
    points, is_dip = rep.window.points_px.copy(), rep.window.times_s >= rep.start_s
    points[np.flatnonzero(is_dip)[n_seen:], LEFT_LEG.foot_index] = np.nan
    hidden = replace(rep, window=replace(rep.window, points_px=points))
    found = rule.assess(hidden, rule.View(90.0, 3.0, "side"), rule.TravelSettings()).finding
    assert (found.verdict, found.value) == ("not_assessable", None)
    assert "hidden for part" in found.reason


def test_few_pictures_are_never_sure():
    measured = rule._measure(judged(side()).rep, "left", rule.TravelSettings())
    view, chosen = rule.View(90.0, 3.0, "side"), rule.TravelSettings()
    noisy = rule._verdict(view, chosen, replace(measured, noise_pct=3.21), 80.0, 2.0).finding
    assert noisy.uncertainty == 18.2  # the root of 17 and 6.42 squared, to a tenth
    for has_few_frames, confidence in ((False, "high"), (True, "low")):
        seen = replace(measured, has_few_frames=has_few_frames)
        finding = rule._verdict(view, chosen, seen, 80.0, 2.0).finding
        assert (finding.verdict, finding.confidence) == ("fault", confidence)


@pytest.mark.parametrize("place", [1, 2, 4], ids=["knee", "ankle", "foot"])
@pytest.mark.parametrize(("yaw", "near"), [(90, LEFT_LEG), (-90, RIGHT_LEG)], ids=["left", "right"])
def test_knee_ankle_and_foot_of_the_near_leg_must_be_visible(yaw, near, place):
    track = side(yaw=yaw)
    visibility = track.visibility.copy()
    visibility[:, near[place]] = 0.7
    track = changed(track, visibility=visibility)
    assert travel(track, min_visibility=0.69).verdict != "not_assessable"
    hidden = travel(track, min_visibility=0.71)
    assert hidden.verdict == "not_assessable"
    assert "hidden or outside" in hidden.reason


def test_the_noise_is_that_of_knee_ankle_heel_and_foot():
    """The hip is no part of what is measured, however much it trembles."""
    rep = judged(side()).rep
    rest = rep.standing().leg("left")
    foot_px = np.median(np.abs(rest.foot_index[:, 0] - rest.heel[:, 0])) / FOOT_SHARE
    for landmark in LEFT_LEG[1:]:
        residual = np.full_like(rep.window.points_px, 90.0)
        residual[:, LEFT_LEG[1:]] = np.nan
        residual[:, landmark] = 2.0
        noisy = replace(rep, window=replace(rep.window, residual_px=residual))
        found = rule._measure(noisy, "left", rule.TravelSettings(foot_share=FOOT_SHARE))
        assert found.noise_pct == pytest.approx(100 * 1.4826 * 2 / foot_px, rel=1e-3)


def with_foot(share, drop_px=0.0):
    """A film of feet that are ``share`` of a shank from heel to foot index."""
    track = side()
    points = track.points_px.copy()
    for _, knee, ankle, heel, toe in (LEFT_LEG, RIGHT_LEG):
        shank = np.median(np.hypot(*(points[:10, knee] - points[:10, ankle]).T))
        points[:, toe, 0] = points[:, heel, 0] - share * shank
        points[:, toe, 1] = points[:, heel, 1] + drop_px
    return changed(track, points_px=points)


@pytest.mark.parametrize(("share", "is_foot"), [(0.19, 0), (0.22, 1), (0.87, 1), (0.92, 0)])
def test_a_foot_of_impossible_length_is_not_measured(share, is_foot):
    found = travel(with_foot(share))
    assert (found.verdict != "not_assessable") == is_foot
    assert ("not seen well enough" in found.reason) != is_foot


def test_a_standing_foot_is_level_whatever_its_slope_in_the_picture():
    for drop_px in (0.0, 12.0):
        rise = travel(with_foot(0.5, drop_px)).extra["heel_rise_pct_foot"]
        assert rise == pytest.approx(0, abs=1)


def test_shin_and_trunk_are_read_at_the_bottom():
    track = film(
        [stand(1), squat(108, pause_s=0.6, past_toe_m=0.08, lean_deg=40, body=BODY), stand(0.8)],
        body=BODY, camera=Camera(yaw_deg=90, is_orthographic=True),
    )  # fmt: skip
    extra = travel(track).extra
    shank = np.degrees(np.arcsin((BODY.toe_m + 0.08) / BODY.shank_m))
    assert extra["shank_inclination_deg"] == pytest.approx(shank, abs=1.5)
    assert extra["trunk_inclination_deg"] == pytest.approx(40, abs=2)
    assert extra["thigh_to_shank_ratio"] == pytest.approx(0.245 / 0.246, abs=0.011)
    assert extra["trunk_shank_difference_deg"] == pytest.approx(
        extra["shank_inclination_deg"] - extra["trunk_inclination_deg"], abs=0.11
    )


def test_the_words_and_numbers_of_travel():
    past, behind = side(0.14), side(-0.10)
    found = travel(past, fault_pct=30.26)
    assert found.reason == f"knee about {found.value:.0f} % (± 17) of a foot length past the toes"
    assert found.threshold == 30.3
    assert found.extra["left_pct_foot"] == found.value == round(found.value, 1)
    assert found.time_s == round(found.time_s, 3) != round(found.time_s, 2)
    value = travel(behind).value
    assert value < 0
    behind_words = f"knee about {-value:.0f} % (± 17) of a foot length behind the toes"
    assert travel(behind).reason == behind_words
    close = travel(past, fault_pct=found.value + 1)
    assert close.reason.endswith("past the toes: too close to the limit to say")
    assert "too close" not in found.reason


# -- the smooth limits, in closed form -----------------------------------------------------------


@pytest.mark.parametrize(
    ("heel", "shank", "trunk", "wanted"),
    [
        (40.0, 20.0, 40.0, (0.75, 0, 0)), (26.0, 20.0, 40.0, (0.05, 0, 0)),
        (0.0, 40.5, 30.0, (0, 0.75, 0.05)), (0.0, 47.5, 42.0, (0, 0.25, 0.75)),
        (np.nan, 60.0, 20.0, (0, 1, 1)),
    ],
)  # fmt: skip
def test_how_far_a_sign_is_there_between_none_and_all_of_it(heel, shank, trunk, wanted):
    """Half at 35 % of a foot, 8 and 45 deg; from none to all over 10 % or 5 deg to either side."""
    found = rule._presence(heel, shank, trunk, rule.TravelSettings())
    assert list(found.values()) == pytest.approx(list(wanted))


@pytest.mark.parametrize(
    ("flexion", "ratio", "presence", "wanted"),
    [
        (130.0, 1.0, 0.0, 7.5), (116.0, 1.0, 0.0, 0.5), (90.0, 1.09, 0.0, 6.0),
        (90.0, 1.006, 0.5, 0.4 - 5), (150.0, 1.2, 0.25, 15 - 2.5),
    ],
)  # fmt: skip
def test_how_far_the_limits_move_on_the_way(flexion, ratio, presence, wanted):
    """By 10 about 125 deg and by 8 about a ratio of 1.06; less 10 for a sign that is all there."""
    assert rule._shift(flexion, ratio, presence, rule.TravelSettings()) == pytest.approx(wanted)
    comfort = rule.TravelSettings(comfort_mode=True)
    assert rule._shift(flexion, ratio, presence, comfort) == pytest.approx(-20 - 10 * presence)


def test_from_the_front_a_foot_counts_as_shortened_to_three_tenths():
    front, side_on = (rule._uncertainty(NO_NOISE, rule.View(yaw, 3.0, "side")) for yaw in (0, -90))
    assert (front, side_on) == pytest.approx((17 / 0.3, 17))


def test_the_toe_line_stands_on_the_toes_of_the_judged_leg_over_the_knee():
    points = np.zeros((33, 2))
    for leg, x in ((LEFT_LEG, 0.0), (RIGHT_LEG, 50.0)):
        points[list(leg[1:])] = [[90 + x, 300], [100 + x, 500], [80 + x, 530], [140 + x, 540]]
    finding = travel(side())
    assert rule.toe_line(points, None) == rule.toe_line(points, replace(finding, side=None)) == ()
    for name, x in (("left", 140), ("right", 190)):
        ((start, end),) = rule.toe_line(points, replace(finding, side=name))
        assert (start.tolist(), end.tolist()) == ([x, 540], [x, 290])  # a quarter over the shank


@pytest.mark.parametrize("facing", [1, -1])
def test_the_gap_is_drawn_from_where_the_knee_is_past_the_toes(facing):
    finding = replace(travel(side()), side="right")
    knee, _, heel, toe = RIGHT_LEG[1:]
    for knee_x, is_past in ((150, True), (140.01, True), (140, False), (139.99, False)):
        points = np.zeros((33, 2))
        points[[knee, heel, toe]] = [
            [facing * knee_x, 300],
            [facing * 80, 530],
            [facing * 140, 540],
        ]
        found = [[end.tolist() for end in gap] for gap in rule.toe_gap(points, finding)]
        wanted = [[facing * 140, 540], [facing * 140, 300], [facing * knee_x, 300]]
        assert found == [wanted] * is_past
    assert rule.toe_gap(points, replace(finding, side=None)) == ()


def test_a_knee_is_past_the_toes_or_behind_them():
    for value, where in ((0.4, "past"), (-0.4, "behind")):
        assert f"foot length {where} the" in rule._words("ok", "none", value, 17.0, ())
