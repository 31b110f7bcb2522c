"""The command line.  Messages go to stderr, data to stdout and files.

Heavy modules are imported inside the commands, so ``--help`` is quick.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from formcheck import __version__

if TYPE_CHECKING:
    from formcheck.compare import Change

EXIT_FAILED_CLIP = 1
EXIT_WRONG_USE = 2
EXIT_INTERRUPTED = 130
EXIT_TERMINATED = 143

ELSEWHERE = {
    "app": ("formcheck.ui.command:app", "Check squat videos in the browser, on this machine."),
    "live": ("formcheck.live.command:live", "Coach a set in front of a webcam."),
    "guide": ("formcheck.guide_command:guide", "Answer questions about a sore knee."),
    "validate": ("formcheck.validate_command:validate", "Measure formcheck against the truth."),
}
"""Commands that live beside what they start: name to ``module:command`` and a short help."""


class _Commands(click.Group):
    """A group whose other commands are imported only when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        present = [name for name, (target, _) in ELSEWHERE.items() if _exists(target)]
        return sorted([*super().list_commands(ctx), *present])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        command = super().get_command(ctx, cmd_name)
        if command is not None or cmd_name not in ELSEWHERE:
            return command
        target = ELSEWHERE[cmd_name][0]
        if not _exists(target):
            return None
        module, _, name = target.partition(":")
        found = getattr(import_module(module), name)
        return found if isinstance(found, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = []
        for name in self.list_commands(ctx):
            own = super().get_command(ctx, name)
            rows.append((name, ELSEWHERE[name][1] if own is None else own.get_short_help_str(90)))
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def _exists(target: str) -> bool:
    try:
        return find_spec(target.partition(":")[0]) is not None
    except ModuleNotFoundError:
        return False


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="formcheck %(version)s")
def main() -> None:
    """Honest, evidence-based squat checks from video.

    formcheck informs; it never diagnoses.  Nothing leaves this machine.
    """


def _parse_settings(pairs: tuple[str, ...]) -> dict[str, float | bool]:
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


_SET = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    help="Change a setting, such as valgus.fault_leg_pct=12. May be repeated.",
)


@main.command()
@click.argument("clips", nargs=-1, type=click.Path())
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder for results.")
@click.option(
    "--list",
    "lists",
    multiple=True,
    type=click.Path(),
    metavar="FILE",
    help="Text file with one input a line.",
)
@click.option("--no-video", is_flag=True, help="Leave the annotated videos out.")
@click.option("--no-thumbnails", is_flag=True, help="No pictures of people in index.html.")
@click.option(
    "--parquet/--no-parquet",
    default=None,
    help="Write results.parquet (default: if pyarrow is there and clips are several).",
)
@click.option("--model", type=click.Path(path_type=Path), help="Another pose landmarker bundle.")
@_SET
@click.option("--jobs", type=click.IntRange(min=1), help="Clips at a time (default: one a core).")
@click.option("--force", is_flag=True, help="Score again what is already done.")
@click.option("--retry-failed", is_flag=True, help="Score again what failed before.")
@click.option(
    "--subject",
    metavar="REGEX",
    help="Group by the first group found in a clip's path (default: its folder).",
)
@click.option(
    "--pairs",
    type=click.Path(path_type=Path),
    metavar="CSV",
    help="Front and side clips of one set: columns front and side.",
)
@click.option(
    "--scheduler", metavar="ADDRESS", help="Work on a Dask cluster, such as tcp://host:8786."
)
@click.option(
    "--progress",
    type=click.Choice(["auto", "json", "none"]),
    default="auto",
    help="auto: a display on a terminal, silence in a pipe; json: lines on stderr.",
)
def score(
    clips: tuple[str, ...],
    out: Path,
    lists: tuple[str, ...],
    no_video: bool,
    no_thumbnails: bool,
    parquet: bool | None,
    model: Path | None,
    settings: tuple[str, ...],
    jobs: int | None,
    force: bool,
    retry_failed: bool,
    subject: str | None,
    pairs: Path | None,
    scheduler: str | None,
    progress: str,
) -> None:
    """Judge squat videos (or stored .npz tracks), rep by rep.

    CLIPS are files, folders (searched below), patterns in quotes, or addresses such as
    s3://bucket/folder. Writes per clip a .json result, a .track.npz and an
    .annotated.mp4, and over all clips reps.csv, clips.csv and index.html. Run again, it
    does only what is not done yet.

    Exit code 0: all scored; 1: some clip failed (named in clips.csv); 2: wrong use.
    """
    if not clips and not lists:
        raise click.UsageError("Missing argument 'CLIPS...'.")
    values = _parse_settings(settings)

    from formcheck.api import chosen_settings
    from formcheck.batch import BatchOptions, Stopped, run_batch
    from formcheck.errors import FormcheckError, SettingsError
    from formcheck.progress import Display, JsonLines, Quiet, report_table
    from formcheck.sources import expand

    try:
        options = BatchOptions(
            out=out,
            settings=chosen_settings(values),
            model=model,
            with_video=not no_video,
            with_thumbs=not no_thumbnails,
            with_parquet=parquet,
            jobs=jobs,
            force=force,
            retry_failed=retry_failed,
            subject=subject,
            pairs=pairs,
            scheduler=scheduler,
        )
        sources = expand(clips, lists=lists, exclude=out)
        if not sources:
            raise click.UsageError("nothing to score: the list is empty.")
        is_live = progress == "auto" and sys.stderr.isatty()
        listener: Display | JsonLines | Quiet = (
            Display(sys.stderr)
            if is_live
            else JsonLines(sys.stderr)
            if progress == "json"
            else Quiet(sys.stderr)
        )
        with listener:
            report = run_batch(sources, options, listener)
    except SettingsError as error:
        raise click.UsageError(str(error)) from None
    except FormcheckError as error:
        _fail(error)
    except Stopped:
        _stopped(EXIT_TERMINATED)
    except KeyboardInterrupt:
        _stopped(EXIT_INTERRUPTED)
    if progress != "none":
        table = report_table(report, colour=sys.stdout.isatty())
        if table:
            click.echo(table)
        for note in report.notes:
            click.echo(f"Note: {note}", err=True)
        if progress == "auto":
            click.echo(f"Results in {out}", err=True)
    if report.failed:
        sys.exit(EXIT_FAILED_CLIP)


@main.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@_SET
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Another folder for the new results (default: they replace the old ones).",
)
def rescore(folder: Path, settings: tuple[str, ...], out: Path | None) -> None:
    """Judge again from the stored tracks of DIR, without the model.

    Settings that are not named have their default values.
    """
    values = _parse_settings(settings)

    from formcheck.api import chosen_settings
    from formcheck.errors import FormcheckError, SettingsError
    from formcheck.progress import report_table
    from formcheck.rescoring import rescore_folder

    try:
        report = rescore_folder(folder, chosen_settings(values), out)
    except SettingsError as error:
        raise click.UsageError(str(error)) from None
    except FormcheckError as error:
        _fail(error)
    except KeyboardInterrupt:
        _stopped(EXIT_INTERRUPTED)
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


@main.command()
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
    from formcheck.batch import subject_rule
    from formcheck.compare import COMPARE_COLUMNS, changes, stored_clips
    from formcheck.errors import FormcheckError, SettingsError
    from formcheck.files import write_atomic
    from formcheck.progress import laid_out
    from formcheck.report import to_csv
    from formcheck.sources import Source

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
        _fail(error)
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


def _change_cells(change: Change) -> list[tuple[str, str]]:
    from formcheck.sources import printable

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


def _fail(error: Any) -> NoReturn:
    click.echo(f"Error: {error}", err=True)
    sys.exit(EXIT_FAILED_CLIP)


def _stopped(code: int) -> NoReturn:
    click.echo(
        "Stopped. The clips already scored are kept; the same command goes on from here.", err=True
    )
    sys.exit(code)


if __name__ == "__main__":
    main()
