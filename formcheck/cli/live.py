"""``formcheck live``: coach a set in a window of its own."""

from __future__ import annotations

import datetime
import os
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from formcheck.report.record import CheckedClip


@click.command()
@click.option(
    "--camera", default="0", show_default=True, metavar="NUMBER|FILE",
    help="A camera by its number, or a video file played as one.",
)  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the result and the poses.")
@click.option("--mute", is_flag=True, help="No sound.")
@click.option(
    "--counts-only", is_flag=True,
    help="Count, and leave cues and verdicts out: for somebody with a warning sign.",
)  # fmt: skip
@click.option("--model", type=click.Path(path_type=Path), help="Another pose landmarker bundle.")
def live(camera: str, out: Path | None, mute: bool, counts_only: bool, model: Path | None) -> None:
    """Coach a set in front of a webcam.

    A window shows what is still missing, then counts; Q ends the set.  The picture is
    not stored.  If a knee hurts, ask ``formcheck guide`` first.
    """
    if find_spec("pygame") is None:
        raise click.ClickException(
            "the window needs one more package. Install it with: pip install 'formcheck[live]'"
        )
    from formcheck.errors import FormcheckError

    name = f"live {datetime.datetime.now():%Y-%m-%d %H.%M.%S}"
    try:
        checked = _coach(camera, name, mute, counts_only, model)
        if checked is None:
            click.echo("Nothing was recorded.", err=True)
            return
        click.echo(summary(checked, with_verdicts=not counts_only))
        if out is not None:
            _write(checked, out, name, with_verdicts=not counts_only)
    except FormcheckError as error:
        raise click.ClickException(str(error)) from None


def _coach(
    camera: str, name: str, mute: bool, counts_only: bool, model: Path | None
) -> CheckedClip | None:
    """Run the window until it is closed or the file ends; return the judged set."""
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")  # it would print to stdout
    from formcheck.live.camera import open_source
    from formcheck.live.session import LiveSession
    from formcheck.live.window import LiveWindow

    source = open_source(camera)
    try:
        with (
            LiveSession(model=model, name=name) as session,
            LiveWindow(is_mirrored=camera.isdecimal(), is_muted=mute) as window,
        ):
            session.is_advice_allowed = not counts_only
            session.open()
            while not (window.is_closed or source.is_over):
                window.listen()
                frame = source.newest()
                if frame is not None:
                    window.show(frame.image, session.update(frame.image, frame.time_s))
                elif source.problem:
                    window.say(source.problem, f"{session.n_reps} repetitions are kept.")
            return session.finish()
    finally:
        source.close()


def summary(checked: CheckedClip, *, with_verdicts: bool = True) -> str:
    """The set in a few lines, a repetition each."""
    reps = checked.analysis.reps
    lines = [f"{len(reps)} repetition{'' if len(reps) == 1 else 's'}"]
    for rep in reps if with_verdicts else ():
        words = "; ".join(
            f"{f.fault.replace('_', ' ')} {str(f.verdict).replace('_', ' ')}: {f.reason}"
            for f in rep.findings
        )
        lines.append(f"{rep.number}. {words}")
    lines += [f"Note: {note}" for note in checked.result.notes]
    return "\n".join(lines)


def _write(checked: CheckedClip, out: Path, name: str, *, with_verdicts: bool) -> None:
    from formcheck.errors import OutputError
    from formcheck.files import write_atomic

    stem = name.replace(" ", "-")
    result = checked.result if with_verdicts else checked.result.without_cues()
    try:
        out.mkdir(parents=True, exist_ok=True)
        write_atomic(out / f"{stem}.json", result.to_json())
        write_atomic(out / f"{stem}.track.npz", checked.track.to_bytes())
    except OSError as error:
        raise OutputError(f"{out}: cannot be written ({error.strerror}).") from error
    click.echo(f"Result and poses are in {out}", err=True)
