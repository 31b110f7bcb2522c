"""Results as JSON and CSV.  Names are stable: schema_version 1."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

from formcheck._version import __version__
from formcheck.errors import InputError
from formcheck.pose.track import PoseTrack
from formcheck.squat.analysis import Analysis, JudgedRep
from formcheck.squat.faults import FAULTS
from formcheck.squat.faults.finding import Finding, Verdict
from formcheck.squat.feedback import cue_for, repeated
from formcheck.squat.settings import Settings

SCHEMA_VERSION = 1
SOURCE_KEYS = ("file", "sha256", "width_px", "height_px", "duration_s", "n_frames")
REP_COLUMNS = (
    "file", "rep", "start_s", "bottom_s", "end_s", "view", "yaw_deg",
    "depth_category", "hip_drop_ratio", "knee_flexion_deg",
    "eccentric_s", "pause_s", "concentric_s",
    "fault", "verdict", "severity", "side", "value", "unit", "threshold", "uncertainty",
    "confidence", "time_s", "reason",
)  # fmt: skip
CLIP_COLUMNS = (
    "file", "status", "result", "n_reps", "n_discarded",
    *(f"{f.name}_{v}" for f in FAULTS for v in Verdict),
    "duration_s", "width_px", "height_px", "sha256", "message",
)  # fmt: skip


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a clip's result."""
    text = resources.files("formcheck.report").joinpath("schema.json").read_text("utf-8")
    result: dict[str, Any] = json.loads(text)
    return result


@dataclass(frozen=True, slots=True)
class CheckedClip:
    """A judged clip: its analysis, its track and the record made from them."""

    analysis: Analysis
    track: PoseTrack
    result: dict[str, Any] = field(repr=False)
    is_partial: bool = False


def checked_clip(analysis: Analysis, track: PoseTrack, settings: Settings) -> CheckedClip:
    """Put an analysis, its track and the record of both together.

    Raises
    ------
    InputError
        If the track does not say where it came from.
    """
    try:
        versions = {"formcheck": __version__}
        versions |= {k: track.meta["versions"][k] for k in ("mediapipe", "model_sha256")}
        source = {k: track.meta["source"][k] for k in SOURCE_KEYS}
        notes = [str(note) for note in track.meta["notes"]]
    except (KeyError, TypeError) as error:
        raise InputError(
            f"the track lacks its source ({error}). Score the video again to make one."
        ) from error
    result = to_dict(analysis, source, versions, settings.changed(), notes)
    return CheckedClip(analysis, track, result, is_partial=bool(track.meta.get("is_partial")))


def to_dict(
    analysis: Analysis,
    source: Mapping[str, Any],
    versions: Mapping[str, Any],
    settings: Mapping[str, Any] | None = None,
    notes: Iterable[str] = (),
) -> dict[str, Any]:
    """Return a clip's result as plain JSON values (schema_version 1).

    Parameters
    ----------
    analysis : Analysis
    source : mapping
        ``file``, ``sha256``, ``width_px``, ``height_px``, ``duration_s``, ``n_frames``.
    versions : mapping
        ``formcheck``, ``mediapipe``, ``model_sha256``.
    settings : mapping, optional
        The settings that differ from the defaults.
    notes : iterable of str
        Said of the file, before those of the analysis.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "source": dict(source),
        "versions": dict(versions),
        "settings": dict(settings or {}),
        "reps": [_rep(rep) for rep in analysis.reps],
        "discarded": [
            {"start_s": round(d.start_s, 2), "end_s": round(d.end_s, 2), "reason": d.reason}
            for d in analysis.discarded
        ],
        "notes": [*notes, *analysis.notes],
        "summary": _summary(analysis),
    }


def without_cues(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return a result without coaching cues, for somebody with a warning sign."""
    return {**result, "reps": [{**rep, "cue": None} for rep in result["reps"]]}


def _rep(rep: JudgedRep) -> dict[str, Any]:
    r = rep.rep
    cue = cue_for(rep)
    yaw = rep.view.yaw_deg
    return {
        "number": rep.number,
        "start_s": round(r.start_s, 2),
        "bottom_s": round(r.bottom_s, 2),
        "end_s": round(r.end_s, 2),
        "view": str(rep.view.name),
        "yaw_deg": round(yaw, 1) if yaw == yaw else None,
        "yaw_sd_deg": round(rep.view.sd_deg, 1) if yaw == yaw else None,
        "depth": {
            "knee_flexion_deg": rep.knee_flexion_deg,
            "hip_drop_ratio": round(r.hip_drop_ratio, 3),
            "category": rep.depth_category,
        },
        "tempo": {
            "eccentric_s": round(r.eccentric_s, 2),
            "pause_s": round(r.pause_s, 2),
            "concentric_s": round(r.concentric_s, 2),
        },
        "cue": None
        if cue is None
        else {"id": cue.cue_id, "fault": cue.fault, "spoken": cue.spoken, "text": cue.text},
        "findings": [_finding(f) for f in rep.findings],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "fault": finding.fault,
        "verdict": str(finding.verdict),
        "severity": str(finding.severity),
        "side": finding.side,
        "value": finding.value,
        "unit": finding.unit,
        "threshold": finding.threshold,
        "uncertainty": finding.uncertainty,
        "confidence": str(finding.confidence),
        "time_s": finding.time_s,
        "reason": finding.reason,
        **finding.extra,
    }


def _summary(analysis: Analysis) -> dict[str, Any]:
    summary: dict[str, Any] = {"n_reps": len(analysis.reps)}
    for fault in FAULTS:
        summary[fault.name] = {
            str(v): analysis.count(fault.name, v)
            for v in (Verdict.FAULT, Verdict.BORDERLINE, Verdict.OK, Verdict.NOT_ASSESSABLE)
        }
    summary["repeated"] = [
        {"fault": r.fault, "side": r.side, "n_reps": r.n_reps, "n_judged": r.n_judged}
        for r in repeated(analysis)
    ]
    return summary


def to_json(result: Mapping[str, Any]) -> bytes:
    """Return a result as UTF-8 JSON; NaN is an error, not a value."""
    text = json.dumps(result, indent=1, ensure_ascii=False, allow_nan=False)
    return (text + "\n").encode("utf-8", "backslashreplace")


def rep_rows(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return one row per repetition and fault of a result."""
    rows = []
    for rep in result["reps"]:
        shared = {
            "file": result["source"]["file"],
            "rep": rep["number"],
            **{k: rep[k] for k in ("start_s", "bottom_s", "end_s", "view", "yaw_deg")},
            "depth_category": rep["depth"]["category"],
            "hip_drop_ratio": rep["depth"]["hip_drop_ratio"],
            "knee_flexion_deg": rep["depth"]["knee_flexion_deg"],
            **rep["tempo"],
        }
        rows += [
            shared | {k: v for k, v in finding.items() if k in REP_COLUMNS}
            for finding in rep["findings"]
        ]
    return rows


def clip_row(result: Mapping[str, Any], name: str, status: str) -> dict[str, Any]:
    """Return the row of a clip: its result file and whether it is ``scored`` or ``partial``."""
    source, summary = result["source"], result["summary"]
    return {
        "file": source["file"],
        "status": status,
        "result": name,
        "n_reps": summary["n_reps"],
        "n_discarded": len(result["discarded"]),
        **{f"{f.name}_{v}": summary[f.name][str(v)] for f in FAULTS for v in Verdict},
        **{k: source[k] for k in ("duration_s", "width_px", "height_px", "sha256")},
        "message": " ".join(result["notes"]),
    }


def failed_row(file: str, message: str) -> dict[str, Any]:
    """Return the row of a clip that could not be scored."""
    return {"file": file, "status": "failed", "message": message}


def to_csv(columns: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Return rows as CSV in UTF-8.

    A text that a spreadsheet would take for a formula gets a leading apostrophe.
    """
    names = list(columns)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in names])
    return out.getvalue().encode("utf-8", "backslashreplace")


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, str):
        is_formula = value[:1] in ("=", "+", "-", "@", "\t", "\r")
        value = value.replace("\r", " ").replace("\n", " ")
        return "'" + value if is_formula else value
    return value
