"""The loader and its messages: a wrong file is refused with the place and the remedy."""

import pytest
from msgspec.structs import replace

from formcheck.errors import FormcheckError
from formcheck.knowledge import KnowledgeError, load_knowledge
from formcheck.knowledge.checks import check_links
from formcheck.knowledge.model import Cue, Reference, Statement
from formcheck.knowledge.reader import build, build_all, data_folder, parse_answers, read_toml
from formcheck.knowledge.vocabulary import SourceReading, Strength, Tier

KB = load_knowledge()
LINE = {"id": "a.b", "text": "Plain text.", "strength": "D", "sources": ["product_rule"]}


def test_loaded_once_and_frozen():
    assert load_knowledge() is KB
    with pytest.raises(AttributeError):
        KB.fault("knee_valgus").id = "other"


def test_error_belongs_to_the_family():
    assert issubclass(KnowledgeError, FormcheckError)
    assert issubclass(KnowledgeError, ValueError)


@pytest.mark.parametrize(
    "look_up",
    [
        KB.fault,
        KB.condition,
        KB.reference,
        KB.root_cause,
        KB.cue,
        KB.exercise,
        KB.self_care_item,
        KB.default,
        KB.note,
        KB.statement,
        KB.cues_for,
        KB.exercises_for,
        KB.faults_for,
    ],
)
def test_unknown_id_names_the_known_ones(look_up):
    with pytest.raises(KnowledgeError, match=r"no .* 'nowhere'; known: \w+"):
        look_up("nowhere")


def test_look_ups_lead_from_one_entry_to_others():
    faults = KB.faults_for("patellar_tendinopathy")
    assert {f.id for f in faults} == {"forward_knee_travel", "heel_lift"}
    assert KB.exercises_for("knee_valgus")[0].id == "hip_abductors"
    assert KB.statement("knee_valgus.twist_normal").strength is Strength.C
    assert KB.tier_text(Tier.TODAY).tier is Tier.TODAY


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"strength": "E"}, r"'a\.b'\.strength: .* 'E'; known: A, B, C, D, X"),
        ({"sources": []}, "at least one source"),
        ({"sources": "product_rule"}, r"\.sources: Expected `array`"),
        ({"text": "No full stop"}, "ends in"),
        ({"text": 5}, r"\.text: Expected `str`"),
        ({"id": "Bad Id"}, "lower case"),
        ({"colour": "red"}, "file.toml 'a.b': .* `colour`; known: id, text"),
        ({"strength": "X"}, "say what contradicts it"),
        ({"strength": None}, r"\.strength: Expected `str`"),
    ],
)
def test_wrong_statements_are_refused(change, message):
    with pytest.raises(KnowledgeError, match=message):
        build(Statement, LINE | change, "file.toml")


def test_missing_keys_and_wrong_shapes_are_refused():
    with pytest.raises(KnowledgeError, match=r"'a.b': .* missing required field `strength`"):
        build(Statement, {"id": "a.b", "text": "Text."}, "file.toml")
    with pytest.raises(KnowledgeError, match=r"file\.toml: Expected `object`"):
        build(Statement, "text", "file.toml")
    with pytest.raises(KnowledgeError, match=r"file\.toml note: Expected `array`"):
        build_all(Statement, None, "file.toml note")


def test_long_spoken_cues_and_odd_addresses_are_refused():
    with pytest.raises(KnowledgeError, match="6 words"):
        build(Cue, LINE | {"spoken": "one two three four five six seven"}, "cues.toml")
    build(Cue, LINE | {"spoken": "one two three four five six"}, "cues.toml")
    with pytest.raises(KnowledgeError, match="web address"):
        Reference(id="a", title="A", seen=SourceReading.ABSTRACT, url="ftp://a")


def test_unreadable_files_are_named(tmp_path):
    bad = tmp_path / "bad.toml"
    bad.write_text("id = ", encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"bad\.toml cannot be read"):
        read_toml(bad)
    with pytest.raises(KnowledgeError, match=r"gone\.toml cannot be read"):
        read_toml(tmp_path / "gone.toml")
    bad.write_bytes(b'id = "\xff"')
    with pytest.raises(KnowledgeError, match="cannot be read"):
        read_toml(bad)


def swap(entries, **changes):
    return (replace(entries[0], **changes), *entries[1:])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"references": KB.references[1:]}, "cites 'article_leg_day'"),
        ({"cues": KB.cues[1:]}, "names the cue 'knees_with_toes'"),
        ({"exercises": KB.exercises[1:]}, "names the exercise 'hip_abductors'"),
        ({"machines": KB.machines[:-1]}, "names the machine 'treadmill'"),
        ({"root_causes": KB.root_causes[1:]}, "names the root cause"),
        ({"conditions": KB.conditions[1:]}, "names the condition"),
        ({"faults": KB.faults[1:]}, "names the fault 'forward_knee_travel'"),
        ({"notes": KB.notes + KB.notes[:1]}, "is used twice"),
        ({"conditions": KB.conditions + KB.conditions[:1]}, "is used twice"),
        ({"screens": KB.screens[1:]}, "has_"),
        ({"screens": KB.screens + KB.screens[:1]}, "asked twice"),
        ({"tiers": KB.tiers[1:]}, "every tier needs exactly one text"),
        ({"tiers": swap(KB.tiers, id="tier.first")}, "must be called"),
        ({"red_flags": swap(KB.red_flags, reason="{name}")}, "may only name"),
    ],
)
def test_dead_links_and_doubles_are_refused(changes, message):
    with pytest.raises(KnowledgeError, match=message):
        check_links(replace(KB, **changes))


def test_screens_must_offer_every_value_and_only_known_ones():
    def changed(**changes):
        screens = (replace(s, **changes) if s.id == "trend" else s for s in KB.screens)
        check_links(replace(KB, screens=tuple(screens)))

    cards = next(s for s in KB.screens if s.id == "trend").cards
    with pytest.raises(KnowledgeError, match="every value of 'trend'"):
        changed(cards=cards[1:])
    with pytest.raises(KnowledgeError, match=r"screen 'trend'.*known: easing"):
        changed(cards=(*cards, replace(cards[0], answers={"trend": "up"})))


def test_every_data_file_is_utf8_and_read():
    names = {file.name for file in data_folder().iterdir() if file.name.endswith(".toml")}
    assert names == {
        "conditions.toml",
        "cues.toml",
        "exercises.toml",
        "general.toml",
        "guide_notes.toml",
        "ladders.toml",
        "load.toml",
        "limits.toml",
        "machines.toml",
        "patterns.toml",
        "red_flags.toml",
        "references.toml",
        "root_causes.toml",
        "screens.toml",
        "self_care.toml",
        "tiers.toml",
        "warm_up.toml",
    }


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"locations": ["elbow"]}, r"answers\.locations\[0\]: .* 'elbow'; known: none, "),
        ({"locations": "calf"}, "Expected `array`"),
        ({"has_fever": "yes"}, r"answers\.has_fever: Expected `bool"),
        ({"since_onset_h": "24"}, "Expected `float"),
        ({"since_onset_h": True}, "Expected `float"),
        ({"since_onset_h": -1}, "from 0 upwards"),
        ({"since_training_h": float("nan")}, "from 0 upwards"),
        ({"since_training_h": float("inf")}, "from 0 upwards"),
        ({"since_onset_h": 10**400}, "out of range"),
        ({"locations": ["\ud800"]}, "surrogates"),
        ({"age_years": 121}, "up to 120"),
        ({"shoe_size": 43}, "unknown field `shoe_size`; known: locations, "),
    ],
)
def test_impossible_answers_are_refused(table, message):
    with pytest.raises(KnowledgeError, match=message):
        parse_answers(table)


def test_left_out_answers_and_none_mean_unknown():
    assert parse_answers({"age_years": None}) == parse_answers({})
