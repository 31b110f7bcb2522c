"""``formcheck live``: the app, opened at its Live page."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from formcheck.cli.app import BROWSER_OPTION, PORT_OPTION, TOKEN_OPTION, start
from formcheck.cli.shared import MODEL_OPTION, told_errors
from formcheck.files import Suffix, make_folder, write_atomic
from formcheck.knowledge.words import VERDICTS, counted
from formcheck.pose.models import settled

if TYPE_CHECKING:
    from formcheck.report.record import CheckedClip


@click.command("live")
@click.option(
    "--camera", metavar="NUMBER|FILE",
    help="One of the browser's cameras by its number, from 0 (default: the browser chooses), or a "
    "video file, played as if a camera filmed it now.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder for the result and poses of every set."
)
@click.option("--mute", is_flag=True, help="Start without sound.")
@click.option(
    "--counts-only", is_flag=True,
    help="Count, and leave cues and verdicts out, in what is written too: for somebody with a "
    "warning sign.",
)  # fmt: skip
@MODEL_OPTION
@PORT_OPTION
@BROWSER_OPTION
@TOKEN_OPTION
def live_command(
    camera: str | None,
    out: Path | None,
    mute: bool,
    counts_only: bool,
    model: Path | None,
    port: int,
    browser: bool,
    token: bool,
) -> None:
    """Coach sets in front of a webcam, in the browser.

    Starts the app on 127.0.0.1 and opens its Live page, which says what is still missing, then
    counts.  Each set is printed here when it is over; Ctrl+C ends the app.  The picture is not
    stored.  If a knee hurts, ask ``formcheck guide`` first.
    """
    from formcheck.app.live.options import LiveOptions
    from formcheck.app.live.sets import LIVE

    is_film = camera is not None and not camera.isdecimal()
    film = Path(camera).absolute() if camera is not None and is_film else None
    with told_errors():
        _check(film, model, out)
    LIVE.options = LiveOptions(
        camera=None if camera is None or is_film else int(camera),
        film=film,
        is_muted=mute,
        is_counts_only=counts_only,
        model=settled(model),
        name=lambda: f"live {datetime.datetime.now():%Y-%m-%d %H.%M.%S}",
        finished=lambda checked, is_judged: _finished(checked, is_judged, out),
    )
    start(port, page="live", browser=browser, is_open=not token)


def _check(film: Path | None, model: Path | None, out: Path | None) -> None:
    """Look at what the sets will need, before somebody stands in front of the camera."""
    if film is not None:
        from formcheck.video.reading import probe

        probe(film)
    if model is not None:
        from formcheck.pose.estimator import verify_model

        verify_model(model)
    if out is not None:
        make_folder(out)


def _finished(checked: CheckedClip, is_judged: bool, out: Path | None) -> None:
    """Print a set that is over and write it where it was asked for."""
    from formcheck.errors import FormcheckError

    click.echo(summary(checked, is_judged=is_judged))
    if out is None:
        return
    try:
        _write(checked, out)
    except FormcheckError as error:
        click.echo(f"Error: {error}", err=True)  # the set itself is still on its page
    else:
        click.echo(f"Result and poses are in {out}", err=True)


def summary(checked: CheckedClip, *, is_judged: bool = True) -> str:
    """The set in a few lines: how many repetitions, and a line for each that was judged."""
    from formcheck.report.words import fault_name

    reps = checked.analysis.reps
    lines = [counted(len(reps), "repetition")]
    for rep in reps if is_judged else ():
        words = "; ".join(
            f"{fault_name(f.fault).lower()} {VERDICTS[f.verdict]}: {f.reason}" for f in rep.findings
        )
        lines.append(f"{rep.number}. {words}")
    lines += [f"Note: {note}" for note in checked.result.notes]
    return "\n".join(lines)


def _write(checked: CheckedClip, out: Path) -> None:
    stem = first = checked.result.source.file.replace(" ", "-")
    n = 1
    while (out / f"{stem}{Suffix.RESULT}").exists():  # two browsers may start in the same second
        n += 1
        stem = f"{first}-{n}"
    make_folder(out)
    write_atomic(out / f"{stem}{Suffix.RESULT}", checked.result.to_json())
    write_atomic(out / f"{stem}{Suffix.TRACK}", checked.track.to_bytes())
