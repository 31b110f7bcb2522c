"""``formcheck score``: clips in, verdicts out."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from formcheck.cli.shared import MODEL_OPTION, SET_OPTION, end_of_run, parse_settings, told_errors

if TYPE_CHECKING:
    from formcheck.batch.options import BatchChoices


def _left_out(context: click.Context, parameter: click.Parameter, is_set: bool) -> bool:
    """``--no-video`` sets ``video``: the name that Python callers know."""
    return not is_set


def _leave_out(flag: str, help: str) -> Callable[[click.decorators.FC], click.decorators.FC]:
    name = flag.removeprefix("--no-")
    return click.option(flag, name, is_flag=True, callback=_left_out, help=help)


@click.command("score")
@click.argument("clips", nargs=-1, type=click.Path())
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder for results.")
@click.option(
    "--list", "lists", multiple=True, type=click.Path(), metavar="FILE",
    help="Text file with one input a line; - is standard input.",
)  # fmt: skip
@_leave_out("--no-video", "Leave the annotated videos out.")
@_leave_out("--no-thumbnails", "No pictures of people in index.html.")
@click.option(
    "--full-size", is_flag=True,
    help="Draw videos as large as the clip (default: 720 pixels on the shorter side).",
)  # fmt: skip
@click.option(
    "--blur-face", is_flag=True, help="Make faces unrecognisable in videos and thumbnails."
)
@_leave_out("--no-cues", "Leave coaching cues out, after a warning sign.")
@click.option(
    "--parquet/--no-parquet", default=None,
    help="Write results.parquet (default: if pyarrow is there and clips are several).",
)  # fmt: skip
@click.option(
    "--xlsx/--no-xlsx", default=None,
    help="Write results.xlsx, a spreadsheet (default: if xlsxwriter is there).",
)  # fmt: skip
@click.option("--decimal-comma", is_flag=True, help="CSV with semicolons and decimal commas.")
@MODEL_OPTION
@click.option(
    "--every-frame", is_flag=True,
    help="Look at every frame (default: all while the hips are down, 10 a second otherwise).",
)  # fmt: skip
@SET_OPTION
@click.option("--jobs", type=click.IntRange(min=1), help="Clips at a time (default: one a core).")
@click.option("--force", is_flag=True, help="Score again what is already done.")
@click.option("--retry-failed", is_flag=True, help="Score again what failed before.")
@click.option(
    "--stall-limit", "stall_limit_s", type=click.FloatRange(min=0, min_open=True), default=300.0,
    show_default=True, metavar="SECONDS", help="End a clip that makes no progress for so long.",
)  # fmt: skip
@click.option(
    "--subject", metavar="REGEX",
    help="Group by the first group found in a clip's path (default: its folder).",
)  # fmt: skip
@click.option(
    "--pairs", type=click.Path(path_type=Path), metavar="CSV",
    help="Front and side clips of one set: columns front and side.",
)  # fmt: skip
@click.option(
    "--mirrored", is_flag=True,
    help="The clips are mirror images, as some selfies are: left is right.",
)  # fmt: skip
@click.option(
    "--speed", type=float, metavar="TIMES",
    help="Slow motion plays so many times slower (default: what the file declares).",
)  # fmt: skip
@click.option(
    "--person", metavar="WHO",
    help="Who is meant: left, right, largest, or a number from the left.",
)  # fmt: skip
@click.option(
    "--scheduler", metavar="ADDRESS", help="Work on a Dask cluster, such as tcp://host:8786."
)
@click.option(
    "--progress", type=click.Choice(["auto", "json", "none"]), default="auto",
    help="auto: a display on a terminal, silence in a pipe; json: lines on stderr.",
)  # fmt: skip
def score_command(
    clips: tuple[str, ...],
    out: Path,
    lists: tuple[str, ...],
    settings: tuple[str, ...],
    progress: str,
    **choices: Unpack[BatchChoices],
) -> None:
    """Judge squat videos (or stored .npz tracks), rep by rep.

    CLIPS are files, folders (searched below), patterns in quotes, or addresses such as
    s3://bucket/folder. Writes per clip a .json result, a .track.npz and an .annotated.mp4, and over
    all clips reps.csv, clips.csv and index.html. Run again, it does only what is not done yet.

    Exit code 0: all scored; 1: some clip failed (named in clips.csv); 2: wrong use.
    """
    if not clips and not lists:
        raise click.UsageError("Missing argument 'CLIPS...'.")
    values = parse_settings(settings)

    from formcheck.api import chosen_settings
    from formcheck.batch.inputs import expand
    from formcheck.batch.options import BatchOptions
    from formcheck.batch.run import run_batch
    from formcheck.cli.progress import Display, JsonLines, Quiet

    kinds = {"auto": Display if sys.stderr.isatty() else Quiet, "json": JsonLines, "none": Quiet}
    with told_errors("The clips already scored are kept; the same command goes on from here."):
        options = BatchOptions.of(out, chosen_settings(values), **choices)
        sources = expand(clips, lists=lists, exclude=out)
        if not sources:
            raise click.UsageError("nothing to score: the list is empty.")
        with kinds[progress](sys.stderr) as listener:
            report = run_batch(sources, options, listener, notes=sources.notes())
    n_from_track = sum(clip.is_from_track for clip in report.clips)
    notes = []
    if n_from_track:
        notes.append(f"Judged again from their stored tracks: {n_from_track} clips")
    if progress == "auto":
        notes.append(f"Results in {out}")
    end_of_run(report, *notes, is_told=progress != "none")
