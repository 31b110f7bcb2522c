"""From rows to numbers: groups of repetitions, rates, errors, coverage and bounds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.validation.clips import SIDES, Array
from benchmarks.validation.evidence import Evidence
from benchmarks.validation.judge import Row, values
from benchmarks.validation.statistics import Z95, Coverage, Rate, agreement, coverage

VERDICTS = ("fault", "borderline", "ok", "not_assessable")
WAYS = {"both": ("both",), "both, ascent only": ("ascent",), "one": ("left", "right")}
"""Name of a group of valgus repetitions and what was asked of them."""
FALSE_ALARM_PCT = 3.0
"""Where the weaker of the two true witnesses is no more than this there is no fault."""
SURE_PCT = 15.0
"""A collapse: both witnesses are so much or more, and must be flagged."""
TRAVEL_MARGIN_PCT = 20.0
VIEW_TOLERANCE_DEG = 20.0


def is_in_view(row: Row) -> bool:
    """Whether the true view is within 20 deg of the one the half of the grid is meant for."""
    ideal = 0.0 if row["grid"] == "front" else 90.0
    return bool(abs(abs(row["yaw_true_deg"]) - ideal) <= VIEW_TOLERANCE_DEG)


def front(rows: Iterable[Row], *, in_view: bool = True) -> list[Row]:
    """Repetitions of the front part."""
    return [r for r in rows if r["grid"] == "front" and (is_in_view(r) or not in_view)]


def side(rows: Iterable[Row], *, in_view: bool = True) -> list[Row]:
    """Repetitions of the side part."""
    return [r for r in rows if r["grid"] == "side" and (is_in_view(r) or not in_view)]


def verdict_of(row: Row, fault: str) -> str:
    """``missed`` for a repetition that was not found."""
    return str(row[f"{fault}_verdict"]) if row["is_found"] else "missed"


def flagged(rows: Sequence[Row], fault: str) -> Rate:
    """Share of repetitions called a fault; missed and not assessable ones are not."""
    return Rate.of(np.array([verdict_of(row, fault) == "fault" for row in rows], bool))


def shares(rows: Sequence[Row], fault: str) -> dict[str, int]:
    """How many repetitions got each verdict, missed ones included."""
    names = [verdict_of(row, fault) for row in rows]
    return {name: names.count(name) for name in (*VERDICTS, "missed")}


def of_way(rows: Iterable[Row], way: str) -> list[Row]:
    """Repetitions with the knees in on both sides, on the ascent only, or on one side."""
    return [row for row in rows if row["how"] in WAYS[way]]


def valgus_pct(row: Row) -> float:
    """True valgus: the weaker of the two witnesses, of whichever knee or mean has most of it."""
    return max(
        min(row[f"{side}_inside_true"], row[f"{side}_moved_true"]) for side in (*SIDES, "mean")
    )


def without_fault(rows: Iterable[Row]) -> list[Row]:
    """Repetitions in which at most one witness of valgus is there."""
    return [row for row in rows if valgus_pct(row) <= FALSE_ALARM_PCT]


def surely_faulty(rows: Iterable[Row]) -> list[Row]:
    """Repetitions with so much valgus that they must be flagged."""
    return [row for row in rows if valgus_pct(row) >= SURE_PCT]


def by_amount(rows: Sequence[Row], way: str) -> list[tuple[float, list[Row]]]:
    """Repetitions of a way by the amount asked for."""
    mine = of_way(rows, way)
    return [
        (a, [r for r in mine if r["amount_pct"] == a])
        for a in sorted({r["amount_pct"] for r in mine})
    ]


def travel_margin(rows: Sequence[Row]) -> Array:
    """True travel past the toe minus the limit the product held the repetition against.

    Where it named no limit, the median limit of repetitions with the same heels stands in.
    """
    true = np.array([row[f"{row['near']}_past_toe_true"] for row in rows], float)
    limit = values(rows, "travel_threshold")
    for how in {row["how"] for row in rows}:
        mine = np.array([row["how"] == how for row in rows], bool)
        known = limit[mine & np.isfinite(limit)]
        if known.size:
            limit[mine & ~np.isfinite(limit)] = np.median(known)
    return np.asarray(true - limit)


def valgus_errors(rows: Sequence[Row], sides: Sequence[str] = SIDES) -> list[Row]:
    """Measured minus true peak of each leg (or the mean), with the stated uncertainty."""
    out = []
    for row in rows:
        for name in sides:
            got = row.get(f"valgus_{name}_pct_shank")
            if got is None:
                continue
            own = row.get(f"valgus_{name}_uncertainty_pct_shank")
            out.append(
                row
                | {
                    "leg": name,
                    "true": row[f"{name}_inside_true"],
                    "error": got - row[f"{name}_inside_true"],
                    "half_width": row["valgus_uncertainty"] if own is None else own,
                }
            )
    return out


def stated_valgus_errors(rows: Sequence[Row]) -> list[Row]:
    """Error of the one value each finding states, left, right or the mean of both."""
    out = []
    for row in rows:
        if row.get("valgus_value") is None:
            continue
        legs = {name: row.get(f"valgus_{name}_pct_shank") for name in (*SIDES, "mean")}
        known = {name: value for name, value in legs.items() if value is not None}
        name = min(known, key=lambda key: abs(known[key] - row["valgus_value"]))
        true = row[f"{name}_inside_true"]
        error = row["valgus_value"] - true
        out.append(row | {"true": true, "error": error, "half_width": row["valgus_uncertainty"]})
    return out


def travel_errors(rows: Sequence[Row]) -> list[Row]:
    """Measured minus true travel past the toe of the leg the product looked at."""
    return [
        row
        | {
            "true": row[f"{row['travel_side']}_past_toe_true"],
            "error": row["travel_value"] - row[f"{row['travel_side']}_past_toe_true"],
            "half_width": row["travel_uncertainty"],
        }
        for row in rows
        if row.get("travel_value") is not None and row.get("travel_side") in SIDES
    ]


def flexion_errors(rows: Sequence[Row]) -> list[Row]:
    """Measured minus true greatest knee flexion of the near leg."""
    return [
        row
        | {
            "true": row[f"{row['near']}_flexion_true"],
            "error": row["flexion"] - row[f"{row['near']}_flexion_true"],
            "half_width": float("nan"),
        }
        for row in rows
        if row.get("flexion") is not None
    ]


def heel_errors(rows: Sequence[Row]) -> list[Row]:
    """Measured minus true heel rise of the leg the product looked at."""
    name = "travel_heel_rise_pct_foot"
    return [
        row
        | {
            "true": row[f"{row['travel_side']}_heel_true"],
            "error": row[name] - row[f"{row['travel_side']}_heel_true"],
            "half_width": float("nan"),
        }
        for row in rows
        if row.get(name) is not None and row.get("travel_side") in SIDES
    ]


def yaw_errors(rows: Sequence[Row]) -> list[Row]:
    """Measured minus true yaw, wrapped, with 1.96 stated standard errors."""
    out = []
    for row in rows:
        if row["is_found"] and np.isfinite(row["yaw_deg"]):
            error = (row["yaw_deg"] - row["yaw_true_deg"] + 180) % 360 - 180
            # Towards the side counts as positive, whichever side it is.
            sense = -1.0 if row["yaw_true_deg"] < 0 else 1.0
            more = {"true": abs(row["yaw_true_deg"]), "error": sense * error}
            out.append(row | more | {"half_width": Z95 * row["yaw_sd_deg"]})
    return out


MEASURES: dict[str, tuple[str, Callable[[Sequence[Row]], list[Row]]]] = {
    "knee inside foot line, each leg": ("% of shank", valgus_errors),
    "knee past toe": ("% of foot", travel_errors),
    "knee flexion from the side": ("deg", flexion_errors),
    "yaw": ("deg", yaw_errors),
    "heel rise": ("% of foot", heel_errors),
}
"""Measures, their units and how their errors are found."""


def errors(rows: Sequence[Row], name: str = "error") -> Array:
    """A column of error rows."""
    return np.array([row[name] for row in rows], float)


def coverage_of(rows: Sequence[Row]) -> Coverage:
    """Coverage of the stated intervals of error rows."""
    return coverage(errors(rows), errors(rows, "half_width"), [row["person"] for row in rows])


def coverages(rows: Sequence[Row]) -> dict[str, Coverage]:
    """Coverage of everything stated with an interval, in the right view."""
    return {
        "valgus, the stated value": coverage_of(stated_valgus_errors(front(rows))),
        "valgus, each leg": coverage_of(valgus_errors(front(rows))),
        "forward travel": coverage_of(travel_errors(side(rows))),
        "yaw": coverage_of(yaw_errors(rows)),
    }


@dataclass(frozen=True)
class Bound:
    """One thing that must hold, what was found, and whether it does."""

    name: str
    wanted: str
    found: str
    holds: bool


def bounds(evidence: Evidence) -> list[Bound]:
    """The bounds a part is held against."""
    rows = evidence.rows
    faces, profiles = front(rows), side(rows)
    clean, sure = without_fault(faces), surely_faulty(faces)
    inside = [row for row in clean if row["mean_inside_true"] >= SURE_PCT]
    out = [
        _at_most("valgus: false alarms, one witness at most", flagged(clean, "valgus")),
        _at_most("valgus: false alarms, far inside the foot line only", flagged(inside, "valgus")),
        _at_least(
            f"valgus: flagged, both witnesses from {SURE_PCT:.0f} %", flagged(sure, "valgus"), 0.95
        ),
    ]
    margin = travel_margin(profiles)
    over = [row for row, m in zip(profiles, margin, strict=True) if m >= TRAVEL_MARGIN_PCT]
    under = [row for row, m in zip(profiles, margin, strict=True) if m <= -TRAVEL_MARGIN_PCT]
    out.append(_at_least("travel: flagged 20 points over the limit", flagged(over, "travel"), 0.95))
    out.append(_at_most("travel: flagged 20 points under the limit", flagged(under, "travel")))
    flexion = agreement(errors(flexion_errors(profiles)))
    out.append(
        Bound(
            "knee flexion from the side: mean absolute error",
            "at most 6 deg",
            f"{flexion.mae:.1f} deg (n = {flexion.n})",
            bool(flexion.mae <= 6.0),
        )
    )
    for name, cover in coverages(rows).items():
        text = f"{100 * cover.rate.value:.1f} % ({100 * cover.low:.1f} to {100 * cover.high:.1f})"
        if cover.low > 0.95:
            text += ", wider than need be"
        wanted = "95 % within the interval by person"
        out.append(Bound(f"coverage: {name}", wanted, text, cover.includes_95))
    exact = Rate.of(np.array([c["n_reps"] == c["n_reps_true"] for c in evidence.clips], bool))
    out.append(_at_least("repetitions counted exactly, share of clips", exact, 0.99))
    return out


def _at_least(name: str, rate: Rate, least: float) -> Bound:
    return Bound(name, f"at least {100 * least:.0f} %", rate_text(rate), bool(rate.value >= least))


def _at_most(name: str, rate: Rate, most: float = 0.03) -> Bound:
    return Bound(name, f"at most {100 * most:.0f} %", rate_text(rate), bool(rate.value <= most))


def rate_text(rate: Rate) -> str:
    """``95.0 % (19/20; 76 to 99)``, the interval in per cent."""
    if not rate.n:
        return "no such repetitions"
    low, high = rate.interval
    return f"{100 * rate.value:.1f} % ({rate.hits}/{rate.n}; {100 * low:.0f} to {100 * high:.0f})"
