"""CSV: a row each, no formulas, odd names in one cell."""

import csv
import io

import pytest
from results import result
from stickfigure import film, squat, stand

from formcheck.report.columns import COLUMN_TEXTS
from formcheck.report.rows import (
    CLIP_COLUMNS,
    MEASURE_COLUMNS,
    REP_COLUMNS,
    clip_row,
    failed_row,
    rep_rows,
    to_csv,
)
from formcheck.squat.analysis import analyze


@pytest.fixture(scope="module")
def front():
    return result(analyze(film([stand(1), squat(), stand(0.6), squat(left_pct=28), stand(0.8)])))


def read(data):
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def test_one_row_per_repetition_and_fault(front):
    rows = read(to_csv(REP_COLUMNS, rep_rows(front)))
    assert [(r["rep"], r["fault"]) for r in rows] == [
        ("1", "knee_valgus"), ("1", "forward_knee_travel"),
        ("2", "knee_valgus"), ("2", "forward_knee_travel"),
    ]  # fmt: skip
    assert set(rows[0]) == set(REP_COLUMNS)
    assert rows[2]["verdict"] == "fault"
    assert rows[2]["side"] == "left"
    assert float(rows[2]["value"]) > float(rows[2]["threshold"])
    assert rows[1]["value"] == ""
    assert rows[0]["file"] == "clip.mov"


def test_what_was_measured_of_each_leg_stands_beside_what_decides(front):
    first, second = (r for r in rep_rows(front) if r["fault"] == "knee_valgus")
    assert second["left_value"] == second["value"]  # the left knee is the one that caves
    assert second["right_value"] < second["mean_value"] < second["left_value"]
    for row in (first, second):
        assert all(isinstance(row[name], float) for name in MEASURE_COLUMNS)
    travel = next(r for r in rep_rows(front) if r["fault"] == "forward_knee_travel")
    assert {travel[name] for name in MEASURE_COLUMNS} == {None}
    assert set(MEASURE_COLUMNS) <= set(COLUMN_TEXTS)


def test_one_row_per_clip(front):
    row = clip_row(front, "clip.json", "scored")
    (back,) = read(to_csv(CLIP_COLUMNS, [row]))
    assert back["status"] == "scored"
    assert back["n_reps"] == "2"
    assert back["knee_valgus_fault"] == "1"
    assert back["result"] == "clip.json"
    assert set(row) == set(CLIP_COLUMNS)


def test_a_failure_is_a_row_too():
    (back,) = read(to_csv(CLIP_COLUMNS, [failed_row("bad.mp4", "bad.mp4: the file is empty.")]))
    assert back["status"] == "failed"
    assert "empty" in back["message"]


@pytest.mark.parametrize("evil", ["=cmd|' /C calc'!A0", "+1", "-1+2", "@SUM(A1)", "\tx", "\rx"])
def test_a_cell_is_never_a_formula(evil):
    (row,) = read(to_csv(["file"], [{"file": evil}]))
    assert row["file"][0] == "'"


def test_numbers_stay_numbers():
    (row,) = read(to_csv(["value"], [{"value": -3.5}]))
    assert row["value"] == "-3.5"


@pytest.mark.parametrize("name", ['a,b".mp4', "two\nlines.mp4", "深蹲.mov", "a\udce9.mp4"])
def test_odd_names_stay_in_one_cell(name):
    data = to_csv(["file", "rep"], [{"file": name, "rep": 1}])
    (row,) = read(data)
    assert row["rep"] == "1"
    assert "mp4" in row["file"] or "mov" in row["file"]


def test_a_missing_value_is_an_empty_cell():
    (row,) = read(to_csv(["a", "b"], [{"a": None}]))
    assert row == {"a": "", "b": ""}
