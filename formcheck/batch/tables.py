"""The tables over all clips of a results folder: CSV, and Parquet for those who want types."""

import importlib.util
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Self

from formcheck.batch.manifest import Record
from formcheck.errors import SettingsError
from formcheck.files import Suffix, write_atomic
from formcheck.report.result import ClipResult
from formcheck.report.rows import (
    CLIP_COLUMNS,
    MEASURE_COLUMNS,
    REP_COLUMNS,
    clip_row,
    failed_row,
    rep_rows,
    to_csv,
)
from formcheck.report.spreadsheet import has_xlsx
from formcheck.squat.faults.finding import Finding

REPS_CSV_COLUMNS = (*REP_COLUMNS, "result", "subject", "set_number", *MEASURE_COLUMNS)
CLIPS_CSV_COLUMNS = (*CLIP_COLUMNS, "input", "subject")
PARQUET_NAME, XLSX_NAME = "results.parquet", "results.xlsx"
_INTEGERS = {"rep", "set_number"}
_TEXTS = {
    "file", "view", "depth_category", "fault", "verdict", "severity", "side", "unit",
    "confidence", "reason", "result", "subject",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ClipEntry:
    """One clip as the tables show it; ``name`` is empty if nothing was written for it."""

    name: str
    file: str
    label: str
    status: str
    subject: str = ""
    message: str = ""

    @classmethod
    def of(cls, record: Record, label: str, file: str) -> Self:
        """Make it of a record and what the clip is called in the tables."""
        name = "" if record.status == "failed" else record.name
        return cls(name, file, label, record.status, record.subject, record.message)

    @property
    def result_name(self) -> str:
        """Its result file."""
        return f"{self.name}{Suffix.RESULT}"


@dataclass(frozen=True, slots=True)
class ListedClip:
    """One clip of a results folder: its entry, what was found, and the files that belong to it.

    ``result`` is None if it failed, ``record`` if no files belong to it.
    """

    entry: ClipEntry
    result: ClipResult | None
    record: Record | None = None

    @property
    def findings(self) -> Iterator[Finding]:
        """Every finding of every repetition."""
        for rep in self.result.reps if self.result is not None else ():
            yield from rep.findings

    @property
    def n_reps(self) -> int:
        """Repetitions counted."""
        return 0 if self.result is None else len(self.result.reps)


def clip_rows(clips: Iterable[ListedClip]) -> Iterator[dict[str, Any]]:
    """The rows of ``clips.csv``."""
    for clip in clips:
        entry = clip.entry
        if clip.result is None:
            row = failed_row(entry.file, entry.message)
        else:
            row = clip_row(clip.result, entry.result_name, entry.status)
        yield row | {"input": entry.label, "subject": entry.subject}


def all_rep_rows(clips: Iterable[ListedClip]) -> Iterator[dict[str, Any]]:
    """The rows of ``reps.csv``."""
    for clip in clips:
        if clip.result is not None:
            more = {"result": clip.entry.result_name, "subject": clip.entry.subject}
            yield from (row | more for row in rep_rows(clip.result))


def write_csv(out: Path, clips: Sequence[ListedClip], *, decimal_comma: bool = False) -> None:
    """Write ``reps.csv`` and ``clips.csv``; raises OutputError."""
    for name, columns, rows in (
        ("reps.csv", REPS_CSV_COLUMNS, all_rep_rows(clips)),
        ("clips.csv", CLIPS_CSV_COLUMNS, clip_rows(clips)),
    ):
        write_atomic(out / name, to_csv(columns, rows, decimal_comma=decimal_comma))


@dataclass(frozen=True, slots=True, kw_only=True)
class Forms:
    """In which forms the tables are written."""

    decimal_comma: bool = False
    """CSV with semicolons and decimal commas."""
    with_parquet: bool = False
    with_xlsx: bool = False

    @classmethod
    def of_folder(cls, out: Path) -> Self:
        """Those a results folder has."""
        try:
            with (out / "reps.csv").open("rb") as file:
                decimal_comma = b";" in file.readline()
        except OSError:
            decimal_comma = False
        return cls(
            decimal_comma=decimal_comma,
            with_parquet=has_parquet() and (out / PARQUET_NAME).exists(),
            with_xlsx=has_xlsx() and (out / XLSX_NAME).exists(),
        )


def has_parquet() -> bool:
    """Whether the package that writes Parquet is installed."""
    return importlib.util.find_spec("pyarrow") is not None


def write_parquet(out: Path, clips: Sequence[ListedClip]) -> None:
    """Write ``results.parquet``: the rows of ``reps.csv`` with types, null where unknown.

    Raises SettingsError without the extra ``parquet``, OutputError if it cannot be written.
    """
    try:
        pa: Any = import_module("pyarrow")
        pq: Any = import_module("pyarrow.parquet")
    except ImportError:
        raise SettingsError(
            "--parquet needs the extra 'parquet': pip install 'formcheck[parquet]'."
        ) from None
    types = {
        name: pa.string() if name in _TEXTS else pa.int32() if name in _INTEGERS else pa.float64()
        for name in REPS_CSV_COLUMNS
    }
    rows = list(all_rep_rows(clips))
    columns = {
        name: pa.array([row.get(name) for row in rows], type=kind) for name, kind in types.items()
    }
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink, compression="zstd")
    write_atomic(out / PARQUET_NAME, sink.getvalue())
