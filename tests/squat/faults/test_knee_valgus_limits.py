"""Every limit of knee valgus on both sides: the setting just above and below what is read.

A figure is filmed once and judged with many settings, so nothing here depends on how a measure
is taken: that it is true is in ``test_knee_valgus`` and ``test_knee_to_foot_line``.
"""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from stickfigure import Body, Camera, Sampling, changed, ease, film, squat, stand

from formcheck.squat.analysis import analyze
from formcheck.squat.faults import knee_valgus as rule
from formcheck.squat.faults.valgus_definition import TABLE, Meaning, Witness
from formcheck.squat.faults.valgus_witnesses import Knee, ValgusSettings
from formcheck.squat.settings import DEFAULT_SETTINGS
from formcheck.squat.view import View

FAR = 900.0
"""A limit nobody reaches."""
BIT = 0.12
"""More than a value is rounded by."""
STRAIGHT = Body(toe_out_deg=0)
"""Feet straight ahead: a knee inside its foot line is as far inside its ankle."""
LEG_PCT, MEAN_PCT = 4.8, 3.6
"""Uncertainties of one knee and of the mean of both, filmed straight and without noise."""


def judged(track, **limits):
    """The only repetition of a track, judged with some limits changed."""
    chosen = DEFAULT_SETTINGS.with_values({f"valgus.{k}": v for k, v in limits.items()})
    (only,) = analyze(track, chosen).reps
    return only


@cache
def front(left=0.0, right=0.0, *, yaw=0.0, noise_m=0.0, bump_s=None, body=STRAIGHT, **rep):
    """A squat from the front; with ``bump_s`` the knees cave in then, and only then."""
    rep = {"pause_s": 0.3, "body": body} | rep
    figure = squat(108, left_pct=left, right_pct=right, **rep)
    if bump_s is not None:

        def caving(t):
            amount = ease((t - bump_s) / 0.15 + 1.5) * ease((bump_s - t) / 0.15 + 1.5)
            return figure.play(t) | {"in_left": left / 100 * amount, "in_right": 0 * t}

        story = [stand(1), replace(figure, play=caving), stand(0.8)]
    else:
        story = [stand(1), figure, stand(0.8)]
    how = Sampling(30 if noise_m else 20, noise_m=noise_m, seed=1)
    return film(story, body=body, camera=Camera(yaw_deg=yaw), sampling=how)


def valgus(track, **limits):
    return judged(track, **limits).finding("knee_valgus")


# -- the limit, and which knee decides ---------------------------------------------------------


@pytest.mark.parametrize("which", ["left", "right", "both"])
def test_the_limit_of_one_knee_and_of_both(which):
    track = front(left=26 * (which != "right"), right=26 * (which != "left"))
    name, other = ("fault_both_pct", "fault_leg_pct")[:: 1 if which == "both" else -1]
    value = valgus(track).extra[f"{which.replace('both', 'mean')}_pct_shank"]
    over, under = (valgus(track, **{name: value - d, other: FAR}) for d in (BIT, -BIT))
    assert (over.verdict, over.side, over.value) == ("fault", which, value)
    assert over.threshold == pytest.approx(value - BIT, abs=0.06)
    assert (under.verdict, under.severity, under.side) == ("borderline", "note", which)
    assert valgus(track, **{name: FAR, other: FAR}).threshold == FAR


def test_both_are_named_if_the_better_knee_is_inside_too():
    track = front(30, 12)
    better = valgus(track).extra["right_pct_shank"]
    low_leg = {"fault_leg_pct": 1.0}
    assert valgus(track, fault_both_pct=better - BIT, **low_leg).side == "both"
    assert valgus(track, fault_both_pct=better + BIT, **low_leg).side == "left"
    mirrored = front(12, 30)
    better = valgus(mirrored).extra["left_pct_shank"]
    assert valgus(mirrored, fault_both_pct=better + BIT, **low_leg).side == "right"


def test_otherwise_the_worse_knee_decides_if_it_is_further_over_its_limits():
    extra = valgus(front(30, 5)).extra
    own = {"fault_leg_pct": extra["left_pct_shank"] - 1}
    mean, leg = (
        valgus(front(30, 5), fault_both_pct=extra["mean_pct_shank"] - over, **own)
        for over in (3.0, -3.0)
    )
    assert (mean.side, mean.value) == ("both", extra["mean_pct_shank"])
    assert (leg.side, leg.value) == ("left", extra["left_pct_shank"])
    assert leg.threshold == pytest.approx(own["fault_leg_pct"], abs=0.06)


def test_how_severe_valgus_is():
    track = front(26, 26)
    value = valgus(track).value
    for moderate, marked, severity in (
        (value + BIT, FAR, "mild"), (value - BIT, FAR, "moderate"),
        (0.0, value + BIT, "moderate"), (0.0, value - BIT, "marked"),
    ):  # fmt: skip
        assert valgus(track, moderate_pct=moderate, marked_pct=marked).severity == severity


def test_the_weaker_witness_says_how_severe_and_how_sure_it_is():
    track = front(26, 26)
    first = valgus(track)
    assert (first.severity, first.confidence) == ("marked", "high")
    moved = first.extra["mean_moved_pct_shank"]
    for over_by, severity, confidence in (
        (MEAN_PCT + BIT, "marked", "high"), (MEAN_PCT - BIT, "moderate", "medium"),
        (MEAN_PCT / 2 + BIT, "moderate", "medium"), (MEAN_PCT / 2 - BIT, "mild", "low"),
    ):  # fmt: skip
        found = valgus(track, moved_both_pct=moved - over_by, moved_leg_pct=FAR)
        assert (found.verdict, found.severity) == ("fault", severity), over_by
        assert found.confidence == confidence, over_by


@pytest.mark.parametrize(("which", "error_pct"), [("left", LEG_PCT), ("both", MEAN_PCT)])
def test_how_sure_a_fault_is_by_its_distance_inside(which, error_pct):
    track = front(26, 26 * (which == "both"))
    name, other = ("fault_both_pct", "fault_leg_pct")[:: 1 if which == "both" else -1]
    value = valgus(track, **{name: 10, other: FAR}).value
    for over_by, confidence in (
        (error_pct + BIT, "high"), (error_pct - BIT, "medium"),
        (error_pct / 2 + BIT, "medium"), (error_pct / 2 - BIT, "low"),
    ):  # fmt: skip
        found = valgus(track, **{name: value - over_by, other: FAR})
        assert found.uncertainty == pytest.approx(error_pct, abs=0.1)
        assert (found.verdict, found.confidence) == ("fault", confidence), over_by


STATES = {Witness.CLEAR: BIT, Witness.NEAR: -BIT, Witness.ABSENT: -0.4 * MEAN_PCT - BIT}


@pytest.mark.parametrize("inside", Witness)
@pytest.mark.parametrize("moved", Witness)
def test_every_pair_of_witnesses_gets_the_verdict_of_the_table(inside, moved):
    track = front(26, 26)
    first = valgus(track)
    found = valgus(
        track, fault_leg_pct=FAR, moved_leg_pct=FAR,
        fault_both_pct=first.extra["mean_pct_shank"] - STATES[inside],
        moved_both_pct=first.extra["mean_moved_pct_shank"] - STATES[moved],
    )  # fmt: skip
    meaning = TABLE[inside, moved]
    assert found.verdict is meaning.verdict
    if meaning != "valgus":
        assert found.severity == ("none" if meaning == "nothing" else "note")
    assert found.confidence == "low"
    assert (found.side is None) == (found.verdict == "ok")
    words = {
        "valgus": "moved in by", "close": "too close to the limit", "moves_in": "moving in by",
        "toes_further_out": "point less outward than your toes", "nothing": "over the feet",
    }  # fmt: skip
    assert words[meaning] in found.reason


def test_where_less_is_certain_more_is_needed():
    quiet, noisy = (valgus(front(14, 14, noise_m=n), fault_leg_pct=FAR) for n in (0.0, 0.03))
    assert quiet.threshold == 10
    assert noisy.uncertainty > quiet.uncertainty + 2
    more = noisy.uncertainty - 6.3
    assert noisy.threshold - quiet.threshold == pytest.approx(more, abs=0.11)


def test_knees_that_come_together_on_the_way_up_are_called_caving():
    track = front(26, 26, course="ascent", concentric_s=1.4)
    cave = valgus(track).extra["cave_pct"]
    assert valgus(track, cave_pct=cave - BIT).signs == ("caving",)
    assert valgus(track, cave_pct=cave + BIT).signs == ()


# -- from where, and what must be seen -----------------------------------------------


@pytest.mark.parametrize("yaw", [-15, 15])
def test_how_far_off_the_front_the_camera_may_be(yaw):
    track = front(35, 35, yaw=yaw)
    turn = abs(judged(track).view.yaw_deg)
    both, near = (valgus(track, max_yaw_deg=turn + d) for d in (0.01, -0.01))
    assert (both.confidence, near.confidence) == ("high", "medium")
    far_side = "right" if yaw > 0 else "left"
    assert both.extra[f"{far_side}_pct_shank"] is not None
    assert near.extra[f"{far_side}_pct_shank"] is None
    seen, unseen = (valgus(track, max_oblique_yaw_deg=turn + d) for d in (0.01, -0.01))
    assert seen.verdict == "fault"
    assert unseen.verdict == "not_assessable"
    assert "travels forward" in unseen.reason
    straight = judged(front(yaw=yaw))
    oblique_pct = 12 * np.sin(np.radians(straight.view.yaw_deg))
    extra = straight.finding("knee_valgus").extra
    wanted = np.hypot(MEAN_PCT, oblique_pct)
    assert extra["mean_uncertainty_pct_shank"] == pytest.approx(wanted, abs=0.3)
    near, far = ("left", "right")[:: 1 if yaw > 0 else -1]
    widths = [extra[f"{side}_uncertainty_pct_shank"] for side in (near, far)]
    assert widths == sorted(widths)


def test_noise_counts_twice():
    track = front(26, noise_m=0.012)
    rep = judged(track).rep
    standing = rep.standing().leg("left")
    shank_px = np.median(np.hypot(*(standing.knee - standing.ankle).T))
    dip = rep.window.between(rep.start_s, rep.end_s)
    noise_pct = 100 * dip.noise_px((25, 26, 27, 28, 31, 32)) / shank_px
    assert noise_pct > 1
    extra = valgus(track).extra
    for name, error in (("left", LEG_PCT), ("right", LEG_PCT), ("mean", MEAN_PCT)):
        wanted = np.hypot(error, 2 * noise_pct)
        assert extra[f"{name}_uncertainty_pct_shank"] == pytest.approx(wanted, abs=0.3)


@pytest.mark.parametrize("landmark", [25, 26, 27, 28, 31, 32])
def test_every_landmark_of_the_legs_must_be_visible(landmark):
    track = front(26, 26)
    visibility = track.visibility.copy()
    visibility[:, landmark] = 0.7
    track = changed(track, visibility=visibility)
    assert valgus(track, min_visibility=0.69).verdict == "fault"
    hidden = valgus(track, min_visibility=0.71)
    assert hidden.verdict == "not_assessable"
    assert "hidden or outside" in hidden.reason


@pytest.mark.parametrize(("at_s", "is_seen"), [(0.6, False), (1.5, True), (2.1, True)])
def test_knees_are_judged_near_the_bottom_and_on_the_way_up(at_s, is_seen):
    """What they do early on the way down is not valgus; the squat lasts 3.3 s."""
    track = front(40, bump_s=at_s, eccentric_s=1.5, concentric_s=1.5)
    found = valgus(track)
    assert (found.verdict == "fault") == is_seen
    assert (found.extra["left_pct_shank"] > 15) == is_seen
    if is_seen:
        assert found.time_s == pytest.approx(1 + at_s, abs=0.12)


def test_a_shallow_moment_is_never_judged():
    track = front(30)
    deepest = judged(track).rep.drop_ratio.max()
    assert valgus(track, min_drop_ratio=deepest + 0.01).verdict == "not_assessable"
    assert valgus(track, min_drop_ratio=0.9 * deepest, hold_s=0.05).verdict == "fault"


def test_from_behind_half_as_much_again_must_be_seen():
    track = front(30, 30, yaw=180)
    reason = valgus(track, moved_both_pct=0.1).reason
    moved = float(reason.partition("by about ")[2].split()[0])
    assert moved > 8
    for limit, is_said in (((moved - 0.6) / 1.5, True), ((moved + 0.6) / 1.5, False)):
        assert ("come in, by about" in valgus(track, moved_both_pct=limit).reason) == is_said


# -- when, and in which words --------------------------------------------------------

WHEN = {"descent": "on the way down", "bottom": "at the bottom", "ascent": "while driving up"}


@pytest.mark.parametrize("pause_s", [0.2, 1.0])
def test_a_pause_and_a_tenth_of_a_second_around_it_are_the_bottom(pause_s):
    seen, thousandths = set(), set()
    for bump_s in 1.5 + pause_s / 2 + np.linspace(-0.2, 0.6, 9) * (1 + pause_s):
        track = front(40, bump_s=bump_s, eccentric_s=1.5, pause_s=pause_s, concentric_s=1.5)
        rep = (only := judged(track)).rep
        found = only.finding("knee_valgus")
        after_s = found.time_s - rep.bottom_s
        phase = ("descent", "ascent")[after_s > 0]
        phase = phase if abs(after_s) > rep.pause_s / 2 + 0.1 else "bottom"
        assert (found.side, found.extra["phase"]) == ("left", phase)
        assert f"inside the foot line {WHEN[phase]}, and moved in by" in found.reason
        assert found.time_s == pytest.approx(1 + bump_s, abs=0.12)
        assert found.time_s == round(found.time_s, 3)
        thousandths.add(found.time_s != round(found.time_s, 2))
        seen.add(phase)
        # What is told beside it is told of the same moment.
        for name, medial in (("left", -1), ("right", 1)):
            fppa = np.interp(
                found.time_s, rep.window.times_s, rep.window.leg(name).fppa_deg(medial)
            )
            assert found.extra[f"{name}_fppa_deg"] == pytest.approx(fppa, abs=2.5)
    assert {"bottom", "ascent"} <= seen
    assert True in thousandths


def test_the_words_and_numbers_of_valgus():
    one, both, clean = front(20, 4), front(26, 26), front()
    fault = valgus(both, fault_both_pct=10.26)
    assert fault.reason.startswith(f"both knees about {fault.value:.0f} % (± 4) of shank length")
    assert (fault.threshold, fault.unit) == (10.3, "pct_shank")
    assert valgus(clean).reason == "the knees stay over the feet"
    moved = valgus(one).extra["left_moved_pct_shank"]
    found = valgus(one, moved_leg_pct=moved + 0.5, fault_both_pct=FAR, moved_both_pct=FAR)
    assert found.reason.startswith("left knee about")
    assert found.reason.endswith("too close to the limit to say")
    extra = found.extra
    for name in ("left", "right"):
        # Pointing in by so much, a shank leaning about 30 deg is this far inside.
        inside = 100 * np.sin(np.radians(extra[f"{name}_deg"])) * np.sin(np.radians(30))
        assert inside == pytest.approx(extra[f"{name}_pct_shank"], rel=0.15)
    values = (fault.value, fault.uncertainty, fault.time_s, *extra.values())
    assert all(v == round(v, 3) for v in values if isinstance(v, float))
    assert fault.value == round(fault.value, 1)


# -- how sure, in closed form ---------------------------------------------------------------------


def confidence(meaning, inside=0.0, moved=0.0, yaw_deg=0.0, *, has_few_frames=False):
    """Of a knee with an error of 4 % and limits of 12 and 7 %."""
    knee = Knee("left", inside, 1.0, moved, 12.0, 7.0, 4.0, meaning)
    view = View(yaw_deg, 3.0, "front")
    return rule._confidence(knee, view, ValgusSettings(), has_few_frames=has_few_frames)


@pytest.mark.parametrize(
    ("inside", "moved", "wanted"),
    [
        (2.0, 2.0, "high"), (7.9, 2.9, "high"), (9.9, 2.0, "high"), (10.1, 2.0, "medium"),
        (9.0, 3.1, "medium"), (9.0, 4.9, "medium"), (9.0, 5.1, "medium"), (10.1, 5.1, "low"),
    ],
)  # fmt: skip
def test_how_sure_it_is_that_there_is_nothing(inside, moved, wanted):
    """Never fully within half an error of the line of the foot, however little the knee moved."""
    assert confidence(Meaning.NOTHING, inside, moved) == wanted


def test_the_bottom_lasts_a_tenth_of_a_second_longer_than_the_pause():
    rep = replace(judged(front(26, 26)).rep, bottom_s=2.0, pause_s=0.4)
    phases = [rule._phase(rep, time_s) for time_s in (1.69, 1.71, 2.29, 2.31)]
    assert phases == ["descent", "bottom", "bottom", "ascent"]


def test_one_witness_few_pictures_or_a_turned_camera_are_never_sure():
    assert confidence(Meaning.VALGUS, 40, 40) == "high"
    assert confidence(Meaning.VALGUS, 40, 40, 20.1) == confidence(Meaning.VALGUS, 40, 40, -25.0)
    assert confidence(Meaning.VALGUS, 40, 40, 20.1) == "medium"
    assert confidence(Meaning.VALGUS, 40, 40, -20.0) == "high"
    for meaning in (Meaning.CLOSE, Meaning.MOVES_IN, Meaning.TOES_FURTHER_OUT):
        assert confidence(meaning, 40, 40) == "low"
    for meaning in (Meaning.VALGUS, Meaning.NOTHING):
        assert confidence(meaning, 40, 40, has_few_frames=True) == "low"


def test_words_go_by_the_value_that_is_shown():
    knee = Knee("left", 13.46, 1.0, 9.0, 12.0, 7.0, 4.0, Meaning.VALGUS)
    assert "left knee about 14 % (± 4) of shank" in rule._words(knee, "bottom")  # 13.5 is shown


def test_the_drawn_line_rises_by_the_shank_and_moves_with_the_foot():
    points = np.zeros((33, 2))
    points[[25, 27, 29, 31]] = [[90, 300], [100, 500], [95, 530], [120, 540]]
    points[[26, 28, 30, 32]] = [[60, 310], [50, 500], [55, 530], [40, 535]]
    lines = [[end.tolist() for end in line] for line in rule.foot_lines(points, None)]
    assert lines[:2] == [[[100, 500], [120, 300]], [[100, 500], [132, 564]]]
    assert lines[2:] == [[[50, 500], [40, 310]], [[50, 500], [34, 556]]]


def test_the_gap_is_drawn_of_the_named_knees_that_are_inside_the_line_of_their_foot():
    finding, points = valgus(front(26, 26)), np.zeros((33, 2))
    points[[27, 28, 31, 32]] = [[150, 500], [90, 510], [160, 540], [80, 550]]

    def gaps(left_x, right_x, side):
        points[[25, 26]] = [[left_x, 300], [right_x, 310]]
        found = rule.foot_gaps(points, replace(finding, side=side))
        return [[end.tolist() for end in gap] for gap in found]

    left = [[150, 500], [160, 300], [155, 300]]
    right = [[90, 510], [80, 310], [85, 310]]
    assert gaps(155, 85, "both") == [left, right]
    assert (gaps(155, 85, "left"), gaps(155, 85, "right")) == ([left], [right])
    assert gaps(155, 85, None) == gaps(160, 80, "both") == gaps(160.01, 79.99, "both") == []
    assert len(gaps(159.99, 80.01, "both")) == 2
