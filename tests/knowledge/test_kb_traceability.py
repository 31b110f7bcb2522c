"""Every statement of the three articles that can be built is found again, with its grade."""

import pytest

from formcheck.knowledge import AdviceKind, Strength, load_knowledge

KB = load_knowledge()
LEG_DAY, ROOT_CAUSES, SORE_KNEE = "article_leg_day", "article_root_causes", "article_sore_knee"

# article, what it says, ids of the statements that carry it
ROWS = [
    (LEG_DAY, "muscle soreness or joint pain", "delayed_onset_muscle_soreness.not_joint"),
    (LEG_DAY, "soreness peaks at 24 to 72 h", "muscle_soreness_like.peak"),
    (LEG_DAY, "soreness eases with gentle movement", "muscle_soreness_like.eases"),
    (LEG_DAY, "sharp or blocking pain is more than soreness", "more_than_soreness"),
    (LEG_DAY, "sharp or blocking pain is more than soreness", "muscle_soreness_like.not_sharp"),
    (LEG_DAY, "PFPS: under or around the kneecap, dull", "patellofemoral_pain_syndrome.what"),
    (LEG_DAY, "PFPS: under or around the kneecap", "kneecap_pain_like.place"),
    (LEG_DAY, "PFPS: dull ache", "kneecap_pain_like.feel"),
    (LEG_DAY, "PFPS: squats, stairs", "kneecap_pain_like.bending"),
    (LEG_DAY, "theater sign", "kneecap_pain_like.theater_sign"),
    (LEG_DAY, "PFPS from poor tracking", "patellofemoral_pain_syndrome.tracking"),
    (LEG_DAY, "tendon: just below the kneecap, sharp", "patellar_tendon_like.place"),
    (LEG_DAY, "tendon: sharp", "patellar_tendon_like.feel"),
    (LEG_DAY, "tendon: explosive or heavy lowering", "patellar_tendon_like.load"),
    (LEG_DAY, "tendon warms up, then returns", "patellar_tendon_like.warms_up"),
    (LEG_DAY, "tendon: chronic overload", "patellar_tendinopathy.why"),
    (LEG_DAY, "valgus in squat, lunge, leg press", "knee_valgus.summary"),
    (LEG_DAY, "valgus in squat, lunge, leg press", "leg_press.inward"),
    (LEG_DAY, "valgus: rotation and shear", "knee_valgus.twist"),
    (LEG_DAY, "valgus: rotation and shear", "knee_valgus.risk_ligament"),
    (LEG_DAY, "valgus: kneecap tracking, PFPS", "knee_valgus.kneecap"),
    (LEG_DAY, "valgus: kneecap tracking, PFPS", "knee_valgus.risk_kneecap"),
    (LEG_DAY, "weak hip abductors", "weak_hip_abductors.what"),
    (LEG_DAY, "weak hip abductors", "hip_abductors"),
    (LEG_DAY, "forward travel strains tendon", "forward_knee_travel.risk_tendon"),
    (LEG_DAY, "forward travel strains kneecap", "forward_knee_travel.risk_kneecap"),
    (LEG_DAY, "some travel is needed, lowering phase", "forward_knee_travel.summary"),
    (LEG_DAY, "quad-dominant", "quad_dominant.summary"),
    (LEG_DAY, "quad-dominant: compression", "quad_dominant.risk_kneecap"),
    (LEG_DAY, "rapid load increase: how often, hard, long", "rapid_load_increase.what"),
    (LEG_DAY, "rapid load increase: how often, hard, long", "load.axes"),
    (LEG_DAY, "warm-up: blood flow, warmth, glide", "warm_up.why"),
    (LEG_DAY, "dynamic warm-up", "general_movement"),
    (LEG_DAY, "relative rest", "stop_what_hurts"),
    (LEG_DAY, "modify", "change_what_hurts"),
    (LEG_DAY, "pain-free movement, low impact", "keep_moving"),
    (LEG_DAY, "ice 15 to 20 min", "ice_several_times"),
    (LEG_DAY, "anti-inflammatory, short term", "anti_inflammatory"),
    (LEG_DAY, "red flag: bear weight", "cannot_bear_weight"),
    (LEG_DAY, "red flag: unstable", "gives_way"),
    (LEG_DAY, "red flag: swelling", "joint_swelling"),
    (LEG_DAY, "red flag: redness", "joint_redness"),
    (LEG_DAY, "red flag: warmth", "joint_warmth"),
    (LEG_DAY, "red flag: sharp > 48 h", "sharp_pain_lasting"),
    (LEG_DAY, "red flag: light activity", "sharp_pain_light_activity"),
    (ROOT_CAUSES, "knees in the direction of the toes", "knees_with_toes"),
    (ROOT_CAUSES, "caving when squatting heavy", "too_much_weight.what"),
    (ROOT_CAUSES, "caving gives rotational forces", "knee_valgus.twist"),
    (ROOT_CAUSES, "knees cannot rotate", "joint_and_ligament_stress.hinge"),
    (ROOT_CAUSES, "leg press path", "leg_press.path"),
    (ROOT_CAUSES, "hack squat path", "hack_squat.path"),
    (ROOT_CAUSES, "leg extension: knees forward, toes up", "leg_extension.straight"),
    (ROOT_CAUSES, "leg extension is not bad", "leg_extension.fine"),
    (ROOT_CAUSES, "leg extension: turned hips", "leg_extension_turned_legs.what"),
    (ROOT_CAUSES, "treadmill incline", "treadmill.incline"),
    (ROOT_CAUSES, "flat treadmill", "flat_treadmill.what"),
    (ROOT_CAUSES, "4 sets of bodyweight squats", "bodyweight_squats"),
    (ROOT_CAUSES, "3 to 4 light leg extension sets", "light_leg_extensions"),
    (ROOT_CAUSES, "cartilage needs blood", "warm_up.cartilage"),
    (ROOT_CAUSES, "arthritis without warm-up", "insufficient_warm_up.arthritis"),
    (ROOT_CAUSES, "sissy squats", "sissy_squat"),
    (ROOT_CAUSES, "sissy squats bulletproof", "sissy_squat.promise"),
    (ROOT_CAUSES, "quad pump first", "thigh_pump"),
    (ROOT_CAUSES, "avoid painful moves, nothing is a must", "nothing_is_a_must"),
    (ROOT_CAUSES, "avoid painful moves, nothing is a must", "general.nothing_is_a_must"),
    (ROOT_CAUSES, "never pain again", "general.no_promise"),
    (SORE_KNEE, "muscle soreness, milder", "delayed_onset_muscle_soreness.milder"),
    (SORE_KNEE, "muscle soreness: thigh, hamstring, calf", "muscle_soreness_like.place"),
    (SORE_KNEE, "side of knee: ligament or tendon", "side_of_knee_overuse.what"),
    (SORE_KNEE, "side of knee", "side_of_knee_like.place"),
    (SORE_KNEE, "runners, skiers, cyclists", "side_of_knee_like.sport"),
    (SORE_KNEE, "joint wear", "osteoarthritis_like_degeneration.what"),
    (SORE_KNEE, "joint wear: stiffness", "wear_like.feel"),
    (SORE_KNEE, "joint wear: exercise, over time", "wear_like.age_and_course"),
    (SORE_KNEE, "ice 15 on, 15 off", "ice_on_off"),
    (SORE_KNEE, "anti-inflammatory", "anti_inflammatory"),
    (SORE_KNEE, "elevation", "raise_the_leg"),
    (SORE_KNEE, "compression", "compression_bandage"),
    (SORE_KNEE, "strong muscles steady the knee", "weak_thigh_muscles.what"),
    (SORE_KNEE, "foot-rotation exercise", "foot_rotation"),
    (SORE_KNEE, "lunges", "lunge"),
    (SORE_KNEE, "squats", "bodyweight_squat"),
    (SORE_KNEE, "calf raises", "calf_raise"),
    (SORE_KNEE, "three days", "soreness_lasting"),
    (SORE_KNEE, "cannot bear weight", "cannot_bear_weight"),
    (SORE_KNEE, "clicking", "painful_clicking"),
    (SORE_KNEE, "clicking", "painless_clicking"),
    (SORE_KNEE, "locking", "locking"),
    (SORE_KNEE, "buckling", "gives_way"),
    (SORE_KNEE, "self-treated redness: conflict", "conflict.redness_and_swelling"),
    (SORE_KNEE, "three days or 48 h: conflict", "conflict.hours"),
]


@pytest.mark.parametrize(("article", "says", "statement_id"), ROWS)
def test_article_statement_is_carried(article, says, statement_id):
    assert article in KB.statement(statement_id).sources


def test_details_are_carried_over():
    assert "15 to 20 minutes" in KB.statement("ice_several_times").text
    assert KB.statement("ice_on_off").text.count("15 minutes") == 2
    assert "several times a day" in KB.statement("ice_several_times").text
    steps = " ".join(KB.exercise("foot_rotation").how_to)
    assert "45 degrees" in steps
    assert steps.count("10 seconds") == 2
    squats = next(s for s in KB.warm_up.steps if s.id == "bodyweight_squats")
    assert (squats.min_sets, squats.is_counted_by_camera) == (4, True)
    extensions = next(s for s in KB.warm_up.steps if s.id == "light_leg_extensions")
    assert (extensions.min_sets, extensions.max_sets) == (3, 4)
    assert extensions.is_alternative_to == "bodyweight_squats"
    assert set(KB.warm_up.before) == {"squat", "hack squat", "lunge", "leg press"}
    gate = KB.exercise("sissy_squat").gate
    assert gate.needs_no_knee_pain
    assert gate.needs_warm_up
    theater = KB.statement("patellofemoral_pain_syndrome.when").text
    assert "theater sign" in theater


@pytest.mark.parametrize(
    ("statement_id", "strength"),
    [
        ("knee_valgus.from_ankle", Strength.A),
        ("knee_valgus.risk_kneecap", Strength.C),
        ("knee_valgus.risk_kneecap_doubt", Strength.A),
        ("knee_valgus.risk_ligament_doubt", Strength.A),
        ("hip_abductors", Strength.A),
        ("hip_abductors.movement", Strength.B),
        ("forward_knee_travel.size", Strength.C),
        ("forward_knee_travel.trade", Strength.C),
        ("patellar_tendinopathy.slow_squats", Strength.B),
        ("treadmill.incline", Strength.X),
        ("flat_treadmill.what", Strength.X),
        ("warm_up.cartilage", Strength.X),
        ("joint_and_ligament_stress.hinge", Strength.X),
        ("sissy_squat", Strength.D),
        ("leg_extension.straight", Strength.D),
    ],
)
def test_grades_of_the_evidence_map(statement_id, strength):
    assert KB.statement(statement_id).strength is strength


def test_expert_doubts_stand_beside_ice_and_medicine():
    for item in KB.self_care:
        if item.kind in (AdviceKind.ICE, AdviceKind.ANTI_INFLAMMATORY):
            sources = {id_ for line in item.counter_evidence for id_ in line.sources}
            assert "peace_love_2020" in sources
