"""Tables as people hand them in, from every spreadsheet."""

from datetime import date
from pathlib import Path

import pytest

from formcheck.errors import InputError
from formcheck.report.rows import to_csv
from formcheck.report.tables_in import day_of, path_of, read_table, table_in

ROWS = [{"file": "Müller ± 1.mp4", "value": 21.3, "n": 3}, {"file": "=1+1", "value": None, "n": -4}]
READ = [
    {"file": "Müller ± 1.mp4", "value": "21.3", "n": "3"},
    {"file": "=1+1", "value": "", "n": "-4"},
]


def plain(decimal_comma: bool) -> str:
    data = to_csv(("file", "value", "n"), ROWS, decimal_comma=decimal_comma)
    return data.decode("utf-8-sig")


@pytest.mark.parametrize("decimal_comma", [False, True], ids=["point", "comma"])
@pytest.mark.parametrize(
    "written",
    [
        lambda text: text.encode(),
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("utf-16"),
        lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
        lambda text: text.encode("utf-16-le"),
        lambda text: text.encode("utf-16-be"),
        lambda text: text.encode("cp1252"),
        lambda text: text.replace("\n", "\r\n").encode("cp1252"),
        lambda text: text.replace(";", "\t").encode("utf-16") if ";" in text else text.encode(),
        lambda text: f"sep={';' if ';' in text else ','}\r\n{text}".encode("utf-8-sig"),
        lambda text: ("\n" + text.replace("\n", ";;;\n" if ";" in text else ",,\n")).encode(),
        lambda text: text.replace("file", ' "File"').replace("value", "VALUE").encode(),
    ],
    ids=["utf-8", "mark", "utf-16", "utf-16 be", "bare utf-16", "bare utf-16 be", "windows",
         "crlf", "tabs", "sep=", "empty columns", "heads"],
)  # fmt: skip
def test_one_table_however_it_was_saved(written, decimal_comma):
    assert [row for _, row in read_table(written(plain(decimal_comma))).records()] == READ


def test_what_is_no_table_is_refused_with_the_line(tmp_path: Path):
    for data, why in (
        (b"", "empty"), (b"\n \n", "empty"), (b"a,b\n\x81\x8d", "not a text"),
        (b"a\n\0x", "not a text"), (b'a,b\n1,2\n"3,4\n', "line 3"),
    ):  # fmt: skip
        with pytest.raises(InputError, match=why):
            read_table(data)
    with pytest.raises(InputError, match=r"none\.csv: .*Check the path"):
        table_in(tmp_path / "none.csv")


def test_paths_are_taken_as_they_were_copied():
    assert path_of(' "C:\\clips\\a b.mp4" ') == "C:\\clips\\a b.mp4"
    assert path_of("„a.mp4“") == path_of("«a.mp4»") == path_of("a.mp4") == "a.mp4"
    assert path_of('it"s.mp4') == 'it"s.mp4'


@pytest.mark.parametrize(
    "text",
    ["2026-11-22", "22.11.2026", "22/11/2026", "11/22/2026", "46348", "2026-11-22 00:00:00",
     "2026-11-22T00:00"],
)  # fmt: skip
def test_days_as_spreadsheets_write_them(text):
    assert day_of(text) == date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "why"),
    [("11/12/2026", "two days"), ("31.02.2026", "not a date"), ("today", "not a date"),
     ("7", "not a date"), ("", "not a date")],
)  # fmt: skip
def test_a_day_that_cannot_be_told_is_refused(text, why):
    with pytest.raises(ValueError, match=why):
        day_of(text)
