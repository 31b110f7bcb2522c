"""The command line.  Messages go to stderr, data to stdout and files.

Heavy modules are imported inside the commands, so ``--help`` is quick.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from formcheck import __version__
from formcheck.errors import FormcheckError, SettingsError

if TYPE_CHECKING:
    from formcheck.score import ClipOutcome

EXIT_FAILED_CLIP = 1
EXIT_WRONG_USE = 2


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
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


@main.command()
@click.argument("clips", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder for results.")
@click.option("--no-video", is_flag=True, help="Leave the annotated videos out.")
@click.option("--model", type=click.Path(path_type=Path), help="Another pose landmarker bundle.")
@click.option(
    "--set", "settings", multiple=True, metavar="NAME=VALUE",
    help="Change a setting, such as valgus.fault_leg_pct=12. May be repeated.",
)  # fmt: skip
def score(
    clips: tuple[Path, ...],
    out: Path,
    no_video: bool,
    model: Path | None,
    settings: tuple[str, ...],
) -> None:
    """Judge squat videos (or stored .npz tracks), rep by rep.

    Writes per clip a .json result, a .track.npz and an .annotated.mp4, and over
    all clips reps.csv and clips.csv.  Exit code 0: all scored; 1: some clip
    failed (named in clips.csv); 2: wrong use.
    """
    from formcheck.analysis import DEFAULT_SETTINGS
    from formcheck.progress import ScoreDisplay
    from formcheck.score import score_clips

    try:
        chosen = DEFAULT_SETTINGS.with_values(_parse_settings(settings))
    except SettingsError as error:
        raise click.UsageError(str(error)) from None
    outcomes: list[ClipOutcome] = []
    try:
        with ScoreDisplay(len(clips), sys.stderr) as display:
            for outcome in score_clips(
                clips, out, chosen, model, with_video=not no_video, progress=display.update
            ):
                display.finished(outcome)
                outcomes.append(outcome)
    except FormcheckError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(EXIT_FAILED_CLIP)
    except KeyboardInterrupt:
        click.echo("Stopped. The clips already scored are kept.", err=True)
        sys.exit(130)
    _print_results(outcomes, out)
    if any(o.error is not None for o in outcomes):
        sys.exit(EXIT_FAILED_CLIP)


def _print_results(outcomes: list[ClipOutcome], out: Path) -> None:
    from formcheck.progress import result_table

    table = result_table([o.result for o in outcomes if o.result is not None])
    if table:
        click.echo(table)
    click.echo(f"Results in {out}", err=True)


def _fail(error: Any) -> None:
    click.echo(f"Error: {error}", err=True)


if __name__ == "__main__":
    main()
