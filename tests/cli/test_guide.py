"""formcheck guide: the worked examples, in a file, typed in, and in a pipe."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from health_cases import FLAGS, leaves_of
from hypothesis import given, settings
from hypothesis import strategies as st

import formcheck
from formcheck.cli.guide import guide_command
from formcheck.knowledge import AdviceKind, Tier, load_knowledge, parse_answers, run_guide
from formcheck.knowledge.answers import Answers
from formcheck.knowledge.care import QuestionKind
from formcheck.knowledge.guide_text import guide_to_dict, guide_to_text

KB = load_knowledge()
TRAINING = {kind.value for kind in AdviceKind if kind.is_training_advice}
TENDON = {
    "locations": ["below_kneecap"], "characters": ["sharp"], "provocations": ["heavy_lowering"],
}  # fmt: skip
SORE = {
    "locations": ["front_thigh"], "characters": ["deep_ache"], "easings": ["gentle_movement"],
}  # fmt: skip
EXAMPLES = [
    ({**TENDON, "since_onset_h": 24}, "patellar_tendon_like", None, []),
    ({**TENDON, "since_onset_h": 48}, "patellar_tendon_like", None, []),
    ({**TENDON, "since_onset_h": 50}, None, "assessment", [6]),
    (
        {
            "locations": ["around_kneecap"],
            "characters": ["dull_ache"],
            "provocations": ["stairs", "long_sitting"],
        },
        "kneecap_pain_like", None, [],
    ),
    ({**SORE, "since_training_h": 40}, "muscle_soreness_like", None, []),
    ({**SORE, "since_training_h": 71.9}, "muscle_soreness_like", None, []),
    ({**SORE, "since_training_h": 80, "trend": "same"}, None, "assessment", [8]),
    ({**SORE, "since_training_h": 40, "swelling": "some"}, None, "assessment", [3]),
    ({"clicking": "painless"}, None, "mention", [9]),
]  # fmt: skip


def run(*args, text=None):
    return CliRunner().invoke(guide_command, args, input=text)


def as_json(answers):
    done = run("--answers", "-", "--json", text=json.dumps(answers))
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def lines(**answers):
    """What a person types for some answers: Enter for all other questions."""
    typed = []
    for question in KB.questions:
        value = answers.get(question.id)
        options = [option.value for option in question.options]
        if value is None:
            typed.append("")
        elif question.kind is QuestionKind.YES_NO:
            typed.append("y" if value else "n")
        elif question.kind is QuestionKind.NUMBER:
            typed.append(f"{value:g}")
        else:
            chosen = value if isinstance(value, list) else [value]
            typed.append(",".join(str(options.index(one) + 1) for one in chosen))
    return "\n".join(typed) + "\n"


@pytest.mark.parametrize(("answers", "pattern", "tier", "rows"), EXAMPLES)
def test_worked_examples(answers, pattern, tier, rows):
    result = as_json(answers)
    assert [found["id"] for found in result["patterns"]][:1] == ([pattern] if pattern else [])
    assert result["tier"] == tier
    assert [FLAGS[flag["id"]].number for flag in result["red_flags"]] == rows
    assert result["is_exercise_advice_allowed"] is (tier in (None, "mention"))
    assert result["disclaimer"] == KB.note("general.header").text


@pytest.mark.parametrize(("answers", "pattern", "tier", "rows"), EXAMPLES)
def test_typed_answers_give_the_same_result(answers, pattern, tier, rows):
    typed = run("--json", text=lines(**answers))
    assert typed.exit_code == 0
    assert json.loads(typed.stdout) == as_json(answers)


def test_the_text_holds_tier_reasons_self_care_and_sources():
    text = run("--answers", "-", text=json.dumps({**TENDON, "since_onset_h": 50})).stdout
    assert text.startswith("Please have this checked by a doctor or physiotherapist.")
    assert "Why (assessment)" in text
    assert "Sharp pain has lasted 50 hours, more than 48." in text
    assert KB.note("general.withheld").text in text
    assert "What may help" in text
    assert "1. Why Does My Knee Hurt After Leg Day?" in text
    assert text.rstrip().endswith("If in doubt, see a professional.")
    cited = {int(n) for group in re.findall(r"\[([\d,]+):[A-DX]\]", text) for n in group.split(",")}
    listed = {int(n) for n in re.findall(r"^  (\d+)\. ", text, re.MULTILINE)}
    assert cited == listed
    assert max(map(len, text.splitlines())) <= 88


def test_the_text_of_a_pattern_says_for_and_against():
    text = run("--answers", "-", text=json.dumps({**TENDON, "characters": ["dull_ache"]})).stdout
    assert "Patellar-tendon-like pattern" in text
    assert "For: It hurts in one spot just below the kneecap." in text
    assert "Against: It is not sharp." in text
    assert "Worth a look in your own findings" in text
    assert "Knees travelling far forward." in text
    unclear = run("--answers", "-", text=json.dumps({"locations": ["inner_side"]})).stdout
    assert "resembles an irritated ligament" in unclear
    assert KB.note("general.unclear").text[:40] in run("--answers", "-", text="{}").stdout


def test_no_ice_or_medicine_with_dark_urine():
    result = as_json({"has_dark_urine": True})
    assert result["tier"] == "today"
    kinds = {item["kind"] for item in result["self_care"]}
    assert not kinds & {"ice", "anti_inflammatory"}
    assert not kinds & TRAINING
    text = run("--answers", "-", text='{"has_dark_urine": true}').stdout
    assert not re.search(r"\bice\b|ibuprofen|anti-inflammatory", text, re.IGNORECASE)


def test_red_flags_are_asked_first_and_an_emergency_ends_the_questions():
    """Every emergency rests on the first section alone, so stopping there loses nothing."""
    first = {q.id for q in KB.questions if q.section == KB.questions[0].section}
    for flag in KB.red_flags:
        if flag.tier is Tier.EMERGENCY:
            assert {test.answer for test in leaves_of(flag.when)} <= first
    done = run("--json", text="y\n")
    assert json.loads(done.stdout)["tier"] == "emergency"
    assert done.stderr.count("[y/n]") == 1


def test_a_sign_for_today_ends_the_questions_after_its_section():
    done = run("--json", text=lines(has_dark_urine=True))
    assert json.loads(done.stdout)["tier"] == "today"
    n_first = sum(q.section == KB.questions[0].section for q in KB.questions)
    assert done.stderr.count("[") == n_first
    assert "other questions can wait" in done.stderr


def test_a_calf_and_short_breath_are_both_heard():
    result = json.loads(run("--json", text=lines(has_breathlessness=True)).stdout)
    assert result["tier"] == "emergency"


def test_wrong_answers_are_asked_again():
    text = "maybe\nno\n" + "\n" * 100
    done = run(text=text)
    assert "y for yes, n for no" in done.stderr
    questions = list(KB.questions)
    where = [q.id for q in questions].index("locations")
    typed = ["n"] * 10 + [""] * (where - 10) + ["0", "1,99", "one", "3"]
    done = run("--json", text="\n".join(typed) + "\n")
    assert done.stderr.count("Sorry, answer with numbers from 1 to 10.") == 3
    assert json.loads(done.stdout)["patterns"][0]["id"] == "patellar_tendon_like"
    where = [q.id for q in questions].index("age_years")
    typed = [""] * where + ["old", "-3", "200", "40"]
    done = run("--json", text="\n".join(typed) + "\n")
    assert done.stderr.count("Sorry") == 3
    where = [q.id for q in questions].index("locking")
    done = run("--json", text="\n" * where + "1,2\n2\n")
    assert "answer with one number" in done.stderr
    assert json.loads(done.stdout)["red_flags"][0]["id"] == "locking"


def test_the_input_may_end_early():
    done = run("--json", text="n\nn\ny")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["tier"] == "today"
    assert "the rest is left open" in done.stderr
    stopped = run("--json", text="n\nn\nq\ny\n")
    assert json.loads(stopped.stdout)["tier"] is None


def test_no_answer_at_all_is_not_good_news():
    done = run(text="")
    assert done.exit_code == 0
    assert done.stdout == ""
    assert "No question was answered" in done.stderr


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
    assert '"since_onset_h": 24' in text


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
        input=b"n\nn\n\xff\xfe\nn\n" + b"\n" * 60,
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
    assert json.loads(done.stdout)["tier"] is None
    assert b"y for yes" in done.stderr
    assert list(home.iterdir()) == []


YES_NO = [name for name in Answers.__struct_fields__ if name.startswith(("has_", "can_"))]


@settings(max_examples=100)
@given(st.dictionaries(st.sampled_from(YES_NO), st.booleans(), max_size=5))
def test_neither_text_nor_json_says_more_than_the_result(answers):
    result = run_guide(parse_answers(answers))
    table, text = guide_to_dict(result), guide_to_text(result)
    assert json.loads(json.dumps(table)) == table
    assert {item["id"] for item in table["self_care"]} == {item.id for item in result.self_care}
    shown = [s for part in ("red_flags", "patterns", "self_care", "notes") for s in table[part]]
    assert {id_ for statement in shown for id_ in statement["sources"]} <= set(table["sources"])
    if not result.is_exercise_advice_allowed:
        assert not {item["kind"] for item in table["self_care"]} & TRAINING
        assert (table["patterns"], table["faults_to_check"]) == ([], [])
        assert KB.note("general.withheld").text in text
        for item in KB.self_care:
            if item.kind.is_training_advice:
                assert item.text[:40] not in text
