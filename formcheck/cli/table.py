"""The results of a run as a table on the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from formcheck.batch.options import BatchReport
from formcheck.batch.source import printable
from formcheck.squat.faults import FAULTS

MARKS = {"ok": "✓", "borderline": "!", "fault": "✗", "not_assessable": "–"}
STYLES = {"ok": "green", "borderline": "yellow", "fault": "red", "not_assessable": "bright_black"}
TABLE_MAX_CLIPS = 30
NAME_CELLS = 36

Cell = tuple[str, str]
"""Words and the name of their colour; no colour if empty."""


def report_table(report: BatchReport, *, colour: bool) -> str:
    """The results as text: a line per repetition, or totals if there are many clips."""
    scored = [c for c in report.clips if c.status != "failed"]
    if len(scored) > TABLE_MAX_CLIPS:
        return _totals(report)
    return result_table([c.result or {} for c in scored], colour=colour)


def result_table(results: Sequence[Mapping[str, Any]], *, colour: bool = False) -> str:
    """Return a readable table, a line per repetition, as wide as its content."""
    if not results:
        return ""
    names = ["clip", "rep", "at", "view", "depth", *(f.name.replace("_", " ") for f in FAULTS)]
    rows: list[list[Cell]] = [[(name, "bold") for name in names]]
    for result in results:
        file = (_shortened(printable(result["source"]["file"])), "")
        if not result["reps"]:
            rows.append([file, ("no squat found", "bright_black")])
        for rep in result["reps"]:
            cells: list[Cell] = [
                file,
                (str(rep["number"]), ""),
                (f"{rep['bottom_s']:.1f} s", ""),
                (rep["view"].replace("_", " "), ""),
                (rep["depth"]["category"], ""),
            ]
            rows.append(cells + [finding_cell(finding) for finding in rep["findings"]])
    return laid_out(rows, colour=colour)


def finding_cell(finding: Mapping[str, Any]) -> Cell:
    """A finding in a few words and its colour."""
    verdict = finding["verdict"]
    words = f"{MARKS[verdict]} {verdict.replace('_', ' ')}"
    if verdict in ("fault", "borderline"):
        if finding["severity"] not in ("none", "note"):
            words += f" {finding['severity']}"
        if finding["side"]:
            words += f" {finding['side']}"
    if finding["value"] is not None:
        unit = finding["unit"].replace("pct_", "% of ")
        words += f" {round(finding['value'])} ± {finding['uncertainty']:.0f} {unit}"
    return words, STYLES[verdict]


def laid_out(rows: Sequence[Sequence[Cell]], *, colour: bool) -> str:
    """Rows of cells as text in columns; a row that ends early spans the rest."""
    import click
    from rich.cells import cell_len

    n = max(len(row) for row in rows)
    widths = [
        max((cell_len(row[i][0]) for row in rows if len(row) > i and len(row) == n), default=0)
        for i in range(n)
    ]
    for row in rows:
        widths[0] = max(widths[0], cell_len(row[0][0]))
    lines = []
    for row in rows:
        parts = []
        for i, (words, tone) in enumerate(row):
            pad = " " * max(0, widths[i] - cell_len(words)) if i < len(row) - 1 else ""
            if colour and tone:
                is_bold = tone == "bold"
                words = click.style(words, fg=None if is_bold else tone, bold=is_bold or None)
            parts.append(words + pad)
        lines.append("  ".join(parts).rstrip())
    return "\n".join(lines)


def _shortened(name: str) -> str:
    """A name of at most ``NAME_CELLS`` cells: the middle goes, as both ends tell most."""
    from rich.cells import cell_len, set_cell_size

    if cell_len(name) <= NAME_CELLS:
        return name
    tail = name[-12:]
    return set_cell_size(name, NAME_CELLS - cell_len(tail) - 1).rstrip() + "…" + tail


def _totals(report: BatchReport) -> str:
    status = Counter(c.status for c in report.clips)
    lines = ["clips: " + ", ".join(f"{n} {s}" for s, n in sorted(status.items(), reverse=True))]
    counts: dict[str, Counter[str]] = {f.name: Counter() for f in FAULTS}
    n_reps = 0
    for clip in report.clips:
        for rep in (clip.result or {"reps": ()})["reps"]:
            n_reps += 1
            for finding in rep["findings"]:
                counts[finding["fault"]][finding["verdict"]] += 1
    lines.append(f"repetitions: {n_reps}")
    for name, found in counts.items():
        said = ", ".join(f"{found[v]} {v.replace('_', ' ')}" for v in MARKS if found[v])
        lines.append(f"{name.replace('_', ' ')}: {said or 'none judged'}")
    return "\n".join(lines)
