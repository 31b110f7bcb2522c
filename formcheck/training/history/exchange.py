"""The history as files: export to JSON and CSV, import of exports and of hand-written CSV."""

import json
import re
import uuid
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Annotated, Any, Literal

import msgspec

from formcheck.errors import InputError, explain
from formcheck.report.rows import to_csv
from formcheck.report.tables_in import day_of, read_table
from formcheck.training.history.model import HistoryError, Session, format_sets, parse_sets

FORMAT_VERSION = 5
MAX_IMPORT_BYTES = 20_000_000
MAX_IMPORT_ENTRIES = 50_000
"""Ten times ten years of training."""
MAX_ERRORS_SHOWN = 8
CSV_COLUMNS = (
    "date", "exercise", "sets", "minutes", "effort", "pain_during", "pain_after",
    "pain_next_morning", "body_weight_kg", "knee_to_wall_left_cm", "knee_to_wall_right_cm", "note",
)  # fmt: skip
_LATER = ("pain_after", "knee_to_wall_left_cm", "knee_to_wall_right_cm")
_EXPORT_ONLY = (
    "source", "file", "n_reps", "knee_flexion_deg", "hip_drop_ratio", "eccentric_s", "faults",
)  # fmt: skip
_NAMESPACE = uuid.UUID("5b0f6c1e-5d2c-4a0e-9b61-3f1f7a0d7a11")


@dataclass(frozen=True, slots=True)
class LineError:
    """What is wrong with one line of a file; the header is line 1."""

    line: int
    text: str


class ImportFailedError(HistoryError):
    """A file cannot be imported; nothing of it was taken.  ``errors`` names every line."""

    def __init__(self, errors: Iterable[LineError]) -> None:
        self.errors = tuple(errors)
        shown = [f"line {e.line}: {e.text}" for e in self.errors[:MAX_ERRORS_SHOWN]]
        if len(self.errors) > MAX_ERRORS_SHOWN:
            shown.append(f"and {len(self.errors) - MAX_ERRORS_SHOWN} more")
        super().__init__("Nothing was imported.\n" + "\n".join(shown))


class _Export(msgspec.Struct):
    """An export as far as every version shares it; entries are read one by one."""

    format: Literal["formcheck-history"]
    version: Annotated[int, msgspec.Meta(ge=1)]
    sessions: list[msgspec.Raw]


def export_json(sessions: Iterable[Session]) -> bytes:
    """Return sessions as JSON in UTF-8: everything that is stored."""
    table = {
        "format": "formcheck-history",
        "version": FORMAT_VERSION,
        "sessions": msgspec.to_builtins(list(sessions)),
    }
    return (json.dumps(table, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def import_json(data: bytes) -> tuple[Session, ...]:
    """Read what :func:`export_json` wrote; for anything else, a HistoryError names the entry."""
    _check_size(data)
    try:
        export = msgspec.json.decode(data.removeprefix(BOM_UTF8), type=_Export)
    except (ValueError, RecursionError) as error:
        raise HistoryError(
            f"the file is not a formcheck export ({error}); use the JSON that was saved here"
        ) from error
    if export.version > FORMAT_VERSION:
        raise HistoryError("the export was made by a newer formcheck; update formcheck to load it")
    _check_number_of(len(export.sessions))
    return tuple(_session(entry, i) for i, entry in enumerate(export.sessions, start=1))


def _session(entry: msgspec.Raw, number: int) -> Session:
    try:
        return msgspec.json.decode(entry, type=Session)
    except (ValueError, RecursionError) as error:
        raise HistoryError(
            f"the export cannot be read: entry {number}{explain(error, Session)}"
        ) from error


def export_csv(sessions: Iterable[Session]) -> bytes:
    """Return sessions as CSV in UTF-8, one line each, for spreadsheets.

    The first columns are those that :func:`import_csv` reads.
    """
    rows = [
        {
            **{name: getattr(s, name) for name in CSV_COLUMNS if hasattr(s, name)},
            **{name: getattr(s, name) for name in _EXPORT_ONLY},
            "date": s.day.isoformat(),
            "sets": format_sets(s.sets),
            "faults": "; ".join(f"{t.fault} {t.n_fault} of {t.n_judged}" for t in s.faults),
        }
        for s in sessions
    ]
    return to_csv((*CSV_COLUMNS, *_EXPORT_ONLY), rows)


def import_csv(data: bytes, today: date) -> tuple[Session, ...]:
    """Read manual entries from CSV.

    The first line names the columns: ``date`` (required, like 2026-11-22) and any of
    :data:`CSV_COLUMNS`; the further columns of an export are ignored.  ``sets`` is written like
    ``3x10x60; 1x5x80``.  Empty cells are unknown.  Commas or semicolons may part the columns.
    Reading the same file twice gives the same ``uid``, so nothing is stored twice.

    Days after ``today`` are refused as typing errors.

    Raises:
        ImportFailedError: With every faulty line by its number; nothing is taken then.
    """
    _check_size(data)
    try:
        table = read_table(data)
    except InputError as error:
        raise ImportFailedError([_line_error(str(error))]) from error
    header = table.columns
    _check_number_of(len(table.rows))
    if problems := _header_problems(header):
        raise ImportFailedError(LineError(1, text) for text in problems)
    sessions: list[Session] = []
    errors: list[LineError] = []
    seen: Counter[str] = Counter()
    for line, cells in table.rows:
        if len(cells) > len(header):
            errors.append(
                LineError(line, f"has {len(cells)} cells, but the first line names {len(header)}")
            )
            continue
        values = dict(zip(header, cells, strict=False))
        key = json.dumps([values.get(name, "") for name in CSV_COLUMNS if _is_in_uid(name, values)])
        seen[key] += 1
        uid = uuid.uuid5(_NAMESPACE, f"{seen[key]}{key}").hex
        found, wrong = _read_row(values, uid, today)
        errors += [LineError(line, text) for text in wrong]
        if found is not None:
            sessions.append(found)
    if errors:
        raise ImportFailedError(errors)
    return tuple(sessions)


def _is_in_uid(name: str, values: Mapping[str, str]) -> bool:
    """A table from before a later column keeps its uids, so that it is not stored a second time."""
    return name not in _LATER or bool(values.get(name))


def _line_error(text: str) -> LineError:
    """What the reader of tables says, with the line it says it of; else the first."""
    found = re.fullmatch(r"line (\d+): (.*)", text)
    return LineError(1, text) if found is None else LineError(int(found[1]), found[2])


def _header_problems(header: Sequence[str]) -> list[str]:
    known = (*CSV_COLUMNS, *_EXPORT_ONLY)
    missing = [] if "date" in header else ["no column 'date'"]
    unknown = [f"unknown column {name[:40]!r}" for name in header if name not in known]
    return [
        *(f"{problem}; the columns are {', '.join(CSV_COLUMNS)}" for problem in missing + unknown),
        *(f"column '{name}' is there twice" for name, n in Counter(header).items() if n > 1),
    ]


def _read_row(values: Mapping[str, str], uid: str, today: date) -> tuple[Session | None, list[str]]:
    wrong: list[str] = []
    fields: dict[str, Any] = {}
    readers: dict[str, Callable[[str], Any]] = dict.fromkeys(CSV_COLUMNS[3:-1], _number)
    readers |= {"sets": parse_sets, "exercise": _text, "note": _text}
    readers["date"] = partial(_day, today=today)
    for name, read in readers.items():
        cell = values.get(name, "")
        if cell or name == "date":
            try:
                fields[name] = read(cell)
            except ValueError as error:
                wrong.append(f"{name}: {error}")
    if wrong:
        return None, wrong
    try:
        return Session(day=fields.pop("date"), **fields, uid=uid), []
    except HistoryError as error:
        return None, [str(error)]


def _number(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise ValueError(f"{text[:40]!r} is not a number") from None


def _text(text: str) -> str:
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text


def _day(text: str, today: date) -> date:
    day = day_of(text)
    if day > today:
        raise ValueError(f"{text} lies in the future")
    return day


def _check_number_of(n_entries: int) -> None:
    if n_entries > MAX_IMPORT_ENTRIES:
        raise HistoryError(
            f"the file holds {n_entries:,} entries; {MAX_IMPORT_ENTRIES:,} are taken"
        )


def _check_size(data: bytes) -> None:
    if len(data) > MAX_IMPORT_BYTES:
        raise HistoryError(f"the file is larger than {MAX_IMPORT_BYTES // 1_000_000} MB")
