"""The plan: one engine over everything known, pain first; none while a sign is raised or open."""

import pytest
from answer_sets import settled
from health_cases import TODAY, a_set, ago, clip, finding, full, rep, typed, week, weeks

from formcheck.knowledge import KnowledgeError, Standing, load_knowledge, parse_answers, run_guide
from formcheck.knowledge.reassurance import NOTHING_TO_GO_BY
from formcheck.training.hand_over import hand_over_page
from formcheck.training.history import trend_lines
from formcheck.training.history.pain import Light, light_words, pain_change, pain_report
from formcheck.training.known import Known
from formcheck.training.load import assess_load
from formcheck.training.plan import Plan, PlanStep, StepKind, make_training_plan
from formcheck.training.warm_up import check_warm_up

KB = load_knowledge()
TENDON = {
    "locations": ["below_kneecap"], "characters": ["sharp"], "provocations": ["heavy_lowering"],
}  # fmt: skip
SORE = {"locations": ["front_thigh"], "characters": ["deep_ache"]}


def guide(**answers):
    """Every sign answered with no, and this besides."""
    return run_guide(parse_answers(settled(**answers)), TODAY)


def painless():
    return guide(locations=["none"], characters=["none"], onset=None)


def faulty(fault="knee_valgus", severity="moderate", verdict="fault"):
    other = "forward_knee_travel" if fault == "knee_valgus" else "knee_valgus"
    return [finding(fault, verdict, severity, 12.0), finding(other, "ok")]


def jump(pain=None):
    return [
        *week(0, 75.0, pain_next_morning=pain),
        *weeks(75.0, 60.0, 60.0, 60.0, 60.0)[3:],
        typed(9, sets=(), minutes=None, pain_next_morning=None if pain is None else 1.0),
    ]


def plan_of(results=(), sessions=(), **more):
    known = Known(today=TODAY, results=tuple(results), sessions=tuple(sessions), **more)
    return make_training_plan(known)


def ids(plan):
    return [step.id for step in plan.steps]


def test_a_fault_that_is_nowhere_sure_is_possible_and_no_more():
    doubtful = faulty()[0] | {"confidence": "low"}
    both = [doubtful, faulty()[1]]
    only = plan_of([clip([rep(5.0 * k, findings=both) for k in range(3)])])
    assert "possible in 3 of 3 judged reps, but not sure. Check again." in only.steps[0].why
    some = plan_of([clip([rep(0, findings=both), rep(5.0, findings=faulty())])])
    assert "seen in 1 of 2 judged reps and possible in 1" in some.steps[0].why


def test_a_repeated_fault_gets_its_cue_and_an_exercise():
    plan = plan_of([clip([rep(5.0 * k, findings=faulty()) for k in range(3)] + a_set(30, 2))])
    step = plan.steps[0]
    assert step.id == "knees_with_toes"
    assert step.kind is StepKind.FORM
    assert step.fault == "knee_valgus"
    assert step.exercise == "hip_abductors"
    assert "seen in 3 of 5 judged reps" in step.why
    assert "article_root_causes" in step.sources


def test_the_cue_the_clip_was_given_is_kept():
    cue = {"id": "keep_heels_down", "fault": "forward_knee_travel", "spoken": "x", "text": "x"}
    reps = [rep(0, findings=faulty("forward_knee_travel"), cue=cue), rep(5)]
    assert ids(plan_of([clip(reps)]))[0] == "keep_heels_down"


def test_what_repeats_comes_before_what_is_worse_once():
    reps = [rep(0, findings=faulty("forward_knee_travel", "marked"))]
    reps += [rep(5.0 * k, findings=faulty("knee_valgus", "mild")) for k in (1, 2)]
    plan = plan_of([clip(reps)])
    assert [step.fault for step in plan.steps] == ["knee_valgus", "forward_knee_travel"]
    plan = plan_of([clip(reps[:2])])
    assert [step.fault for step in plan.steps] == ["forward_knee_travel", "knee_valgus"]


def test_pain_comes_first_then_load_then_form():
    plan = plan_of(
        [clip([rep(5.0 * k, findings=faulty()) for k in range(3)], repeated=("knee_valgus",))],
        jump(pain=4.0),
        guide=guide(**TENDON),
        warm_up=check_warm_up([]),
    )
    assert ids(plan) == ["hold_the_load", "change_what_hurts", "knees_with_toes"]
    assert [step.kind for step in plan.steps] == [StepKind.PAIN, StepKind.PAIN, StepKind.FORM]
    assert "up by 3 points" in plan.steps[0].why
    assert plan.steps[0].text.startswith("Amber: ")
    assert "tendon just below the kneecap" in plan.steps[1].why


def test_a_kept_set_counts_as_much_as_one_of_today():
    """Three of three marked faults and rising pain, kept: never "go on"."""
    bad = full(faults=(full().faults[0],), day=ago(1), pain_during=4.0, pain_next_morning=5.0)
    held = plan_of(sessions=[bad])
    assert held.is_withheld
    assert "4 of 10 points during training" in held.text
    assert held.text.endswith(KB.note("general.withheld_open").text)
    plan = plan_of(sessions=[bad], guide=guide())
    assert ids(plan)[0] == "hold_the_load"
    assert "knees_with_toes" in ids(plan)
    form = next(step for step in plan.steps if step.kind is StepKind.FORM)
    assert f"seen in 2 of 7 judged reps on {ago(1)}" in form.why
    assert Known(today=TODAY, sessions=(full(day=ago(15)),)).kept_set is None, "14 days at most"


def test_a_jump_without_pain_means_smaller_steps():
    step = plan_of(sessions=jump()).steps[0]
    assert step.id == "rapid_load_increase.help"
    assert "bigger jump than your recent weeks" in step.why
    assert "predict an injury" in step.why, "the doubt stands beside it"
    assert {"esculier_2018", "impellizzeri_2020"} <= set(step.sources)
    assert plan_of(sessions=weeks(66.0, 60.0, 60.0, 60.0)).steps == ()


def test_coming_back_starts_lower():
    old = [typed(20 + 7 * k + d) for k in range(4) for d in (0, 2, 4)]
    (step,) = plan_of(sessions=[*old, typed(1)]).steps
    assert step.id == "return_load_ratio"
    assert "break was 19 days" in step.why
    assert "at most 5,400 kg in a week" in step.why


@pytest.mark.parametrize(
    ("during", "morning", "before", "light"),
    [
        (0, 0, None, Light.GREEN),
        (3, 3, None, Light.GREEN),
        (3.1, 0, None, Light.AMBER),
        (5, 5, None, Light.AMBER),
        (5.1, 0, None, Light.RED),
        (0, 6, None, Light.RED),
        (1, 2, 0, Light.AMBER),
        (1, 1.9, 0, Light.GREEN),
        (3, None, None, None),
        (9, None, None, Light.RED),
    ],
)
def test_the_pain_light(during, morning, before, light):
    sessions = [typed(1, pain_during=during, pain_next_morning=morning)]
    if before is not None:
        sessions.append(typed(10, pain_next_morning=before))
    report = pain_report(sessions, TODAY)
    assert report.light is light
    assert light_words(light, is_load_jump=False) != ""
    if light is Light.GREEN:
        assert "load jumped" in light_words(light, is_load_jump=True)
    if during or morning:
        assert "weight" not in plan_of(sessions=sessions).text
        step = plan_of(sessions=sessions, guide=guide()).steps[0]
        assert step.kind is StepKind.PAIN
        assert step.text.startswith((light or "open").capitalize())


@pytest.mark.parametrize(
    ("after", "light"), [(3, Light.GREEN), (3.1, Light.AMBER), (5, Light.AMBER), (5.1, Light.RED)]
)
def test_the_light_goes_by_the_worst_of_three(after, light):
    report = pain_report([typed(1, pain_during=1, pain_after=after, pain_next_morning=0)], TODAY)
    assert (report.light, report.highest) == (light, after)
    assert f"{after:g} of 10 points right after" in report.text
    only = [typed(1, pain_after=after)]
    assert pain_report(only, TODAY).light is (None if light is Light.GREEN else light)
    assert plan_of(sessions=only).is_withheld
    assert f"right after {after}" in hand_over_page(Known(today=TODAY, sessions=tuple(only)))


def test_no_page_contradicts_another_about_pain():
    """What the load says is up by 2 is up by 2 in the trends and in the plan."""
    sessions = [typed(10 + k, pain_next_morning=1.0) for k in range(8)]
    sessions += [typed(1, pain_next_morning=3.0)]
    assert pain_change(sessions, TODAY) == 2.0
    load = assess_load(sessions, TODAY)
    assert load.pain_rise == 2.0
    assert "up by 2 of 10 points" in load.headline
    trend = next(t for t in trend_lines(sessions, None, TODAY) if t.id == "pain_next_morning")
    assert trend.text.startswith("Up by 2 points")
    assert trend.change.is_better is False
    assert "up by 2 points" in plan_of(sessions=sessions, guide=guide()).steps[0].why


def test_an_open_warm_up_is_on_the_plan():
    half = check_warm_up([clip(a_set(0))])
    (step,) = plan_of(warm_up=half, guide=painless()).steps
    assert step.id == "warm_up_first"
    assert "1/4 sets seen" in step.why
    done = check_warm_up([], leg_extension_sets=3, ticked={"general_movement", "ramp_up"})
    assert plan_of(warm_up=done, guide=painless()).steps == ()
    assert "warm_up_first" in ids(plan_of(guide=guide(**SORE)))


def test_a_view_that_is_missing_is_asked_for():
    plan = plan_of(guide=guide(**TENDON))
    assert ids(plan) == ["change_what_hurts", "film_a_set"]
    assert plan.steps[1].fault == "forward_knee_travel"
    both = [finding("knee_valgus", "ok"), finding("forward_knee_travel", "ok")]
    assert ids(plan_of([clip([rep(0, findings=both)])], guide=guide(**TENDON))) == [
        "change_what_hurts"
    ]


def test_without_a_step_it_says_what_is_known_and_what_is_not():
    both = [finding("knee_valgus", "ok"), finding("forward_knee_travel", "ok")]
    plan = plan_of([clip([rep(5.0 * k, findings=both) for k in range(3)])])
    assert plan.steps == ()
    assert "none of 3 repetitions judged" in plan.text
    assert (
        "Not known: your load over the weeks, whether it hurts and the warning signs." in plan.text
    )
    border = [finding("knee_valgus", "ok"), finding("forward_knee_travel", "borderline")]
    assert "none of" not in plan_of([clip([rep(0, findings=border)])]).text


def test_nothing_to_go_by_is_said_and_never_praised():
    assert plan_of() == Plan(is_withheld=False, text=NOTHING_TO_GO_BY)
    for results in ([clip([])], [clip([], discarded=("no squat",))]):
        assert plan_of(results).text == NOTHING_TO_GO_BY


def test_a_sign_raised_or_open_empties_the_plan_and_it_says_so():
    everything = ([clip([rep(0, findings=faulty())])], jump(4.0))
    raised = plan_of(*everything, guide=guide(has_dark_urine=True))
    assert raised == Plan(is_withheld=True, text=KB.note("general.withheld").text)
    opened = plan_of(*everything, guide=guide(has_dark_urine=None))
    assert opened == Plan(is_withheld=True, text=KB.note("general.withheld_open").text)
    assert not plan_of(*everything, guide=guide(clicking="painless")).is_withheld
    assert plan_of(has_knee_pain=True).is_withheld
    assert Known(today=TODAY, has_knee_pain=False).standing is Standing.UNASKED


def test_a_plan_cannot_be_made_wrongly():
    step = PlanStep(id="x", kind=StepKind.FORM, title="x", text="x.", why="x.", sources=("x",))
    with pytest.raises(KnowledgeError):
        Plan(is_withheld=True, text="x", steps=(step,))
    with pytest.raises(KnowledgeError):
        Plan(is_withheld=False, text="x", steps=(step,) * 4)


def test_the_page_for_a_professional_tells_and_does_not_advise():
    sessions = (full(day=ago(3)), typed(1, pain_during=4.0))
    told = guide(**TENDON, has_giving_way=True)
    page = hand_over_page(Known(today=TODAY, guide=told, sessions=sessions))
    for words in (
        "One spot just below the kneecap", "Sharp, at least at times", "gives way",
        f"{ago(3)}: Knees moving inwards", "2 of 7 judged repetitions", "median 8 ± 4 % of shank",
        "during training 4, right after not told, next morning not told", "Sessions: ",
        f"Left: {ago(3)} 9.5 cm. Too few",  "41 warning signs answered",
    ):  # fmt: skip
        assert words in page, words
    assert KB.cue("knees_with_toes").text not in page
    assert "<script" not in page
    empty = hand_over_page(Known(today=TODAY))
    for words in ("Not answered.", "No set was judged.", "No training is kept.", "None was told"):
        assert words in empty
