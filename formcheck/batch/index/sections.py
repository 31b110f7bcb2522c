"""The parts of ``index.html`` that sum up: histograms, people, left and right, sets."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from formcheck.batch.manifest import Record
from formcheck.batch.sets import Scorecard
from formcheck.batch.source import printable
from formcheck.batch.tables import Entry, Rows
from formcheck.squat.faults import FAULTS
from formcheck.squat.faults.finding import Verdict

ORDER = (Verdict.FAULT, Verdict.BORDERLINE, Verdict.OK, Verdict.NOT_ASSESSABLE)
_DIGITS = re.compile(r"(\d+)")
_BIN = 5.0
_MAX_BINS = 60


@dataclass(frozen=True, slots=True)
class IndexClip:
    """A clip as the page shows it; ``record`` is None if no files belong to it."""

    entry: Entry
    record: Record | None
    rows: Rows


def text(value: object) -> str:
    """Escaped for HTML, with nothing unprintable."""
    return escape(printable(str(value)), quote=True)


def fault_words(fault: str) -> str:
    """The name of a fault in words."""
    return fault.replace("_", " ")


def verdicts_of(clips: Iterable[IndexClip], fault: str) -> Counter[str]:
    """How often each verdict was given for a fault."""
    return Counter(r["verdict"] for c in clips for r in c.rows.reps if r["fault"] == fault)


def counted(counts: Counter[str]) -> str:
    """Counts in words, the gravest verdict first."""
    shown = [
        f'<span class="{v}">{counts[v]} {v.value.replace("_", " ")}</span>'
        for v in ORDER
        if counts[v]
    ]
    return ", ".join(shown) or '<span class="faint">none</span>'


def distributions(clips: Sequence[IndexClip]) -> str:
    """A histogram per fault."""
    plots = []
    for fault in FAULTS:
        reps = [
            r
            for c in clips
            for r in c.rows.reps
            if r["fault"] == fault.name and r["value"] is not None
        ]
        if reps:
            plots.append(_histogram(fault.name, reps))
    if not plots:
        return ""
    return f'<h2>Distributions</h2>\n<div class="plots">{"".join(plots)}</div>\n'


def _histogram(fault: str, reps: Sequence[Any]) -> str:
    """Counts per step of 5, stacked by verdict; the line is the commonest limit."""
    limit = Counter(float(r["threshold"]) for r in reps).most_common(1)[0][0]
    values = [float(r["value"]) for r in reps]
    low, high = min(*values, limit), max(*values, limit)
    step = _BIN * max(1, math.ceil((high - low) / _BIN / _MAX_BINS))
    first = math.floor(low / step)
    n = math.floor(high / step) - first + 1
    bins = [Counter[str]() for _ in range(n)]
    for rep in reps:
        bins[math.floor(float(rep["value"]) / step) - first][rep["verdict"]] += 1
    tallest = max(b.total() for b in bins)
    width, height = max(12, min(36, 420 // n)), 120
    shapes = []
    for i, counts in enumerate(bins):
        y = float(height)
        for verdict in (Verdict.OK, Verdict.BORDERLINE, Verdict.FAULT):
            h = height * counts[verdict] / tallest
            y -= h
            if h:
                shapes.append(
                    f'<rect class="bar {verdict}" x="{i * width + 1}" y="{y:.1f}" '
                    f'width="{width - 2}" height="{h:.1f}"/>'
                )
    x = (limit / step - first) * width
    shapes.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{height}"/>')
    every = max(1, math.ceil(32 / width))
    labels = [
        f'<text x="{i * width}" y="{height + 14}">{(first + i) * step:g}</text>'
        for i in range(0, n, every)
    ]
    unit = text(str(reps[0]["unit"]).replace("pct_", "% of "))
    return (
        f"<figure><figcaption>{text(fault_words(fault))}, {unit} "
        f"({len(reps)} repetitions; the line is the limit, {limit:g})</figcaption>"
        f'<svg width="{max(n * width + 30, 160)}" height="{height + 20}" role="img" '
        f'aria-label="Histogram of {text(fault_words(fault))}">'
        f"{''.join(shapes)}{''.join(labels)}</svg></figure>"
    )


def _by_subject(clips: Iterable[IndexClip]) -> dict[str, list[IndexClip]]:
    groups: dict[str, list[IndexClip]] = defaultdict(list)
    for clip in clips:
        groups[clip.entry.subject].append(clip)
    return dict(sorted(groups.items(), key=lambda item: _in_order(item[0])))


def _in_order(name: str) -> list[tuple[int, str]]:
    """A key that puts ``p2`` before ``p10``."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in _DIGITS.split(name)]


def by_person(clips: Sequence[IndexClip]) -> str:
    """Verdicts per person, if people are told apart."""
    groups = _by_subject(clips)
    if list(groups) in ([], [""]):
        return ""
    rows = []
    for subject, own in groups.items():
        n_reps = sum(int(c.rows.clip.get("n_reps") or 0) for c in own)
        cells = "".join(f"<td>{counted(verdicts_of(own, f.name))}</td>" for f in FAULTS)
        rows.append(
            f'<tr><td class="name">{text(subject or "(none)")}</td>'
            f'<td class="number">{len(own)}</td><td class="number">{n_reps}</td>{cells}</tr>'
        )
    heads = "".join(f"<th>{text(fault_words(f.name))}</th>" for f in FAULTS)
    return table(
        "By person",
        f'<th>person</th><th class="number">clips</th><th class="number">reps</th>{heads}',
        rows,
    )


def left_right(clips: Sequence[IndexClip]) -> str:
    """Means of the left and the right leg, and whether they differ beyond the error."""
    rows = []
    for subject, own in _by_subject(clips).items():
        for fault in FAULTS:
            pairs = [p for c in own for p in c.rows.sides if p.fault == fault.name]
            left = [p.left for p in pairs if p.left is not None]
            right = [p.right for p in pairs if p.right is not None]
            if not left or not right:
                continue
            mean_left, mean_right = sum(left) / len(left), sum(right) / len(right)
            error = math.sqrt(2) * sum(p.uncertainty for p in pairs) / len(pairs)
            difference = mean_left - mean_right
            is_beyond = abs(difference) > error
            side = "left" if difference > 0 else "right"
            verdict = f"{side} more" if is_beyond else "no difference beyond the error"
            tone = "fault" if is_beyond else "faint"
            rows.append(
                f'<tr><td class="name">{text(subject or "(all)")}</td>'
                f"<td>{text(fault_words(fault.name))}</td>"
                f'<td class="number">{mean_left:.1f}</td><td class="number">{mean_right:.1f}</td>'
                f'<td class="number">{difference:+.1f} ± {error:.1f}</td>'
                f"<td>{text(pairs[0].unit.replace('pct_', '% of '))}</td>"
                f'<td class="{tone}">{verdict}</td></tr>'
            )
    if not rows:
        return ""
    return table(
        "Left and right",
        '<th>person</th><th>fault</th><th class="number">left</th><th class="number">right</th>'
        '<th class="number">left - right</th><th>unit</th><th></th>',
        rows,
    )


def sets_table(cards: Sequence[Scorecard]) -> str:
    """Sets filmed from front and side."""
    rows = []
    for card in cards:
        for rep in card.reps:
            cells = {finding["fault"]: (role, finding) for role, finding in rep.findings}
            shown = "".join(_set_cell(*cells[f.name]) if f.name in cells else "<td></td>"
                            for f in FAULTS)  # fmt: skip
            best = rep.side if rep.side is not None else rep.front
            depth = "" if best is None else best["depth"]["category"]
            rows.append(
                f'<tr><td class="name">{text(card.name)}</td><td class="number">{rep.number}</td>'
                f"<td>{text(depth)}</td>{shown}</tr>"
            )
        if card.notes:
            rows.append(
                f'<tr><td class="name">{text(card.name)}</td>'
                f'<td colspan="{2 + len(FAULTS)}" class="faint">{text(" ".join(card.notes))}</td>'
                "</tr>"
            )
    heads = "".join(f"<th>{text(fault_words(f.name))}</th>" for f in FAULTS)
    head = f'<th>set</th><th class="number">rep</th><th>depth</th>{heads}'
    return table("Sets filmed from front and side", head, rows) if rows else ""


def _set_cell(role: str, finding: Any) -> str:
    value = "" if finding["value"] is None else f" {round(finding['value'])}"
    verdict = str(finding["verdict"])
    return (
        f'<td class="{text(verdict)}">{text(verdict.replace("_", " "))}{value} '
        f'<span class="faint">from the {text(role)}</span></td>'
    )


def table(title: str, heads: str, rows: Iterable[str]) -> str:
    """A table with its heading."""
    return (
        f'<h2>{title}</h2>\n<div class="scroll"><table><thead><tr>{heads}</tr></thead>\n'
        f"<tbody>{''.join(rows)}</tbody></table></div>\n"
    )
