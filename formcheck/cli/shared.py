"""What the commands share: exit codes, ``--set``, how an error ends a command."""

from __future__ import annotations

import io
import sys
from typing import Any, NoReturn

import click

EXIT_FAILED_CLIP = 1
EXIT_WRONG_USE = 2
EXIT_INTERRUPTED = 130
EXIT_TERMINATED = 143


SET_OPTION = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    help="Change a setting, such as valgus.fault_leg_pct=12. May be repeated.",
)


def print_anywhere() -> None:
    """Show ``?`` for what the terminal or file cannot hold: Windows' own encodings lack ``✗``."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def parse_settings(pairs: tuple[str, ...]) -> dict[str, float | bool]:
    """The values of ``--set NAME=VALUE``.

    Raises
    ------
    click.UsageError
    """
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


def fail(error: Any) -> NoReturn:
    """End with one line that says why."""
    click.echo(f"Error: {error}", err=True)
    sys.exit(EXIT_FAILED_CLIP)


def stopped(why: KeyboardInterrupt, what_now: str) -> NoReturn:
    """End a run that was interrupted; say what became of its work."""
    from formcheck.batch.folder import Stopped

    click.echo(f"Stopped. {what_now}", err=True)
    sys.exit(EXIT_TERMINATED if isinstance(why, Stopped) else EXIT_INTERRUPTED)
