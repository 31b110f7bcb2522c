"""The tables over all clips of a results folder: CSV, and Parquet for those who want types."""

from __future__ import annotations

import importlib.util
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from formcheck.errors import InputError, SettingsError
from formcheck.files import write_atomic
from formcheck.report.record import (
    CLIP_COLUMNS,
    REP_COLUMNS,
    clip_row,
    failed_row,
    rep_rows,
    to_csv,
)

REPS_CSV_COLUMNS = (*REP_COLUMNS, "result", "subject")
CLIPS_CSV_COLUMNS = (*CLIP_COLUMNS, "input", "subject")
PARQUET_NAME = "results.parquet"
_INTEGERS = {"rep"}
_TEXTS = {
    "file", "view", "depth_category", "fault", "verdict", "severity", "side", "unit",
    "confidence", "reason", "result", "subject",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One clip as the tables show it; ``name`` is empty if nothing was written for it."""

    name: str
    file: str
    label: str
    status: str
    subject: str = ""
    message: str = ""


def read_result(out: Path, name: str) -> dict[str, Any]:
    """Read a clip's stored result.

    Raises
    ------
    InputError
        If it is missing or not a result.
    """
    path = out / f"{name}.json"
    try:
        result: dict[str, Any] = json.loads(path.read_text("utf-8"))
        if result["schema_version"] != 1 or "reps" not in result:
            raise ValueError("another schema version")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{path}: not a result formcheck can read ({error}). Score the clip again."
        ) from None
    return result


@dataclass(frozen=True, slots=True)
class SidePair:
    """Left and right value of one fault in one repetition; None where not measured."""

    fault: str
    unit: str
    left: float | None
    right: float | None
    uncertainty: float


@dataclass(frozen=True, slots=True)
class Rows:
    """A clip's row, the rows of its repetitions and its left and right values."""

    clip: Mapping[str, Any]
    reps: tuple[Mapping[str, Any], ...] = ()
    sides: tuple[SidePair, ...] = ()


def rows_of(entry: Entry, result: Mapping[str, Any] | None) -> Rows:
    """Return the table rows of a clip, ``result`` being None if it failed."""
    extra = {"input": entry.label, "subject": entry.subject}
    if result is None:
        return Rows(failed_row(entry.file, entry.message) | extra)
    json_name = f"{entry.name}.json"
    more = {"result": json_name, "subject": entry.subject}
    return Rows(
        clip_row(result, json_name, entry.status) | extra,
        tuple(row | more for row in rep_rows(result)),
        tuple(_sides(result)),
    )


def _sides(result: Mapping[str, Any]) -> Iterator[SidePair]:
    for rep in result["reps"]:
        for finding in rep["findings"]:
            unit = finding["unit"]
            left, right = finding.get(f"left_{unit}"), finding.get(f"right_{unit}")
            if finding["uncertainty"] is not None and (left, right) != (None, None):
                yield SidePair(finding["fault"], unit, left, right, finding["uncertainty"])


def write_csv(out: Path, rows: Sequence[Rows]) -> None:
    """Write ``reps.csv`` and ``clips.csv``.

    Raises
    ------
    OutputError
    """
    reps = (rep for row in rows for rep in row.reps)
    write_atomic(out / "reps.csv", to_csv(REPS_CSV_COLUMNS, reps))
    write_atomic(out / "clips.csv", to_csv(CLIPS_CSV_COLUMNS, (row.clip for row in rows)))


def has_parquet() -> bool:
    """Whether the package that writes Parquet is installed."""
    return importlib.util.find_spec("pyarrow") is not None


def write_parquet(out: Path, rows: Sequence[Rows]) -> None:
    """Write ``results.parquet``: the rows of ``reps.csv`` with types, null where unknown.

    Raises
    ------
    SettingsError
        Without the extra ``parquet``.
    OutputError
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
    columns = {
        name: pa.array([rep.get(name) for row in rows for rep in row.reps], type=kind)
        for name, kind in types.items()
    }
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink, compression="zstd")
    write_atomic(out / PARQUET_NAME, sink.getvalue())
