"""Every statement of the three articles that can be built is found again, with its grade."""

import pytest
from article_rows import ROWS

from formcheck.knowledge import AdviceKind, Strength, load_knowledge

KB = load_knowledge()


def test_every_article_statement_is_carried():
    missing = [row for row in ROWS if row[0] not in KB.statement(row[2]).sources]
    assert missing == []


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
