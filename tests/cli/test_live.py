"""``formcheck live``: what its options become, and the whole of it in a headless browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner
from stickfigure import film, squat, stand

from formcheck.app.live.options import LiveOptions
from formcheck.app.live.sets import LIVE
from formcheck.cli import live as command
from formcheck.clip import check_clip
from formcheck.live.session import LiveSession
from formcheck.pose.track import PoseTrack
from formcheck.report.result import read_result, schema

FAULTY = [stand(1.2), squat(left_pct=22), stand(1.2)]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What would have been started."""
    seen: dict[str, Any] = {}
    monkeypatch.setattr(LIVE, "options", LiveOptions())
    monkeypatch.setattr(command, "start", lambda port, **how: seen.update(port=port, **how))
    return seen


@pytest.fixture
def track(tmp_path: Path) -> PoseTrack:
    """A set with one bad repetition, as the live page would record it."""
    film(FAULTY).save(tmp_path / "set.npz")
    return check_clip(tmp_path / "set.npz").track


@pytest.fixture
def session() -> Iterator[LiveSession]:
    with LiveSession() as session:
        yield session


def run(*arguments: str) -> Any:
    return CliRunner().invoke(command.live_command, arguments)


def test_the_options_reach_the_page(started: dict[str, Any], root: Path, tmp_path: Path) -> None:
    done = run("--camera", "1", "--mute", "--counts-only", "--port", "8611", "--no-browser")
    assert done.exit_code == 0, done.output
    assert started == {"port": 8611, "page": "live", "browser": False, "is_open": False}
    assert (LIVE.options.camera, LIVE.options.film) == (1, None)
    assert LIVE.options.is_muted
    assert LIVE.options.is_counts_only
    clip = root / "sample_videos" / "front_good.mp4"
    done = run("--camera", str(clip), "--out", str(tmp_path / "new" / "out"))
    assert done.exit_code == 0, done.output
    assert started["browser"]
    assert (LIVE.options.camera, LIVE.options.film) == (None, clip)
    assert not LIVE.options.is_muted
    assert not LIVE.options.is_counts_only
    assert (tmp_path / "new" / "out").is_dir()


@pytest.mark.parametrize("option", ["--camera", "--model", "--out"])
def test_what_cannot_be_used_is_said_before_anything_starts(
    started: dict[str, Any], tmp_path: Path, option: str
) -> None:
    junk = tmp_path / "junk.mp4"
    junk.write_text("junk")
    done = run(option, str(junk))
    assert done.exit_code == 1
    assert "junk.mp4" in done.output
    assert "Traceback" not in done.output
    assert not started


def test_a_set_is_printed_and_written(
    started: dict[str, Any],
    session: LiveSession,
    track: PoseTrack,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "out"
    run("--out", str(out))
    finished = LIVE.options.finished
    assert finished is not None
    finished(session.judged(track), True)
    finished(session.judged(track), True)  # of another browser, started in the same second
    assert "1 repetition\n1. knee valgus fault" in capsys.readouterr().out
    assert len(list(out.glob("*.track.npz"))) == len(list(out.glob("*.json"))) == 2
    for path in out.glob("*.json"):
        assert read_result(path) == check_clip(path.with_suffix(".track.npz")).result


def test_counts_only_holds_for_what_is_written(
    started: dict[str, Any],
    session: LiveSession,
    track: PoseTrack,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "out"
    run("--out", str(out), "--counts-only")
    finished = LIVE.options.finished
    assert finished is not None
    judged = session.judged(track).result
    session.is_advice_allowed = False
    finished(session.judged(track), False)
    (path,) = out.glob("*.json")
    result = json.loads(path.read_text("utf-8"))
    jsonschema.validate(result, schema())
    (rep,), (judged_rep,) = result["reps"], judged.to_builtins()["reps"]
    assert "fault" in [f["verdict"] for f in judged_rep["findings"]]
    assert {f["verdict"] for f in rep["findings"]} == {"not_assessable"}
    assert {f["value"] for f in rep["findings"]} == {rep["cue"]} == {None}
    assert result["summary"]["n_reps"] == result["summary"]["knee_valgus"]["not_assessable"] == 1
    assert [rep[k] for k in ("tempo", "depth")] == [judged_rep[k] for k in ("tempo", "depth")]
    assert capsys.readouterr().out.splitlines()[0] == "1 repetition"
    assert "fault" not in path.read_text("utf-8").replace('"fault":', "")
