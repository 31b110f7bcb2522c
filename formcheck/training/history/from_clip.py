"""From a checked clip, live set or batch to a session of the history."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from statistics import median
from typing import Any

from formcheck.report.record import to_dict
from formcheck.squat.analysis import Analysis
from formcheck.squat.faults.finding import Verdict
from formcheck.training.history.model import (
    MAX_NOTE_CHARS,
    FaultTally,
    HistoryError,
    Session,
    SetGroup,
    Source,
)

Checked = Analysis | Mapping[str, Any]
"""Something that was judged: an analysis, or a result as written by ``report.to_dict``."""


def result_of(checked: Checked) -> Mapping[str, Any]:
    """Return the result of a checked clip or live set as plain values.

    Raises
    ------
    HistoryError
        If it is not a formcheck result of this version.
    """
    result = to_dict(checked, {}, {}) if isinstance(checked, Analysis) else checked
    if result.get("schema_version") != 1 or not isinstance(result.get("reps"), list):
        raise HistoryError("this is not a formcheck result; use the .json that formcheck wrote")
    return result


def clip_key(checked: Checked) -> str | None:
    """Return what stands for a clip's bytes and settings, or ``None`` for a live set."""
    result = result_of(checked)
    sha256 = result.get("source", {}).get("sha256")
    if not sha256:
        return None
    text = json.dumps([sha256, result.get("settings", {})], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def session_from_check(
    checked: Checked,
    day: date,
    *,
    source: Source = Source.CLIP,
    exercise: str = "squat",
    weight_kg: float | None = None,
    **details: Any,
) -> Session:
    """Turn a checked clip or live set into a session.

    Parameters
    ----------
    checked
        A result of ``report.to_dict`` or an analysis.
    day
        The day it was filmed; a video does not reliably tell.
    source, exercise
    weight_kg
        Weight on the bar, 0 for bodyweight; the camera cannot see it.
    **details
        Further fields of :class:`Session`, such as ``minutes`` or ``pain_during``.

    Raises
    ------
    HistoryError
        If the result or a detail is not valid.
    """
    result = result_of(checked)
    try:
        reps = result["reps"]
        sets = (SetGroup(n_sets=1, n_reps=len(reps), weight_kg=weight_kg),) if reps else ()
        file = result.get("source", {}).get("file")
        return Session(
            day=day,
            source=source,
            exercise=exercise,
            sets=sets,
            knee_flexion_deg=_median(rep["depth"]["knee_flexion_deg"] for rep in reps),
            hip_drop_ratio=_median(rep["depth"]["hip_drop_ratio"] for rep in reps),
            eccentric_s=_median(rep["tempo"]["eccentric_s"] for rep in reps),
            faults=_tallies(reps),
            file=None if file is None else _plain(str(file)),
            clip_key=clip_key(result),
            **details,
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise HistoryError(
            f"this result lacks something or a detail is unknown: {error}"
        ) from error


def session_from_views(
    results: Sequence[Checked], day: date, *, n_reps: int | None = None, **details: Any
) -> Session:
    """Turn the clips of one set, filmed from one or more sides, into one session.

    Each fault is taken from the clip that could judge it most often, depth and tempo from the
    first clip that shows them.  The first clip gives its ``clip_key``, so the set is known again
    whether a second view was there or not.

    Parameters
    ----------
    results
        Results of the same repetitions.
    day
        The day it was filmed.
    n_reps
        Repetitions of the set; those of the fullest clip by default.
    **details
        As for :func:`session_from_check`.

    Raises
    ------
    HistoryError
        If there is no result, or one of them or a detail is not valid.
    """
    if not results:
        raise HistoryError("a session needs the result of at least one clip")
    views = [session_from_check(result, day, **details) for result in results]
    first = views[0]
    n = n_reps if n_reps is not None else max(view.n_reps for view in views)
    weight_kg = details.get("weight_kg")
    tallies: dict[str, FaultTally] = {}
    for tally in (tally for view in views for tally in view.faults):
        known = tallies.get(tally.fault)
        if known is None or tally.n_judged > known.n_judged:
            tallies[tally.fault] = tally
    return replace(
        first,
        sets=(SetGroup(n_sets=1, n_reps=n, weight_kg=weight_kg),) if n else (),
        knee_flexion_deg=_first(view.knee_flexion_deg for view in views),
        hip_drop_ratio=_first(view.hip_drop_ratio for view in views),
        eccentric_s=_first(view.eccentric_s for view in views),
        faults=tuple(tallies[name] for name in sorted(tallies)),
        file=" + ".join(view.file for view in views if view.file)[:MAX_NOTE_CHARS] or None,
    )


def _tallies(reps: list[Mapping[str, Any]]) -> tuple[FaultTally, ...]:
    findings: dict[str, list[Mapping[str, Any]]] = {}
    for rep in reps:
        for finding in rep["findings"]:
            findings.setdefault(finding["fault"], []).append(finding)
    return tuple(
        FaultTally(
            fault=fault,
            **{f"n_{v}": sum(f["verdict"] == v.value for f in found) for v in Verdict},
            value=_median(f["value"] for f in found),
            unit=found[0]["unit"],
            uncertainty=_median(f["uncertainty"] for f in found),
        )
        for fault, found in sorted(findings.items())
    )


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(float(median(known)), 3) if known else None


def _first(values: Iterable[float | None]) -> float | None:
    return next((value for value in values if value is not None), None)


def _plain(text: str) -> str:
    text = text.encode("utf-8", "backslashreplace").decode()
    return "".join("_" if ord(c) < 32 or ord(c) == 127 else c for c in text)[:MAX_NOTE_CHARS]
