"""A table of answers, each with its right tier and what may be shown."""

import pytest
from answer_sets import SETS, TODAY, answers_of_set
from health_cases import FLAGS, leaves_of

from formcheck.knowledge import (
    AdviceKind,
    AgeBand,
    Answers,
    Standing,
    load_knowledge,
    parse_answers,
    run_guide,
)
from formcheck.knowledge.bands import BAND_HOURS, BAND_YEARS
from formcheck.knowledge.rules import AnswerTest

KB = load_knowledge()


def test_the_table_is_large_and_every_sign_is_on_both_sides():
    assert len(SETS) >= 120
    assert len({one["about"] for one in SETS}) == len(SETS)
    raised = {one.get("raises") for one in SETS}
    assert {flag.id for flag in KB.red_flags} - raised == set()


@pytest.mark.parametrize("one", SETS, ids=lambda one: one["about"])
def test_tier_and_what_is_shown(one):
    result = run_guide(parse_answers(answers_of_set(one)), TODAY)
    flags = [verdict.flag.id for verdict in result.red_flags]
    assert (result.tier or "none") == one["tier"], flags
    assert one.get("raises") is None or one["raises"] in flags
    assert one.get("spares") not in flags
    kinds = {item.kind for item in result.self_care}
    ids = {item.id for item in result.self_care}
    shown = {
        "training": result.is_exercise_advice_allowed,
        "ice": AdviceKind.ICE in kinds,
        "keep_moving": "keep_moving" in ids,
        "medicine": AdviceKind.ANTI_INFLAMMATORY in kinds,
    }
    assert sorted(name for name, is_shown in shown.items() if is_shown) == sorted(one["shows"])
    assert result.progress.startswith(f"{result.n_answered} of {result.n_signs} ")
    assert len(result.actions) <= 3
    assert result.actions
    # Nothing reassuring without every sign answered.
    assert ("applies" in result.headline) is (result.standing is Standing.SETTLED)
    if result.standing is Standing.UNSETTLED:
        assert result.open_signs
        assert not result.self_care


def test_a_gel_comes_before_tablets():
    ids = [item.id for item in KB.self_care]
    assert ids.index("anti_inflammatory_gel") < ids.index("anti_inflammatory")


def limits_of(name: str) -> set[float]:
    rules = [f.when for f in KB.red_flags] + [n.when for n in KB.guide_notes]
    rules += [i.withheld_when for i in KB.self_care if i.withheld_when]
    rules += [r.when for p in KB.patterns for r in p.rules] + [s.when for s in KB.screens if s.when]
    tests = [test for rule in rules for test in leaves_of(rule) if isinstance(test, AnswerTest)]
    return {test.values[0] for test in tests if test.answer == name}


def test_bands_say_as_much_as_the_rules_ask():
    """No limit of a rule lies inside a band, so a band is as good as an exact number."""
    hours = [0, 24, 72, 168, 1008]  # where the bands of the screen begin
    for limit in limits_of("pain_h") - {0}:
        assert any(limit in (b, 48) for b in hours)
    assert list(BAND_HOURS.values()) == sorted(BAND_HOURS.values())
    assert limits_of("years") <= {*BAND_YEARS.values(), 18.0, 16.0}
    assert set(BAND_YEARS) == set(AgeBand)


def test_reasons_carry_the_time_and_the_age_in_words():
    def reason(id_, **answers):
        verdicts = run_guide(parse_answers(answers), TODAY).red_flags
        return next(v.reason for v in verdicts if v.flag.id == id_)

    sharp = {"characters": ["sharp"]}
    assert "50 hours" in reason("sharp_pain_lasting", **sharp, since_onset_h=50)
    assert "3 to 7 days" in reason("sharp_pain_lasting", **sharp, onset="days_3_7")
    assert "15 years" in reason("under_18", age_years=15)
    assert "under 16 years" in reason("under_18", age="under_16")


def test_an_injury_is_not_sorted_by_what_was_not_asked_yet():
    """The questions go on after "with a fall": only what was answered ends them early."""
    from formcheck.knowledge.screens import next_screen

    told = {"emergency": {"has_chest_pain": False}, "begin": {"is_after_injury": True}}
    assert run_guide(parse_answers({"is_after_injury": True}), TODAY).tier == "today"
    assert next_screen(told, TODAY).id == "looks"


def test_flags_of_time_are_the_two_that_a_check_clears():
    assert {f.id for f in KB.red_flags if f.is_time_based} == {
        "sharp_pain_lasting", "soreness_lasting",
    }  # fmt: skip
    assert FLAGS["soreness_lasting"].tier.is_blocking
    assert [i.id for i in KB.self_care if i.stays_with_time_based] == ["keep_moving"]
    assert run_guide(Answers()).cleared == ()
