"""Every fault, cause and symptom leads somewhere; every source resolves; nothing is orphaned."""

from enum import Enum

from health_cases import leaves_of

from formcheck.knowledge import (
    AgeBand,
    Answers,
    SourceReading,
    Strength,
    Tier,
    TimeBand,
    load_knowledge,
)
from formcheck.knowledge.answers import FILE_ONLY
from formcheck.knowledge.care import Default
from formcheck.knowledge.model import Cue, Statement
from formcheck.knowledge.rules import ANSWER_TYPES, Rule

KB = load_knowledge()
STATEMENTS = tuple(KB.walk(Statement))
TESTS = [test for rule in KB.walk(Rule) for test in leaves_of(rule)]


def test_the_promised_entries_exist():
    assert {f.id for f in KB.faults} >= {
        "knee_valgus",
        "forward_knee_travel",
        "heel_lift",
        "quad_dominant",
    }
    assert {c.id for c in KB.conditions} == {
        "patellofemoral_pain_syndrome",
        "patellar_tendinopathy",
        "delayed_onset_muscle_soreness",
        "side_of_knee_overuse",
        "osteoarthritis_like_degeneration",
        "joint_and_ligament_stress",
    }
    assert {e.id for e in KB.exercises} == {
        "hip_abductors",
        "bodyweight_squat",
        "lunge",
        "calf_raise",
        "foot_rotation",
        "box_squat",
        "ankle_mobility",
        "sissy_squat",
    }
    assert {m.id for m in KB.machines} == {"leg_press", "hack_squat", "leg_extension", "treadmill"}


def test_every_statement_has_strength_and_sources_that_resolve():
    for statement in STATEMENTS:
        assert isinstance(statement.strength, Strength), statement.id
        assert [r.id for r in KB.references_for(statement)] == list(statement.sources)
        for counter in statement.counter_evidence:
            assert counter.sources, statement.id
            assert counter.text != statement.text


def test_only_what_was_studied_carries_a_grade_above_d():
    for statement in STATEMENTS:
        if statement.strength in (Strength.A, Strength.B, Strength.C):
            studied = [
                reference
                for reference in KB.references_for(statement)
                if reference.seen not in (SourceReading.ARTICLE, SourceReading.OWN_RULE)
                or (reference.id == "body_geometry" and statement.strength is Strength.C)
            ]
            assert studied, f"{statement.id} needs a study for {statement.strength}"


def test_every_reference_is_cited():
    cited = {id_ for statement in STATEMENTS for id_ in statement.sources}
    assert cited == {reference.id for reference in KB.references}


def test_literature_has_a_number_and_articles_stand_by_title():
    for reference in KB.references:
        if reference.seen in (SourceReading.ARTICLE, SourceReading.OWN_RULE):
            assert reference.number is None, reference.id
        elif reference.number is None:
            assert reference.authors or reference.year, reference.id
    assert {r.title for r in KB.references if r.seen is SourceReading.ARTICLE} == {
        "Why Does My Knee Hurt After Leg Day?",
        "Knee Pain After Leg Training: 4 Root Causes of Knee Pain",
        "Sore Knee From Exercise",
    }


def test_every_fault_leads_to_all_it_promises():
    for fault in KB.faults:
        for part in ("mechanism", "contributors", "risks", "stop", "cues", "exercises"):
            assert getattr(fault, part), f"{fault.id}: {part}"
        assert all(risk.counter_evidence for risk in fault.risks), fault.id
        assert any("professional" in line.text for line in fault.stop), fault.id
        assert len(set(fault.cues)) == len(fault.cues)


def test_every_root_cause_leads_somewhere_and_is_reached():
    reached = {c.root_cause for fault in KB.faults for c in fault.contributors}
    reached |= {id_ for condition in KB.conditions for id_ in condition.root_causes}
    reached |= {id_ for pattern in KB.patterns for id_ in pattern.root_causes}
    for cause in KB.root_causes:
        leads_to = cause.cues + cause.exercises + cause.machines + cause.topics
        assert all((leads_to, cause.about, cause.what_helps)), cause.id
        assert cause.id in reached or cause.machines, f"nothing leads to {cause.id}"


def test_every_condition_is_reached_and_says_when_to_see_someone():
    reached = {risk.condition for fault in KB.faults for risk in fault.risks}
    reached |= {pattern.condition for pattern in KB.patterns}
    assert reached == {condition.id for condition in KB.conditions}
    for condition in KB.conditions:
        parts = (condition.about, condition.see_professional, condition.root_causes)
        assert all(parts), condition.id


def test_no_cue_exercise_or_machine_is_orphaned():
    causes, faults, conditions = KB.root_causes, KB.faults, KB.conditions
    used_cues = {id_ for owner in (*causes, *faults) for id_ in owner.cues}
    assert used_cues == {cue.id for cue in KB.cues}
    used = {id_ for owner in (*causes, *faults, *conditions) for id_ in owner.exercises}
    assert used == {exercise.id for exercise in KB.exercises}
    # the articles give path advice for two machines without blaming them for anything
    used = {id_ for cause in causes for id_ in cause.machines} | {"leg_press", "hack_squat"}
    assert used == {machine.id for machine in KB.machines}


def test_every_pattern_leads_to_a_condition_and_something_to_check():
    for pattern in KB.patterns:
        assert pattern.faults or pattern.root_causes, pattern.id
        assert pattern.name.startswith("Similar to "), "never the condition itself"


def test_every_answer_is_used_by_a_rule_and_every_choice_matters():
    derived = {"pain_h", "training_h", "years"}
    behind = {"onset", "training", "age", "checked_on", *FILE_ONLY}  # what the derived rest on
    assert {test.answer for test in TESTS} | behind == set(Answers.__struct_fields__) | derived
    harmless = {
        "swelling": {"none"}, "locking": {"none"}, "clicking": {"none"}, "locations": {"none"},
        "characters": {"none"}, "background": {"none"}, "medicine_cautions": {"none"},
        "swelling_onset": {"later"}, "onset": set(TimeBand), "training": set(TimeBand),
        "age": set(AgeBand),
    }  # fmt: skip
    for name, (kind, _) in ANSWER_TYPES.items():
        if isinstance(kind, type) and issubclass(kind, Enum):
            used = {v for test in TESTS if test.answer == name for v in test.values}
            unused = {member.value for member in kind} - {str(v) for v in used}
            assert unused <= harmless.get(name, set()), f"{name}: {unused} lead nowhere"


def test_red_flag_rows_of_the_articles_are_all_there():
    rows = {flag.number: flag for flag in KB.red_flags if flag.number and flag.tier.is_blocking}
    assert sorted(rows) == list(range(1, 11))
    today = {flag.number for flag in rows.values() if flag.tier is not Tier.ASSESSMENT}
    assert today == {1}  # a leg that takes no weight: sooner than the articles say
    assert [f.id for f in KB.red_flags if f.tier is Tier.MENTION] == ["painless_clicking"]


def test_cues_are_short_to_hear_and_ordered_by_importance():
    assert next(cue.id for cue in KB.cues_for("knee_valgus")) == "knees_with_toes"
    assert next(cue.id for cue in KB.cues_for("forward_knee_travel")) == "hips_and_down"
    for cue in KB.walk(Cue):
        assert len(cue.spoken.split()) <= 6
        assert len(cue.text.split()) > len(cue.spoken.split())


def test_defaults_equal_the_design():
    expected = {
        "week_change_note_pct": 10,
        "week_change_caution_pct": 20,
        "week_change_high_pct": 30,
        "top_weight_caution_pct": 10,
        "extra_sessions_caution": 2,
        "cautions_for_high": 2,
        "ratio_high": 1.5,
        "ratio_min_history_d": 21,
        "chronic_first_day": 8,
        "chronic_last_day": 28,
        "week_before_min_ratio": 0.5,
        "return_gap_d": 14,
        "return_load_ratio": 0.6,
        "trivial_load_percentile": 25,
        "bodyweight_share": 0.7,
        "average_short_d": 7,
        "average_long_d": 28,
        "next_morning_pain_rise": 2,
        "pain_green_points": 3,
        "pain_red_points": 5,
        "warm_up_set_min_reps": 5,
        "warm_up_set_gap_s": 20,
        "warm_up_eccentric_s": 2,
        "warm_up_eccentric_error_s": 0.3,
        "warm_up_reps_per_set": 10,
        "pattern_min_points": 2,
        "pattern_min_lead_points": 1,
        "pattern_max_shown": 2,
        "knee_to_wall_change_cm": 1.9,
    }
    assert {d.id: d.value for d in KB.walk(Default)} == expected
