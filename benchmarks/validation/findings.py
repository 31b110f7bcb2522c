"""What the numbers say, in sentences made from them."""

from __future__ import annotations

import numpy as np

from benchmarks.validation import results
from benchmarks.validation.bounds import bounds_of
from benchmarks.validation.evidence import Evidence
from benchmarks.validation.fault_tables import CONDITIONS, detection_limits
from benchmarks.validation.figures import yaw_curve
from benchmarks.validation.judge import Row
from benchmarks.validation.results import rate_text
from benchmarks.validation.statistics import Rate, agreement
from benchmarks.validation.tables import number

LEAST = 8
"""A condition with fewer repetitions is not named as the worst."""


def summary(evidence: Evidence) -> str:
    """The section that opens the document, from the held-out part."""
    found = bounds_of(evidence)
    broken = [bound.name for bound in found if not bound.holds]
    text = f"On the held-out part {len(found) - len(broken)} of {len(found)} bounds hold."
    if broken:
        text += f" Broken: {'; '.join(broken)}."
    lines = [_counting(evidence), *_limits(evidence), _borderline(evidence)]
    lines += [*_biases(evidence), *_reach(evidence), *_not_assessable(evidence), *_worst(evidence)]
    return "\n".join(["## Summary", "", text, "", *(f"- {line}" for line in lines), ""])


def _counting(evidence: Evidence) -> str:
    frames, present = (sum(c[k] for c in evidence.clips) for k in ("n_frames", "n_present"))
    exact = Rate.of(np.array([c["n_reps"] == c["n_reps_true"] for c in evidence.clips], bool))
    return (
        f"A person was found in {100 * present / max(1, frames):.2f} % of {frames} frames; the "
        f"repetitions were counted exactly in {rate_text(exact)} of the clips."
    )


def _limits(evidence: Evidence) -> list[str]:
    lines = []
    for way, limit in detection_limits(evidence).items():
        where = "no amount up to 25 % of shank reaches 95 %"
        if limit is not None:
            where = f"95 % and more are flagged from {limit:.0f} % of shank"
        lines.append(f"Detection limit of valgus, {way}: {where}.")
    return lines


def _borderline(evidence: Evidence) -> str:
    """How amounts between the false alarms and the detection limit are called."""
    faces = results.front(evidence.rows)
    between: list[Row] = []
    for way, limit in detection_limits(evidence).items():
        top = 99.0 if limit is None else limit
        between += [
            row
            for row in results.of_way(faces, way)
            if results.FALSE_ALARM_PCT < row["amount_pct"] < top
        ]
    counts = results.shares(between, "valgus")
    parts = ", ".join(f"{n} {name.replace('_', ' ')}" for name, n in counts.items() if n)
    return f"Between 3 % and the limit ({len(between)} repetitions): {parts or 'none'}."


def _biases(evidence: Evidence) -> list[str]:
    in_view = results.front(evidence.rows) + results.side(evidence.rows)
    lines = []
    for name, (unit, find) in results.MEASURES.items():
        fit = agreement(results.errors(find(in_view)))
        if fit.n < 2:
            continue
        word = "over-read" if fit.bias > 0 else "under-read"
        lines.append(
            f"{name.capitalize()}: {word} by {number(abs(fit.bias))} {unit} on average, SD "
            f"{number(fit.sd)}, 95 % limits {number(fit.low, 1, True)} to "
            f"{number(fit.high, 1, True)} (n = {fit.n}, in the right view)."
        )
    return lines


def _reach(evidence: Evidence) -> list[str]:
    """At which yaw the error of a measure exceeds what it states."""
    lines = []
    for name, rows in (
        ("knee inside foot line, each leg", results.front(evidence.open_rows, in_view=False)),
        ("knee past toe", results.side(evidence.open_rows, in_view=False)),
    ):
        beyond = [f"{yaw:.0f}" for yaw, p95, width in yaw_curve(rows, name) if p95 > width]
        where = f"at a yaw of {', '.join(beyond)} deg" if beyond else "at no yaw of the grid"
        lines.append(
            f"{name.capitalize()}: the 95th percentile of the error exceeds the stated half width "
            f"{where}."
        )
    return lines


def _not_assessable(evidence: Evidence) -> list[str]:
    lines = []
    for fault, rows in (
        ("valgus", results.front(evidence.rows)),
        ("travel", results.side(evidence.rows)),
    ):
        refused = Rate.of(
            np.array([results.verdict_of(row, fault) == "not_assessable" for row in rows], bool)
        )
        lines.append(f"Not assessable although in the right view, {fault}: {rate_text(refused)}.")
    return lines


def _worst(evidence: Evidence) -> list[str]:
    """The conditions with the lowest detection and the highest false alarm rate of valgus."""
    faces = results.front(evidence.rows)
    missed: list[tuple[float, str, Rate]] = []
    alarms: list[tuple[float, str, Rate]] = []
    for condition, of in CONDITIONS.items():
        for value in sorted({of(row) for row in faces}):
            mine = [row for row in faces if of(row) == value]
            sure = results.flagged(results.surely_faulty(mine), "valgus")
            false = results.flagged(results.without_fault(mine), "valgus")
            if sure.n >= LEAST:
                missed.append((sure.value, f"{condition} {value}", sure))
            if false.n >= LEAST:
                alarms.append((-false.value, f"{condition} {value}", false))
    lines = []
    if missed and min(item[0] for item in missed) < 1:
        _, name, rate = min(missed, key=lambda item: item[:2])
        lines.append(f"Hardest condition for sure valgus: {name}, flagged {rate_text(rate)}.")
    if alarms and min(item[0] for item in alarms) < 0:
        _, name, rate = min(alarms, key=lambda item: item[:2])
        lines.append(f"Most false alarms of valgus: {name}, {rate_text(rate)}.")
    return lines
