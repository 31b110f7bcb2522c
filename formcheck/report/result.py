"""The stored result of a clip, typed: written, read, checked and described as a JSON Schema.

Names and values in the file are stable (schema_version 1); names may be added.  In the file the
values of one fault (``extra``) and the counts of every fault (``Summary.faults``) stand directly
beside the shared names; here they are mappings of their own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from formcheck.errors import InputError
from formcheck.pose.kinematics import Side
from formcheck.pose.track import Inference
from formcheck.squat.depth import DepthCategory
from formcheck.squat.faults.finding import Finding
from formcheck.squat.feedback import CueGiven
from formcheck.squat.set_verdict import SetVerdict
from formcheck.squat.view import ViewName
from formcheck.strict import largest, parse_json, read_file, shown

Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Count = Annotated[int, Meta(ge=0)]
Number = Annotated[int, Meta(ge=1)]
Seconds = Annotated[float, Meta(ge=0)]
Text = Annotated[str, Meta(min_length=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipSource:
    """The file that was judged; a live set has a name of its own and the hash of its poses."""

    file: str
    sha256: Sha256
    width_px: Number
    height_px: Number
    duration_s: Seconds
    n_frames: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """What judged it."""

    formcheck: str
    mediapipe: str
    model_sha256: Sha256
    inference: Inference = Inference.EVERY_FRAME
    """Which frames the model looked at; every one in releases that do not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepDepth:
    """How deep a repetition went; the knee angle is None unless seen from the side."""

    knee_flexion_deg: float | None
    hip_drop_ratio: float
    category: DepthCategory


@dataclass(frozen=True, slots=True, kw_only=True)
class RepTempo:
    """How long a repetition took on the way down, at the bottom and on the way up.

    None in a clip that seems to play slower than life: the notes say so.
    """

    eccentric_s: Seconds | None
    pause_s: Seconds | None
    concentric_s: Seconds | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RepResult:
    """One repetition and its finding for every fault."""

    number: Number
    start_s: float
    bottom_s: float
    end_s: float
    view: ViewName
    yaw_deg: float | None
    yaw_sd_deg: float | None = None
    depth: RepDepth
    tempo: RepTempo
    cue: CueGiven | None = None
    findings: tuple[Finding, ...]

    @property
    def eccentric_s(self) -> float:
        """Duration of the way down in the clip, for matching."""
        known = self.tempo.eccentric_s
        return self.bottom_s - self.start_s if known is None else known

    @property
    def concentric_s(self) -> float:
        """Duration of the way up in the clip, for matching."""
        known = self.tempo.concentric_s
        return self.end_s - self.bottom_s if known is None else known

    def to_builtins(self) -> dict[str, Any]:
        """The repetition as it stands in a result: plain JSON values; ValueError for NaN."""
        stored = json.loads(json.dumps(msgspec.to_builtins(self), allow_nan=False))
        findings = [_without_part(finding, "extra") for finding in stored["findings"]]
        return {**stored, "findings": findings}

    def finding(self, fault: str) -> Finding | None:
        """The finding of a fault by its name; None if the release that judged lacked it."""
        return next((f for f in self.findings if f.fault == fault), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotCounted:
    """A movement that was not counted as a squat, and why."""

    start_s: float
    end_s: float
    reason: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatedFault:
    """A fault found in several repetitions."""

    fault: str
    side: Side | None
    n_reps: Count
    n_judged: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictCounts:
    """How many repetitions got which verdict."""

    fault: Count
    borderline: Count
    ok: Count
    not_assessable: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Counts over a clip, those of the verdicts by fault, and what its repetitions say together."""

    n_reps: Count
    faults: Mapping[str, VerdictCounts]
    repeated: tuple[RepeatedFault, ...]
    set_verdicts: tuple[SetVerdict, ...] = ()
    """One for every fault that could be judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSeen:
    """Repetitions without a rest between them; ``rest_s`` is the one before, None for the first."""

    number: Number
    start_s: float
    end_s: float
    first_rep: Number
    n_reps: Count
    rest_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSeen:
    """Somebody in the picture, or an image; ``box`` is left, top, right, bottom in pixels."""

    box: tuple[float, float, float, float]
    is_followed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipResult:
    """Everything that is stored about a judged clip or live set."""

    schema_version: Literal[1] = 1
    source: ClipSource
    versions: Versions
    settings: Mapping[str, bool | float] = field(default_factory=dict)
    """Those that differ from the defaults, by ``section.name``."""
    filmed: Mapping[str, bool | float | str] = field(default_factory=dict)
    """What was said of how the clip was filmed: ``is_mirrored``, ``speed``, ``person``."""
    sets: tuple[SetSeen, ...] = ()
    """The sets of the clip, in order."""
    people: tuple[PersonSeen, ...] = ()
    """Who is in the picture, from left to right, if there are several."""
    reps: tuple[RepResult, ...]
    discarded: tuple[NotCounted, ...]
    notes: tuple[str, ...]
    summary: Summary

    def without_cues(self) -> ClipResult:
        """The result without coaching cues, for somebody with a warning sign."""
        return replace(self, reps=tuple(replace(rep, cue=None) for rep in self.reps))

    def to_builtins(self) -> dict[str, Any]:
        """The result as plain JSON values; ValueError for NaN, which must never have got here."""
        stored = json.loads(json.dumps(msgspec.to_builtins(self), allow_nan=False))
        reps = [rep.to_builtins() for rep in self.reps]
        return {**stored, "reps": reps, "summary": _without_part(stored["summary"], "faults")}

    def to_json(self) -> bytes:
        """The result as UTF-8 JSON; NaN as in :meth:`to_builtins`."""
        text = json.dumps(self.to_builtins(), indent=1, ensure_ascii=False)
        return (text + "\n").encode("utf-8", "backslashreplace")


def parse_result(data: bytes | str, name: str) -> ClipResult:
    """Read a stored result from JSON; ``name`` is what to call it in a message.

    Raises:
        InputError: If it is not one; the message says what is wrong with it.
    """
    try:
        return result_from(shown(parse_json(data)))
    except (msgspec.MsgspecError, ValueError) as error:
        raise InputError(
            f"{name}: not a result formcheck can read ({error}). Score the clip again."
        ) from None


def result_from(stored: Any) -> ClipResult:
    """Type the plain values of a stored result; a ValidationError names the place of an error."""
    if isinstance(stored, dict):
        stored = {**stored, "summary": _with_part(stored.get("summary"), "faults", _SUMMARY)}
        if isinstance(reps := stored.get("reps"), list):
            stored["reps"] = [_rep_with_extra(rep) for rep in reps]
    result = msgspec.convert(stored, ClipResult)
    for i, rep in enumerate(result.reps):
        for j, finding in enumerate(rep.findings):
            if problem := _contradiction(finding):
                raise msgspec.ValidationError(f"{problem} - at `$.reps[{i}].findings[{j}]`")
    if largest(stored) > _MOST:
        raise msgspec.ValidationError("a number that no clip can have")
    return result


def read_result(path: Path) -> ClipResult:
    """Read a stored result from a file; InputError if it is missing or not a result."""
    try:
        data = read_file(path)
    except OSError as error:
        reason = error.strerror or error
        raise InputError(f"{path}: cannot be read ({reason}). Score the clip again.") from None
    return parse_result(data, str(path))


def schema() -> dict[str, Any]:
    """The JSON Schema of a stored result."""
    _, parts = msgspec.json.schema_components([ClipResult], ref_template="#/$defs/{name}")
    finding, summary = parts["Finding"], parts["Summary"]
    finding["additionalProperties"] = finding["properties"].pop("extra")["additionalProperties"]
    summary["additionalProperties"] = summary["properties"].pop("faults")["additionalProperties"]
    summary["required"].remove("faults")
    known, unknown = {"type": "number"}, {"type": "null"}
    finding |= {
        "if": {"properties": {"verdict": {"const": "not_assessable"}}},
        "then": {"properties": {"value": unknown, "threshold": unknown}},
        "else": {
            "properties": dict.fromkeys(("value", "threshold", "uncertainty", "time_s"), known)
        },
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "formcheck clip result",
        **parts.pop(ClipResult.__name__),
        "$defs": parts,
    }


_FINDING = {f.name for f in fields(Finding)}
_SUMMARY = {f.name for f in fields(Summary)}
_MOST = 1e9
"""No number of a result is larger, so that sums and squares of them stay finite."""


def _without_part(stored: dict[str, Any], part: str) -> dict[str, Any]:
    """Put the names of a part beside the others, in its place."""
    out: dict[str, Any] = {}
    for name, value in stored.items():
        out |= value if name == part else {name: value}
    return out


def _with_part(stored: Any, part: str, known: set[str]) -> Any:
    """Collect the names that are not known into a part; what is no object stays for the check."""
    if not isinstance(stored, dict):
        return stored
    own = {name: value for name, value in stored.items() if name in known - {part}}
    return own | {part: {k: v for k, v in stored.items() if k not in own}}


def _rep_with_extra(rep: Any) -> Any:
    if not isinstance(rep, dict) or not isinstance(findings := rep.get("findings"), list):
        return rep
    return {**rep, "findings": [_with_part(f, "extra", _FINDING) for f in findings]}


def _contradiction(finding: Finding) -> str:
    """What the verdict and the numbers of a finding do not agree on; empty if nothing."""
    measured = (finding.value, finding.threshold, finding.uncertainty, finding.time_s)
    if finding.is_judged and None in measured:
        return "a verdict without value, threshold, uncertainty or time_s"
    if not finding.is_judged and (finding.value, finding.threshold) != (None, None):
        return "a value or threshold without a verdict"
    numbers = [n for n in (*measured, *finding.extra.values()) if isinstance(n, int | float)]
    if any(abs(n) > _MOST for n in numbers) or (finding.uncertainty or 0.0) < 0:
        return "a number that no finding can have"
    return ""
