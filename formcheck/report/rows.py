"""Results as rows of a table and as CSV.  Column names are stable: schema_version 1."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from formcheck.report.result import ClipResult
from formcheck.squat.faults import FAULTS
from formcheck.squat.faults.finding import MEASURES, Finding, Verdict
from formcheck.squat.grouping import in_sets

REP_COLUMNS = (
    "file", "rep", "start_s", "bottom_s", "end_s", "view", "yaw_deg",
    "depth_category", "hip_drop_ratio", "knee_flexion_deg",
    "eccentric_s", "pause_s", "concentric_s",
    "fault", "verdict", "severity", "side", "value", "unit", "threshold", "uncertainty",
    "confidence", "time_s", "reason",
)  # fmt: skip
FINDING_COLUMNS = REP_COLUMNS[REP_COLUMNS.index("fault") :]
MEASURE_COLUMNS = tuple(f"{of}_{what}" for what in ("value", "uncertainty") for of in MEASURES)
"""A fault may have a value for each leg and for both; the verdict rests on one."""
CLIP_COLUMNS = (
    "file", "status", "result", "n_reps", "n_discarded",
    *(f"{f.name}_{v}" for f in FAULTS for v in Verdict),
    "duration_s", "width_px", "height_px", "sha256", "message",
)  # fmt: skip
Row = Mapping[str, Any]


def rep_rows(result: ClipResult) -> Iterator[dict[str, Any]]:
    """Yield one row per repetition and fault of a result."""
    set_of = {id(rep): n for n, group in enumerate(in_sets(result.reps), 1) for rep in group}
    for rep in result.reps:
        shared = {
            "file": result.source.file,
            "rep": rep.number,
            "start_s": rep.start_s,
            "bottom_s": rep.bottom_s,
            "end_s": rep.end_s,
            "view": rep.view,
            "yaw_deg": rep.yaw_deg,
            "depth_category": rep.depth.category,
            "hip_drop_ratio": rep.depth.hip_drop_ratio,
            "knee_flexion_deg": rep.depth.knee_flexion_deg,
            **asdict(rep.tempo),
            "set_number": set_of[id(rep)],
        }
        for finding in rep.findings:
            named = {name: getattr(finding, name) for name in FINDING_COLUMNS}
            yield shared | named | _measures(finding)


def _measures(finding: Finding) -> dict[str, float | None]:
    """What was measured of each leg and of both, whichever of them the verdict rests on."""
    found = [finding.measures.get(of) for of in MEASURES]
    values = [one.value if one else None for one in found]
    uncertainties = [one.uncertainty if one else None for one in found]
    return dict(zip(MEASURE_COLUMNS, (*values, *uncertainties), strict=True))


def clip_row(result: ClipResult, name: str, status: str) -> dict[str, Any]:
    """Return the row of a clip: its result file and whether it is ``scored`` or ``partial``."""
    source = result.source
    counts = result.summary.faults
    return {
        "file": source.file,
        "status": status,
        "result": name,
        "n_reps": result.summary.n_reps,
        "n_discarded": len(result.discarded),
        **{
            f"{f.name}_{v}": getattr(counts[f.name], v.value)
            for f in FAULTS
            if f.name in counts
            for v in Verdict
        },
        "duration_s": source.duration_s,
        "width_px": source.width_px,
        "height_px": source.height_px,
        "sha256": source.sha256,
        "message": " ".join(result.notes),
    }


def failed_row(file: str, message: str) -> dict[str, Any]:
    """Return the row of a clip that could not be scored."""
    return {"file": file, "status": "failed", "message": message}


def to_csv(columns: Iterable[str], rows: Iterable[Row], *, decimal_comma: bool = False) -> bytes:
    """Return rows as CSV in UTF-8, with the mark by which Excel knows it.

    With a ``decimal_comma`` semicolons part the columns, as spreadsheets in most of Europe read
    them.  A text that a spreadsheet would take for a formula gets a leading apostrophe.
    """
    names = list(columns)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n", delimiter=";" if decimal_comma else ",")
    writer.writerow(names)
    for row in rows:
        writer.writerow([_cell(row.get(name), decimal_comma) for name in names])
    return codecs.BOM_UTF8 + out.getvalue().encode("utf-8", "backslashreplace")


def _cell(value: Any, decimal_comma: bool) -> Any:
    if value is None:
        return ""
    if decimal_comma and isinstance(value, float):
        return str(value).replace(".", ",")
    if isinstance(value, str):
        is_formula = value[:1] in ("=", "+", "-", "@", "\t", "\r")
        value = value.replace("\r", " ").replace("\n", " ")
        return "'" + value if is_formula else value
    return value
