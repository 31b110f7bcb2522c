"""Commands over results folders: ``formcheck rescore`` and ``formcheck compare``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from formcheck.cli.shared import (
    EXIT_FAILED_CLIP,
    SET_OPTION,
    fail,
    parse_settings,
    stopped,
)

if TYPE_CHECKING:
    from formcheck.batch.compare import Difference


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@SET_OPTION
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Another folder for the new results (default: they replace the old ones).",
)
def rescore(folder: Path, settings: tuple[str, ...], out: Path | None) -> None:
    """Judge again from the stored tracks of DIR, without the model.

    Settings that are not named have their default values.
    """
    values = parse_settings(settings)

    from formcheck.api import chosen_settings
    from formcheck.batch.rescore import rescore_folder
    from formcheck.cli.table import report_table
    from formcheck.errors import FormcheckError, SettingsError

    try:
        report = rescore_folder(folder, chosen_settings(values), out)
    except SettingsError as error:
        raise click.UsageError(str(error)) from None
    except FormcheckError as error:
        fail(error)
    except KeyboardInterrupt as why:
        stopped(
            why, "New results take their place when all are judged; run it again from the start."
        )
    table = report_table(report, colour=sys.stdout.isatty())
    if table:
        click.echo(table)
    for clip in report.failed:
        click.echo(f"failed: {clip.error}", err=True)
    for note in report.notes:
        click.echo(f"Note: {note}", err=True)
    click.echo(f"Results in {report.out}", err=True)
    if report.failed:
        sys.exit(EXIT_FAILED_CLIP)


@click.command()
@click.argument("before", metavar="A", type=click.Path())
@click.argument("after", metavar="B", type=click.Path())
@click.option("--all", "show_all", is_flag=True, help="Also what stayed the same.")
@click.option(
    "--subject", metavar="REGEX", help="Match people by the first group found in a clip's path."
)
@click.option("--csv", "csv_path", type=click.Path(path_type=Path), help="Write a table as well.")
def compare(
    before: str, after: str, show_all: bool, subject: str | None, csv_path: Path | None
) -> None:
    """Show what changed between two runs or two dates.

    A and B are results folders, .json results, or patterns of them in quotes, such as
    'out/2026-01-*.json'. Clips with the same content are compared repetition by
    repetition, the others person by person. Only differences beyond the measurement
    error are coloured, and marked with an asterisk.
    """
    from formcheck.batch.compare import COMPARE_COLUMNS, changes, stored_clips
    from formcheck.batch.source import Source
    from formcheck.batch.tasks import subject_rule
    from formcheck.cli.table import laid_out
    from formcheck.errors import FormcheckError, SettingsError
    from formcheck.files import write_atomic
    from formcheck.report.rows import to_csv

    def subject_of(label: str) -> str:
        return rule(Source(label, label, label, label))

    try:
        rule = subject_rule(subject)
        reader = None if subject is None else subject_of
        found = changes(stored_clips(before, reader), stored_clips(after, reader))
        if csv_path is not None:
            write_atomic(csv_path, to_csv(COMPARE_COLUMNS, (c.row() for c in found)))
    except SettingsError as error:
        raise click.UsageError(str(error)) from None
    except FormcheckError as error:
        fail(error)
    shown = [c for c in found if show_all or c.is_change]
    if not found:
        click.echo("Nothing in common: no clip of the same content and no person in both.")
    elif not shown:
        click.echo(f"No change in {len(found)} comparisons.")
    else:
        heads = ("what", "rep", "fault", "before", "after", "difference", "verdict")
        rows = [[(head, "bold") for head in heads], *(_change_cells(c) for c in shown)]
        click.echo(laid_out(rows, colour=sys.stdout.isatty()))
        n_beyond = sum(c.is_beyond_error for c in found)
        click.echo(f"{n_beyond} of {len(found)} differences are beyond the measurement error (*).")


def _change_cells(change: Difference) -> list[tuple[str, str]]:
    from formcheck.files import printable

    tone, mark = "", ""
    if change.is_beyond_error and change.difference is not None:
        tone, mark = ("red" if change.difference > 0 else "green"), " *"
    difference = ""
    if change.difference is not None:
        difference = f"{change.difference:+.1f} ± {change.measurement_error}{mark}"
    verdict = change.after_verdict.replace("_", " ")
    if change.after_verdict != change.before_verdict:
        verdict = f"{change.before_verdict.replace('_', ' ')} -> {verdict}"
    return [
        (printable(change.what), ""),
        (change.rep, ""),
        (change.fault.replace("_", " "), ""),
        (_value(change.before, change.before_uncertainty), ""),
        (_value(change.after, change.after_uncertainty), ""),
        (difference, tone),
        (verdict, ""),
    ]


def _value(value: float | None, uncertainty: float | None) -> str:
    return "–" if value is None else f"{value:.1f} ± {uncertainty:.1f}"
