"""The rules given a measurement: every limit, on both sides of it, read from the settings.

The measurement itself is made up here, so that a value lies exactly where it should.
"""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from stickfigure import Camera, film, squat, stand

from formcheck.pose.track import LEFT_LEG, RIGHT_LEG
from formcheck.squat.analysis import analyze
from formcheck.squat.faults import forward_knee_travel, knee_to_foot_line, knee_valgus
from formcheck.squat.faults.finding import Confidence, Severity, Verdict
from formcheck.squat.faults.forward_knee_travel import TravelSettings
from formcheck.squat.faults.knee_to_foot_line import KneesToFootLine, cave_pct, inside_deg
from formcheck.squat.faults.knee_valgus import LEG_ERROR_PCT, MEAN_ERROR_PCT, ValgusSettings
from formcheck.squat.view import View, ViewName

VALGUS, TRAVEL = ValgusSettings(), TravelSettings()
FRONT, SIDE = View(0.0, 2.0, ViewName.FRONT), View(90.0, 2.0, ViewName.SIDE)
TIMES_S = np.arange(0.0, 2.0, 1 / 60)
BIT = 0.05


@lru_cache
def rep(yaw_deg=0.0):
    (judged,) = analyze(
        film([stand(1), squat(106), stand(0.8)], camera=Camera(yaw_deg=yaw_deg))
    ).reps
    return judged.rep


def knees(left=0.0, right=0.0, **changes):
    """A measurement with both knees held at a value in a dip that reaches its bottom at 1 s."""
    n = len(TIMES_S)
    drop = 0.6 * np.sin(np.pi * TIMES_S / 2)
    values = {
        "times_s": TIMES_S + rep().start_s,
        "drop": drop,
        "shank_deg": np.full(n, 30.0),
        "inside": {"left": np.full(n, float(left)), "right": np.full(n, float(right))},
        "fppa": {"left": np.full(n, 7.0), "right": np.full(n, 9.0)},
        "separation": np.ones(n),
        "noise_pct": 0.0,
    }
    return KneesToFootLine(**(values | changes))


@pytest.fixture
def valgus(monkeypatch):
    """Judge a made-up measurement of the knees."""

    def judge(measured, view=FRONT, settings=VALGUS):
        monkeypatch.setattr(knee_valgus, "measure", lambda *_: measured)
        return knee_valgus.assess(rep(), view, settings)

    return judge


# -- knee valgus -----------------------------------------------------------------------------


def test_the_limit_for_both_knees(valgus):
    limit = VALGUS.fault_both_pct
    over, under = (valgus(knees(limit + d, limit + d)) for d in (BIT, -BIT))
    assert (over.verdict, over.side, over.threshold) == (Verdict.FAULT, "both", limit)
    assert under.verdict is Verdict.BORDERLINE
    assert under.severity is Severity.NOTE
    assert under.side is not None


@pytest.mark.parametrize("side", ["left", "right"])
def test_the_limit_for_one_knee(valgus, side):
    limit = VALGUS.fault_leg_pct
    over, under = (valgus(knees(**{side: limit + d})) for d in (BIT, -BIT))
    assert (over.verdict, over.side, over.threshold) == (Verdict.FAULT, side, limit)
    assert over.value == pytest.approx(limit + BIT, abs=0.06)
    assert under.verdict is Verdict.BORDERLINE


def test_which_knee_is_named(valgus):
    both = VALGUS.fault_both_pct
    high = VALGUS.fault_leg_pct + 8
    assert valgus(knees(high, both + BIT)).side == "both"
    assert valgus(knees(high, both - BIT)).side == "left"
    assert valgus(knees(both - BIT, high)).side == "right"


def test_where_the_mean_and_one_knee_compete(valgus):
    """Neither far apart nor both over the limit: the one that is further over its own limit."""
    gap = VALGUS.fault_leg_pct - VALGUS.fault_both_pct
    mean_first = knees(VALGUS.fault_both_pct - 1, VALGUS.fault_both_pct - 1 + 2 * gap - 1)
    leg_first = knees(VALGUS.fault_both_pct - 1, VALGUS.fault_both_pct - 1 + 2 * gap + 1)
    assert valgus(mean_first).side == "both"
    assert valgus(leg_first).side == "right"
    assert valgus(mean_first).threshold == VALGUS.fault_both_pct
    assert valgus(leg_first).threshold == VALGUS.fault_leg_pct


@pytest.mark.parametrize(
    ("limit", "below", "above"),
    [("moderate_pct", Severity.MILD, Severity.MODERATE),
     ("marked_pct", Severity.MODERATE, Severity.MARKED)],
)  # fmt: skip
def test_how_severe_it_is(valgus, limit, below, above):
    value = getattr(VALGUS, limit)
    assert valgus(knees(value - BIT, value - BIT)).severity is below
    assert valgus(knees(value + BIT, value + BIT)).severity is above


def test_the_uncertainty_of_one_knee_and_of_the_mean(valgus):
    one = valgus(knees(left=VALGUS.fault_leg_pct + 5))
    mean = valgus(knees(VALGUS.fault_both_pct + 5, VALGUS.fault_both_pct + 5))
    assert one.uncertainty == pytest.approx(LEG_ERROR_PCT, abs=0.06)
    assert mean.uncertainty == pytest.approx(MEAN_ERROR_PCT, abs=0.06)
    assert one.extra["mean_uncertainty_pct_shank"] == mean.uncertainty
    assert mean.extra["left_uncertainty_pct_shank"] == one.uncertainty
    assert mean.extra["right_uncertainty_pct_shank"] == one.uncertainty


@pytest.mark.parametrize(
    ("part", "extra_pct"),
    [
        ({"noise_pct": 3.0}, 6.0),
        ({"yaw": 15.0}, 100 * 0.5 * 0.2 * np.sin(np.radians(15))),
        ({"yaw": -15.0}, 100 * 0.5 * 0.2 * np.sin(np.radians(15))),
    ],
)
def test_what_the_uncertainty_is_made_of(valgus, part, extra_pct):
    """Root sum of squares; the shank leans 30 deg here, so its sine is a half."""
    view = View(part.get("yaw", 0.0), 2.0, ViewName.FRONT)
    changes = {k: v for k, v in part.items() if k != "yaw"}
    found = valgus(knees(left=40, **changes), view)
    assert found.uncertainty == pytest.approx(np.hypot(LEG_ERROR_PCT, extra_pct), abs=0.06)


def test_the_steepest_shank_counts_for_the_uncertainty(valgus):
    shank = np.where(np.arange(len(TIMES_S)) < 60, 30.0, 10.0)
    shank[5] = np.nan
    found = valgus(knees(left=40, shank_deg=shank), View(15.0, 2.0, ViewName.FRONT))
    oblique = 100 * 0.5 * 0.2 * np.sin(np.radians(15))
    assert found.uncertainty == pytest.approx(np.hypot(LEG_ERROR_PCT, oblique), abs=0.06)


def test_borderline_ends_below_a_share_of_the_uncertainty(valgus):
    leg = VALGUS.fault_leg_pct - VALGUS.borderline_share * LEG_ERROR_PCT
    assert valgus(knees(left=leg + BIT, right=-90)).verdict is Verdict.BORDERLINE
    clean = valgus(knees(left=leg - BIT, right=-90))
    assert (clean.verdict, clean.side, clean.severity) == (Verdict.OK, None, Severity.NONE)
    mean = VALGUS.fault_both_pct - VALGUS.borderline_share * MEAN_ERROR_PCT
    # With equal knees one knee's own band reaches further down or not: take the lower.
    lowest = min(mean, leg)
    assert valgus(knees(lowest + BIT, lowest + BIT)).verdict is Verdict.BORDERLINE
    assert valgus(knees(lowest - BIT, lowest - BIT)).verdict is Verdict.OK


def test_how_sure_it_is(valgus):
    leg, share = VALGUS.fault_leg_pct, LEG_ERROR_PCT
    for margin, wanted in (
        (share + BIT, Confidence.HIGH), (share - BIT, Confidence.MEDIUM),
        (0.5 * share + BIT, Confidence.MEDIUM), (0.5 * share - BIT, Confidence.LOW),
        (-(share + BIT), Confidence.HIGH), (-(share - BIT), Confidence.MEDIUM),
        (-(0.5 * share - BIT), Confidence.LOW),
    ):  # fmt: skip
        found = valgus(knees(left=leg + margin, right=-90))
        assert found.confidence is wanted, margin
    assert valgus(knees(left=leg - 1)).confidence is Confidence.LOW


def test_a_cave_on_the_way_up_makes_a_fault_certain(valgus):
    rising = np.arange(len(TIMES_S)) > 60

    def closing(loss_pct):
        return np.where(rising, 1 - loss_pct / 100, 1.0)

    value = VALGUS.fault_leg_pct + BIT
    certain, unsure = (
        valgus(knees(left=value, separation=closing(VALGUS.cave_pct + d))) for d in (1, -1)
    )
    assert certain.confidence is Confidence.HIGH
    assert unsure.confidence is Confidence.LOW
    assert certain.extra["cave_pct"] == pytest.approx(VALGUS.cave_pct + 1, abs=0.1)
    clean = valgus(knees(-5, -5, separation=closing(40)))
    assert clean.verdict is Verdict.OK
    nan = valgus(
        knees(left=value, separation=np.ones(len(TIMES_S)), drop=np.full(len(TIMES_S), 0.5))
    )
    assert nan.extra["cave_pct"] is None
    assert nan.confidence is Confidence.LOW


@pytest.mark.parametrize("sign", [1, -1])
def test_how_far_off_the_front_the_camera_may_be(valgus, sign):
    measured = knees(left=60)
    for yaw, is_sure in ((VALGUS.max_yaw_deg - BIT, True), (VALGUS.max_yaw_deg + BIT, False)):
        found = valgus(measured, View(sign * yaw, 2.0, ViewName.FRONT_OBLIQUE))
        assert (found.confidence is not Confidence.LOW) is is_sure
    inside = valgus(measured, View(sign * (VALGUS.max_oblique_yaw_deg - BIT), 2, ViewName.OBLIQUE))
    outside = valgus(measured, View(sign * (VALGUS.max_oblique_yaw_deg + BIT), 2, ViewName.OBLIQUE))
    assert inside.verdict is Verdict.FAULT
    assert outside.verdict is Verdict.NOT_ASSESSABLE
    assert "travels forward" in outside.reason


def test_views_that_cannot_show_it(valgus):
    unknown = valgus(knees(60), View(float("nan"), 2.0, ViewName.UNKNOWN))
    rear = valgus(knees(60), View(0.0, 2.0, ViewName.REAR))
    assert "could not be found" in unknown.reason
    assert "from behind" in rear.reason
    assert {unknown.verdict, rear.verdict} == {Verdict.NOT_ASSESSABLE}


@pytest.mark.parametrize("landmark", knee_to_foot_line.LEG_LANDMARKS)
def test_every_landmark_must_be_visible(valgus, landmark, monkeypatch):
    monkeypatch.setattr(knee_valgus, "measure", lambda *_: knees(60))
    for level, is_judged in ((BIT, True), (-BIT, False)):
        window = rep().window
        visibility = window.visibility.copy()
        visibility[:, landmark] = VALGUS.min_visibility + level
        seen = replace(rep(), window=replace(window, visibility=visibility))
        found = knee_valgus.assess(seen, FRONT, VALGUS)
        assert (found.verdict is not Verdict.NOT_ASSESSABLE) is is_judged
        assert is_judged or "hidden or outside" in found.reason


def test_only_deep_moments_are_judged(valgus):
    drop = np.full(len(TIMES_S), VALGUS.min_drop_ratio - 0.01)
    shallow = valgus(knees(60, 60, drop=drop))
    assert shallow.verdict is Verdict.NOT_ASSESSABLE
    drop[30:60] = VALGUS.min_drop_ratio + 0.01
    curve = np.where(np.arange(len(TIMES_S)) < 20, 80.0, 20.0)
    found = valgus(knees(drop=drop, inside={"left": curve, "right": curve}))
    assert found.value == 20.0
    curve = np.where(np.arange(len(TIMES_S)) % 3 == 0, np.nan, 20.0)
    broken = valgus(knees(inside={"left": curve, "right": np.full(len(TIMES_S), 20.0)}))
    assert broken.verdict is Verdict.NOT_ASSESSABLE
    assert "hidden for part" in broken.reason


def test_when_it_happens_and_in_which_words(valgus):
    own = rep()
    times = np.linspace(own.start_s, own.end_s, 200)
    edge = own.pause_s / 2 + 0.1
    for at_s, phase, words in (
        (own.bottom_s - edge - 0.15, "descent", "on the way down"),
        (own.bottom_s - edge + 0.12, "bottom", "at the bottom"),
        (own.bottom_s + edge - 0.12, "bottom", "at the bottom"),
        (own.bottom_s + edge + 0.15, "ascent", "while driving up"),
    ):
        curve = np.where(np.abs(times - at_s) < 0.1, 30.0, -20.0)
        n = len(times)
        found = valgus(
            knees(times_s=times, drop=np.full(n, 0.5), shank_deg=np.full(n, 30.0),
                  inside={"left": curve, "right": np.full(n, -20.0)},
                  fppa={"left": times, "right": -times}, separation=np.ones(n))
        )  # fmt: skip
        assert found.extra["phase"] == phase, at_s
        assert f"left knee about 30 % (± {LEG_ERROR_PCT:.0f}) of shank length" in found.reason
        assert words in found.reason
        assert found.time_s == pytest.approx(at_s, abs=0.03)
        # What is told beside it is told of the same moment.
        assert found.extra["left_fppa_deg"] == pytest.approx(found.time_s, abs=0.06)
        assert found.extra["right_fppa_deg"] == pytest.approx(-found.time_s, abs=0.06)


@pytest.mark.parametrize(
    ("from_bottom_s", "phase"),
    [(-0.61, "descent"), (-0.59, "bottom"), (0.59, "bottom"), (0.61, "ascent")],
)
def test_a_pause_belongs_to_the_bottom(from_bottom_s, phase):
    """Half of it on either side of the deepest moment, and a tenth of a second."""
    paused = replace(rep(), pause_s=1.0)
    assert knee_valgus._phase(paused, paused.bottom_s + from_bottom_s) == phase


def test_values_are_rounded_as_they_are_shown(valgus):
    found = valgus(knees(20.123, 20.123, times_s=TIMES_S + rep().start_s + 0.0004321))
    assert found.value == 20.1
    assert found.uncertainty == round(found.uncertainty, 1)
    assert found.time_s == round(found.time_s, 3)
    assert found.extra["left_pct_shank"] == 20.1


def test_the_words_of_each_verdict(valgus):
    both = valgus(knees(30, 30))
    assert both.reason.startswith("both knees about 30 %")
    close = valgus(knees(left=VALGUS.fault_leg_pct - 0.5))
    assert "too close to the limit" in close.reason
    assert valgus(knees(-20, -20)).reason == "the knees stay over the feet"


def test_the_numbers_beside_the_verdict(valgus):
    found = valgus(knees(20, 4))
    assert found.extra["left_pct_shank"] == 20.0
    assert found.extra["right_pct_shank"] == 4.0
    assert found.extra["mean_pct_shank"] == 12.0
    assert found.extra["left_deg"] == pytest.approx(np.degrees(np.arcsin(0.2 / 0.5)), abs=0.06)
    assert found.extra["right_deg"] == pytest.approx(np.degrees(np.arcsin(0.04 / 0.5)), abs=0.06)
    assert [t.name for t in found.traces] == ["left_inside_foot_line", "right_inside_foot_line"]


def test_degrees_inside_never_leave_the_circle():
    assert inside_deg(100.0, knees(), 0) == 90.0
    assert inside_deg(-100.0, knees(), 0) == -90.0
    flat = knees(shank_deg=np.zeros(len(TIMES_S)))
    assert inside_deg(2.5, flat, 0) == pytest.approx(30.0)


# -- the cave --------------------------------------------------------------------------------


def triangle(n, deepest=0.6):
    half = np.linspace(0, deepest, n // 2 + 1)
    return np.concatenate([half, half[-2::-1]])


def closing(drop, loss_pct, low=0.0, high=9.0):
    """Knees that lose separation on the way up between two depths."""
    bottom = int(np.argmax(drop))
    is_up = np.arange(len(drop)) > bottom
    return np.where(is_up & (drop >= low) & (drop <= high), 1 - loss_pct / 100, 1.0)


def caving(drop, separation):
    n = len(drop)
    return cave_pct(
        knees(times_s=np.arange(n) / 60, drop=drop, separation=separation, shank_deg=np.zeros(n))
    )


def test_the_loss_is_that_of_the_way_up_against_the_way_down():
    drop = triangle(240)
    assert caving(drop, closing(drop, 20)) == pytest.approx(20, abs=0.5)
    assert caving(drop, np.ones(len(drop))) == 0.0
    # Wider on the way up is no loss.
    assert caving(drop, closing(drop, -20)) <= 0.5


def test_the_loss_is_relative_to_the_way_down():
    drop = triangle(240)
    assert caving(drop, 2 * closing(drop, 20)) == pytest.approx(20, abs=0.5)


def test_the_loss_must_last_through_three_steps_of_depth():
    drop = triangle(1200)
    assert caving(drop, closing(drop, 30, 0.30, 0.315)) < 15
    assert caving(drop, closing(drop, 30, 0.30, 0.40)) == pytest.approx(30, abs=0.5)


def test_what_is_too_shallow_or_too_deep_is_left_out():
    drop = triangle(1200)
    assert caving(drop, closing(drop, 30, 0.0, 0.13)) < 1
    assert caving(drop, closing(drop, 30, 0.56, 0.60)) < 1
    assert caving(drop, closing(drop, 30, 0.15, 0.22)) == pytest.approx(30, abs=1)
    assert caving(drop, closing(drop, 30, 0.46, 0.54)) == pytest.approx(30, abs=1)


@pytest.mark.parametrize(
    "drop",
    [np.array([0.1, 0.5, 0.1]), np.full(50, np.nan), np.linspace(0, 0.6, 50),
     np.linspace(0.6, 0, 50), triangle(100, deepest=0.2), np.zeros(0)],
    ids=["short", "nothing", "down only", "up only", "shallow", "empty"],
)  # fmt: skip
def test_no_depth_in_common_is_no_number(drop):
    assert np.isnan(caving(drop, np.ones(len(drop))))


def test_enough_depth_in_common_is_a_number():
    drop = triangle(200, deepest=0.24)
    assert np.isfinite(caving(drop, np.ones(len(drop))))


def test_a_wobble_on_the_way_is_no_second_bottom():
    drop = triangle(240)
    drop[60:70] -= 0.05
    drop[-70:-60] -= 0.05
    assert caving(drop, np.ones(len(drop))) == pytest.approx(0.0, abs=1e-9)


# -- forward knee travel ---------------------------------------------------------------------


def travel_measured(past=0.0, **changes):
    n = len(TIMES_S)
    flexion = 100 * np.sin(np.pi * TIMES_S / 2)
    values = {
        "near": "left",
        "times_s": TIMES_S,
        "past_toe": np.full(n, float(past)),
        "heel_rise": np.zeros(n),
        "shank_deg": np.full(n, 30.0),
        "trunk_deg": np.full(n, 40.0),
        "flexion_deg": flexion,
        "thigh_to_shank": 1.0,
        "noise_pct": 0.0,
    }
    return forward_knee_travel._Measured(**(values | changes))


@pytest.fixture
def travel(monkeypatch):
    """Judge a made-up measurement of the near leg."""

    def judge(measured, view=SIDE, settings=TRAVEL):
        monkeypatch.setattr(forward_knee_travel, "_measure", lambda *_: measured)
        return forward_knee_travel.assess(rep(90.0), view, settings)

    return judge


def test_the_limit_of_travel_and_the_steps_above(travel):
    limit, step = TRAVEL.fault_pct, TRAVEL.step_pct
    for value, severity in (
        (limit + BIT, Severity.MILD), (limit + step - BIT, Severity.MILD),
        (limit + step + BIT, Severity.MODERATE), (limit + 2 * step - BIT, Severity.MODERATE),
        (limit + 2 * step + BIT, Severity.MARKED), (limit + 9 * step, Severity.MARKED),
    ):  # fmt: skip
        found = travel(travel_measured(value))
        assert (found.verdict, found.severity) == (Verdict.FAULT, severity), value
        assert found.threshold == limit
        assert found.side == "left"
        assert found.value == pytest.approx(value, abs=0.06)


def test_borderline_and_note_below_the_limit(travel):
    limit = TRAVEL.fault_pct
    error = forward_knee_travel.LANDMARK_ERROR_PCT
    edge = limit - TRAVEL.borderline_share * error
    assert travel(travel_measured(limit - BIT)).verdict is Verdict.BORDERLINE
    assert travel(travel_measured(limit - BIT)).severity is Severity.NOTE
    assert travel(travel_measured(edge + BIT)).verdict is Verdict.BORDERLINE
    assert travel(travel_measured(edge - BIT)).verdict is Verdict.OK
    sure = replace(TRAVEL, borderline_share=0.0)
    note = travel(travel_measured(TRAVEL.note_pct + BIT), settings=sure)
    nothing = travel(travel_measured(TRAVEL.note_pct - BIT), settings=sure)
    assert (note.verdict, note.severity) == (Verdict.OK, Severity.NOTE)
    assert (nothing.verdict, nothing.severity) == (Verdict.OK, Severity.NONE)
    assert "normal for many bodies" in note.reason
    assert "normal" not in nothing.reason


@pytest.mark.parametrize(
    ("changes", "sign"),
    [
        (lambda d: {"heel_rise": np.full(len(TIMES_S), TRAVEL.heel_rise_pct + d)}, "heel"),
        (lambda d: {"shank_deg": np.full(len(TIMES_S), 30.0),
                    "trunk_deg": np.full(len(TIMES_S), 30.0 - TRAVEL.quad_dominant_deg - d)},
         "leans more than the trunk"),
        (lambda d: {"shank_deg": np.full(len(TIMES_S), TRAVEL.end_range_shank_deg + d),
                    "trunk_deg": np.full(len(TIMES_S), 90.0)}, "end of its range"),
    ],
    ids=["heel", "shin", "ankle"],
)  # fmt: skip
def test_an_aggravating_sign_lowers_the_limit_by_one_step(travel, changes, sign):
    with_sign = travel(travel_measured(TRAVEL.fault_pct, **changes(BIT)))
    without = travel(travel_measured(TRAVEL.fault_pct, **changes(-BIT)))
    assert with_sign.threshold == TRAVEL.fault_pct - TRAVEL.step_pct
    assert without.threshold == TRAVEL.fault_pct
    (named,) = with_sign.extra["aggravating"]
    assert sign in named
    assert f", and {named}" in with_sign.reason
    assert without.extra["aggravating"] == []
    # Several signs lower it no further.
    everything = travel(
        travel_measured(
            TRAVEL.fault_pct,
            heel_rise=np.full(len(TIMES_S), 90.0),
            shank_deg=np.full(len(TIMES_S), 60.0),
            trunk_deg=np.zeros(len(TIMES_S)),
        )
    )
    assert everything.threshold == TRAVEL.fault_pct - TRAVEL.step_pct
    assert len(everything.extra["aggravating"]) == 3
    assert everything.reason.count(" and ") == 3


def test_a_sign_lowers_the_note_as_well(travel):
    settings = replace(TRAVEL, borderline_share=0.0)
    heel = np.full(len(TIMES_S), TRAVEL.heel_rise_pct + 1)
    low = TRAVEL.note_pct - TRAVEL.step_pct
    assert travel(travel_measured(low + BIT, heel_rise=heel), settings=settings).severity is (
        Severity.NOTE
    )
    assert travel(travel_measured(low - BIT, heel_rise=heel), settings=settings).severity is (
        Severity.NONE
    )


def test_room_for_depth_and_for_long_thighs(travel):
    deep = {"flexion_deg": (TRAVEL.deep_flexion_deg + BIT) * np.sin(np.pi * TIMES_S / 2)}
    shallow = {"flexion_deg": (TRAVEL.deep_flexion_deg - BIT) * np.sin(np.pi * TIMES_S / 2)}
    long, short = ({"thigh_to_shank": TRAVEL.long_thigh_ratio + d} for d in (0.001, -0.001))

    def limit(**changes):
        return travel(travel_measured(0.0, **changes)).threshold

    base = TRAVEL.fault_pct
    assert limit(**deep) == base + TRAVEL.deep_bonus_pct
    assert limit(**shallow) == base
    assert limit(**long) == base + TRAVEL.long_thigh_bonus_pct
    assert limit(**short) == base
    both = min(TRAVEL.deep_bonus_pct + TRAVEL.long_thigh_bonus_pct, TRAVEL.max_bonus_pct)
    assert limit(**deep, **long) == base + both
    note = travel(
        travel_measured(TRAVEL.note_pct + TRAVEL.deep_bonus_pct - BIT, **deep),
        settings=replace(TRAVEL, borderline_share=0.0),
    )
    assert note.severity is Severity.NONE


def test_comfort_mode_lowers_every_limit_and_gives_no_room(travel):
    comfort = replace(TRAVEL, comfort_mode=True, borderline_share=0.0)
    deep = {
        "flexion_deg": (TRAVEL.deep_flexion_deg + 9) * np.sin(np.pi * TIMES_S / 2),
        "thigh_to_shank": TRAVEL.long_thigh_ratio + 1,
    }
    found = travel(travel_measured(0.0, **deep), settings=comfort)
    assert found.threshold == TRAVEL.fault_pct - TRAVEL.comfort_shift_pct
    low = TRAVEL.note_pct - TRAVEL.comfort_shift_pct
    assert travel(travel_measured(low + BIT), settings=comfort).severity is Severity.NOTE
    assert travel(travel_measured(low - BIT), settings=comfort).severity is Severity.NONE


def test_how_sure_the_verdict_on_travel_is(travel):
    limit, error = TRAVEL.fault_pct, forward_knee_travel.LANDMARK_ERROR_PCT
    assert travel(travel_measured(limit + error + BIT)).confidence is Confidence.HIGH
    assert travel(travel_measured(limit + error - BIT)).confidence is Confidence.MEDIUM
    assert travel(travel_measured(limit - error - BIT)).confidence is Confidence.HIGH
    assert travel(travel_measured(limit - BIT)).confidence is Confidence.LOW


@pytest.mark.parametrize("sign", [1, -1])
def test_from_where_travel_is_seen(travel, sign):
    measured = travel_measured(TRAVEL.fault_pct + 200)

    def seen(yaw):
        return travel(measured, View(sign * yaw, 2.0, ViewName.SIDE))

    for near, far in ((TRAVEL.min_yaw_deg, TRAVEL.good_yaw_deg),):
        assert seen(near - BIT).verdict is Verdict.NOT_ASSESSABLE
        for yaw in (near + BIT, far, 180 - far, 180 - near - BIT):
            assert seen(yaw).verdict is Verdict.FAULT
        assert seen(near + BIT).confidence is Confidence.LOW
        assert seen(far - BIT).confidence is Confidence.LOW
        assert seen(far + BIT).confidence is Confidence.HIGH
        assert seen(180 - far - BIT).confidence is Confidence.HIGH
        assert seen(180 - far + BIT).confidence is Confidence.LOW
        assert seen(180 - near - BIT).confidence is Confidence.LOW
        assert seen(180 - near + BIT).verdict is Verdict.NOT_ASSESSABLE
    assert "side view" in seen(0.0).reason
    unknown = travel(measured, View(90.0, 2.0, ViewName.UNKNOWN))
    assert "could not be found" in unknown.reason


@pytest.mark.parametrize(
    ("yaw", "noise", "wanted"),
    [
        (90.0, 0.0, 1.0), (60.0, 0.0, 1 / np.sin(np.radians(60))),
        (-60.0, 0.0, 1 / np.sin(np.radians(60))),
    ],
)  # fmt: skip
def test_the_uncertainty_of_travel(travel, yaw, noise, wanted):
    view = View(yaw, 2.0, ViewName.SIDE)
    error = forward_knee_travel.LANDMARK_ERROR_PCT
    found = travel(travel_measured(noise_pct=noise), view)
    assert found.uncertainty == pytest.approx(wanted * error, abs=0.06)
    noisy = travel(travel_measured(noise_pct=10.0), view)
    assert noisy.uncertainty == pytest.approx(np.hypot(wanted * error, 20.0), abs=0.06)


def test_a_foot_seen_from_its_end_has_a_large_but_finite_uncertainty():
    view = View(1.0, 2.0, ViewName.SIDE)
    found = forward_knee_travel._uncertainty(travel_measured(), view)
    assert found == pytest.approx(forward_knee_travel.LANDMARK_ERROR_PCT / 0.3)


def test_shin_and_trunk_are_read_at_the_bottom(travel):
    flexion = 100 * np.sin(np.pi * TIMES_S / 2)
    is_bottom = flexion >= flexion.max() - 10
    found = travel(
        travel_measured(
            shank_deg=np.where(is_bottom, 33.0, 5.0),
            trunk_deg=np.where(is_bottom, 44.0, 80.0),
            flexion_deg=flexion,
        )
    )
    assert found.extra["shank_inclination_deg"] == 33.0
    assert found.extra["trunk_inclination_deg"] == 44.0
    assert found.extra["trunk_shank_difference_deg"] == -11.0
    wide = np.where(flexion >= flexion.max() - 20, 33.0, 5.0)
    wide[is_bottom] = 20.0
    assert travel(travel_measured(shank_deg=wide, flexion_deg=flexion)).extra[
        "shank_inclination_deg"
    ] == 20.0  # fmt: skip


@pytest.mark.parametrize(("flexion_deg", "shank_deg"), [(90.2, 40.0), (89.8, 20.0)])
def test_the_bottom_reaches_ten_degrees_up(travel, flexion_deg, shank_deg):
    is_lowest = np.arange(len(TIMES_S)) < 20
    found = travel(
        travel_measured(
            flexion_deg=np.where(is_lowest, 100.0, flexion_deg),
            shank_deg=np.where(is_lowest, 20.0, 40.0),
        )
    )
    assert found.extra["shank_inclination_deg"] == shank_deg


def test_gaps_do_not_hide_the_bottom(travel):
    flexion = 130 * np.sin(np.pi * TIMES_S / 2)
    flexion[:10] = np.nan
    found = travel(travel_measured(flexion_deg=flexion))
    assert found.threshold == TRAVEL.fault_pct + TRAVEL.deep_bonus_pct


def test_the_words_on_travel(travel):
    past, behind = travel(travel_measured(80)), travel(travel_measured(-80))
    assert past.reason.startswith("knee about 80 % (± 17) of a foot length past the toes")
    assert behind.reason == "knee about 80 % (± 17) of a foot length behind the toes"
    close = travel(travel_measured(TRAVEL.fault_pct - 1))
    assert close.reason.endswith("past the toes: too close to the limit to say")
    assert "too close" not in past.reason
    on_the_line = travel(travel_measured(0.0))
    assert "past" in on_the_line.reason


def test_the_numbers_beside_travel(travel):
    curve = np.where((TIMES_S > 0.9) & (TIMES_S < 1.2), 60.0, 0.0)
    found = travel(
        travel_measured(past_toe=curve, heel_rise=np.full(len(TIMES_S), 12.0), thigh_to_shank=0.987)
    )
    assert found.extra["left_pct_foot"] == 60.0
    assert found.extra["heel_rise_pct_foot"] == 12.0
    assert found.extra["thigh_to_shank_ratio"] == 0.99
    assert found.time_s == pytest.approx(1.05, abs=0.1)
    assert [t.name for t in found.traces] == ["knee_past_toe", "knee_flexion", "heel_rise"]


def test_what_is_not_held_or_not_seen_is_not_judged(travel):
    short = np.where(np.abs(TIMES_S - 1) < 0.05, 90.0, 3.0)
    assert travel(travel_measured(past_toe=short)).value == 3.0
    broken = np.where(np.arange(len(TIMES_S)) % 4 == 0, np.nan, 90.0)
    found = travel(travel_measured(past_toe=broken))
    assert found.verdict is Verdict.NOT_ASSESSABLE
    assert "hidden for part" in found.reason
    nothing = travel(None)
    assert "not seen well enough" in nothing.reason


def test_knee_ankle_and_foot_must_be_visible(monkeypatch):
    monkeypatch.setattr(forward_knee_travel, "_measure", lambda *_: travel_measured(200))
    for level, is_judged in ((BIT, True), (-BIT, False)):
        window = rep(90.0).window
        visibility = np.full_like(window.visibility, TRAVEL.min_visibility + level)
        seen = replace(rep(90.0), window=replace(window, visibility=visibility))
        found = forward_knee_travel.assess(seen, SIDE, TRAVEL)
        assert (found.verdict is not Verdict.NOT_ASSESSABLE) is is_judged
        assert is_judged or "hidden or outside" in found.reason


@pytest.mark.parametrize("place", [1, 2, 4])
@pytest.mark.parametrize("side", ["left", "right"])
def test_one_hidden_landmark_of_the_near_leg_is_enough(monkeypatch, side, place):
    """Knee, ankle and foot index, each by itself."""
    monkeypatch.setattr(forward_knee_travel, "_measure", lambda *_: travel_measured(200))
    window = rep(90.0).window
    visibility = np.full_like(window.visibility, 0.4)
    own = list(LEFT_LEG if side == "left" else RIGHT_LEG)
    visibility[:, own] = 0.9
    clear = replace(rep(90.0), window=replace(window, visibility=visibility))
    assert forward_knee_travel.assess(clear, SIDE, TRAVEL).verdict is Verdict.FAULT
    visibility = visibility.copy()
    visibility[:, own[place]] = TRAVEL.min_visibility - BIT
    hidden = replace(rep(90.0), window=replace(window, visibility=visibility))
    assert forward_knee_travel.assess(hidden, SIDE, TRAVEL).verdict is Verdict.NOT_ASSESSABLE


# -- the measurement of travel ---------------------------------------------------------------


def with_foot(share, drop_px=0.0):
    """A repetition whose feet are ``share`` shanks from heel to foot index."""
    own = rep(90.0)
    points = own.window.points_px.copy()
    for hip, knee, ankle, heel, toe in (LEFT_LEG, RIGHT_LEG):
        assert hip
        shank = np.median(np.hypot(*(points[:10, knee] - points[:10, ankle]).T))
        way = np.sign(np.median(points[:, toe, 0] - points[:, heel, 0]))
        points[:, toe, 0] = points[:, heel, 0] + way * share * shank
        points[:, toe, 1] = points[:, heel, 1] + drop_px
    return replace(own, window=replace(own.window, points_px=points))


def measured_travel(own):
    side = forward_knee_travel.near_leg(own.window.between(own.start_s, own.end_s)).side
    return forward_knee_travel._measure(own, side, TRAVEL)


@pytest.mark.parametrize(
    ("share", "is_foot"), [(0.19, False), (0.22, True), (0.5, True), (0.87, True), (0.92, False)]
)
def test_a_foot_of_impossible_length_is_not_measured(share, is_foot):
    assert (measured_travel(with_foot(share)) is not None) is is_foot


def test_a_foot_that_was_never_seen_is_not_measured():
    assert measured_travel(with_foot(np.nan)) is None


def test_a_standing_foot_is_level_whatever_its_slope_in_the_picture():
    flat, sloped = (measured_travel(with_foot(0.5, drop)) for drop in (0.0, 12.0))
    assert np.nanmax(np.abs(flat.heel_rise)) < 1
    assert flat.heel_rise == pytest.approx(sloped.heel_rise, abs=0.5)


def test_travel_counts_in_feet_from_the_tip_of_the_toes():
    own = with_foot(0.5)
    found = measured_travel(own)
    dip = own.window.between(own.start_s, own.end_s)
    leg, rest = dip.leg(found.near), own.standing().leg(found.near)
    foot_px = np.median(np.abs(rest.foot_index[:, 0] - rest.heel[:, 0]))
    way = np.sign(np.median(rest.foot_index[:, 0] - rest.heel[:, 0]))
    past_px = way * (leg.knee[:, 0] - leg.foot_index[:, 0]) - TRAVEL.tip_share * foot_px
    wanted = 100 * TRAVEL.foot_share * past_px / foot_px
    assert np.nanmax(found.past_toe) == pytest.approx(wanted.max(), abs=0.5)
    thigh, shank = (
        np.median(np.hypot(*(a - b).T)) for a, b in ((rest.knee, rest.hip), (rest.knee, rest.ankle))
    )
    assert found.thigh_to_shank == pytest.approx(thigh / shank, abs=0.01)


def test_noise_is_that_of_knee_ankle_and_foot():
    own = with_foot(0.5)
    residual = own.window.residual_px
    quiet = measured_travel(replace(own, window=replace(own.window, residual_px=residual * 0)))
    loud = measured_travel(replace(own, window=replace(own.window, residual_px=residual * 0 + 3)))
    assert quiet.noise_pct == pytest.approx(0.0, abs=1e-6)
    assert loud.noise_pct > 1
    hip_only = residual * 0
    hip_only[:, [LEFT_LEG[0], RIGHT_LEG[0]]] = 50.0
    hips = measured_travel(replace(own, window=replace(own.window, residual_px=hip_only)))
    assert hips.noise_pct == pytest.approx(0.0, abs=1e-6)
    none = measured_travel(replace(own, window=replace(own.window, residual_px=residual * np.nan)))
    assert none.noise_pct == 0.0


# -- what is written down --------------------------------------------------------------------


def test_numbers_are_rounded_to_what_they_are_worth(valgus, travel):
    limits = replace(VALGUS, fault_both_pct=10.26, fault_leg_pct=90.0)
    found = valgus(knees(40.26, 40.26, noise_pct=3.0), settings=limits)
    assert (found.value, found.threshold) == (40.3, 10.3)
    assert found.uncertainty == round(float(np.hypot(MEAN_ERROR_PCT, 6.0)), 1) != 8.0
    found = travel(travel_measured(40.26), settings=replace(TRAVEL, fault_pct=30.26))
    assert (found.value, found.threshold) == (40.3, 30.3)
    found = travel(travel_measured(40.26, noise_pct=4.7))
    assert found.uncertainty == round(
        float(np.hypot(forward_knee_travel.LANDMARK_ERROR_PCT, 9.4)), 1
    )
    times = TIMES_S + 0.0041
    found = travel(travel_measured(40, times_s=times))
    assert found.time_s == round(found.time_s, 3) != round(found.time_s, 2)


def test_no_view_turns_the_words_around(travel):
    assert "behind" in travel(travel_measured(-0.6)).reason
    assert "past" in travel(travel_measured(0.6)).reason
