"""No combination of answers shows advice while a sign is raised or open."""

import dataclasses
from datetime import date
from typing import get_type_hints

import msgspec
import pytest
from answer_sets import settled
from hypothesis import example, given, settings
from hypothesis import strategies as st

from formcheck.knowledge import (
    AdviceKind,
    Answers,
    KnowledgeError,
    Standing,
    Tier,
    advice_allowed,
    exercise_allowed,
    load_knowledge,
    parse_answers,
    run_guide,
    standing_of,
)
from formcheck.knowledge.guide_text import guide_to_dict, guide_to_text
from formcheck.knowledge.rules import ANSWER_TYPES
from formcheck.training.history import Session
from formcheck.training.known import Known
from formcheck.training.plan import make_training_plan
from formcheck.training.warm_up import check_warm_up

KB = load_knowledge()
TODAY = date(2026, 11, 22)
HOURS = st.none() | st.sampled_from([0.0, 24.0, 48.0, 48.5, 71.0, 72.0, 80.0]) | st.floats(0, 1000)
AGES = st.none() | st.sampled_from([15.0, 16.0, 17.0, 18.0, 45.0, 55.0]) | st.floats(0, 120)
BOOLS = [name for name, (kind, _) in ANSWER_TYPES.items() if kind is bool]


def answer_strategy(name):
    kind, is_set = ANSWER_TYPES[name]
    if kind is float:
        return AGES if name == "age_years" else HOURS
    if kind is bool:
        return st.none() | st.booleans()
    if kind is date:
        return st.none() | st.dates(date(2026, 1, 1), date(2026, 12, 31))
    return st.frozensets(st.sampled_from(kind)) if is_set else st.none() | st.sampled_from(kind)


FIELDS = list(Answers.__struct_fields__)
ALL_ANSWERED = st.builds(Answers, **{name: answer_strategy(name) for name in FIELDS})


def changed(base, names):
    return st.builds(
        lambda **changes: msgspec.structs.replace(base, **changes),
        **{name: answer_strategy(name) for name in names},
    )


FEW = st.lists(st.sampled_from(FIELDS), max_size=4, unique=True)
# Most people answer little, or say no to nearly everything: both are drawn as well.
ANSWERS = (
    ALL_ANSWERED
    | FEW.flatmap(lambda names: changed(Answers(), names))
    | FEW.flatmap(lambda names: changed(parse_answers(settled()), names))
)


def texts_of_advice():
    """Every text of the knowledge base that tells what to do for a knee or in training."""
    for cue in KB.cues:
        yield from (cue.text, cue.spoken)
    for exercise in KB.exercises:
        yield from (exercise.text, exercise.dose.text, *exercise.how_to)
    yield from (step.text for step in KB.warm_up.steps)
    yield from (item.text for item in KB.self_care if not item.stays_with_time_based)
    yield from (line.text for cause in KB.root_causes for line in cause.what_helps)
    yield from (line.text for condition in KB.conditions for line in condition.what_helps)
    yield from (line.text for machine in KB.machines for line in machine.advice)
    yield from (step.text for ladder in KB.ladders for step in ladder.steps)


ADVICE = frozenset(texts_of_advice())


@given(ANSWERS, st.booleans(), st.none() | st.integers(0, 10))
@settings(max_examples=200, deadline=None)
@example(Answers(has_dark_urine=True), False, None)
@example(Answers(), True, 4)
@example(parse_answers(settled()), True, 4)
def test_no_advice_while_a_sign_is_raised_or_open(answers, is_opened, pain):
    """Once somebody has told of pain or opened the guide."""
    result = run_guide(answers, TODAY) if is_opened else None
    sessions = () if pain is None else (Session(day=TODAY, pain_during=pain),)
    known = Known(today=TODAY, guide=result, sessions=sessions)
    blocking = [v for v in known.signs if v.tier.is_blocking]
    is_told = is_opened or bool(pain)
    is_closed = is_told and any(v.is_raised is not False for v in blocking)
    assert known.standing.is_open is not is_closed
    plan = make_training_plan(known)
    warm_up = check_warm_up([], signs=known.signs)
    assert plan.is_withheld is warm_up.is_withheld is is_closed
    if not is_told:
        assert known.standing is Standing.UNASKED
        return
    squat = KB.exercise("bodyweight_squat")
    allowed = exercise_allowed(squat, signs=known.signs, has_knee_pain=True, is_warmed_up=True)
    assert allowed is not is_closed
    if not is_closed:
        return
    assert (plan.steps, warm_up.steps) == ((), ())
    assert known.load is None or not known.load.suggestions
    if result is None:
        return
    held = (result.patterns, result.scores, result.faults_to_check, result.root_causes_to_check)
    assert not any(held)
    assert not result.is_unclear
    assert not any(getattr(note, "is_reassuring", False) for note in result.notes)
    shown = guide_to_text(result) + str(guide_to_dict(result)) + plan.text
    assert [text for text in ADVICE if text in shown] == []


@given(ANSWERS, st.sampled_from(["has_dark_urine", "has_warmth"]))
@settings(max_examples=60, deadline=None)
def test_no_ice_or_medicine_with_dark_urine_or_a_hot_knee(answers, sign):
    result = run_guide(msgspec.structs.replace(answers, **{sign: True}), TODAY)
    kinds = {item.kind for item in result.self_care}
    assert not kinds & {AdviceKind.ICE, AdviceKind.ANTI_INFLAMMATORY}


@given(ANSWERS)
@settings(max_examples=60, deadline=None)
def test_answers_survive_a_round_trip_through_plain_values(answers):
    plain = msgspec.to_builtins(answers)
    assert parse_answers(plain) == answers
    assert run_guide(parse_answers(plain), TODAY) == run_guide(answers, TODAY)


@given(ANSWERS, st.sampled_from([n for n in BOOLS if n.startswith("has_")]))
@settings(max_examples=80, deadline=None)
def test_one_more_sign_never_lowers_the_urgency(answers, sign):
    def urgency(value):
        tier = run_guide(msgspec.structs.replace(answers, **{sign: value}), TODAY).tier
        return len(Tier) if tier is None else tier.rank

    assert urgency(True) <= urgency(False)


@given(ANSWERS, st.sampled_from(FIELDS))
@settings(max_examples=80, deadline=None)
def test_taking_an_answer_away_never_opens_the_gate(answers, name):
    """An answer that raised a sign leaves it open, and the gate stays shut."""
    before = run_guide(answers, TODAY)
    blank = frozenset() if ANSWER_TYPES[name][1] else None
    after = run_guide(msgspec.structs.replace(answers, **{name: blank}), TODAY)
    if not before.standing.is_open and after.standing.is_open:
        # Only a detail may go that no sign waits for.
        assert all(v.is_raised is not None for v in after.verdicts if v.tier.is_blocking)
        assert name in ("onset", "training", "since_onset_h", "since_training_h", "age_years")
    assert after.n_answered <= after.n_signs


@given(ANSWERS)
@settings(max_examples=80, deadline=None)
def test_patterns_shown_lead_and_every_line_has_its_reason(answers):
    result = run_guide(answers, TODAY)
    points = [score.points for score in result.scores if not score.is_ruled_out]
    assert len(result.patterns) <= 2
    for i, score in enumerate(result.patterns):
        assert score.points >= 2
        assert score.reasons_for
        assert all(score.points > other for other in points[i + 1 :])
    for verdict in result.verdicts:
        assert bool(verdict.reason) is bool(verdict.is_raised)
        assert "unknown" not in verdict.reason


def test_strategies_cover_every_answer():
    assert set(FIELDS) == set(get_type_hints(Answers))


def test_a_result_that_says_too_much_cannot_be_built():
    blocked = run_guide(Answers(has_dark_urine=True))
    free = run_guide(parse_answers(settled()))
    for changes in (
        {"self_care": free.self_care},
        {"standing": Standing.SETTLED},
        {"faults_to_check": ("knee_valgus",)},
        {"scores": free.scores},
        {"self_care": (KB.self_care_item("ice_on_off"),)},
        {"self_care": (KB.self_care_item("anti_inflammatory"),)},
        {"actions": ("one.", "two.", "three.", "four.")},
    ):
        with pytest.raises(KnowledgeError):
            dataclasses.replace(blocked, **changes)


@dataclasses.dataclass
class A:
    tier: Tier
    is_raised: bool | None


@pytest.mark.parametrize("tier", list(Tier))
def test_the_gate_has_three_values(tier):
    is_mention = tier is Tier.MENTION
    assert advice_allowed([A(tier, False)])
    assert advice_allowed([A(tier, True)]) is is_mention
    assert advice_allowed([A(tier, None)]) is is_mention
    assert standing_of([]) is Standing.UNASKED
    if not is_mention:
        assert standing_of([A(tier, None), A(tier, False)]) is Standing.UNSETTLED
        assert standing_of([A(tier, None), A(tier, True)]) is Standing.RAISED


@pytest.mark.parametrize(
    ("has_knee_pain", "is_warmed_up", "expected"),
    [
        (False, True, True),
        (True, True, False),
        (None, True, False),
        (False, False, False),
        (False, None, False),
    ],
)
def test_sissy_squats_need_a_painless_warm_knee(has_knee_pain, is_warmed_up, expected):
    sissy = KB.exercise("sissy_squat")
    got = exercise_allowed(sissy, signs=[], has_knee_pain=has_knee_pain, is_warmed_up=is_warmed_up)
    assert got is expected
    others = [e for e in KB.exercises if e is not sissy]
    assert all(exercise_allowed(e, signs=[], has_knee_pain=None, is_warmed_up=None) for e in others)
