"""``formcheck validate``: verdicts against the labels of a folder of clips."""

from __future__ import annotations

import sys
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING

import click

from formcheck.cli.shared import EXIT_FAILED_CLIP, EXIT_WRONG_USE, MODEL_OPTION, told_errors
from formcheck.errors import InputError

if TYPE_CHECKING:
    from formcheck.batch.validation import Comparison, Rates


@click.command("validate")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--labels", required=True, type=click.Path(path_type=Path),
    help="CSV: file, and any of rep, n_reps, valgus, forward (yes/no/unknown), view.",
)  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the tables.")
@MODEL_OPTION
def validate_command(folder: Path, labels: Path, out: Path | None, model: Path | None) -> None:
    """Compare verdicts with the labels of a folder of clips.

    Prints repetition count errors, verdicts by label, and sensitivity and specificity with 95 %
    intervals.  With --out also writes verdicts.csv and summary.txt.  Exit code 0: all clips judged;
    1: some failed; 2: wrong use.
    """
    from formcheck.batch.validation import UNIT_COLUMNS, compare_with_labels, read_labels
    from formcheck.files import make_folder, write_atomic
    from formcheck.report.rows import to_csv

    def progress(file: str, number: int, total: int) -> None:
        click.echo(f"[{number}/{total}] {file}", err=True)

    try:
        wanted = read_labels(labels)
    except InputError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(EXIT_WRONG_USE)
    with told_errors():
        result = compare_with_labels(folder, wanted, model=model, progress=progress)
        lines = summary_lines(result)
        if out is not None:
            make_folder(out)
            rows = [
                {name: getattr(unit, name) for name in UNIT_COLUMNS}
                | {"label": "yes" if unit.label else "no"}
                for unit in result.units
            ]
            write_atomic(out / "verdicts.csv", to_csv(UNIT_COLUMNS, rows))
            write_atomic(out / "summary.txt", ("\n".join(lines) + "\n").encode())
    for line in lines:
        click.echo(line)
    if result.failed:
        sys.exit(EXIT_FAILED_CLIP)


def summary_lines(result: Comparison) -> list[str]:
    """The comparison in plain words, one line a statement."""
    from formcheck.batch.validation import FAULT_OF_COLUMN, rates

    lines = []
    if result.rep_counts:
        exact = sum(want == got for _, want, got in result.rep_counts)
        lines.append(f"repetitions: exact in {exact} of {len(result.rep_counts)} clips")
        lines += [
            f"  {file}: {want} labelled, {got} found"
            for file, want, got in result.rep_counts
            if want != got
        ]
    if result.views:
        agree = sum(want == got for _, want, got in result.views)
        lines.append(f"view: as labelled in {agree} of {len(result.views)} clips")
    for fault in FAULT_OF_COLUMN.values():
        for name, is_rep in (("repetitions", True), ("clips", False)):
            units = [u for u in result.units if u.fault == fault and (u.rep is not None) is is_rep]
            if units:
                lines += _fault_lines(fault, name, rates(units))
    if result.unmatched:
        lines.append(
            "labels of single repetitions left out, another number was found: "
            + ", ".join(result.unmatched)
        )
    lines += [f"not judged: {file}: {error}" for file, error in result.failed]
    return lines


def _fault_lines(fault: str, name: str, found: Rates) -> list[str]:
    lines = [f"{fault}, {name}:"]
    for label, word in ((True, "yes"), (False, "no")):
        row = found.counts[label]
        parts = ", ".join(f"{n} {verdict}" for verdict, n in row.items())
        lines.append(f"  labelled {word} ({sum(row.values())}): {parts}")
    lines.append(f"  sensitivity {_percent(found.sensitivity)}")
    lines.append(f"  specificity {_percent(found.specificity)}")
    return lines


def _percent(rate: tuple[float, float, float]) -> str:
    if isnan(rate[0]):
        return "not known: no such clips were assessable"
    low, high = (100 * bound for bound in rate[1:])
    return f"{100 * rate[0]:.0f} % (95 % interval {low:.0f} to {high:.0f} %)"
