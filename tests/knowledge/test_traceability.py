"""Every statement of the three articles is found again: carried, corrected, or told why not."""

from collections import Counter

import pytest
from article_rows import ROWS, STATEMENTS

from formcheck.knowledge import AdviceKind, Strength, load_knowledge
from formcheck.knowledge.model import Statement

KB = load_knowledge()


def test_all_statements_of_the_articles_have_their_row():
    assert len(STATEMENTS) == 84
    assert len({(one["article"], one["says"]) for one in STATEMENTS}) == 84
    assert {one["fate"] for one in STATEMENTS} == {"carried", "corrected", "context"}
    for one in STATEMENTS:
        assert one["fate"] != "context" or one["why"], one["says"]
        assert one["fate"] == "context" or one["in"], one["says"]
    assert Counter(one["article"] for one in STATEMENTS) == {
        "article_leg_day": 48, "article_root_causes": 24, "article_sore_knee": 12,
    }  # fmt: skip


@pytest.mark.parametrize("one", STATEMENTS, ids=lambda one: one["says"][:40])
def test_what_became_of_a_statement(one):
    if one["fate"] == "context":
        return
    first = KB.statement(one["in"][0])
    assert one["article"] in first.sources
    if one["fate"] == "corrected":
        # A conflict of two articles corrects the one in its own text.
        assert first.counter_evidence or first.id.startswith("conflict.")
        counter = {source for c in first.counter_evidence for source in c.sources}
        assert one["article"] not in counter, "an article is no evidence against itself"


def test_every_statement_of_the_table_cites_its_article():
    assert [row for row in ROWS if row[0] not in KB.statement(row[2]).sources] == []


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
    assert "theater sign" in KB.statement("patellofemoral_pain_syndrome.when").text
    assert "relative rest" in KB.statement("stop_what_hurts").text
    assert "1.9 cm" in KB.statement("ankle_mobility.test").text


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
        ("forward_knee_travel.trunk_counts_more", Strength.C),
        ("heel_lift.load", Strength.D),
        ("heel_lift.risk_tendon", Strength.D),
        ("patellofemoral_pain_syndrome.tracking", Strength.C),
        ("patellar_tendinopathy.slow_squats", Strength.B),
        ("treadmill.incline", Strength.X),
        ("flat_treadmill.what", Strength.X),
        ("warm_up.cartilage", Strength.X),
        ("joint_and_ligament_stress.hinge", Strength.X),
        ("osteoarthritis_like_degeneration.bones_rub", Strength.X),
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


PAPERS = (
    "https://doi.org/", "https://pubmed.ncbi.nlm.nih.gov/", "https://pmc.ncbi.nlm.nih.gov/",
    "https://bjsm.bmj.com/", "https://www.mdpi.com/", "https://journals.humankinetics.com/",
    "https://bmcmedicine.biomedcentral.com/", "http://www.scielo.br/", "https://www.nice.org.uk/",
    "https://vbn.aau.dk/", "https://research.usc.edu.au/", "https://scholarworks.gsu.edu/",
    "https://ueaeprints.uea.ac.uk/",
    "https://www.cdc.gov/niosh/",
    "https://www.boa.ac.uk/resources/",
)  # fmt: skip


def test_links_lead_to_the_paper():
    """To a journal, an index or who wrote it, not to a copy or a summary."""
    odd = [r.url for r in KB.references if r.url is not None and not r.url.startswith(PAPERS)]
    assert odd == []


def test_every_source_is_used_and_every_strength_has_its_rule():
    used = {id_ for s in KB.walk(Statement) for id_ in s.sources}
    assert [r.id for r in KB.references if r.id not in used] == []
    assert len({strength.rule for strength in Strength}) == len(Strength)
