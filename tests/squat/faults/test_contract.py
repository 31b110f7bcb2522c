"""What every row of the fault table owes: a source, a tripping case, a clean one, a wrong view."""

import dataclasses

import pytest
from stickfigure import Body, Camera, film, squat, stand

from formcheck.knowledge import load_knowledge
from formcheck.squat.analysis import analyze
from formcheck.squat.faults import FAULTS
from formcheck.squat.faults.finding import Assessment, Confidence, Severity, Verdict
from formcheck.squat.feedback import cue_for, most_important
from formcheck.squat.settings import Settings

STRAIGHT = Body(toe_out_deg=0)


def clip(*reps, body=None, yaw=0.0):
    story = [stand(1)]
    for rep in reps:
        story += [rep, stand(0.6)]
    return analyze(film(story, body=body, camera=Camera(yaw_deg=yaw)))


FRONT_FAULT = squat(106, pause_s=0.3, left_pct=28, right_pct=28)
SIDE_FAULT = squat(106, pause_s=0.3, past_toe_m=0.14, heel_rise_m=0.15, body=STRAIGHT)
SIDE_CLEAN = squat(106, pause_s=0.3, past_toe_m=-0.04, body=STRAIGHT)
# A new fault is added here: how it trips, how it is clean, from where it cannot be seen.
CASES = {
    "knee_valgus": {
        "trips": lambda: clip(FRONT_FAULT),
        "clean": lambda: clip(squat(106)),
        "wrong_view": lambda: clip(FRONT_FAULT, yaw=90),
    },
    "forward_knee_travel": {
        "trips": lambda: clip(SIDE_FAULT, body=STRAIGHT, yaw=90),
        "clean": lambda: clip(SIDE_CLEAN, body=STRAIGHT, yaw=90),
        "wrong_view": lambda: clip(SIDE_FAULT, body=STRAIGHT, yaw=0),
    },
}
UNITS = {"pct_shank", "pct_foot", "deg", "ratio"}


def test_every_fault_has_its_cases_and_its_own_name():
    names = [f.name for f in FAULTS]
    assert set(names) == set(CASES)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f.name)
def test_every_fault_has_settings_and_views(fault):
    section = Settings().section(fault.section)
    assert dataclasses.is_dataclass(section)
    assert type(section).__dataclass_params__.frozen
    assert fault.views
    assert set(fault.views) <= {"front", "front_oblique", "oblique", "side", "rear"}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f.name)
def test_every_fault_is_known_with_a_source(fault):
    entry = load_knowledge().fault(fault.name)
    assert entry.summary.sources
    assert entry.mechanism
    assert entry.contributors
    for statement in (entry.summary, *entry.mechanism, *entry.contributors):
        assert statement.sources
        assert statement.strength
    cues = load_knowledge().cues_for(fault.name)
    assert cues
    assert all(c.sources for c in cues)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f.name)
def test_its_words_fit_its_settings_curves_and_cues(fault):
    names = {field.name for field in dataclasses.fields(fault.settings)}
    assert {part.field for part in (*fault.limits, *fault.switches)} <= names
    assert "{" not in fault.about(fault.settings)
    (judged,) = CASES[fault.name]["trips"]().reps
    assert set(fault.curves) <= {trace.name for trace in judged.assessment(fault.name).traces}
    assert set(judged.finding(fault.name).signs) <= set(fault.signs)
    entry = load_knowledge().fault(fault.name)
    assert {sign.cue for sign in fault.signs.values() if sign.cue} <= set(entry.cues)


@pytest.mark.parametrize("name", CASES)
def test_the_tripping_case_trips(name):
    (judged,) = CASES[name]["trips"]().reps
    finding = judged.finding(name)
    assert finding.verdict is Verdict.FAULT
    assert finding.severity in (Severity.MILD, Severity.MODERATE, Severity.MARKED)
    assert finding.value >= finding.threshold
    assert finding.uncertainty > 0
    assert finding.side in ("left", "right", "both")
    assert judged.rep.start_s <= finding.time_s <= judged.rep.end_s
    assert finding.unit in UNITS
    assert "±" in finding.reason  # never a bare number
    traces = judged.assessment(name).traces
    assert traces
    for trace in traces:
        assert trace.times_s.shape == trace.values.shape


@pytest.mark.parametrize("name", CASES)
def test_the_clean_case_is_clean(name):
    (judged,) = CASES[name]["clean"]().reps
    finding = judged.finding(name)
    assert finding.verdict is Verdict.OK
    assert finding.value < finding.threshold
    assert finding.reason
    assert cue_for(judged) is None


@pytest.mark.parametrize("name", CASES)
def test_the_wrong_view_is_not_assessable(name):
    (judged,) = CASES[name]["wrong_view"]().reps
    finding = judged.finding(name)
    assert finding.verdict is Verdict.NOT_ASSESSABLE
    assert finding.severity is Severity.NONE
    assert finding.confidence is Confidence.LOW
    assert finding.value is finding.threshold is finding.uncertainty is finding.time_s is None
    assert finding.side is None
    assert finding.reason


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f.name)
def test_declared_views_see_the_fault_and_others_do_not(fault):
    yaws = {"front": 0, "front_oblique": 25, "oblique": 52, "side": 90, "rear": 180}
    far_past = squat(106, pause_s=0.3, past_toe_m=0.14, body=STRAIGHT)
    rep = FRONT_FAULT if fault.name == "knee_valgus" else far_past
    for view, yaw in yaws.items():
        (judged,) = clip(rep, body=STRAIGHT, yaw=yaw).reps
        verdict = judged.finding(fault.name).verdict
        assert (verdict is not Verdict.NOT_ASSESSABLE) == (view in fault.views), view


@pytest.mark.parametrize("name", CASES)
def test_words_do_not_frighten_or_diagnose(name):
    for kind in ("trips", "clean", "wrong_view"):
        for judged in CASES[name][kind]().reps:
            text = " ".join(f.reason for f in judged.findings).lower()
            assert not any(w in text for w in ("danger", "injur", "you have", "diagnos"))


@pytest.mark.parametrize("name", CASES)
def test_a_fault_brings_one_short_cue(name):
    (judged,) = CASES[name]["trips"]().reps
    cue = cue_for(judged)
    assert cue.fault == name
    assert 1 <= len(cue.spoken.split()) <= 6
    assert cue.text.endswith(".")
    assert most_important(judged).fault == name


def test_a_rising_heel_is_cued_first():
    (judged,) = CASES["forward_knee_travel"]["trips"]().reps
    assert cue_for(judged).id == "keep_heels_down"


def test_a_finding_that_cannot_be_made_has_no_numbers():
    finding = Assessment.impossible("x", "deg", "because").finding
    assert finding.value is finding.threshold is finding.uncertainty is None
