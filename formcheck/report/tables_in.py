"""Tables as people hand them in: CSV by any spreadsheet, in any of its ways of writing.

Commas, semicolons or tabs part the columns; the text is UTF-8 with or without a mark, UTF-16 or
what Windows wrote before; numbers may have a decimal comma; paths may stand in quotes.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from formcheck.errors import InputError
from formcheck.strict import read_file

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"),
          (codecs.BOM_UTF16_BE, "utf-16-be"))  # fmt: skip
_DELIMITERS = ",;\t"
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+(?:[eE][+-]?\d+)?")
_GUARDED = re.compile(r"'[=+\-@\t\r]")
"""An apostrophe that keeps a spreadsheet from reading a formula."""
_QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»"}
_SERIAL_ZERO, _SERIALS = date(1899, 12, 30), range(20_000, 80_000)
"""Spreadsheets count days from here; these numbers are the years 1954 to 2119."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its columns in lower case, and its rows with the line each ends on."""

    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]

    def records(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Line and cells by column; missing cells are empty, surplus ones left out."""
        for line, cells in self.rows:
            full = (*cells, *[""] * (len(self.columns) - len(cells)))
            yield line, dict(zip(self.columns, full, strict=False))


def text_of(data: bytes) -> str:
    """The text of a file; ValueError if it is none."""
    for mark, coding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(coding)
    start = data[:200]
    if start.count(0) > len(start) // 3:  # UTF-16 without its mark: half of plain text is zeros
        return data.decode("utf-16-be" if data[0] == 0 else "utf-16-le")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252")


def read_table(data: bytes) -> Table:
    """Read a table whose first line names the columns.

    Raises InputError, with the line, if it is none or empty.
    """
    try:
        text = text_of(data)
    except ValueError:
        raise InputError("not a text; save the table as CSV (UTF-8)") from None
    if "\0" in text:
        raise InputError("not a text; save the table as CSV (UTF-8)")
    text, delimiter = _parted(text)
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=True
    )
    rows = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((reader.line_num, tuple(map(_plain, cells))))
    except csv.Error as error:
        raise InputError(f"line {reader.line_num}: not CSV ({error})") from None
    if not rows:
        raise InputError("the file is empty; the first line names the columns")
    columns = tuple(name.lower().replace(" ", "_") for name in rows[0][1])
    while columns and not columns[-1]:  # a spreadsheet keeps columns that were emptied
        columns = columns[:-1]
    n = len(columns)
    return Table(columns, tuple((line, _without_tail(cells, n)) for line, cells in rows[1:]))


def table_in(path: Path) -> Table:
    """Read a table from a file; InputError, with its name, if it cannot be read."""
    try:
        return read_table(read_file(path))
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}. Check the path.") from None
    except InputError as error:
        raise InputError(f"{path}: {error}.") from None


def path_of(text: str) -> str:
    """A path as it was pasted: without the quotes that "copy as path" puts round it."""
    text = text.strip()
    is_quoted = len(text) > 1 and _QUOTES.get(text[0]) == text[-1]
    return text[1:-1] if is_quoted else text


def day_of(text: str) -> date:
    """A day as spreadsheets write it; ValueError, in words, if it is none or could be two."""
    parts = text.strip().removesuffix("00:00:00").removesuffix("00:00").rstrip("T ")
    if parts.isascii() and parts.isdigit() and int(parts) in _SERIALS:
        return _SERIAL_ZERO + timedelta(days=int(parts))
    try:
        if found := re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", parts):
            day, month, year = map(int, found.groups())
            return date(year, month, day)
        if found := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", parts):
            first, second, year = map(int, found.groups())
            if first != second and max(first, second) <= 12:
                raise ValueError(f"{text[:40]!r} could be two days; write it like 2026-11-22")
            day, month = max(first, second), min(first, second)
            return date(year, month, day)
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", parts):
            return date.fromisoformat(parts)
    except ValueError as error:
        if "could be" in str(error):
            raise
    raise ValueError(f"{text[:40]!r} is not a date like 2026-11-22")


def _parted(text: str) -> tuple[str, str]:
    """The text and what parts its columns, which Excel may say in a line of its own."""
    lines = text.lstrip("\r\n").splitlines()
    first = next((line for line in lines if line.strip()), "")
    if said := re.fullmatch(r"(?i)\s*sep=(.)\s*", first):
        return text[text.index(first) + len(first) :], said.group(1)
    bare = re.sub(r'"[^"]*"', "", first)
    return text, max(_DELIMITERS, key=bare.count)


def _plain(cell: str) -> str:
    cell = cell.strip()
    if _GUARDED.match(cell):
        cell = cell[1:]
    return cell.replace(",", ".") if _DECIMAL_COMMA.fullmatch(cell) else cell


def _without_tail(cells: Sequence[str], n: int) -> tuple[str, ...]:
    """The cells, without empty ones beyond the columns."""
    kept = list(cells)
    while len(kept) > n and not kept[-1]:
        kept.pop()
    return tuple(kept)
