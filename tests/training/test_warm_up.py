"""The warm-up checklist: what counts as a set, and what the report says of one that does not."""

from dataclasses import replace

import pytest
from answer_sets import settled
from health_cases import a_set, clip, rep
from hypothesis import given
from hypothesis import strategies as st
from results import result
from stickfigure import Camera, squat, stand

from formcheck.knowledge import load_knowledge, parse_answers, run_guide
from formcheck.training.warm_up import StepState, check_warm_up

KB = load_knowledge()
DARK_URINE = run_guide(parse_answers({"has_dark_urine": True})).verdicts
CLICKING = run_guide(parse_answers(settled(clicking="painless"))).verdicts


def check(*clips, **more):
    return check_warm_up(clips, **({"signs": ()} | more))


def sets_of(n, **more):
    """One clip with n sets of six, a minute apart."""
    return clip([one for k in range(n) for one in a_set(100.0 * k, **more)])


def state(report, id_):
    return next(step for step in report.steps if step.step.id == id_).state


def test_four_sets_are_seen():
    report = check(sets_of(4))
    assert report.text == "4/4 sets seen"
    assert (report.n_counted, report.n_needed) == (4, 4)
    assert all(found.is_counted and found.reason == "" for found in report.sets)
    assert state(report, "bodyweight_squats") is StepState.SEEN
    assert state(report, "light_leg_extensions") is StepState.NOT_NEEDED
    assert "your word" in report.notes[0]


def test_three_sets_are_not_enough():
    report = check(sets_of(3))
    assert report.text == "3/4 sets seen"
    assert state(report, "bodyweight_squats") is StepState.STARTED
    assert not report.is_complete


def test_more_sets_are_no_harm():
    assert check(sets_of(5)).text == "4/4 sets seen"
    assert check(sets_of(5)).n_counted == 5


@pytest.mark.parametrize(("n_reps", "is_counted"), [(4, False), (5, True)])
def test_a_set_counts_from_five_reps(n_reps, is_counted):
    (found,) = check(clip(a_set(0, n_reps))).sets
    assert found.is_counted is is_counted
    if not is_counted:
        assert found.reason == "Set 1 does not count yet: 4 full reps, a set counts from 5."


@pytest.mark.parametrize(("eccentric_s", "is_counted"), [(1.64, False), (1.65, True)])
def test_slow_is_two_seconds_on_the_way_down(eccentric_s, is_counted):
    """2 s, less 0.3 s by which the start is seen late, less half the pause of 0.1 s."""
    (found,) = check(clip(a_set(0, eccentric_s=eccentric_s))).sets
    assert found.is_counted is is_counted
    if not is_counted:
        assert "1.7 s (± 0.3) on the way down, slow is 2.0 s or more" in found.reason


def test_the_median_of_the_set_counts():
    reps = [rep(6.0 * k, eccentric_s) for k, eccentric_s in enumerate([0.9, 1.0, 2.1, 2.2, 2.3])]
    (found,) = check(clip(reps)).sets
    assert found.eccentric_s == pytest.approx(2.15)
    assert found.is_counted


def test_a_long_pause_is_not_a_slow_way_down():
    reps = [r | {"tempo": r["tempo"] | {"pause_s": 4.0}} for r in a_set(0, eccentric_s=1.3)]
    (found,) = check(clip(reps)).sets
    assert not found.is_counted


@pytest.mark.parametrize(("pause_s", "n_sets"), [(20.0, 1), (20.01, 2)])
def test_a_pause_of_more_than_20_seconds_starts_a_new_set(pause_s, n_sets):
    reps = a_set(0, 5)
    reps += a_set(reps[-1]["end_s"] + pause_s, 5)
    assert len(check(clip(reps)).sets) == n_sets


def test_both_shortfalls_of_a_set_are_named():
    report = check(clip(a_set(0) + a_set(200, 3, eccentric_s=1.2)))
    assert report.text == "1/4 sets seen"
    assert report.sets[1].reason == (
        "Set 2 does not count yet: 3 full reps, a set counts from 5; "
        "1.2 s (± 0.3) on the way down, slow is 2.0 s or more."
    )
    single = check(clip([rep(0)]))
    assert "1 full rep, a set" in single.sets[0].reason


def test_each_clip_is_a_set_of_its_own():
    clips = [clip(a_set(0), sha256=str(k) * 64) for k in range(4)]
    report = check(*clips)
    assert report.text == "4/4 sets seen"
    assert [found.clip for found in report.sets] == [1, 2, 3, 4]


def test_the_same_clip_counts_once():
    one = clip(a_set(0))
    report = check(one, one, replace(one), one)
    assert report.text == "1/4 sets seen"
    assert "given 4 times and counts once" in " ".join(report.notes)


def test_a_filmed_set_counts_by_its_way_down(judge):
    def filmed(eccentric_s):
        story = [stand(1), *[squat(100, eccentric_s=eccentric_s) for _ in range(5)], stand(1)]
        return result(judge(story, camera=Camera(yaw_deg=0)))

    assert check(filmed(2.4)).text == "1/4 sets seen"
    assert check(filmed(1.0)).text == "0/4 sets seen"


def test_what_was_not_counted_is_said():
    report = check(clip(a_set(0), discarded=("too shallow", "too shallow", "a hinge")))
    assert "Not counted: 2 dips (too shallow)." in report.notes
    assert "Not counted: 1 dip (a hinge)." in report.notes


@pytest.mark.parametrize(
    ("n_sets", "expected"), [(0, "open"), (2, "started"), (3, "ticked"), (4, "ticked")]
)
def test_leg_extensions_are_ticked_by_hand(n_sets, expected):
    report = check(leg_extension_sets=n_sets)
    assert state(report, "light_leg_extensions") == expected
    is_done = n_sets >= 3
    assert (state(report, "bodyweight_squats") is StepState.NOT_NEEDED) is is_done
    assert report.text == "0/4 sets seen"


def test_the_list_ends_with_building_up():
    report = check(sets_of(4))
    assert report.next_step.step.id == "general_movement"
    report = check(sets_of(4), ticked={"general_movement"})
    assert report.next_step.step.id == "ramp_up"
    assert not report.is_complete
    report = check(sets_of(4), ticked={"general_movement", "ramp_up"})
    assert report.is_complete
    assert report.next_step is None
    assert not report.is_ready_for_sissy_squats
    ticked = {"general_movement", "ramp_up", "thigh_pump"}
    assert check(leg_extension_sets=3, ticked=ticked).is_ready_for_sissy_squats


def test_nothing_done_yet():
    report = check()
    assert report.text == "0/4 sets seen"
    assert report.sets == ()
    assert report.notes == ()


def test_a_red_flag_withholds_the_list():
    report = check(sets_of(4), signs=DARK_URINE, ticked={"ramp_up"}, leg_extension_sets=3)
    assert report.is_withheld
    assert (report.steps, report.sets, report.next_step) == ((), (), None)
    assert report.text == KB.note("general.withheld").text
    assert not report.is_complete
    assert not check(sets_of(4), signs=CLICKING).is_withheld


@given(st.lists(st.tuples(st.floats(0, 60), st.floats(0.3, 5)), max_size=25))
def test_no_rep_is_lost_or_counted_twice(pauses):
    reps, at = [], 0.0
    for pause_s, eccentric_s in pauses:
        reps.append(rep(round(at, 2), round(eccentric_s, 2)))
        at = reps[-1]["end_s"] + pause_s
    report = check(clip(reps))
    assert len(reps) == sum(found.n_reps for found in report.sets)
    assert all(found.is_counted is not bool(found.reason) for found in report.sets)
    assert [found.number for found in report.sets] == list(range(1, len(report.sets) + 1))
