"""No combination of answers ever shows training advice beside a red flag."""

import dataclasses
from typing import get_type_hints

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from formcheck.knowledge import (
    AdviceKind,
    Answers,
    KnowledgeError,
    Tier,
    advice_allowed,
    load_knowledge,
    parse_answers,
    run_guide,
)
from formcheck.knowledge.rules import ANSWER_TYPES

KB = load_knowledge()
TRAINING = {AdviceKind.EXERCISE, AdviceKind.WARM_UP, AdviceKind.PLAN, AdviceKind.COACHING}
BLOCKING = {Tier.EMERGENCY, Tier.TODAY, Tier.ASSESSMENT}
HOURS = st.none() | st.sampled_from([0.0, 24.0, 48.0, 48.5, 71.0, 72.0, 80.0]) | st.floats(0, 1000)
AGES = st.none() | st.sampled_from([15.0, 16.0, 17.0, 18.0, 45.0, 55.0]) | st.floats(0, 120)


def answer_strategy(name):
    kind, is_set = ANSWER_TYPES[name]
    if kind is float:
        return AGES if name == "age_years" else HOURS
    if kind is bool:
        return st.none() | st.booleans()
    return st.frozensets(st.sampled_from(kind)) if is_set else st.none() | st.sampled_from(kind)


FIELDS = list(Answers.__struct_fields__)
ALL_ANSWERED = st.builds(Answers, **{name: answer_strategy(name) for name in FIELDS})
# most people answer little, so that single flags and no flag at all are drawn as well
FEW_ANSWERED = st.lists(st.sampled_from(FIELDS), max_size=4, unique=True).flatmap(
    lambda names: st.builds(Answers, **{name: answer_strategy(name) for name in names})
)
ANSWERS = ALL_ANSWERED | FEW_ANSWERED


@given(ANSWERS)
@settings(max_examples=400, deadline=None)
@example(Answers(has_dark_urine=True))
def test_no_training_advice_beside_a_blocking_flag(answers):
    result = run_guide(answers)
    is_blocked = any(verdict.flag.tier in BLOCKING for verdict in result.red_flags)
    assert result.is_exercise_advice_allowed is not is_blocked
    assert advice_allowed(result.red_flags) is not is_blocked
    if is_blocked:
        assert not {item.kind for item in result.self_care} & TRAINING
        assert not (result.patterns)
        assert not (result.scores)
        assert not (result.is_unclear)
        assert not (result.faults_to_check)
        assert not (result.root_causes_to_check)
        assert not any(getattr(note, "is_reassuring", False) for note in result.notes)
        shown = {item.text for item in result.self_care} | {note.text for note in result.notes}
        shown |= {result.headline, result.detail}
        training = {e.text for e in KB.exercises} | {c.text for c in KB.cues}
        training |= {step.text for step in KB.warm_up.steps}
        assert not shown & training
    else:
        assert {item.kind for item in result.self_care} >= TRAINING


@given(ANSWERS, st.sampled_from(["has_dark_urine", "has_extreme_swelling", "has_extreme_weakness"]))
@settings(max_examples=150, deadline=None)
def test_no_ice_or_medicine_with_dark_urine(answers, sign):
    result = run_guide(msgspec.structs.replace(answers, **{sign: True}))
    kinds = {item.kind for item in result.self_care}
    assert not kinds & {AdviceKind.ICE, AdviceKind.ANTI_INFLAMMATORY}


@given(ANSWERS)
@settings(max_examples=150, deadline=None)
def test_answers_survive_a_round_trip_through_plain_values(answers):
    plain = {
        name: sorted(value) if isinstance(value, frozenset) else value
        for name, value in msgspec.structs.asdict(answers).items()
    }
    assert parse_answers(plain) == answers
    assert run_guide(parse_answers(plain)) == run_guide(answers)


@given(ANSWERS, st.sampled_from([name for name in FIELDS if name.startswith("has_")]))
@settings(max_examples=150, deadline=None)
def test_one_more_sign_never_lowers_the_urgency(answers, sign):
    def urgency(value):
        tier = run_guide(msgspec.structs.replace(answers, **{sign: value})).tier
        return len(Tier) if tier is None else tier.rank

    assert urgency(True) <= urgency(False)


@given(ANSWERS)
@settings(max_examples=150, deadline=None)
def test_patterns_shown_lead_and_every_line_has_its_reason(answers):
    result = run_guide(answers)
    points = [score.points for score in result.scores if not score.is_ruled_out]
    assert len(result.patterns) <= 2
    for i, score in enumerate(result.patterns):
        assert score.points >= 2
        assert score.reasons_for
        assert all(score.points > other for other in points[i + 1 :])
    for verdict in result.verdicts:
        assert bool(verdict.reason) is bool(verdict.is_raised)
        assert "unknown number" not in verdict.reason


def test_strategies_cover_every_answer():
    assert set(FIELDS) == set(get_type_hints(Answers))


def test_a_result_that_says_too_much_cannot_be_built():
    blocked = run_guide(Answers(has_dark_urine=True))
    free = run_guide(Answers())
    for changes in (
        {"self_care": free.self_care},
        {"is_exercise_advice_allowed": True},
        {"faults_to_check": ("knee_valgus",)},
        {"scores": free.scores},
        {"self_care": (KB.self_care_item("ice_on_off"),)},
        {"self_care": (KB.self_care_item("anti_inflammatory"),)},
    ):
        with pytest.raises(KnowledgeError):
            dataclasses.replace(blocked, **changes)
