"""The worked examples of the symptom guide, its point rules and its self-care filters."""

import pytest

from formcheck.knowledge import AdviceKind, Tier, load_knowledge, parse_answers, run_guide

KB = load_knowledge()
TENDON = {
    "locations": ["below_kneecap"],
    "characters": ["sharp"],
    "provocations": ["heavy_lowering"],
    "since_onset_h": 24,
}
SORE_THIGH = {
    "locations": ["front_thigh"],
    "characters": ["deep_ache"],
    "since_training_h": 40,
    "easings": ["gentle_movement"],
}


def guide(*tables, **changes):
    table = {}
    for part in (*tables, changes):
        table |= part
    return run_guide(parse_answers(table))


def shown(result):
    return [(score.pattern.id, score.points) for score in result.patterns]


def flags(result):
    return [verdict.flag.id for verdict in result.red_flags]


def ids(result):
    return {item.id for item in result.self_care}


def test_sharp_below_the_kneecap_for_24_hours_resembles_a_tendon():
    result = guide(TENDON)
    assert shown(result) == [("patellar_tendon_like", 4)]
    assert flags(result) == []
    assert result.faults_to_check == ("forward_knee_travel",)
    assert result.root_causes_to_check == ("rapid_load_increase",)
    assert "resembles" in result.patterns[0].pattern.resembles.text


def test_the_same_at_50_hours_is_flag_6():
    result = guide(TENDON, since_onset_h=50)
    assert [verdict.flag.number for verdict in result.red_flags] == [6]
    assert result.tier is Tier.ASSESSMENT
    assert not result.is_exercise_advice_allowed
    assert not result.patterns


def test_dull_around_the_kneecap_with_stairs_and_sitting_resembles_kneecap_pain():
    result = guide(
        locations=["around_kneecap"],
        characters=["dull_ache"],
        provocations=["stairs", "long_sitting"],
    )
    assert shown(result) == [("kneecap_pain_like", 6)]
    assert result.faults_to_check == ("knee_valgus",)
    assert not result.patterns[0].reasons_against


def test_thigh_ache_at_40_hours_that_eases_with_movement_resembles_soreness():
    result = guide(SORE_THIGH)
    assert shown(result) == [("muscle_soreness_like", 5)]
    assert flags(result) == []
    assert result.root_causes_to_check == ("rapid_load_increase", "insufficient_warm_up")


def test_the_same_ache_at_80_hours_unchanged_is_flag_8():
    result = guide(SORE_THIGH, since_training_h=80, trend="same")
    assert [verdict.flag.number for verdict in result.red_flags] == [8]


def test_an_easing_ache_at_80_hours_is_no_flag():
    result = guide(SORE_THIGH, since_training_h=80, trend="easing")
    assert flags(result) == []
    assert shown(result) == [("muscle_soreness_like", 4)]
    assert [note.id for note in result.notes] == ["soreness_takes_days"]


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
    scores = {score.pattern.id: score.points for score in guide(answers).scores}
    assert scores[pattern] == points


def test_one_point_is_unclear_and_two_are_shown():
    result = guide(characters=["dull_ache"])
    assert result.is_unclear
    assert not result.patterns
    result = guide(locations=["below_kneecap"])
    assert not result.is_unclear
    assert shown(result) == [("patellar_tendon_like", 2)]


def test_a_tie_is_unclear_and_a_lead_of_one_is_not():
    tied = {"locations": ["around_kneecap", "below_kneecap"]}
    assert guide(tied).is_unclear
    assert guide(tied, characters=["dull_ache"]).patterns[0].points == 3


def test_at_most_two_patterns_are_shown_and_the_second_must_lead_too():
    two = guide(locations=["around_kneecap", "below_kneecap"], characters=["dull_ache"])
    assert shown(two) == [("kneecap_pain_like", 3), ("patellar_tendon_like", 2)]
    assert two.faults_to_check == ("knee_valgus", "forward_knee_travel")
    three = guide(
        locations=["around_kneecap", "below_kneecap", "outer_side"], characters=["dull_ache"]
    )
    assert shown(three) == [("kneecap_pain_like", 3)]


def test_reasons_for_and_against_are_kept_and_open_questions_are_not():
    score = next(s for s in guide(TENDON).scores if s.pattern.id == "muscle_soreness_like")
    assert "It does not hurt in a muscle." in score.reasons_against
    assert any(reason.startswith("It is sharp") for reason in score.reasons_against)
    assert score.reasons_for == (
        "It is 24 to 72 hours since training, when soreness is strongest.",
    )
    empty = guide()
    assert not any(s.reasons_for or s.reasons_against for s in empty.scores)


def test_a_swollen_joint_rules_soreness_out_by_itself():
    from formcheck.knowledge.patterns import pick_patterns, score_patterns

    scores = score_patterns(parse_answers(SORE_THIGH | {"swelling": "some"}), KB)
    soreness = next(s for s in scores if s.pattern.id == "muscle_soreness_like")
    assert soreness.is_ruled_out
    assert scores[-1] is soreness
    assert "swollen joint" in soreness.reasons_against[0]
    assert pick_patterns(scores, KB) == ()


def test_pain_that_blocks_movement_gets_a_note():
    assert [n.id for n in guide(has_blocked_movement=True).notes] == ["more_than_soreness"]
    assert "more_than_soreness" in [n.id for n in guide(TENDON).notes]


def test_a_sore_calf_is_asked_about_until_the_calf_questions_are_answered():
    assert [n.id for n in guide(locations=["calf"]).notes] == ["check_one_calf"]
    assert not guide(locations=["calf"], has_calf_pain=False).notes


def test_reassurance_is_left_out_beside_a_red_flag():
    result = guide(locations=["calf"], trend="easing", has_calf_pain=True)
    assert "soreness_takes_days" not in [n.id for n in result.notes]


@pytest.mark.parametrize("sign", ["has_dark_urine", "has_extreme_swelling", "has_extreme_weakness"])
def test_no_ice_or_medicine_with_signs_of_muscle_breakdown(sign):
    assert ids(guide({sign: True})) == {"stop_what_hurts"}
    for item in KB.self_care:
        if item.kind in (AdviceKind.ICE, AdviceKind.ANTI_INFLAMMATORY):
            assert "muscle_breakdown" in item.withheld_by


def test_assessment_keeps_first_aid_and_drops_training():
    result = guide(has_giving_way=True)
    assert ids(result) == {
        "stop_what_hurts",
        "nothing_is_a_must",
        "ice_several_times",
        "ice_on_off",
        "raise_the_leg",
        "compression_bandage",
        "anti_inflammatory",
    }


@pytest.mark.parametrize(
    "caution", ["kidney", "stomach", "heart", "blood_thinners", "pregnancy", "allergy", "asthma"]
)
def test_who_should_not_take_anti_inflammatories(caution):
    result = guide(medicine_cautions=[caution])
    assert "anti_inflammatory" not in ids(result)
    assert "ask_before_medicine" in [n.id for n in result.notes]
    word = caution.replace("_", " ").replace("pregnancy", "pregnan")
    assert word in KB.statement("anti_inflammatory.who_should_not").text.lower()


def test_no_anti_inflammatory_under_16_or_with_fever():
    assert "anti_inflammatory" not in ids(guide(age_years=15.9))
    assert "anti_inflammatory" in ids(guide(age_years=16))
    assert "under 16" in KB.statement("anti_inflammatory.who_should_not").text
    assert "anti_inflammatory" not in ids(guide(has_fever=True, has_warmth=False))
