"""What docs/knee-health.md says is what the program does."""

import re
from datetime import date
from pathlib import Path

import pytest

import formcheck
from formcheck.knowledge import load_knowledge
from formcheck.training.history import CSV_COLUMNS, import_csv

DOCS = Path(formcheck.__file__).parent.parent / "docs" / "knee-health.md"
TEXT = DOCS.read_text("utf-8") if DOCS.exists() else ""
WORDS = " ".join(TEXT.replace("**", "").split())
KB = load_knowledge()

pytestmark = pytest.mark.skipif(not TEXT, reason="an installed copy has no docs")


def number(id_):
    return f"{KB.default(id_).value:g}"


@pytest.mark.parametrize(
    ("id_", "phrase"),
    [
        ("week_change_note_pct", "over +{} % |"),
        ("week_change_caution_pct", "over +{} % |"),
        ("week_change_high_pct", "over +{} % |"),
        ("top_weight_caution_pct", "both weeks | | over +{} %"),
        ("extra_sessions_caution", "{} more or above"),
        ("ratio_min_history_d", "With {} days of history"),
        ("ratio_high", "more than {} times as much"),
        ("chronic_first_day", "days {} to 28 back"),
        ("chronic_last_day", "days 8 to {} back"),
        ("return_gap_d", "a break of {} days"),
        ("next_morning_pain_rise", "next-morning pain {} of 10 points above"),
        ("warm_up_set_min_reps", "from {} full repetitions"),
        ("warm_up_set_gap_s", "pauses of {} seconds at most"),
        ("warm_up_eccentric_s", "{}.0 seconds or more on the way down"),
    ],
)
def test_the_numbers_are_those_of_the_knowledge_base(id_, phrase):
    assert phrase.format(number(id_)) in WORDS


def test_shares_are_written_as_per_cent():
    for id_, phrase in (
        ("return_load_ratio", "{:.0f} % of your last usual week"),
        ("bodyweight_share", "{:.0f} % of body weight"),
    ):
        assert phrase.format(100 * KB.default(id_).value) in WORDS
    assert KB.default("week_before_min_ratio").value == 0.5
    assert "lighter than half" in WORDS
    assert KB.default("trivial_load_percentile").value == 25
    assert "lightest quarter" in WORDS


def test_the_example_runs(tmp_path, monkeypatch):
    monkeypatch.setenv("FORMCHECK_DATA_DIR", str(tmp_path))
    names = {}
    exec(re.search(r"```python\n(.*?)```", TEXT, re.DOTALL)[1], names)
    assert len(names["history"].sessions()) == 1
    assert names["guide"].standing == "unsettled"
    assert names["known"].standing == "unasked"


def test_the_csv_of_the_page_is_read():
    table = re.search(r"```\n(date,.*?)```", TEXT, re.DOTALL)[1]
    assert len(import_csv(table.encode(), date(2026, 11, 22))) == 2
    assert tuple(table.splitlines()[0].split(",")) == CSV_COLUMNS


def test_it_says_what_it_is_not():
    assert "not a diagnosis" in WORDS
    assert "not encrypted" in WORDS
    assert "No video is kept" in WORDS
