"""Scoring stick-figure tracks through the command line."""

import csv

from click.testing import CliRunner
from stickfigure import Camera, film, squat, stand, track_meta

from formcheck.cli.main import main


def story_track(sha="0", file="stick.mp4", left=0.0):
    meta = track_meta(100, Camera(), 4.0)
    meta["source"] |= {"sha256": sha * 64, "file": file}
    return film([stand(1), squat(106, left_pct=left), stand(0.8)], meta=meta)


def score(*args):
    return CliRunner().invoke(main, ["score", *map(str, args)])


def rows(path):
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def clean(result):
    """No traceback, ever."""
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result
