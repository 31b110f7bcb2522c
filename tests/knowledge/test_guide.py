"""The worked examples of the symptom guide, its point rules and its self-care filters."""

import pytest
from answer_sets import TODAY, settled

from formcheck.knowledge import AdviceKind, Tier, load_knowledge, parse_answers, run_guide
from formcheck.knowledge.patterns import pick_patterns, score_patterns

KB = load_knowledge()
TENDON = {
    "locations": ["below_kneecap"],
    "characters": ["sharp"],
    "provocations": ["heavy_lowering"],
    "onset": "days_1_2",
}
SORE_THIGH = {
    "locations": ["front_thigh"],
    "characters": ["deep_ache"],
    "onset": "days_1_2",
    "easings": ["gentle_movement"],
}


def guide(*tables, **changes):
    """Somebody who answered every sign with no, and said this besides."""
    table = {}
    for part in (*tables, changes):
        table |= part
    return run_guide(parse_answers(settled(**table)), TODAY)


def scores(**answers):
    return score_patterns(parse_answers(answers), KB)


def picked(**answers):
    return [(s.pattern.id, s.points) for s in pick_patterns(scores(**answers), KB)]


def shown(result):
    return [(score.pattern.id, score.points) for score in result.patterns]


def flags(result):
    return [verdict.flag.id for verdict in result.red_flags]


def ids(result):
    return {item.id for item in result.self_care}


def test_sharp_below_the_kneecap_for_two_days_resembles_a_tendon():
    result = guide(TENDON)
    assert shown(result) == [("patellar_tendon_like", 4)]
    assert flags(result) == []
    assert result.faults_to_check == ("forward_knee_travel",)
    assert result.root_causes_to_check == ("rapid_load_increase",)
    assert "resembles" in result.patterns[0].pattern.resembles.text


def test_the_same_for_days_is_flag_6():
    result = guide(TENDON, onset="days_3_7", trend="easing")
    assert [verdict.flag.number for verdict in result.red_flags] == [6]
    assert result.tier is Tier.ASSESSMENT
    assert not result.is_exercise_advice_allowed
    assert not result.patterns


def test_dull_around_the_kneecap_with_stairs_and_sitting_resembles_kneecap_pain():
    result = guide(
        locations=["around_kneecap"],
        characters=["dull_ache"],
        provocations=["stairs", "long_sitting"],
        onset="days_1_2",
    )
    assert shown(result) == [("kneecap_pain_like", 6)]
    assert result.faults_to_check == ("knee_valgus",)
    assert not result.patterns[0].reasons_against


def test_thigh_ache_of_two_days_that_eases_with_movement_resembles_soreness():
    result = guide(SORE_THIGH)
    assert shown(result) == [("muscle_soreness_like", 5)]
    assert flags(result) == []
    assert result.root_causes_to_check == ("rapid_load_increase", "insufficient_warm_up")


def test_the_same_ache_for_days_unchanged_is_flag_8():
    result = guide(SORE_THIGH, onset="days_3_7", trend="same")
    assert [verdict.flag.number for verdict in result.red_flags] == [8]


def test_an_easing_ache_of_days_is_no_flag():
    result = guide(SORE_THIGH, onset="days_3_7", trend="easing")
    assert flags(result) == []
    assert shown(result) == [("muscle_soreness_like", 4)]
    assert [note.id for note in result.notes] == ["soreness_takes_days", "most_settle"]


def test_soreness_with_a_swollen_joint_is_flag_3():
    result = guide(SORE_THIGH, swelling="some")
    assert [verdict.flag.number for verdict in result.red_flags] == [3]
    assert not result.patterns


def test_painless_clicking_is_only_a_mention():
    result = guide(clicking="painless")
    assert flags(result) == ["painless_clicking"]
    assert result.tier is Tier.MENTION
    assert result.is_exercise_advice_allowed
    assert {AdviceKind.EXERCISE, AdviceKind.WARM_UP} <= {item.kind for item in result.self_care}


@pytest.mark.parametrize(
    ("answers", "pattern", "points"),
    [
        ({"locations": ["under_kneecap"]}, "kneecap_pain_like", 2),
        ({"characters": ["dull_ache"]}, "kneecap_pain_like", 1),
        ({"provocations": ["squatting", "stairs"]}, "kneecap_pain_like", 1),
        ({"provocations": ["repeated_bending"]}, "kneecap_pain_like", 1),
        ({"provocations": ["long_sitting"]}, "kneecap_pain_like", 2),
        ({"locations": ["below_kneecap"]}, "patellar_tendon_like", 2),
        ({"characters": ["sharp"]}, "patellar_tendon_like", 1),
        ({"provocations": ["explosive_moves"]}, "patellar_tendon_like", 1),
        ({"easings": ["warming_up_then_returns"]}, "patellar_tendon_like", 2),
        ({"locations": ["back_thigh"]}, "muscle_soreness_like", 2),
        ({"locations": ["calf"]}, "muscle_soreness_like", 2),
        ({"locations": ["buttock"]}, "muscle_soreness_like", 2),
        ({"characters": ["deep_ache"]}, "muscle_soreness_like", 1),
        ({"since_training_h": 24}, "muscle_soreness_like", 1),
        ({"since_training_h": 72, "trend": "easing"}, "muscle_soreness_like", 1),
        ({"since_training_h": 23.9}, "muscle_soreness_like", 0),
        ({"since_training_h": 72.1, "trend": "easing"}, "muscle_soreness_like", 0),
        ({"easings": ["gentle_movement"]}, "muscle_soreness_like", 1),
        ({"characters": ["sharp"]}, "muscle_soreness_like", -3),
        ({"has_blocked_movement": True}, "muscle_soreness_like", -3),
        ({"characters": ["sharp"], "has_blocked_movement": True}, "muscle_soreness_like", -3),
        ({"locations": ["inner_side"]}, "side_of_knee_like", 2),
        ({"locations": ["outer_side"]}, "side_of_knee_like", 2),
        ({"provocations": ["running"]}, "side_of_knee_like", 2),
        ({"provocations": ["skiing"]}, "side_of_knee_like", 2),
        ({"provocations": ["cycling"]}, "side_of_knee_like", 2),
        ({"locations": ["whole_joint"]}, "wear_like", 0),
        ({"characters": ["stiffness"]}, "wear_like", 1),
        ({"age_years": 45, "is_gradual_onset": True}, "wear_like", 2),
        ({"age_years": 45, "provocations": ["exercise_in_general"]}, "wear_like", 2),
        ({"age_years": 44.9, "is_gradual_onset": True}, "wear_like", 0),
        ({"age_years": 60}, "wear_like", 0),
    ],
)
def test_points(answers, pattern, points):
    assert {s.pattern.id: s.points for s in scores(**answers)}[pattern] == points


def test_one_point_is_unclear_and_two_are_shown():
    assert picked(characters=["dull_ache"]) == []
    assert picked(locations=["below_kneecap"]) == [("patellar_tendon_like", 2)]
    assert guide(locations=["back_of_knee"]).is_unclear


def test_a_tie_is_unclear_and_a_lead_of_one_is_not():
    tied = {"locations": ["around_kneecap", "below_kneecap"]}
    assert picked(**tied) == []
    assert picked(**tied, characters=["dull_ache"])[0] == ("kneecap_pain_like", 3)


def test_at_most_two_patterns_are_shown_and_the_second_must_lead_too():
    two = guide(locations=["around_kneecap", "below_kneecap"])
    assert shown(two) == [("kneecap_pain_like", 3), ("patellar_tendon_like", 2)]
    assert two.faults_to_check == ("knee_valgus", "forward_knee_travel")
    three = guide(locations=["around_kneecap", "below_kneecap", "outer_side"])
    assert shown(three) == [("kneecap_pain_like", 3)]


def test_reasons_for_and_against_are_kept_and_open_questions_are_not():
    score = next(s for s in guide(TENDON).scores if s.pattern.id == "muscle_soreness_like")
    assert "It does not hurt in a muscle." in score.reasons_against
    assert any(reason.startswith("It is sharp") for reason in score.reasons_against)
    assert score.reasons_for == (
        "It is 24 to 72 hours since training, when soreness is strongest.",
    )
    assert not any(s.reasons_for or s.reasons_against for s in scores())


def test_a_swollen_joint_rules_soreness_out_by_itself():
    found = scores(**SORE_THIGH, swelling="some")
    soreness = next(s for s in found if s.pattern.id == "muscle_soreness_like")
    assert soreness.is_ruled_out
    assert found[-1] is soreness
    assert "swollen joint" in soreness.reasons_against[0]
    assert pick_patterns(found, KB) == ()


def test_pain_in_the_joint_is_taken_seriously():
    assert "joint_pain_counts" in [n.id for n in guide().notes]
    assert "joint_pain_counts" not in [n.id for n in guide(SORE_THIGH).notes]
    assert "more_than_soreness" in [n.id for n in guide(TENDON).notes]


def test_a_sore_calf_is_asked_about_until_the_calf_questions_are_answered():
    result = guide(locations=["calf"], has_calf_pain=None)
    assert [n.id for n in result.notes] == ["check_one_calf"]
    assert not result.is_exercise_advice_allowed
    assert "check_one_calf" not in [n.id for n in guide(locations=["calf"]).notes]


def test_reassurance_is_left_out_beside_a_raised_or_open_sign():
    for changes in ({"has_calf_pain": True}, {"has_pop": None}):
        result = guide(SORE_THIGH, **changes)
        assert "soreness_takes_days" not in [n.id for n in result.notes]


@pytest.mark.parametrize(
    "caution",
    ["kidney", "liver", "stomach", "bowel", "heart", "blood pressure", "stroke", "blood thinners",
     "pregnancy", "allergy", "asthma", "over 65", "under 16"],
)  # fmt: skip
def test_who_should_not_take_anti_inflammatories_is_said(caution):
    assert caution in KB.statement("anti_inflammatory.who_should_not").text.lower()


def test_a_caution_gets_a_note():
    result = guide(medicine_cautions=["stroke"])
    assert "ask_before_medicine" in [n.id for n in result.notes]
    assert "ask_before_medicine" in [n.id for n in guide(age="from_65").notes]
    assert "ask_before_medicine" not in [n.id for n in guide(medicine_cautions=["none"]).notes]
