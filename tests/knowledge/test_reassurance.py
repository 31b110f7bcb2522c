"""A reassuring sentence is made in one place, from evidence, and never without it."""

import itertools
import re
from pathlib import Path

import pytest

import formcheck
from formcheck.knowledge.reassurance import (
    FormEvidence,
    LoadEvidence,
    PainEvidence,
    SignEvidence,
    not_known,
    reassurance,
)


def form(n_judged=3, n_fault=0, n_borderline=0, n_reps=3):
    return FormEvidence(
        fault="knee_valgus", name="knees moving inwards", n_reps=n_reps, n_judged=n_judged,
        n_fault=n_fault, n_borderline=n_borderline,
    )  # fmt: skip


GOOD = {
    "form": [form()],
    "load": LoadEvidence(compared=("sessions", "minutes"), is_jump=False),
    "pain": PainEvidence(n_told=2, highest=0),
    "signs": SignEvidence(n_signs=41, n_answered=41),
}
EMPTY = {
    "form": [form(n_judged=0)],
    "load": LoadEvidence(compared=(), is_jump=False),
    "pain": PainEvidence(n_told=0, highest=0),
}
BAD = {
    "form": [[form(n_fault=1)], [form(n_borderline=1)]],
    "load": [LoadEvidence(compared=("sessions",), is_jump=True)],
    "pain": [PainEvidence(n_told=1, highest=1)],
    "signs": [SignEvidence(n_signs=41, n_answered=40), SignEvidence(n_signs=41, n_answered=0)],
}
NAMED = {
    "form": "none of 3 repetitions judged", "load": "sessions and minutes",
    "pain": "no pain in 2 entries", "signs": "none of the 41 warning signs",
}  # fmt: skip


def test_nothing_known_gives_nothing():
    assert reassurance() == ""
    assert reassurance(**EMPTY) == ""
    assert "warning signs" in not_known()


@pytest.mark.parametrize("n", range(1, 5))
def test_partial_knowledge_names_just_what_is_known(n):
    for names in itertools.combinations(GOOD, n):
        known = {name: GOOD[name] for name in names}
        text = reassurance(**known).lower()
        for name, words in NAMED.items():
            assert (words in text) is (name in known), (names, text)
        assert bool(not_known(**known)) is (n < 4)


def test_anything_that_speaks_against_it_silences_it():
    for name, values in BAD.items():
        for bad in values:
            assert reassurance(**(GOOD | {name: bad})) == "", name


def test_what_was_not_judged_is_said():
    half = {"form": [form(n_judged=2)]}
    assert "none of 2 repetitions judged" in reassurance(**half)
    assert "knees moving inwards in 1 of 3 repetitions" in not_known(**half)


REASSURING = re.compile(
    r"nothing needs|go on as you|all is well|all good|looks fine|looks good|nothing stood out|"
    r"you are fine|no problem|nothing to worry|keep it up|well done|perfect|no bigger jump|"
    r"asks for urgent",
    re.IGNORECASE,
)


def test_no_other_file_says_that_all_is_well():
    package = Path(formcheck.__file__).parent
    files = [f for f in package.rglob("*") if f.suffix in (".py", ".toml", ".j2", ".js", ".html")]
    assert len(files) > 150
    found = {
        str(file.relative_to(package)): words
        for file in files
        if file.name != "reassurance.py" and (words := REASSURING.findall(file.read_text("utf-8")))
    }
    assert found == {}
