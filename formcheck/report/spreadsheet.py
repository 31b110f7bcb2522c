"""Tables as one spreadsheet (.xlsx): numbers as numbers, dates as dates, columns explained."""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from formcheck.errors import SettingsError
from formcheck.report.columns import COLUMN_TEXTS

MAX_ROWS = 1_048_575
"""A sheet holds no more below its first row."""
MAX_WIDTH, MIN_WIDTH = 60, 8
"""Columns are as wide as what they hold, in characters, within these."""
_MADE = datetime(2000, 1, 1)
"""A fixed time of making: the same results are the same bytes."""
_MAX_CELL_CHARS = 32_767
"""Spreadsheets hold no longer text in a cell."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of a spreadsheet."""

    name: str
    columns: Sequence[str]
    rows: Iterable[Mapping[str, Any]]


def has_xlsx() -> bool:
    """Whether the package that writes spreadsheets is installed."""
    return find_spec("xlsxwriter") is not None


def to_xlsx(sheets: Sequence[Sheet]) -> bytes:
    """Return tables as a spreadsheet, with a sheet that explains their columns.

    Raises SettingsError without the extra ``xlsx``.
    """
    try:
        xlsxwriter: Any = import_module("xlsxwriter")
    except ImportError:
        raise SettingsError(
            "--xlsx needs the extra 'xlsx': pip install 'formcheck[xlsx]'."
        ) from None
    out = io.BytesIO()
    # Nothing that stands in a file name may become a formula or a link.
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, {"in_memory": True, **plain}) as book:
        book.set_properties({"created": _MADE, "title": "formcheck results"})
        bold = book.add_format({"bold": True})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for sheet in (*sheets, _explained(sheets)):
            _write(book.add_worksheet(sheet.name), sheet, bold, day)
    return out.getvalue()


def _explained(sheets: Sequence[Sheet]) -> Sheet:
    names = dict.fromkeys(name for sheet in sheets for name in sheet.columns)
    rows = [{"column": name, "meaning": COLUMN_TEXTS.get(name, "")} for name in names]
    return Sheet("columns", ("column", "meaning"), rows)


def _write(page: Any, sheet: Sheet, bold: Any, day: Any) -> None:
    widths = [len(name) for name in sheet.columns]
    page.write_row(0, 0, sheet.columns, bold)
    n_rows = 0
    for n_rows, row in enumerate(sheet.rows, 1):
        if n_rows > MAX_ROWS:
            raise SettingsError(
                f"a spreadsheet holds no more than {MAX_ROWS:,} rows. Leave --xlsx out and use "
                "reps.csv or --parquet."
            )
        for i, name in enumerate(sheet.columns):
            value = row.get(name)
            if value is None or value == "":
                continue
            if isinstance(value, bool | str):
                text = str(value).encode("utf-8", "backslashreplace").decode()[:_MAX_CELL_CHARS]
                page.write_string(n_rows, i, text)
            elif isinstance(value, date):
                page.write_datetime(n_rows, i, datetime(*value.timetuple()[:3]), day)
            else:
                page.write_number(n_rows, i, value)
            widths[i] = max(widths[i], len(str(value)))
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, max(n_rows, 1), len(sheet.columns) - 1)
    for i, width in enumerate(widths):
        page.set_column(i, i, min(MAX_WIDTH, max(MIN_WIDTH, width + 2)))
