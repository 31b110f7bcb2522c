"""What the commands share: exit codes, ``--set``, how an error ends a command."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from formcheck.batch.options import BatchReport

EXIT_FAILED_CLIP = 1
EXIT_WRONG_USE = 2
EXIT_INTERRUPTED = 130
EXIT_TERMINATED = 143
_NOT_HEARD = (errno.EPIPE, errno.ENOSPC, errno.EIO, errno.EBADF)


SET_OPTION = click.option(
    "--set", "settings", multiple=True, metavar="NAME=VALUE",
    help="Change a setting, such as valgus.fault_leg_pct=12. May be repeated.",
)  # fmt: skip
MODEL_OPTION = click.option(
    "--model",
    type=click.Path(path_type=Path),
    help="Another pose model: lite (quicker), heavy (slower), or a bundle's file.",
)


def print_anywhere() -> None:
    """Show ``?`` for what the terminal or file cannot hold: Windows' own encodings lack ``✗``.

    A stream that was closed before the start is put to nowhere, lest the next file that is opened
    takes its place and gets what libraries print.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free: this one
    if sys.stdout is None:
        sys.stdout = os.fdopen(os.dup(1), "w")
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.dup(2), "w")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def parse_settings(pairs: tuple[str, ...]) -> dict[str, float | bool]:
    """The values of ``--set NAME=VALUE``."""
    values: dict[str, float | bool] = {}
    for pair in pairs:
        name, separator, text = pair.partition("=")
        if not separator:
            raise click.UsageError(f"--set {pair}: write it as section.name=value")
        lowered = text.strip().lower()
        if lowered in ("true", "false"):
            values[name.strip()] = lowered == "true"
            continue
        try:
            values[name.strip()] = float(lowered)
        except ValueError:
            raise click.UsageError(f"--set {pair}: {text!r} is not a number") from None
    return values


@contextlib.contextmanager
def told_errors(if_stopped: str = "") -> Iterator[None]:
    """End the command with one line that says why it cannot go on.

    ``if_stopped`` says what became of the work of a run that is interrupted.
    """
    from formcheck.errors import FormcheckError, SettingsError

    try:
        yield
    except SettingsError as error:
        raise click.UsageError(str(error)) from None
    except FormcheckError as error:
        raise click.ClickException(str(error)) from None
    except KeyboardInterrupt as why:
        from formcheck.batch.folder import Stopped

        if not if_stopped:
            raise
        click.echo(f"Stopped. {if_stopped}", err=True)
        sys.exit(EXIT_TERMINATED if isinstance(why, Stopped) else EXIT_INTERRUPTED)


@contextlib.contextmanager
def whoever_listens() -> Iterator[None]:
    """See the work through though nobody can be told: a full disk, or a reader that has left.

    Then the exit code is 1, and what was said by then is all that is said.
    """
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
    except OSError as error:
        if error.filename is not None or error.errno not in _NOT_HEARD:
            raise
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)  # what is left in the buffer goes there when Python ends
        if error.errno != errno.EPIPE:
            with contextlib.suppress(OSError):
                click.echo(f"Error: standard output: {error.strerror}.", err=True)
        sys.exit(EXIT_FAILED_CLIP)


def end_of_run(report: BatchReport, *notes: str, is_told: bool = True) -> None:
    """Print the table of results and what should be said of them; exit with 1 if a clip failed."""
    from formcheck.cli.table import report_table

    if is_told:
        table = report_table(report, colour=sys.stdout.isatty())
        if table:
            click.echo(table)
        for note in (*(f"Note: {note}" for note in report.notes), *notes):
            click.echo(note, err=True)
    if report.failed:
        sys.exit(EXIT_FAILED_CLIP)
