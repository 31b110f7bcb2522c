"""Markdown tables of the validation, each from one part's evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import isfinite

import numpy as np

from benchmarks.validation import results
from benchmarks.validation.bounds import bounds_of
from benchmarks.validation.evidence import VARIANTS, Evidence
from benchmarks.validation.figures import yaw_curve
from benchmarks.validation.frames import DEPTHS, TRUE_POINT, landmark_agreement
from benchmarks.validation.judge import Row
from benchmarks.validation.statistics import Agreement, Rate, agreement


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def number(value: float, digits: int = 1, sign: bool = False) -> str:
    """A number, or a dash for NaN; never a negative zero."""
    if not isfinite(value):
        return "–"
    value = round(value, digits) + 0.0
    return f"{value:+.{digits}f}" if sign else f"{value:.{digits}f}"


def rate(found: Rate) -> str:
    """``95 % (19/20; 76–99)``."""
    if not found.n:
        return "–"
    low, high = (100 * bound for bound in found.interval)
    return f"{100 * found.value:.0f} % ({found.hits}/{found.n}; {low:.0f}–{high:.0f})"


def _agreement_cells(fit: Agreement) -> list[str]:
    limits = f"{number(fit.low, 1, True)} to {number(fit.high, 1, True)}"
    return [
        str(fit.n),
        number(fit.bias, 1, True),
        number(fit.sd),
        limits if fit.n > 1 else "–",
        number(fit.mae),
        number(fit.p95),
    ]


AGREEMENT_HEAD = ("n", "bias", "SD", "95 % limits", "mean abs.", "95th pct. abs.")


def bounds_table(parts: Sequence[Evidence]) -> str:
    """What must hold, per part."""
    columns = [bounds_of(part) for part in parts]
    head = ["bound", "wanted", *(part.part.replace("_", "-") for part in parts)]
    rows = []
    for same in zip(*columns, strict=True):
        found = [f"{'holds' if b.holds else '**broken**'}: {b.found}" for b in same]
        rows.append([same[0].name, same[0].wanted, *found])
    return table(head, rows)


def detection_table(evidence: Evidence) -> str:
    """Frames with a person and repetitions counted, by half of the grid and frame rate."""
    rows = []
    groups: list[tuple[str, Callable[[Row], bool]]] = [
        ("all clips", lambda c: True),
        ("front part", lambda c: c["grid"] == "front"),
        ("side part", lambda c: c["grid"] == "side"),
    ]
    for fps in sorted({c["fps"] for c in evidence.clips}):
        groups.append((f"{fps:.0f} frames a second", lambda c, fps=fps: c["fps"] == fps))  # type: ignore[misc]
    for name, belongs in groups:
        mine = [c for c in evidence.clips if belongs(c)]
        frames, present = (sum(c[k] for c in mine) for k in ("n_frames", "n_present"))
        exact = Rate.of(np.array([c["n_reps"] == c["n_reps_true"] for c in mine], bool))
        wanted = sum(c["n_reps_true"] for c in mine)
        error = [c["n_reps"] - c["n_reps_true"] for c in mine]
        missed, extra = -sum(e for e in error if e < 0), sum(e for e in error if e > 0)
        rows.append(
            [
                name,
                f"{100 * present / max(1, frames):.2f} %",
                rate(exact),
                str(wanted),
                str(missed),
                str(extra),
            ]
        )
    return table(
        ("clips", "frames with a person", "count exact", "repetitions", "missed", "extra"), rows
    )


def timing_table(evidence: Evidence) -> str:
    """Start, bottom and end of repetitions."""
    rows = []
    for name in ("start", "bottom", "end"):
        errors = [r[f"{name}_error_s"] for r in evidence.rows if r["is_found"]]
        fit = agreement(1000 * np.array(errors, float))
        rows.append(
            [name, str(fit.n), number(fit.bias, 0, True), number(fit.sd, 0), number(fit.p95, 0)]
        )
    return table(("moment", "n", "bias [ms]", "SD [ms]", "95th pct. abs. [ms]"), rows)


def landmark_table(evidence: Evidence) -> str:
    """Bias and spread of the leg landmarks by view and posture."""
    rows = []
    for grid, near in (("front", None), ("side", True), ("side", False)):
        for name in TRUE_POINT:
            for pose in ("standing", "bottom"):
                mine = [
                    r
                    for r in evidence.landmarks
                    if r["grid"] == grid
                    and r["landmark"] == name
                    and r["pose"] == pose
                    and results.is_in_view(r)
                    and (near is None or r["is_near"] is near)
                ]
                if not mine:
                    continue
                view = "front" if near is None else f"side, {'near' if near else 'far'} leg"
                cells = []
                for axis in ("across", "up"):
                    pixels, share = landmark_agreement(mine, axis)
                    cells.append(f"{number(pixels.bias, 1, True)} ± {number(pixels.sd)}")
                    cells.append(f"{number(share.bias, 1, True)} ± {number(share.sd)}")
                rows.append([view, name, pose, *cells])
    head = ("view", "landmark", "posture", "across [px]", "across [% leg]", "up [px]", "up [% leg]")
    return table(head, rows)


def error_table(evidence: Evidence) -> str:
    """Error of each measure by true yaw, view limits lifted."""
    rows = []
    for name, (unit, find) in results.MEASURES.items():
        for yaw in sorted({abs(r["yaw_true_deg"]) for r in evidence.open_rows}):
            mine = find([r for r in evidence.open_rows if abs(r["yaw_true_deg"]) == yaw])
            is_front = name.startswith("knee inside")
            is_front_yaw = yaw <= 30
            if not mine or (name != "yaw" and is_front != is_front_yaw):
                continue
            fit = agreement(results.errors(mine))
            rows.append([f"{name} [{unit}]", f"{yaw:.0f}", *_agreement_cells(fit)])
    return table(("measure", "true yaw [deg]", *AGREEMENT_HEAD), rows)


def depth_table(evidence: Evidence) -> str:
    """Error of each measure by depth of the repetition, in the right view."""
    rows = []
    in_view = results.front(evidence.rows) + results.side(evidence.rows)
    for name, (unit, find) in results.MEASURES.items():
        for low, high, word in DEPTHS:
            mine = find([r for r in in_view if low <= r["drop_true"] < high])
            if mine:
                text = f"{word} ({100 * low:.0f}–{100 * min(high, 0.6):.0f} %)"
                fit = agreement(results.errors(mine))
                rows.append([f"{name} [{unit}]", text, *_agreement_cells(fit)])
    return table(("measure", "hip drop", *AGREEMENT_HEAD), rows)


def yaw_limit_table(evidence: Evidence) -> str:
    """Error against stated uncertainty by yaw, and whether it is exceeded."""
    rows = []
    cases = (
        ("knee inside foot line, each leg", results.front(evidence.open_rows, in_view=False)),
        ("knee past toe", results.side(evidence.open_rows, in_view=False)),
        ("yaw", evidence.open_rows),
    )
    for name, mine in cases:
        for yaw, p95, width in yaw_curve(mine, name):
            word = "exceeded" if p95 > width else "within"
            rows.append([name, f"{yaw:.0f}", number(p95), number(width), word])
    head = ("measure", "true yaw [deg]", "95th pct. of abs. error", "mean stated half width", "")
    return table(head, rows)


def coverage_table(evidence: Evidence) -> str:
    """Coverage of the stated 95 % intervals."""
    rows = []
    for name, cover in results.coverages(evidence.rows).items():
        interval = f"{number(100 * cover.low)} to {number(100 * cover.high)}"
        share = f"{number(100 * cover.rate.value)} ({cover.rate.hits}/{cover.rate.n})"
        rows.append([name, share, interval, number(cover.mean_half_width)])
    head = ("value", "coverage [%]", "95 % interval by person", "mean half width")
    return table(head, rows)


def stability_table(evidence: Evidence) -> str:
    """Verdicts that stay the same on resampled tracks."""
    rows = []
    for name in VARIANTS:
        if name not in evidence.variants:
            continue
        other, clips = evidence.variants[name]
        exact = Rate.of(np.array([c["n_reps"] == c["n_reps_true"] for c in clips], bool))
        cells = [rate(exact)]
        for fault in ("valgus", "travel"):
            pairs = [
                (results.verdict_of(a, fault), results.verdict_of(b, fault))
                for a, b in zip(evidence.rows, other, strict=True)
            ]
            pairs = [p for p in pairs if p[0] not in ("not_assessable", "missed")]
            cells.append(rate(Rate.of(np.array([a == b for a, b in pairs], bool))))
            opposite = sum({a, b} == {"fault", "ok"} for a, b in pairs)
            cells.append(str(opposite))
        rows.append([name, *cells])
    head = ("track", "count exact", "valgus same", "fault ↔ ok", "travel same", "fault ↔ ok")
    return table(head, rows)
