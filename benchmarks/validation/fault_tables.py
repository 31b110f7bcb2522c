"""Markdown tables of what was flagged: by amount, margin, side and condition."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from benchmarks.validation import results
from benchmarks.validation.clips import Array
from benchmarks.validation.evidence import Evidence
from benchmarks.validation.figures import score
from benchmarks.validation.judge import Row
from benchmarks.validation.statistics import agreement, auc, bootstrap_by_group, detection_limit
from benchmarks.validation.tables import number, rate, table


def valgus_table(evidence: Evidence) -> str:
    """Verdicts over the amount asked for, in the right view."""
    rows = []
    faces = results.front(evidence.rows)
    for way in results.WAYS:
        for amount, mine in results.by_amount(faces, way):
            counts = results.shares(mine, "valgus")
            cells = [str(counts[name]) for name in (*results.VERDICTS, "missed")]
            rows.append([way, f"{amount:.0f}", rate(results.flagged(mine, "valgus")), *cells])
    head = ("knees", "amount [%]", "flagged", *_words(results.VERDICTS), "missed")
    return table(head, rows)


def travel_table(evidence: Evidence) -> str:
    """Verdicts over the true margin to the limit, in the right view."""
    profiles = results.side(evidence.rows)
    margin = results.travel_margin(profiles)
    rows = []
    for low, high in ((-99, -20), (-20, -10), (-10, 0), (0, 10), (10, 20), (20, 99)):
        mine = [r for r, m in zip(profiles, margin, strict=True) if low <= m < high]
        counts = results.shares(mine, "travel")
        cells = [str(counts[name]) for name in (*results.VERDICTS, "missed")]
        text = f"under {high}" if low < -90 else f"from {low}" if high > 90 else f"{low} to {high}"
        rows.append([text, rate(results.flagged(mine, "travel")), *cells])
    head = ("true travel minus limit", "flagged", *_words(results.VERDICTS), "missed")
    return table(head, rows)


def _words(names: Sequence[str]) -> list[str]:
    return [name.replace("_", " ") for name in names]


def side_table(evidence: Evidence) -> str:
    """Which knee is named when a repetition is flagged."""
    rows = []
    faces = [r for r in results.front(evidence.rows) if r["amount_pct"] >= 9]
    for how in ("left", "right", "both", "ascent"):
        mine = [r for r in faces if r["how"] == how and results.verdict_of(r, "valgus") == "fault"]
        named = [r["valgus_side"] for r in mine]
        rows.append(
            [how, str(len(mine)), *(str(named.count(s)) for s in ("left", "right", "both"))]
        )
    return table(("true", "flagged", "named left", "named right", "named both"), rows)


def detection_limits(evidence: Evidence) -> dict[str, float | None]:
    """Smallest amount from which at least 95 % of the assessable are flagged, by way."""
    faces = [
        row
        for row in results.front(evidence.rows)
        if results.verdict_of(row, "valgus") != "not_assessable"
    ]
    found = {}
    for way in results.WAYS:
        points = [(a, results.flagged(m, "valgus")) for a, m in results.by_amount(faces, way)]
        found[way] = detection_limit(points)
    return found


CONDITIONS: dict[str, Callable[[Row], str]] = {
    "yaw": lambda r: f"{abs(r['yaw_true_deg']):.0f} deg",
    "knee": lambda r: str(r["how"]),
    "legs": lambda r: str(r["bottom"]),
    "top": lambda r: str(r["top"]),
    "arms": lambda r: "barbell" if r["arms"] == "bar" else f"no barbell, {r['arms']}",
    "person in the picture": lambda r: "under 320 px" if r["body_px"] < 320 else "320 px and more",
    "picture": lambda r: f"{r['width_px']} x {r['height_px']}",
    "frames a second": lambda r: f"{r['fps']:.0f}",
    "distance": lambda r: "under 2.7 m" if r["distance_m"] < 2.7 else "2.7 m and more",
    "toe-out": lambda r: "under 18 deg" if r["toe_out_deg"] < 18 else "18 deg and more",
    "depth": lambda r: "hip drop under 30 %" if r["drop_true"] < 0.3 else "hip drop 30 % and more",
}


def condition_table(evidence: Evidence) -> str:
    """Valgus by condition: false alarms, sure faults flagged, error; yaw includes 30 deg."""
    rows = []
    for condition, of in CONDITIONS.items():
        faces = results.front(evidence.rows, in_view=condition != "yaw")
        for value in sorted({of(r) for r in faces}):
            mine = [r for r in faces if of(r) == value]
            sure = results.surely_faulty(mine)
            fit = agreement(results.errors(results.valgus_errors(mine)))
            rows.append(
                [
                    condition,
                    value,
                    rate(results.flagged(results.without_fault(mine), "valgus")),
                    rate(results.flagged(sure, "valgus")),
                    f"{number(fit.bias, 1, True)} ± {number(fit.sd)}",
                ]
            )
    head = ("condition", "", "flagged without valgus", "flagged when sure", "error [% of shank]")
    return table(head, rows)


def travel_condition_table(evidence: Evidence) -> str:
    """Travel by condition: flagged under and over the limit, error; yaw includes 60 deg."""
    rows = []
    own: dict[str, Callable[[Row], str]] = {"heels": lambda r: str(r["how"])}
    for condition, of in (CONDITIONS | own).items():
        if condition in ("knee", "top", "toe-out"):
            continue
        profiles = results.side(evidence.rows, in_view=condition != "yaw")
        margin = results.travel_margin(profiles)
        for value in sorted({of(r) for r in profiles}):
            pairs = [(r, m) for r, m in zip(profiles, margin, strict=True) if of(r) == value]
            under = [r for r, m in pairs if m <= -results.TRAVEL_MARGIN_PCT]
            over = [r for r, m in pairs if m >= results.TRAVEL_MARGIN_PCT]
            fit = agreement(results.errors(results.travel_errors([r for r, _ in pairs])))
            error = f"{number(fit.bias, 1, True)} ± {number(fit.sd)}"
            rates = [rate(results.flagged(rows_, "travel")) for rows_ in (under, over)]
            rows.append([condition, value, *rates, error])
    head = ("condition", "", "flagged 20 under", "flagged 20 over", "error [% of foot]")
    return table(head, rows)


def auc_table(evidence: Evidence) -> str:
    """Area under the ROC curve by amount against 0 and 3 %, with intervals by person."""
    faces = results.front(evidence.rows)
    negative = results.without_fault(faces)
    rows = []
    for way in results.WAYS:
        cells = []
        for amount in (6.0, 9.0, 12.0, 15.0):
            positive = [r for r in of_amount(faces, amount) if r in results.of_way(faces, way)]
            cells.append(_auc_text(positive, negative))
        rows.append([way, *cells])
    return table(("knees", "6 %", "9 %", "12 %", "15 %"), rows)


def of_amount(rows: Iterable[Row], amount: float) -> list[Row]:
    """Repetitions with one amount asked for."""
    return [row for row in rows if row["amount_pct"] == amount]


def _auc_text(positive: list[Row], negative: list[Row]) -> str:
    if not positive or not negative:
        return "–"
    both = positive + negative
    scores = score(both, "valgus")
    is_positive = np.arange(len(both)) < len(positive)

    def area(rows: Array) -> float:
        return auc(scores[rows][is_positive[rows]], scores[rows][~is_positive[rows]])

    low, high = bootstrap_by_group([r["person"] for r in both], area, 500)
    return f"{area(np.arange(len(both))):.2f} ({low:.2f}–{high:.2f})"
