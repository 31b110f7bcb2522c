"""The results of a run as a table on the terminal."""

from collections import Counter
from collections.abc import Sequence

from formcheck.batch.options import BatchReport
from formcheck.files import printable
from formcheck.knowledge.words import ICONS, VERDICTS, VIEWS
from formcheck.report.result import ClipResult
from formcheck.report.words import unit_words
from formcheck.squat.faults import FAULTS
from formcheck.squat.faults.finding import Finding, Severity, Verdict

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
    return result_table([c.result for c in scored if c.result is not None], colour=colour)


def result_table(results: Sequence[ClipResult], *, colour: bool = False) -> str:
    """Return a readable table, a line per repetition, as wide as its content."""
    if not results:
        return ""
    names = ["clip", "rep", "at", "view", "depth", *(f.title.lower() for f in FAULTS)]
    rows: list[list[Cell]] = [[(name, "bold") for name in names]]
    for result in results:
        file = (_shortened(printable(result.source.file)), "")
        if not result.reps:
            rows.append([file, ("no squat found", "bright_black")])
        for rep in result.reps:
            shown = (str(rep.number), f"{rep.bottom_s:.1f} s", VIEWS[rep.view], rep.depth.category)
            found = (finding_cell(finding) for finding in rep.findings)
            rows.append([file, *((words, "") for words in shown), *found])
    return laid_out(rows, colour=colour)


def finding_cell(finding: Finding) -> Cell:
    """A finding in a few words and its colour."""
    words = f"{ICONS[finding.verdict]} {VERDICTS[finding.verdict]}"
    if finding.verdict in (Verdict.FAULT, Verdict.BORDERLINE):
        if finding.severity.rank > Severity.NOTE.rank:
            words += f" {finding.severity}"
        if finding.side:
            words += f" {finding.side}"
    if finding.value is not None:
        words += f" {round(finding.value)} ± {finding.uncertainty:.0f} {unit_words(finding)}"
    return words, STYLES[finding.verdict]


def laid_out(rows: Sequence[Sequence[Cell]], *, colour: bool) -> str:
    """Rows of cells as text in columns; a row that ends early spans the rest."""
    import click
    from rich.cells import cell_len

    n = max(len(row) for row in rows)
    whole = [row for row in rows if len(row) == n]
    widths = [max(cell_len(row[i][0]) for row in (whole if i else rows)) for i in range(n)]
    lines = []
    for row in rows:
        parts = []
        for i, (words, tone) in enumerate(row):
            pad = " " * (widths[i] - cell_len(words)) if i < len(row) - 1 else ""
            if colour and tone:
                words = click.style(words, **{"bold": True} if tone == "bold" else {"fg": tone})
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
    results = [c.result for c in report.clips if c.result is not None]
    lines.append(f"repetitions: {sum(len(result.reps) for result in results)}")
    for fault in FAULTS:
        findings = (f for r in results for rep in r.reps if (f := rep.finding(fault.name)))
        found = Counter(finding.verdict for finding in findings)
        said = ", ".join(f"{found[v]} {VERDICTS[v]}" for v in Verdict if found[v])
        lines.append(f"{fault.title.lower()}: {said or 'none judged'}")
    return "\n".join(lines)
