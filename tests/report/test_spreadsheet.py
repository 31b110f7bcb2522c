"""Results as a spreadsheet, read back."""

import io
from datetime import date, datetime

import pytest
from batch_fakes import rep, result

from formcheck.batch.overview import write_overview
from formcheck.batch.sets import SETS_COLUMNS
from formcheck.batch.tables import (
    CLIPS_CSV_COLUMNS,
    REPS_CSV_COLUMNS,
    XLSX_NAME,
    ClipEntry,
    Forms,
    ListedClip,
)
from formcheck.errors import SettingsError
from formcheck.report.columns import COLUMN_TEXTS
from formcheck.report.result import result_from
from formcheck.report.spreadsheet import Sheet, to_xlsx

pytest.importorskip("xlsxwriter")
openpyxl = pytest.importorskip("openpyxl")


def test_numbers_are_numbers_dates_are_dates_and_texts_are_never_formulas():
    row = {"value": 21.3, "rep": 2, "day": date(2026, 11, 22), "file": "=1+1", "reason": "8 ± 2",
           "note": "http://x", "side": None}  # fmt: skip
    data = to_xlsx([Sheet("one", tuple(row), [row])])
    assert data == to_xlsx([Sheet("one", tuple(row), [row])])
    book = openpyxl.load_workbook(io.BytesIO(data))
    heads, cells = book["one"].iter_rows()
    assert [cell.value for cell in heads] == list(row)
    found = {
        head.value: (cell.data_type, cell.value) for head, cell in zip(heads, cells, strict=True)
    }
    assert found == {
        "value": ("n", 21.3), "rep": ("n", 2), "day": ("d", datetime(2026, 11, 22)),
        "file": ("s", "=1+1"), "reason": ("s", "8 ± 2"), "note": ("s", "http://x"),
        "side": ("n", None),
    }  # fmt: skip
    assert cells[list(row).index("note")].hyperlink is None


def test_every_column_is_explained():
    known = {*REPS_CSV_COLUMNS, *CLIPS_CSV_COLUMNS, *SETS_COLUMNS}
    assert known == set(COLUMN_TEXTS)


def test_a_results_folder_has_sheets_for_repetitions_clips_sets_and_columns(tmp_path):
    clips = [
        ListedClip(
            ClipEntry(name, f"{name}.mp4", f"in/{name}.mp4", "scored"),
            result_from(result(f"{name}.mp4", "a" * 64, reps)),
        )
        for name, reps in (
            ("a_front", [rep(1, 12.0, None)]), ("a_side", [rep(1, None, 5.0)]), ("b", []),
        )
    ]  # fmt: skip
    forms = Forms(decimal_comma=True, with_xlsx=True)
    write_overview(tmp_path, clips, forms=forms)
    book = openpyxl.load_workbook(tmp_path / XLSX_NAME)
    assert book.sheetnames == ["repetitions", "clips", "sets", "columns"]
    n_rows = [book[name].max_row - 1 for name in book.sheetnames[:3]]
    assert n_rows == [4, 3, 2]
    assert book["repetitions"]["A2"].value == "a_front.mp4"
    head, first, *_ = (tmp_path / "reps.csv").read_text("utf-8-sig").splitlines()
    assert head.split(";") == list(REPS_CSV_COLUMNS)
    assert first.split(";")[head.split(";").index("value")] == "12,0"
    assert Forms.of_folder(tmp_path) == forms


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch):
    monkeypatch.setattr("formcheck.report.spreadsheet.MAX_ROWS", 1)
    with pytest.raises(SettingsError, match="--parquet"):
        to_xlsx([Sheet("one", ("a",), [{"a": 1}, {"a": 2}])])
