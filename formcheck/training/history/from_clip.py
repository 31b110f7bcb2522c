"""From a checked clip, live set or batch to a session of the history."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from statistics import median
from typing import Any

from msgspec.structs import replace

from formcheck.report.result import ClipResult, RepResult
from formcheck.squat.faults.finding import MEASURES, Finding, Measure, Verdict
from formcheck.training.history.model import (
    MAX_NOTE_CHARS,
    FaultTally,
    HistoryError,
    Session,
    SessionSource,
    SetGroup,
)


def clip_key(result: ClipResult) -> str:
    """Return what stands for a clip's bytes, or a live set's poses, and the settings."""
    text = json.dumps([result.source.sha256, result.settings], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def session_from_clip(
    result: ClipResult,
    day: date,
    *,
    source: SessionSource = SessionSource.CLIP,
    exercise: str = "squat",
    weight_kg: float | None = None,
    **details: Any,
) -> Session:
    """Turn a checked clip or live set into a session.

    Args:
        day: The day it was filmed; a video does not reliably tell.
        weight_kg: Weight on the bar, 0 for bodyweight; the camera cannot see it.
        **details: Further fields of :class:`Session`, such as ``minutes`` or ``pain_during``.

    Raises:
        HistoryError: If a detail is unknown or not valid.
    """
    reps = result.reps
    try:
        return Session(
            day=day,
            source=source,
            exercise=exercise,
            sets=_one_set(len(reps), weight_kg),
            knee_flexion_deg=_median(rep.depth.knee_flexion_deg for rep in reps),
            hip_drop_ratio=_median(rep.depth.hip_drop_ratio for rep in reps),
            eccentric_s=_median(rep.tempo.eccentric_s for rep in reps),
            faults=_tallies(reps),
            file=_plain(result.source.file),
            clip_key=clip_key(result),
            **details,
        )
    except TypeError as error:
        raise HistoryError(f"a detail is unknown: {error}") from error


def session_from_views(
    results: Sequence[ClipResult], day: date, *, n_reps: int | None = None, **details: Any
) -> Session:
    """Turn the clips of one set, filmed from one or more sides, into one session.

    Each fault is taken from the clip that could judge it most often, depth and tempo from the first
    clip that shows them.  The first clip gives its ``clip_key``, so the set is known again whether
    a second view was there or not.

    ``n_reps`` are the repetitions of the set, by default those of the fullest clip; ``details`` are
    as for :func:`session_from_clip`.

    Raises:
        HistoryError: If there is no result, or a detail is not valid.
    """
    if not results:
        raise HistoryError("a session needs the result of at least one clip")
    views = [session_from_clip(result, day, **details) for result in results]
    tallies: dict[str, FaultTally] = {}
    for tally in (tally for view in views for tally in view.faults):
        known = tallies.get(tally.fault)
        if known is None or tally.n_judged > known.n_judged:
            tallies[tally.fault] = tally
    n = n_reps if n_reps is not None else max(view.n_reps for view in views)
    return replace(
        views[0],
        sets=_one_set(n, details.get("weight_kg")),
        knee_flexion_deg=_first(view.knee_flexion_deg for view in views),
        hip_drop_ratio=_first(view.hip_drop_ratio for view in views),
        eccentric_s=_first(view.eccentric_s for view in views),
        faults=tuple(tallies[name] for name in sorted(tallies)),
        file=" + ".join(view.file for view in views if view.file)[:MAX_NOTE_CHARS] or None,
    )


def _one_set(n_reps: int, weight_kg: float | None) -> tuple[SetGroup, ...]:
    return (SetGroup(n_sets=1, n_reps=n_reps, weight_kg=weight_kg),) if n_reps else ()


def _tallies(reps: Iterable[RepResult]) -> tuple[FaultTally, ...]:
    findings: dict[str, list[Finding]] = {}
    for rep in reps:
        for finding in rep.findings:
            findings.setdefault(finding.fault, []).append(finding)
    return tuple(_tally(fault, found) for fault, found in sorted(findings.items()))


def _tally(fault: str, found: Sequence[Finding]) -> FaultTally:
    """One fault of a session: its value is always the same one's, so that sessions compare."""
    n_of = Counter(measure for f in found for measure in f.measures)
    measure: Measure = max(("", *MEASURES), key=lambda name: n_of[name])
    measured = [f.measures[measure] for f in found if measure in f.measures]
    return FaultTally(
        fault=fault,
        **{f"n_{v}": sum(f.verdict is v for f in found) for v in Verdict},
        value=_median(m.value for m in measured),
        unit=found[0].unit,
        uncertainty=_median(m.uncertainty for m in measured),
        measure=measure,
    )


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(float(median(known)), 3) if known else None


def _first(values: Iterable[float | None]) -> float | None:
    return next((value for value in values if value is not None), None)


def _plain(text: str) -> str:
    text = text.encode("utf-8", "backslashreplace").decode()
    return "".join("_" if ord(c) < 32 or ord(c) == 127 else c for c in text)[:MAX_NOTE_CHARS]
