"""Training load: every threshold from both sides, and when no comparison is made."""

import pytest
from answer_sets import settled
from health_cases import TODAY, ago, typed, week, weeks
from hypothesis import given
from hypothesis import strategies as st

from formcheck.knowledge import load_knowledge, parse_answers, run_guide
from formcheck.training.history import SessionSource, SetGroup
from formcheck.training.history.weeks import TrainingLog, counts_body_weight, running_averages
from formcheck.training.load import Axis, Level, assess_load, daily_values

KB = load_knowledge()
DARK_URINE = run_guide(parse_answers({"has_dark_urine": True})).verdicts
CLICKING = run_guide(parse_answers(settled(clicking="painless"))).verdicts


def load(sessions, **more):
    return assess_load(sessions, TODAY, **({"signs": ()} | more))


# -- adding up --------------------------------------------------------------------------


def axis_of(report, axis):
    return next(one for one in report.axes if one.axis is axis)


def test_a_week_is_added_up():
    log = TrainingLog(weeks(60.0))
    totals = log.week(TODAY)
    assert (totals.n_sessions, totals.n_sets, totals.n_reps) == (3, 15, 150)
    assert totals.volume_kg == 9000.0
    assert totals.minutes == 150.0
    assert totals.effort_load == 900.0
    assert totals.top_weight_kg == (("leg press", 60.0),)


def test_seventy_per_cent_of_body_weight_is_squatted_along():
    squats = [typed(1, 60.0, exercise="Back Squat", body_weight_kg=80.0)]
    assert TrainingLog(squats).week(TODAY).volume_kg == 50 * (60 + 56)
    assert TrainingLog([typed(1, 60.0, body_weight_kg=80.0)]).week(TODAY).volume_kg == 3000
    bodyweight = [typed(1, 0.0, exercise="bodyweight squat")]
    assert TrainingLog(bodyweight).week(TODAY).volume_kg is None, "unknown, not zero"
    assert counts_body_weight("Walking lunge")
    assert not counts_body_weight("hack squat")


def test_a_body_weight_told_once_holds():
    sessions = [
        typed(9, 0.0, exercise="squat"),
        typed(5, 0.0, exercise="squat", body_weight_kg=80.0),
        typed(1, 0.0, exercise="squat"),
    ]
    log = TrainingLog(sessions)
    assert log.week(TODAY).volume_kg == 2 * 50 * 56
    assert log.week(TODAY, 1).volume_kg == 50 * 56


def test_a_typed_day_holds_the_clips_of_that_day():
    clip = typed(
        1, None, n_sets=1, source=SessionSource.CLIP, exercise="squat", minutes=None, effort=None
    )
    totals = TrainingLog([clip, typed(1), clip]).week(TODAY)
    assert (totals.n_sessions, totals.n_sets, totals.volume_kg) == (1, 5, 3000.0)
    alone = TrainingLog([clip, clip]).week(TODAY)
    assert (alone.n_sessions, alone.n_sets) == (1, 2)
    assert (alone.volume_kg, alone.minutes, alone.effort_load) == (None, None, None)


def test_what_is_missing_is_not_zero():
    assert TrainingLog([typed(1, minutes=None), typed(2)]).week(TODAY).minutes is None
    assert TrainingLog([typed(1, effort=None), typed(2)]).week(TODAY).effort_load is None
    assert TrainingLog([typed(1, None), typed(2)]).week(TODAY).volume_kg is None
    only_pain = typed(1, sets=(), minutes=None, pain_next_morning=3.0)
    assert TrainingLog([only_pain]).days == ()
    empty = TrainingLog([]).week(TODAY)
    assert (empty.n_sessions, empty.volume_kg, empty.minutes) == (0, 0.0, 0.0)


def test_calendar_weeks_start_on_monday():
    found = TrainingLog(weeks(60.0, 60.0)).calendar_weeks(TODAY, 3)
    assert [(w.first_day.weekday(), w.last_day.weekday()) for w in found] == [(0, 6)] * 3
    assert found[-1].last_day == TODAY
    midweek = TrainingLog([]).calendar_weeks(ago(3), 2)
    assert midweek[-1].last_day == ago(3)
    assert (midweek[-1].last_day - midweek[-1].first_day).days < 6


def test_running_averages_follow_their_formula():
    (one, two) = running_averages([100.0, 0.0], 7, 28)
    assert one == (100.0, 100.0)
    assert two == pytest.approx((75.0, 100 - 100 * 2 / 29))
    assert running_averages([], 7, 28) == ()
    flat = running_averages([5.0] * 40, 7, 28)
    assert flat[-1] == (5.0, 5.0)
    assert KB.default("average_short_d").value == 7
    assert KB.default("average_long_d").value == 28
    values = daily_values(TrainingLog(weeks(60.0)), TODAY, Axis.VOLUME, 7)
    assert values == (0.0, 3000.0, 0.0, 3000.0, 0.0, 3000.0, 0.0)


# -- the thresholds -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("percent", "level"),
    [(100, "none"), (110, "none"), (110.1, "note"), (120, "note"), (120.1, "caution"),
     (130, "caution"), (130.1, "high")],
)  # fmt: skip
def test_a_week_against_the_week_before(percent, level):
    usual = SetGroup(n_sets=5, n_reps=10, weight_kg=100.0)
    more = SetGroup(n_sets=10, n_reps=10, weight_kg=(percent - 100) * 0.5)
    before = [one for k in (1, 2, 3, 4) for one in week(k, sets=(usual,))]
    report = load(before + week(0, sets=(usual, more)))
    volume = axis_of(report, Axis.VOLUME)
    assert volume.change_pct == pytest.approx(percent - 100)
    assert volume.level == level
    assert axis_of(report, Axis.TOP_WEIGHT).level is Level.NONE
    assert report.level == level
    assert (KB.load.wording.text in report.headline) is (level != "none")


@pytest.mark.parametrize(
    ("minutes", "level"),
    [(55.0, "none"), (55.1, "note"), (60.0, "note"), (60.1, "caution"), (65.0, "caution"),
     (65.1, "high")],
)  # fmt: skip
def test_minutes_against_the_week_before(minutes, level):
    report = load(weeks(60.0, 60.0, 60.0, 60.0)[3:] + week(0, minutes=minutes))
    assert axis_of(report, Axis.MINUTES).level == level
    assert axis_of(report, Axis.EFFORT).level == level, "effort x minutes grows along"
    assert report.level == level, "minutes and effort x minutes are not two kinds"


@pytest.mark.parametrize(("kg", "level"), [(66.0, "none"), (66.5, "caution")])
def test_the_top_weight(kg, level):
    heavy = (
        SetGroup(n_sets=5, n_reps=9, weight_kg=60.0),
        SetGroup(n_sets=1, n_reps=1, weight_kg=kg),
    )
    report = load(weeks(60.0, 60.0, 60.0, 60.0)[3:] + week(0, sets=heavy))
    assert axis_of(report, Axis.TOP_WEIGHT).level == level
    assert axis_of(report, Axis.VOLUME).level is Level.NONE
    assert report.level == level


def test_another_exercise_is_no_jump_of_the_top_weight():
    before = [s for k in (1, 2, 3) for s in week(k, 60.0, exercise="squat")]
    report = load(before + week(0, 150.0, n_sets=2, exercise="leg press"))
    top = axis_of(report, Axis.TOP_WEIGHT)
    assert (top.level, top.change_pct) == (Level.NONE, None)
    assert "both weeks" in top.text


@pytest.mark.parametrize(("n_more", "level"), [(1, "none"), (2, "caution")])
def test_more_sessions_a_week(n_more, level):
    light = {"n_sets": 1, "minutes": 1.0, "effort": 1.0}
    more = [typed(2 * k, 1.0, **light) for k in range(n_more)]
    report = load(weeks(60.0, 60.0, 60.0, 60.0) + more)
    assert axis_of(report, Axis.SESSIONS).level == level
    assert report.level == level


def test_two_cautions_of_different_kinds_are_high():
    more = [typed(2 * k, 60.0, n_sets=1, minutes=1.0, effort=1.0) for k in range(2)]
    heavy = (SetGroup(n_sets=1, n_reps=1, weight_kg=70.0),)
    both = load(weeks(60.0, 60.0, 60.0, 60.0) + more + [typed(1, sets=heavy, minutes=0.0)])
    assert axis_of(both, Axis.SESSIONS).level is Level.CAUTION
    assert axis_of(both, Axis.TOP_WEIGHT).level is Level.CAUTION
    assert max(axis.level.rank for axis in both.axes) == Level.CAUTION.rank
    assert both.level is Level.HIGH


def test_top_weight_and_effort_are_one_kind():
    heavy = (SetGroup(n_sets=5, n_reps=8, weight_kg=70.0),)
    report = load(weeks(60.0, 60.0, 60.0, 60.0)[3:] + week(0, sets=heavy, effort=7.5))
    assert axis_of(report, Axis.TOP_WEIGHT).level is Level.CAUTION
    assert axis_of(report, Axis.EFFORT).level is Level.CAUTION
    assert report.level is Level.CAUTION


def test_the_axes_are_those_of_the_knowledge_base():
    assert KB.load.axes == ("sessions per week", "top weight and effort", "minutes", "volume")
    assert {axis.axis for axis in load([]).axes} == set(Axis)


# -- the ratio ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("this_week", "level"), [(90.0, "none"), (90.1, "high")])
def test_the_ratio_leaves_this_week_out_of_the_past(this_week, level):
    """Week before too light to compare, so only the ratio speaks: 90 / mean(25, 75, 80) = 1.5."""
    report = load(weeks(this_week, 25.0, 75.0, 80.0, 70.0))
    volume = axis_of(report, Axis.VOLUME)
    assert volume.change_pct is None
    assert "lighter than half" in volume.text
    assert volume.ratio == pytest.approx(this_week / 60.0)
    assert volume.level == level
    assert axis_of(report, Axis.MINUTES).ratio == pytest.approx(1.0)


@pytest.mark.parametrize(("first_ago", "has_ratio"), [(20, False), (21, True), (28, True)])
def test_the_ratio_needs_21_days_of_history(first_ago, has_ratio):
    sessions = [typed(n) for n in range(first_ago, -1, -1)]
    volume = axis_of(load(sessions), Axis.VOLUME)
    assert (volume.ratio is not None) is has_ratio
    if has_ratio:
        assert volume.ratio == pytest.approx(1.0), "days without history are not days off"


@given(st.integers(35, 90), st.integers(1, 4))
def test_steady_training_is_never_a_jump(first_ago, step):
    """Also every second, third or fourth day, which puts one more or less into 7 days."""
    assert load([typed(n) for n in range(first_ago, -1, -step)]).level is Level.NONE


def test_one_session_more_is_a_jump_when_it_is_new():
    more = [typed(0), *weeks(60.0, 60.0, 60.0, 60.0, 60.0)]
    assert axis_of(load(more), Axis.VOLUME).level is Level.HIGH
    again = [typed(14), *more]
    volume = axis_of(load(again), Axis.VOLUME)
    assert volume.level is Level.NONE
    assert "as it did before" in volume.text
    assert round(volume.change_pct) == 33


# -- when weeks are not compared -------------------------------------------------------------------


@pytest.mark.parametrize(("first_ago", "is_compared"), [(12, False), (13, True)])
def test_comparing_takes_two_full_weeks(first_ago, is_compared):
    report = load([typed(n) for n in range(first_ago, -1, -1)])
    assert (axis_of(report, Axis.VOLUME).change_pct is not None) is is_compared
    if not is_compared:
        assert "two full weeks" in axis_of(report, Axis.VOLUME).text
        assert "not enough entries" in report.headline
        assert report.level is Level.NONE


@pytest.mark.parametrize(("before", "is_compared"), [(49.0, False), (50.0, True)])
def test_the_week_before_must_be_half_of_the_usual(before, is_compared):
    volume = axis_of(load(weeks(100.0, before, 100.0, 100.0, 100.0)), Axis.VOLUME)
    assert (volume.change_pct is not None) is is_compared
    if is_compared:
        assert volume.level is Level.HIGH


@pytest.mark.parametrize(("gap_d", "is_returning"), [(13, False), (14, True)])
def test_a_break_of_14_days_counts_as_coming_back(gap_d, is_returning):
    old = [typed(3 + gap_d + k) for k in range(0, 28, 2)]
    report = load([*old, typed(3), typed(1)])
    assert report.is_returning is is_returning
    assert report.break_d == (14 if is_returning else None)
    assert ("coming back after 14 days" in report.headline) is is_returning


@pytest.mark.parametrize(("minutes", "level"), [(90.0, "none"), (90.1, "caution")])
def test_coming_back_means_at_most_60_per_cent(minutes, level):
    """The last usual week had 150 minutes, so 90 is the most to start with."""
    old = [typed(20 + 7 * k + d) for k in range(4) for d in (0, 2, 4)]
    report = load([*old, typed(1, 30.0, minutes=minutes, effort=1.0)])
    assert dict(report.return_limits) == pytest.approx(
        {Axis.VOLUME: 5400.0, Axis.EFFORT: 540.0, Axis.MINUTES: 90.0}
    )
    assert axis_of(report, Axis.MINUTES).level == level
    assert report.level == level
    assert axis_of(report, Axis.MINUTES).change_pct is None
    assert axis_of(report, Axis.MINUTES).ratio is None
    assert KB.default("return_load_ratio") in report.suggestions


def test_a_light_week_before_the_break_is_not_the_usual_one():
    old = [typed(20)] + [typed(27 + 7 * k + d) for k in range(4) for d in (0, 2, 4)]
    assert dict(load([*old, typed(1)]).return_limits)[Axis.MINUTES] == pytest.approx(90.0)


def test_a_break_that_still_lasts_and_one_that_is_over():
    old = [typed(14 + 7 * k + d) for k in range(4) for d in (0, 2, 4)]
    still = load(old)
    assert (still.is_returning, still.break_d) == (True, 14)
    assert not load([typed(13), *old[1:]]).is_returning
    back_for = [typed(n) for n in range(13, -1, -2)]
    older = [typed(30 + 7 * k + d) for k in range(4) for d in (0, 2, 4)]
    assert not load([*older, *back_for]).is_returning
    assert load([*older, *back_for[1:]]).is_returning


def test_trivial_weeks_get_no_remark():
    """Lightest quarter: a week of 40 after a week of 30 is no news for one who lifts 100."""
    past = [30.0, 100.0, 35.0, 100.0, 100.0, 45.0, 100.0, 100.0, 100.0]
    quiet = load(weeks(40.0, *past))
    assert "lightest quarter" in axis_of(quiet, Axis.TOP_WEIGHT).text
    assert quiet.level is Level.NONE
    loud = load(weeks(46.0 + 40.0, *past))
    assert axis_of(loud, Axis.TOP_WEIGHT).level is Level.CAUTION
    short = load(weeks(40.0, *past[:2]))
    assert axis_of(short, Axis.TOP_WEIGHT).level is Level.CAUTION, "3 weeks make no usual"


def test_unknown_weights_are_not_judged():
    report = load(weeks(60.0, None, 60.0, 60.0))
    assert "week before" in axis_of(report, Axis.VOLUME).text
    assert axis_of(report, Axis.VOLUME).level is Level.NONE
    report = load(weeks(None, 60.0, 60.0, 60.0))
    assert axis_of(report, Axis.VOLUME).this_week is None
    assert axis_of(report, Axis.MINUTES).change_pct == 0.0


def test_later_sessions_are_not_looked_at():
    assert load([*weeks(60.0, 60.0), typed(-1, 500.0)]) == load(weeks(60.0, 60.0))


def test_an_empty_history_says_so():
    report = load([])
    assert "not enough entries" in report.headline
    assert (report.level, report.is_returning, report.pain_rise) == (Level.NONE, False, None)


# -- pain, and the gate -----------------------------------------------------------------------


def with_pain(now, before, kg=75.0):
    return [
        *weeks(kg, 60.0, 60.0, 60.0, 60.0)[3:],
        *week(0, kg, pain_next_morning=now)[:1],
        *week(0, kg)[1:],
        typed(9, sets=(), minutes=None, pain_next_morning=before),
    ]


@pytest.mark.parametrize(("now", "is_hold"), [(2.9, False), (3.0, True)])
def test_a_caution_with_two_points_more_pain_means_hold(now, is_hold):
    report = load(with_pain(now, 1.0))
    assert report.level.rank >= Level.CAUTION.rank
    assert report.pain_rise == pytest.approx(now - 1.0)
    assert report.is_hold_advised is is_hold
    assert (KB.self_care_item("hold_the_load") in report.suggestions) is is_hold


def test_pain_without_a_jump_is_no_hold():
    report = load(with_pain(5.0, 1.0, kg=60.0))
    assert (report.level, report.pain_rise, report.is_hold_advised) == (Level.NONE, 4.0, False)
    assert report.suggestions == ()


def test_a_rise_needs_something_to_compare_with():
    assert load(with_pain(5.0, None)).pain_rise is None
    assert load(with_pain(None, 1.0)).pain_rise is None


def test_a_red_flag_takes_the_advice_and_leaves_the_numbers():
    jump, back = with_pain(5.0, 1.0), [typed(40), typed(38), typed(1)]
    for sessions in (jump, back):
        free, held = load(sessions), load(sessions, signs=DARK_URINE)
        assert free.suggestions
        assert (held.suggestions, held.return_limits, held.is_hold_advised) == ((), (), False)
        assert [a.this_week for a in held.axes] == [a.this_week for a in free.axes]
        assert held.level == free.level
        assert load(sessions, signs=CLICKING) == free, "a mention takes nothing away"


def test_a_red_flag_takes_the_limit_out_of_the_words_too():
    sessions = [typed(40), typed(38), typed(1, minutes=500.0)]
    assert "60 %" in axis_of(load(sessions), Axis.MINUTES).text
    held = load(sessions, signs=DARK_URINE)
    assert not held.is_advice_allowed
    assert "60 %" not in " ".join(axis.text for axis in held.axes)


def test_words_are_calm_and_the_doubts_stand_beside():
    report = load(weeks(100.0, 60.0, 60.0, 60.0, 60.0))
    assert report.headline == "This is a bigger jump than your recent weeks."
    assert {s.id for s in report.disputed} == {s.id for s in KB.load.disputed}
    assert "lolli_2017" in {source for s in report.disputed for source in s.sources}
    assert report.about
    text = " ".join([report.headline, *(axis.text for axis in report.axes)]).lower()
    for word in ("injury", "risk", "danger", "probab", "overload"):
        assert word not in text


def test_six_weeks_with_a_jump():
    """As a new user would log it: five steady weeks, then half as much again."""
    report = load(weeks(90.0, 60.0, 60.0, 60.0, 60.0, 60.0))
    volume = axis_of(report, Axis.VOLUME)
    assert volume.change_pct == 50.0
    assert volume.ratio == 1.5
    assert report.level is Level.HIGH
    assert volume.text == (
        "Volume (sets x reps x kg): 13,500 kg in the last 7 days, 9,000 kg in the 7 days before, "
        "a change of +50 %, 1.5 times the mean of the 3 weeks before."
    )
