"""Plain words, calm words, numbers with units, and never a diagnosis."""

import re

from formcheck.knowledge import Strength, load_knowledge
from formcheck.knowledge.model import Statement

KB = load_knowledge()
MAX_SENTENCE_WORDS = 24
MAX_GRADE = 5.0


def all_texts():
    yield from ((s.id, s.text) for s in KB.walk(Statement))
    yield from ((c.id, f"{c.spoken}.") for c in KB.cues)
    yield from ((f.id, f"{text}.") for f in KB.red_flags for text in (f.label, f.reason))
    yield from ((t.id, t.headline) for t in KB.tiers)
    yield from ((r.id, r.otherwise) for p in KB.patterns for r in p.rules)
    yield from ((p.id, p.requires_text) for p in KB.patterns)
    yield from ((e.id, step) for e in KB.exercises for step in e.how_to)
    yield from ((e.id, e.gate.text) for e in KB.exercises)
    yield from ((s.id, text) for s in KB.screens for text in (s.title, s.help))
    yield from ((s.id, f"{c.label}.") for s in KB.screens for c in s.cards if s.id != "age")
    yield from ((t.id, action) for t in KB.tiers for action in (*t.actions, t.meanwhile))
    yield from ((f.id, f.meanwhile) for f in KB.red_flags)


TEXTS = sorted({(id_, text) for id_, text in all_texts() if text})
BANNED = [
    r"\byou have\b",
    r"\byou've got\b",
    r"\byou suffer",
    r"\bdanger",
    r"\bdamage",
    r"\bdestroy",
    r"\bruin",
    r"\bdeadly\b",
    r"\bfatal\b",
    r"\bscary\b",
    r"\bwarning\b",
    r"\bwill cause\b",
    r"\bguarantee",
    r"\bbulletproof\b",
    r"\bcure",
    r"\bis proven\b",
    r"never let your knees",
]


def test_no_fear_and_no_diagnosis():
    banned = re.compile("|".join(BANNED), re.IGNORECASE)
    assert [(id_, text) for id_, text in TEXTS if banned.search(text)] == []
    named = [(id_, text) for id_, text in TEXTS if "diagnos" in text.lower()]
    assert named
    assert [(id_, text) for id_, text in named if "not a diagnosis" not in text] == []


def test_sentences_are_short():
    sentences = [s for _, text in TEXTS for s in re.split(r"(?<=[.!?:])\s", text)]
    assert [s for s in sentences if len(s.split()) > MAX_SENTENCE_WORDS] == []


def syllables(word):
    groups = re.findall(r"[aeiouy]+", word.lower())
    silent = word.lower().endswith("e") and not word.lower().endswith("le")
    return max(1, len(groups) - (1 if silent and len(groups) > 1 else 0))


def grade(text):
    sentences = [s for s in re.split(r"(?<=[.!?])\s", text) if s]
    words = re.findall(r"[A-Za-z]+", text)
    total = sum(syllables(word) for word in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * total / len(words) - 15.59


def test_the_whole_reads_at_the_level_of_a_twelve_year_old():
    assert grade(" ".join(text for _, text in TEXTS)) <= MAX_GRADE


UNIT = re.compile(
    r"%|ratio|points?|hours?|minutes?|seconds?|degrees|years|days?|weeks?|sessions|sets|reps|steps"
    r"|out|times|people|men|girls|studies|patterns|cautions|runners|more|cm|months|jumps"
)


def bare_numbers(text):
    """The numbers of a text with no unit within five words."""
    words = re.findall(r"[A-Za-z]+|%|\d+(?:\.\d+)?", text)
    for i, word in enumerate(words):
        near = words[max(0, i - 5) : i + 6]
        if word[0].isdigit() and not any(map(UNIT.fullmatch, near)):
            yield word


def test_numbers_carry_units():
    assert list(bare_numbers("keep 3 for later")) == ["3"]
    found = {id_: text for id_, text in TEXTS if list(bare_numbers(text))}
    assert found == {}


def test_contradicted_claims_are_told_as_claims_and_answered():
    marked = [s for s in KB.walk(Statement) if s.strength is Strength.X]
    assert {s.id for s in marked} == {
        "joint_and_ligament_stress.hinge",
        "insufficient_warm_up.arthritis",
        "leg_extension_turned_legs.what",
        "flat_treadmill.what",
        "sissy_squat.promise",
        "treadmill.incline",
        "warm_up.cartilage",
        "load.ratio",
        "general.no_promise",
        "general.short_term_fixes",
        "insufficient_warm_up.otherwise",
        "knee_valgus.caveat_heavier",
        "knee_valgus.caveat_pain_not_path",
        "leg_extension.tension",
        "osteoarthritis_like_degeneration.bones_rub",
    }
    for statement in marked:
        assert statement.text.startswith(("One article", "Others call")), statement.id
        assert all(c.strength is not Strength.X for c in statement.counter_evidence)


def test_the_spoken_cues_never_forbid_knees_past_the_toes():
    for cue in KB.cues:
        assert "past" not in cue.text
        assert "past" not in cue.spoken
        assert "never" not in cue.text.lower()


def test_the_load_words_are_the_agreed_ones():
    assert "a bigger jump than your recent weeks" in KB.load.wording.text
    assert any("predict an injury" in line.text for line in KB.load.disputed)


STIFF = [
    "front cross ligament", "foretell", "it grows with", "know it best", "proof against",
    "skip it freely", "with what was ticked", "is forgiven", "brings on the pain again",
    "long sit", "you told of", "as a partner of", "sideways push", "out of shape", "front thighs",
    "front-thigh", "inward knees", "heel cord", "-like pattern", "best-backed", "at an age",
    "is any", "short breath", "low defences", "or of muscles", "looked at once",
]  # fmt: skip


def test_no_sentence_sounds_translated():
    """Phrases that no native speaker would use, once found and kept out."""
    everything = "\n".join(text.lower() for _, text in TEXTS)
    assert [phrase for phrase in STIFF if phrase in everything] == []


ARTICLES = [
    "a deep ache in the thighs or glutes signals muscle recovery",
    "introducing excessive rotational and shear stress",
    "shifts the load disproportionately to the quadriceps",
    "overwhelms their recovery capacity",
    "they do not address the underlying mechanical issue",
    "knees dose not have the capabilities",
    "make it a little incline",
    "avoid any movement that tends to increase",
    "elevating the knee with pillows",
    "leaving the ice off for 15 minutes",
    "lifting the leg in the air at a 45-degree angle",
]


def test_no_sentence_is_taken_from_the_articles():
    everything = "\n".join(text.lower() for _, text in TEXTS)
    assert [sentence for sentence in ARTICLES if sentence in everything] == []
