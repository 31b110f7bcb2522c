"""formcheck guide: the worked examples, in a file, typed in, and in a pipe."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from answer_sets import settled
from click.testing import CliRunner
from health_cases import FLAGS, leaves_of
from hypothesis import given, settings
from hypothesis import strategies as st

import formcheck
from formcheck.cli.guide import guide_command
from formcheck.knowledge import Tier, load_knowledge, parse_answers, run_guide
from formcheck.knowledge.answers import Answers
from formcheck.knowledge.guide_text import guide_to_dict, guide_to_text
from formcheck.knowledge.screens import answers_of, next_screen

KB = load_knowledge()
TENDON = {
    "locations": ["below_kneecap"], "characters": ["sharp"], "provocations": ["heavy_lowering"],
}  # fmt: skip
SORE = {
    "locations": ["front_thigh"], "characters": ["deep_ache"], "easings": ["gentle_movement"],
}  # fmt: skip
EXAMPLES = [
    (TENDON, "patellar_tendon_like", None, []),
    ({**TENDON, "onset": "days_3_7", "trend": "easing"}, None, "assessment", [6]),
    ({"provocations": ["stairs", "long_sitting"]}, "kneecap_pain_like", None, []),
    (SORE, "muscle_soreness_like", None, []),
    ({**SORE, "onset": "days_3_7", "trend": "same"}, None, "assessment", [8]),
    ({**SORE, "swelling": "some"}, None, "assessment", [3]),
    ({"clicking": "painless"}, "kneecap_pain_like", "mention", [9]),
]  # fmt: skip


def run(*args, text=None):
    return CliRunner().invoke(guide_command, args, input=text)


def as_json(answers):
    done = run("--answers", "-", "--json", text=json.dumps(answers))
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def typed(answers):
    """What a person types for some answers: Enter where none of them belongs."""
    lines, told = [], {}
    while (screen := next_screen(told)) is not None:
        fields = {name for card in screen.cards for name in card.answers} | {screen.field} - {""}
        chosen = {
            i
            for i, card in enumerate(screen.cards)
            if all(
                set(v) <= set(answers.get(n, ())) if isinstance(v, list) else answers.get(n) == v
                for n, v in card.answers.items()
            )
        }
        if not fields & set(answers):
            line, told[screen.id] = "", {}
        elif screen.field:
            line, told[screen.id] = answers[screen.field], {screen.field: answers[screen.field]}
        else:
            line = ",".join(str(i + 1) for i in sorted(chosen)) or "n"
            told[screen.id] = answers_of(screen, chosen)
        lines.append(line)
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(("answers", "pattern", "tier", "rows"), EXAMPLES)
def test_worked_examples_in_a_file_and_typed_in(answers, pattern, tier, rows):
    told = settled(**answers)
    result = as_json(told)
    assert [found["id"] for found in result["patterns"]][:1] == ([pattern] if pattern else [])
    assert result["tier"] == tier
    assert [FLAGS[flag["id"]].number for flag in result["red_flags"]] == rows
    assert result["is_exercise_advice_allowed"] is (tier in (None, "mention"))
    assert result["disclaimer"] == KB.note("general.header").text
    by_hand = json.loads(run("--json", text=typed(told)).stdout)
    for name in ("tier", "standing", "red_flags", "headline", "is_exercise_advice_allowed"):
        assert by_hand[name] == result[name], name


def test_the_text_holds_tier_actions_reasons_and_sources():
    told = settled(**TENDON, onset=None, since_onset_h=50)
    text = run("--answers", "-", text=json.dumps(told)).stdout
    assert text.startswith("Please have this checked by a doctor or physiotherapist.")
    assert "41 of 41 warning signs answered." in text
    assert "Why (assessment)" in text
    assert "The sharp pain has lasted 50 hours." in text
    assert KB.note("general.withheld").text in text
    assert "Keep moving without pain" in text, "it stays with signs of time"
    assert "1. Why Does My Knee Hurt After Leg Day?" in text
    assert text.rstrip().endswith("If in doubt, see a professional.")
    cited = {int(n) for group in re.findall(r"\[([\d,]+):[A-DX]\]", text) for n in group.split(",")}
    listed = {int(n) for n in re.findall(r"^  (\d+)\. ", text, re.MULTILINE)}
    assert cited == listed
    assert max(map(len, text.splitlines())) <= 88


def test_the_text_of_a_pattern_says_for_and_against():
    told = settled(**TENDON | {"characters": ["dull_ache"]})
    text = run("--answers", "-", text=json.dumps(told)).stdout
    assert "Similar to patellar tendon pain" in text
    assert "For: It hurts in one spot just below the kneecap." in text
    assert "Against: It is not sharp." in text
    assert "Worth a look in your own findings" in text
    assert "Knees travelling far forward." in text
    unclear = run("--answers", "-", text=json.dumps(settled(locations=["back_of_knee"]))).stdout
    assert KB.note("general.unclear").text[:40] in unclear


def test_no_ice_or_medicine_with_dark_urine():
    result = as_json({"has_dark_urine": True})
    assert result["tier"] == "today"
    assert result["self_care"] == []
    text = run("--answers", "-", text='{"has_dark_urine": true}').stdout
    assert not re.search(r"ibuprofen|cool the sore", text, re.IGNORECASE)


@pytest.mark.parametrize("n", range(1, 6))
def test_an_emergency_ends_the_questions_with_what_to_do_and_nothing_below(n):
    """Every emergency is on the first screen, so stopping there loses nothing."""
    first = {name for card in KB.screens[0].cards for name in card.answers}
    for flag in KB.red_flags:
        if flag.tier is Tier.EMERGENCY:
            calf = {"has_calf_swelling", "has_calf_warmth", "has_calf_pain"}
            assert {test.answer for test in leaves_of(flag.when)} <= first | calf
    done = run(text=f"{n}\n")
    assert done.stderr.count("[") == 1
    text = KB.tier_text(Tier.EMERGENCY)
    assert done.stdout.startswith(text.headline)
    assert done.stdout.rstrip().endswith(text.actions[-1])


def test_an_open_question_is_no_all_clear():
    """One "none of these" and q: nothing reassuring, no medicine, no training."""
    for typed_in in ("n\nq\n", "n\n", "\n1\n"):
        done = run(text=typed_in)
        assert done.exit_code == 0
        assert KB.note("general.unsettled").text in " ".join(done.stdout.split())
        assert "of 41 warning signs answered." in done.stdout
        assert KB.note("general.withheld_open").text[:40] in done.stdout
        for item in KB.self_care:
            assert item.text[:40] not in done.stdout
    result = json.loads(run("--json", text="n\nq\n").stdout)
    assert (result["standing"], result["n_signs"], result["self_care"]) == ("unsettled", 41, [])
    assert len(result["open_signs"]) == 41 - result["n_answered"]


def test_a_sign_for_today_ends_the_questions_after_its_screen():
    done = run("--json", text="n\n2\n1\n1\n1\n")
    assert json.loads(done.stdout)["tier"] == "today"
    assert done.stderr.count("[") == 3


def test_wrong_answers_are_asked_again():
    done = run(text="9\none\n0,1\n1,99\nn\n1,2\nn\n1\nq\n")
    assert (
        done.stderr.count("Sorry, answer with numbers from 1 to 5.") == 5
    )  # no "n" to one of five
    assert done.stderr.count("Sorry, answer with one number.") == 1
    told = settled(onset="longer", trend="same", is_checked=True, checked_on="2026-11-01")
    lines = typed(told).replace("2026-11-01", "yesterday\n2026-11-01")
    done = run("--json", text=lines)
    assert "answer with a day" in done.stderr
    assert json.loads(done.stdout)["cleared"] == ["soreness_lasting"]


def test_the_input_may_end_early():
    done = run("--json", text="n\n2\n1")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["tier"] == "today"
    stopped = run("--json", text="n\nq\n1\n")
    assert json.loads(stopped.stdout)["tier"] is None
    assert "the rest is left open" in stopped.stderr


def test_no_answer_at_all_is_not_good_news():
    done = run(text="")
    assert done.exit_code == 0
    assert done.stdout.startswith(KB.note("general.unsettled").text)
    assert "0 of 41 warning signs answered." in done.stdout
    assert "What may help" not in done.stdout


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"{", "not a JSON object"),
        (b"[]", "not a JSON object"),
        (b"\xff", "not a JSON object"),
        (b'{"colour": 1}', "unknown field `colour`"),
        (b'{"trend": "up"}', "known: easing, same, worse"),
        (b'{"has_fever": "yes"}', "has_fever: Expected `bool"),
        (b'{"age_years": -1}', "age_years"),
        (b'{"age_years": NaN}', "not a JSON object"),
        (b'{"trend": "\\ud800"}', "not a JSON object"),
        (b'{"a - at `$.b.c": 1}', "unknown field"),
        (b"[" * 100_000, "not a JSON object"),
        (b" " * 1_000_001, "too large"),
    ],
)
def test_a_wrong_file_gives_one_line(tmp_path, data, words):
    file = tmp_path / "answers.json"
    file.write_bytes(data)
    done = run("--answers", str(file))
    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr.startswith("Error: ")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
    assert run("--answers", str(tmp_path / "missing.json")).exit_code == 2


def test_help_says_what_it_is():
    text = " ".join(run("--help").output.split())
    assert "never a diagnosis" in text
    assert "Nothing is stored or sent" in text
    assert '"onset": "days_1_2"' in text
    assert "\\b" not in run("--help").output


def test_it_works_in_a_pipe_and_leaves_nothing_behind(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from formcheck.cli.guide import guide_command; guide_command()",
            "--json",
        ],
        input=b"n\n\xff\xfe\n2\n" + b"\n" * 60,
        capture_output=True,
        cwd=home,
        env=os.environ
        | {
            "HOME": str(home),
            "FORMCHECK_DATA_DIR": str(home),
            "PYTHONPATH": str(Path(formcheck.__file__).parent.parent),
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        check=True,
    )
    assert json.loads(done.stdout)["standing"] == "unsettled"
    assert b"numbers from 1" in done.stderr
    assert list(home.iterdir()) == []


YES_NO = [name for name in Answers.__struct_fields__ if name.startswith(("has_", "can_"))]


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from(YES_NO), st.booleans(), max_size=5), st.booleans())
def test_neither_text_nor_json_says_more_than_the_result(answers, is_rest_answered):
    told = settled(**answers) if is_rest_answered else answers
    result = run_guide(parse_answers(told))
    table, text = guide_to_dict(result), guide_to_text(result)
    assert json.loads(json.dumps(table)) == table
    assert {item["id"] for item in table["self_care"]} == {item.id for item in result.self_care}
    shown = [s for part in ("red_flags", "patterns", "self_care", "notes") for s in table[part]]
    assert {id_ for statement in shown for id_ in statement["sources"]} <= set(table["sources"])
    if not result.is_exercise_advice_allowed:
        assert (table["patterns"], table["faults_to_check"]) == ([], [])
        if result.tier is not Tier.EMERGENCY:
            assert "Advice is held back" in text
        for item in KB.self_care:
            if not item.stays_with_time_based:
                assert item.text[:40] not in text
