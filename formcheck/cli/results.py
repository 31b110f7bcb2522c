"""Commands over results folders: ``formcheck rescore`` and ``formcheck compare``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from formcheck.cli.shared import SET_OPTION, end_of_run, parse_settings, told_errors

if TYPE_CHECKING:
    from formcheck.batch.compare import Difference


@click.command("rescore")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@SET_OPTION
@click.option(
    "--out", type=click.Path(path_type=Path),
    help="Another folder for the new results (default: they replace the old ones).",
)  # fmt: skip
def rescore_command(folder: Path, settings: tuple[str, ...], out: Path | None) -> None:
    """Judge again from the stored tracks of DIR, without the model.

    Settings that are not named have their default values.
    """
    values = parse_settings(settings)

    from formcheck.api import rescore

    with told_errors(
        "New results take their place when all are judged; run it again from the start."
    ):
        report = rescore(folder, settings=values, out=out)
    for clip in report.failed:
        click.echo(f"failed: {clip.error}", err=True)
    end_of_run(report, f"Results in {report.out}")


@click.command("compare")
@click.argument("before", metavar="A", type=click.Path())
@click.argument("after", metavar="B", type=click.Path())
@click.option("--all", "show_all", is_flag=True, help="Also what stayed the same.")
@click.option(
    "--subject", metavar="REGEX", help="Match people by the first group found in a clip's path."
)
@click.option("--csv", "csv_path", type=click.Path(path_type=Path), help="Write a table as well.")
def compare_command(
    before: str, after: str, show_all: bool, subject: str | None, csv_path: Path | None
) -> None:
    """Show what changed between two runs or two dates.

    A and B are results folders, .json results, or patterns of them in quotes, such as
    'out/2026-01-*.json'. Clips with the same content are compared repetition by repetition, the
    others person by person. Only differences beyond the measurement error are coloured, and marked
    with an asterisk.
    """
    from formcheck.batch.compare import COMPARE_COLUMNS, changes, stored_clips
    from formcheck.batch.source import Source
    from formcheck.batch.tasks import subject_rule
    from formcheck.cli.table import laid_out
    from formcheck.files import write_atomic
    from formcheck.report.rows import to_csv

    def subject_of(label: str) -> str:
        return rule(Source(label, label, label, label))

    with told_errors():
        rule = subject_rule(subject)
        reader = None if subject is None else subject_of
        found = changes(stored_clips(before, reader), stored_clips(after, reader))
        if csv_path is not None:
            write_atomic(csv_path, to_csv(COMPARE_COLUMNS, (c.row() for c in found)))
    shown = [c for c in found if show_all or c.is_change]
    if not found:
        click.echo("Nothing in common: no clip of the same content and no person in both.")
    elif not shown:
        click.echo(f"No change in {len(found)} comparisons.")
    else:
        heads = ("what", "rep", "fault", "side", "before", "after", "difference", "verdict")
        rows = [[(head, "bold") for head in heads], *(_change_cells(c) for c in shown)]
        click.echo(laid_out(rows, colour=sys.stdout.isatty()))
        n_beyond = sum(c.is_beyond_error for c in found)
        click.echo(f"{n_beyond} of {len(found)} differences are beyond the measurement error (*).")


def _change_cells(change: Difference) -> list[tuple[str, str]]:
    from formcheck.files import printable
    from formcheck.knowledge.words import VERDICTS
    from formcheck.report.words import fault_name

    tone, mark = "", ""
    if change.is_beyond_error and change.difference is not None:
        tone, mark = ("red" if change.difference > 0 else "green"), " *"
    difference = ""
    if change.difference is not None:
        difference = f"{change.difference:+.1f} ± {change.measurement_error}{mark}"
    # A mean over several repetitions has no verdict, but how many were faults.
    was, verdict = (VERDICTS.get(v, v) for v in (change.before_verdict, change.after_verdict))
    return [
        (printable(change.what), ""),
        (change.rep, ""),
        (fault_name(change.fault).lower(), ""),
        (change.side, ""),
        (_value(change.before, change.before_uncertainty), ""),
        (_value(change.after, change.after_uncertainty), ""),
        (difference, tone),
        (verdict if was == verdict else f"{was} -> {verdict}", ""),
    ]


def _value(value: float | None, uncertainty: float | None) -> str:
    return "–" if value is None else f"{value:.1f} ± {uncertainty:.1f}"
