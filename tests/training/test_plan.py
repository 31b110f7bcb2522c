"""The plan: at most three steps, in order, each with its why; none beside a red flag."""

import pytest
from health_cases import TODAY, a_set, clip, finding, rep, typed, week, weeks
from hypothesis import given, settings
from hypothesis import strategies as st

from formcheck.knowledge import (
    Answers,
    KnowledgeError,
    Tier,
    load_knowledge,
    parse_answers,
    run_guide,
)
from formcheck.knowledge.rules import ANSWER_TYPES
from formcheck.training.load import assess_load
from formcheck.training.plan import Plan, PlanStep, StepKind, make_training_plan
from formcheck.training.warm_up import check_warm_up

KB = load_knowledge()
BLOCKING = {Tier.EMERGENCY, Tier.TODAY, Tier.ASSESSMENT}
TENDON = {
    "locations": ["below_kneecap"],
    "characters": ["sharp"],
    "provocations": ["heavy_lowering"],
    "since_onset_h": 24,
}
SORE = {
    "locations": ["front_thigh"],
    "characters": ["deep_ache"],
    "since_training_h": 40,
    "easings": ["gentle_movement"],
}


def guide(**answers):
    return run_guide(parse_answers(answers))


def faulty(fault="knee_valgus", severity="moderate", verdict="fault"):
    other = "forward_knee_travel" if fault == "knee_valgus" else "knee_valgus"
    return [finding(fault, verdict, severity, 12.0), finding(other, "ok")]


def load(sessions, flags=()):
    return assess_load(sessions, TODAY, red_flags=flags)


def jump(pain=None):
    return [
        *week(0, 75.0, pain_next_morning=pain),
        *weeks(75.0, 60.0, 60.0, 60.0, 60.0)[3:],
        typed(9, sets=(), minutes=None, pain_next_morning=1.0),
    ]


def make_plan(checked=(), load=None, guide=None, warm_up=None, **more):
    return make_training_plan(guide, checked, load, warm_up, **more)


def ids(plan):
    return [step.id for step in plan.steps]


def test_a_repeated_fault_gets_its_cue_and_an_exercise():
    plan = make_plan([clip([rep(5.0 * k, findings=faulty()) for k in range(3)] + a_set(30, 2))])
    (step,) = plan.steps
    assert step.id == "knees_with_toes"
    assert step.kind is StepKind.FORM
    assert step.fault == "knee_valgus"
    assert step.exercise == "hip_abductors"
    assert "seen in 3 of 5 judged reps" in step.why
    assert "article_root_causes" in step.sources


def test_the_cue_the_clip_was_given_is_kept():
    cue = {"id": "keep_heels_down", "fault": "forward_knee_travel", "spoken": "x", "text": "x"}
    reps = [rep(0, findings=faulty("forward_knee_travel"), cue=cue), rep(5)]
    assert ids(make_plan([clip(reps)]))[0] == "keep_heels_down"


def test_what_repeats_comes_before_what_is_worse_once():
    reps = [rep(0, findings=faulty("forward_knee_travel", "marked"))]
    reps += [rep(5.0 * k, findings=faulty("knee_valgus", "mild")) for k in (1, 2)]
    plan = make_plan([clip(reps)])
    assert [step.fault for step in plan.steps] == ["knee_valgus", "forward_knee_travel"]
    plan = make_plan([clip(reps[:2])])
    assert [step.fault for step in plan.steps] == ["forward_knee_travel", "knee_valgus"]


def test_pain_comes_first_then_load_then_form():
    plan = make_plan(
        [clip([rep(5.0 * k, findings=faulty()) for k in range(3)], repeated=("knee_valgus",))],
        load(jump(pain=4.0)),
        guide(**TENDON),
        check_warm_up([], red_flags=()),
    )
    assert [step.kind for step in plan.steps] == [StepKind.PAIN, StepKind.LOAD, StepKind.FORM]
    assert ids(plan) == ["change_what_hurts", "hold_the_load", "knees_with_toes"]
    assert "tendon just below the kneecap" in plan.steps[0].why
    assert plan.steps[0].text.startswith("For now, stop the movement that brings on the pain. Or ")
    assert "up by 3 of 10 points" in plan.steps[1].why


def test_a_jump_without_pain_means_smaller_steps():
    (step,) = make_plan(load=load(jump())).steps
    assert step.id == "rapid_load_increase.help"
    assert "bigger jump than your recent weeks" in step.why
    assert "foretells" in step.why, "the doubt stands beside it"
    assert {"esculier_2018", "impellizzeri_2020"} <= set(step.sources)
    assert make_plan(load=load(weeks(66.0, 60.0, 60.0, 60.0))).steps == ()


def test_coming_back_starts_lower():
    old = [typed(20 + 7 * k + d) for k in range(4) for d in (0, 2, 4)]
    (step,) = make_plan(load=load([*old, typed(1)])).steps
    assert step.id == "return_load_ratio"
    assert "break was 19 days" in step.why
    assert "at most 5,400 kg in a week" in step.why


@pytest.mark.parametrize(("pain", "n_steps"), [(5.0, 0), (5.5, 1)])
def test_pain_above_five_comes_first(pain, n_steps):
    plan = make_plan(load=load([]), pain_during=pain)
    assert len(plan.steps) == n_steps
    if n_steps:
        assert plan.steps[0].id == "pain_scale"
        assert "answer the symptom guide too" in plan.steps[0].why
        assert "5.5 of 10 points" in plan.steps[0].why


def test_an_open_warm_up_is_on_the_plan():
    half = check_warm_up([clip(a_set(0))], red_flags=())
    (step,) = make_plan(warm_up=half, guide=guide()).steps
    assert step.id == "warm_up_first"
    assert "1/4 sets seen" in step.why
    done = check_warm_up(
        [], red_flags=(), leg_extension_sets=3, ticked={"general_movement", "ramp_up"}
    )
    assert make_plan(warm_up=done, guide=guide()).steps == ()
    assert "warm_up_first" in ids(make_plan(guide=guide(**SORE)))


def test_a_view_that_is_missing_is_asked_for():
    plan = make_plan(guide=guide(**TENDON))
    assert ids(plan) == ["change_what_hurts", "film_a_set"]
    assert plan.steps[1].fault == "forward_knee_travel"
    both = [finding("knee_valgus", "ok"), finding("forward_knee_travel", "ok")]
    assert ids(make_plan([clip([rep(0, findings=both)])], guide=guide(**TENDON))) == [
        "change_what_hurts"
    ]


def test_nothing_to_do_says_so():
    both = [finding("knee_valgus", "ok"), finding("forward_knee_travel", "borderline")]
    plan = make_plan([clip([rep(0, findings=both)])], load(weeks(60.0, 60.0)), guide())
    assert plan == Plan(
        is_withheld=False, text="Nothing needs to change right now. Go on as you do."
    )
    assert "to get a plan" in make_plan().text


def test_a_red_flag_empties_the_plan_and_it_says_so():
    everything = ([clip([rep(0, findings=faulty())])], load(jump(4.0)))
    plan = make_plan(*everything, guide(has_dark_urine=True), pain_during=9.0)
    assert plan == Plan(is_withheld=True, text=KB.note("general.withheld").text)
    assert not make_plan(*everything, guide(clicking="painless")).is_withheld
    flags = guide(has_giving_way=True).red_flags
    held = check_warm_up([], red_flags=flags)
    assert make_plan(*everything, None, held).is_withheld, "a flag passed on by the warm-up"
    behind = load(jump(4.0), flags)
    assert make_plan(load=behind).is_withheld, "a flag passed on by the load"


def test_a_plan_cannot_be_made_wrongly():
    step = PlanStep(id="x", kind=StepKind.FORM, title="x", text="x.", why="x.", sources=("x",))
    with pytest.raises(KnowledgeError):
        Plan(is_withheld=True, text="x", steps=(step,))
    with pytest.raises(KnowledgeError):
        Plan(is_withheld=False, text="x", steps=(step,) * 4)


# -- whatever the answers -------------------------------------------------------------------------


def answer_strategy(name):
    kind, is_set = ANSWER_TYPES[name]
    if kind is float:
        return st.none() | st.sampled_from([10.0, 17.9, 24.0, 48.0, 48.5, 72.0, 80.0, 100.0])
    if kind is bool:
        return st.none() | st.booleans()
    return st.frozensets(st.sampled_from(kind)) if is_set else st.none() | st.sampled_from(kind)


FIELDS = list(Answers.__struct_fields__)
ANSWERS = st.builds(Answers, **{name: answer_strategy(name) for name in FIELDS}) | st.lists(
    st.sampled_from(FIELDS), max_size=3, unique=True
).flatmap(lambda names: st.builds(Answers, **{name: answer_strategy(name) for name in names}))
FINDINGS = st.lists(
    st.builds(
        finding,
        st.sampled_from(["knee_valgus", "forward_knee_travel"]),
        st.sampled_from(["fault", "ok", "borderline", "not_assessable"]),
        st.sampled_from(["mild", "marked"]),
    ),
    min_size=1,
    max_size=2,
    unique_by=lambda found: found["fault"],
)
HISTORIES = [load([]), load(jump(4.0)), load([typed(30), typed(28), typed(1)]), None]


@settings(max_examples=120)
@given(
    ANSWERS,
    st.lists(FINDINGS, max_size=3),
    st.sampled_from(HISTORIES),
    st.none() | st.floats(0, 10),
    st.sampled_from([None, True, False]),
    st.booleans(),
)
def test_advice_never_stands_beside_a_flag(answers, found, report, pain, has_pain, has_warm_up):
    result = run_guide(answers)
    flags = result.red_flags
    is_blocked = any(verdict.tier in BLOCKING for verdict in flags)
    results = [clip([rep(5.0 * k, findings=one) for k, one in enumerate(found)])]
    warm_up = check_warm_up(results, red_flags=flags, leg_extension_sets=1)
    plan = make_plan(
        results, report, result, warm_up if has_warm_up else None,
        pain_during=pain, has_knee_pain=has_pain,
    )  # fmt: skip
    own = assess_load(jump(4.0), TODAY, red_flags=flags)
    if is_blocked:
        assert plan.is_withheld
        assert plan.steps == ()
        assert plan.text == KB.note("general.withheld").text
        assert warm_up.is_withheld
        assert (warm_up.steps, warm_up.sets) == ((), ())
        assert (own.suggestions, own.return_limits, own.is_hold_advised) == ((), (), False)
        return
    assert not plan.is_withheld
    assert not warm_up.is_withheld
    assert own.suggestions
    assert len(plan.steps) <= 3
    assert len(set(ids(plan))) == len(plan.steps)
    known = {reference.id for reference in KB.references}
    for step in plan.steps:
        assert step.title
        assert step.text.endswith(".")
        assert step.why.strip().endswith(".")
        assert step.sources
        assert set(step.sources) <= known
        assert step.exercise != "sissy_squat" or has_pain is False
