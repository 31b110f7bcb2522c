"""Every red flag on both sides of its threshold, and what each tier does to the advice."""

import pytest
from health_cases import FLAGS

from formcheck.knowledge import (
    AdviceKind,
    Tier,
    advice_allowed,
    exercise_allowed,
    load_knowledge,
    parse_answers,
    run_guide,
)

KB = load_knowledge()


def raised(**answers):
    return {verdict.flag.id for verdict in run_guide(parse_answers(answers)).red_flags}


SIDES = [
    # flag, answers that just raise it, answers that just do not
    ("chest_pain", {"has_chest_pain": True}, {"has_chest_pain": False}),
    (
        "calf_with_breathlessness",
        {"has_calf_swelling": True, "has_breathlessness": True},
        {"has_calf_swelling": True, "has_breathlessness": False},
    ),
    (
        "calf_with_breathlessness",
        {"has_calf_warmth": True, "has_breathlessness": True},
        {"has_calf_warmth": False, "has_breathlessness": True},
    ),
    (
        "calf_with_breathlessness",
        {"has_calf_pain": True, "has_breathlessness": True},
        {"has_calf_pain": True},
    ),
    ("breathlessness", {"has_breathlessness": True}, {"has_breathlessness": False}),
    ("muscle_breakdown", {"has_dark_urine": True}, {"has_dark_urine": False}),
    ("muscle_breakdown", {"has_extreme_swelling": True}, {"has_extreme_swelling": False}),
    ("muscle_breakdown", {"has_extreme_weakness": True}, {"has_extreme_weakness": False}),
    ("one_sided_calf", {"has_calf_swelling": True}, {"has_calf_swelling": False}),
    ("one_sided_calf", {"has_calf_warmth": True}, {"has_calf_warmth": False}),
    ("one_sided_calf", {"has_calf_pain": True}, {"has_calf_pain": False, "locations": ["calf"]}),
    (
        "hot_joint_with_fever",
        {"has_fever": True, "has_warmth": True},
        {"has_fever": True, "has_warmth": False},
    ),
    (
        "hot_joint_with_fever",
        {"has_chills": True, "has_redness": True, "has_warmth": False},
        {"has_chills": False, "has_redness": True, "has_warmth": True},
    ),
    (
        "hot_joint_with_fever",
        {"has_fever": True, "has_warmth": False, "swelling": "some"},
        {"has_fever": True, "has_warmth": False, "swelling": "none", "has_redness": False},
    ),
    ("hot_joint_with_fever", {"has_fever": True}, {"has_warmth": True}),
    ("pop_or_snap", {"has_pop": True}, {"has_pop": False}),
    ("cannot_straighten", {"can_straighten": False}, {"can_straighten": True}),
    ("cannot_lift_straight_leg", {"can_lift_straight_leg": False}, {"can_lift_straight_leg": True}),
    ("deformity", {"has_deformity": True}, {"has_deformity": False}),
    ("deformity", {"can_move_knee": False}, {"can_move_knee": True}),
    ("severe_swelling", {"swelling": "severe"}, {"swelling": "some"}),
    ("painful_locked_knee", {"locking": "stuck_painful"}, {"locking": "at_times"}),
    (
        "after_injury",
        {"is_after_injury": True, "age_years": 55},
        {"is_after_injury": True, "age_years": 54.9},
    ),
    (
        "after_injury",
        {"is_after_injury": True, "has_kneecap_tenderness": True},
        {"is_after_injury": False, "has_kneecap_tenderness": True},
    ),
    (
        "after_injury",
        {"is_after_injury": True, "has_outer_bone_tenderness": True},
        {"is_after_injury": True, "has_outer_bone_tenderness": False},
    ),
    (
        "after_injury",
        {"is_after_injury": True, "can_bend_90_deg": False},
        {"is_after_injury": True, "can_bend_90_deg": True},
    ),
    (
        "after_injury",
        {"is_after_injury": True, "can_take_4_steps": False},
        {"can_take_4_steps": False},
    ),
    ("numbness", {"has_numbness": True}, {"has_numbness": False}),
    ("cannot_bear_weight", {"can_bear_weight": False}, {"can_bear_weight": True}),
    ("cannot_bear_weight", {"can_take_4_steps": False}, {"can_take_4_steps": True}),
    ("gives_way", {"has_giving_way": True}, {"has_giving_way": False}),
    ("joint_swelling", {"swelling": "some"}, {"swelling": "none"}),
    ("joint_swelling", {"swelling": "severe"}, {}),
    ("joint_redness", {"has_redness": True}, {"has_redness": False}),
    ("joint_warmth", {"has_warmth": True}, {"has_warmth": False}),
    (
        "sharp_pain_lasting",
        {"characters": ["sharp"], "since_onset_h": 48.1},
        {"characters": ["sharp"], "since_onset_h": 48},
    ),
    (
        "sharp_pain_lasting",
        {"characters": ["sharp", "dull_ache"], "since_training_h": 49},
        {"characters": ["dull_ache"], "since_onset_h": 49},
    ),
    (
        "sharp_pain_lasting",
        {"characters": ["sharp"], "since_onset_h": 50, "since_training_h": 1},
        {"characters": ["sharp"], "since_onset_h": 10, "since_training_h": 90},
    ),
    (
        "sharp_pain_light_activity",
        {"characters": ["sharp"], "is_worse_with_light_activity": True},
        {"characters": ["sharp"], "is_worse_with_light_activity": False},
    ),
    (
        "sharp_pain_light_activity",
        {"characters": ["sharp"], "is_worse_with_light_activity": True},
        {"characters": ["dull_ache"], "is_worse_with_light_activity": True},
    ),
    (
        "soreness_lasting",
        {"since_onset_h": 72, "trend": "same"},
        {"since_onset_h": 71.9, "trend": "same"},
    ),
    (
        "soreness_lasting",
        {"since_onset_h": 72, "trend": "worse"},
        {"since_onset_h": 500, "trend": "easing"},
    ),
    (
        "soreness_lasting",
        {"since_training_h": 72, "locations": ["front_thigh"]},
        {"since_training_h": 500, "clicking": "painless"},
    ),
    ("soreness_lasting", {"since_onset_h": 72}, {"trend": "worse"}),
    ("painful_clicking", {"clicking": "painful"}, {"clicking": "painless"}),
    ("painful_clicking", {"clicking": "unsure"}, {"clicking": "none"}),
    ("locking", {"locking": "at_times"}, {"locking": "none"}),
    ("locking", {"locking": "stuck_painful"}, {}),
    ("fever", {"has_fever": True, "has_warmth": False}, {"has_fever": False}),
    ("fever", {"has_chills": True, "has_warmth": False}, {"has_chills": False}),
    ("night_or_rest_pain", {"has_night_pain": True}, {"has_night_pain": False}),
    ("night_or_rest_pain", {"has_rest_pain": True}, {"has_rest_pain": False}),
    ("under_18", {"age_years": 17.9}, {"age_years": 18}),
    ("painless_clicking", {"clicking": "painless"}, {"clicking": "none"}),
]


@pytest.mark.parametrize(("flag", "over", "under"), SIDES)
def test_both_sides(flag, over, under):
    assert flag in raised(**over)
    assert flag not in raised(**under)


def test_every_flag_has_both_sides_tested():
    assert {flag for flag, _, _ in SIDES} == {flag.id for flag in KB.red_flags}


TIERS = {
    Tier.EMERGENCY: {"chest_pain", "calf_with_breathlessness", "breathlessness"},
    Tier.TODAY: {
        "muscle_breakdown",
        "one_sided_calf",
        "hot_joint_with_fever",
        "pop_or_snap",
        "cannot_straighten",
        "cannot_lift_straight_leg",
        "deformity",
        "severe_swelling",
        "painful_locked_knee",
        "after_injury",
        "numbness",
    },
    Tier.ASSESSMENT: {
        "cannot_bear_weight",
        "gives_way",
        "joint_swelling",
        "joint_redness",
        "joint_warmth",
        "sharp_pain_lasting",
        "sharp_pain_light_activity",
        "soreness_lasting",
        "painful_clicking",
        "locking",
        "fever",
        "night_or_rest_pain",
        "under_18",
    },
    Tier.MENTION: {"painless_clicking"},
}


@pytest.mark.parametrize("tier", Tier)
def test_tiers_hold_the_flags_of_the_design(tier):
    assert {flag.id for flag in KB.red_flags if flag.tier is tier} == TIERS[tier]


@pytest.mark.parametrize(("flag", "over", "under"), SIDES)
def test_a_flag_takes_the_headline_of_its_tier_and_opens_or_shuts_the_gate(flag, over, under):
    result = run_guide(parse_answers(over))
    assert result.tier is result.red_flags[0].tier
    assert result.tier.rank <= FLAGS[flag].tier.rank
    assert result.headline == KB.tier_text(result.tier).headline
    assert result.is_exercise_advice_allowed == (result.tier is Tier.MENTION)
    kinds = {item.kind for item in result.self_care}
    assert AdviceKind.REST in kinds
    if result.tier in (Tier.EMERGENCY, Tier.TODAY):
        assert kinds == {AdviceKind.REST}


def test_headlines_differ_and_the_most_urgent_flag_leads():
    assert len({text.headline for text in KB.tiers}) == len(Tier)
    result = run_guide(
        parse_answers({"clicking": "painless", "has_redness": True, "has_chest_pain": True})
    )
    assert [v.tier for v in result.red_flags] == [Tier.EMERGENCY, Tier.ASSESSMENT, Tier.MENTION]
    assert result.headline == "Call your local emergency number now."


def test_nothing_told_raises_nothing():
    result = run_guide(parse_answers({}))
    assert result.tier is None
    assert not result.red_flags
    assert result.is_exercise_advice_allowed
    assert len(result.verdicts) == len(KB.red_flags)
    assert {v.is_raised for v in result.verdicts} <= {None, False}


def test_reasons_carry_the_numbers():
    result = run_guide(parse_answers({"characters": ["sharp"], "since_onset_h": 50}))
    (verdict,) = result.red_flags
    assert verdict.reason == "Sharp pain has lasted 50 hours, more than 48."
    (verdict,) = run_guide(parse_answers({"age_years": 15})).red_flags
    assert "15 years" in verdict.reason
    (verdict,) = run_guide(
        parse_answers({"since_training_h": 80, "characters": ["deep_ache"]})
    ).red_flags
    assert "80 hours" in verdict.reason


def test_thresholds_stand_in_the_words_too():
    for id_, number in [
        ("sharp_pain_lasting", "48"),
        ("soreness_lasting", "72"),
        ("under_18", "18"),
        ("after_injury", "55"),
    ]:
        flag = FLAGS[id_]
        assert number in flag.text + flag.label


@pytest.mark.parametrize("flag", KB.red_flags, ids=lambda f: f.id)
def test_the_gate(flag):
    is_open = flag.tier is Tier.MENTION
    assert advice_allowed([flag]) is is_open
    assert advice_allowed([FLAGS["painless_clicking"], flag]) is is_open
    squat = KB.exercise("bodyweight_squat")
    assert exercise_allowed(squat, flags=[flag], has_knee_pain=False, is_warmed_up=True) is is_open


def test_the_gate_is_open_without_flags():
    assert advice_allowed([])


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
    got = exercise_allowed(sissy, flags=[], has_knee_pain=has_knee_pain, is_warmed_up=is_warmed_up)
    assert got is expected
    others = [e for e in KB.exercises if e is not sissy]
    assert all(exercise_allowed(e, flags=[], has_knee_pain=None, is_warmed_up=None) for e in others)
