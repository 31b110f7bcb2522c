"""``formcheck`` in a shell: help, speed, pipes, and videos without a person in them."""

import json
import os
import subprocess
import sys

import jsonschema
import pytest
from click.testing import CliRunner
from scoring import clean, rows, score, story_track
from videofiles import write_video
from waiting import PATIENCE_S

from formcheck.cli.main import main
from formcheck.report.result import schema


@pytest.fixture(scope="module")
def good():
    return story_track().to_bytes()


def run(*args, **how):
    env = os.environ | {"PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    command = [sys.executable, "-m", "formcheck", *map(str, args)]
    return subprocess.run(command, capture_output=True, env=env, timeout=PATIENCE_S, **how)


def test_help_says_what_it_writes_and_how_it_exits():
    for option in ("--help", "-h"):
        result = CliRunner().invoke(main, [option])
        assert result.exit_code == 0
        assert "score" in result.output
        assert "never diagnoses" in result.output
    text = CliRunner().invoke(main, ["score", "--help"]).output
    for word in ("--out", "--no-video", "--model", "--set", "Exit code", "reps.csv", "clips.csv"):
        assert word in text


@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "utf-8"])
def test_the_table_can_be_written_in_every_encoding(tmp_path, monkeypatch, encoding):
    """A pipe on Windows takes neither a cross nor, in some countries, a plus-minus."""
    story_track(left=25.0).save(tmp_path / "a.npz")
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    monkeypatch.setenv("PYTHONUTF8", "0")
    done = run("score", tmp_path / "a.npz", "--out", tmp_path / "out")
    assert (done.returncode, done.stderr.count(b"Traceback")) == (0, 0)
    assert "fault moderate" in done.stdout.decode(encoding)


def test_help_loads_nothing_heavy():
    code = (
        "import sys, formcheck.cli.main as c\n"
        "heavy = {'numpy', 'cv2', 'av', 'mediapipe', 'streamlit', 'rich'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    env = os.environ | {"PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=env)
    assert done.returncode == 0, done.stderr.decode()


def test_version():
    result = CliRunner().invoke(main, ["--version"])
    assert result.exit_code == 0
    assert result.output.startswith("formcheck ")


def test_a_pipe_gets_data_only(tmp_path, good):
    """No progress, no colours, the table on stdout, words on stderr."""
    (tmp_path / "a.npz").write_bytes(good)
    (tmp_path / "empty.mp4").touch()
    done = run("score", tmp_path / "a.npz", tmp_path / "empty.mp4", "--out", tmp_path / "o")
    assert done.returncode == 1
    out, err = done.stdout.decode(), done.stderr.decode()
    assert "\x1b" not in out + err
    assert "\r" not in out + err
    assert "stick.mp4" in out
    assert "empty.mp4" in err
    assert "empty.mp4" not in out
    assert "Traceback" not in err
    assert len(err.splitlines()) <= 5


# -- with the real model, on clips without a person -------------------------------------------


@pytest.mark.model
def test_a_video_is_scored_with_its_picture(tmp_path):
    path = write_video(tmp_path / "wall.mov", [i / 30 for i in range(8)])
    out = tmp_path / "out"
    result = clean(score(path, "--out", out))
    assert result.exit_code == 0
    assert {p.name for p in out.iterdir()} >= {
        "wall.json", "wall.track.npz", "wall.annotated.mp4", "reps.csv", "clips.csv",
    }  # fmt: skip
    record = json.loads((out / "wall.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema()).validate(record)
    assert record["source"]["n_frames"] == 8
    assert (record["source"]["width_px"], record["source"]["height_px"]) == (160, 120)
    assert any("No person" in note for note in record["notes"])
    # The track re-scores to the same record, without the model.
    again = tmp_path / "again"
    clean(score(out / "wall.track.npz", "--out", again))
    assert json.loads((again / "wall.json").read_text("utf-8")) == record


@pytest.mark.model
def test_no_video_leaves_the_picture_out(tmp_path):
    path = write_video(tmp_path / "wall.mp4", [0.0])
    out = tmp_path / "out"
    result = clean(score(path, "--out", out, "--no-video"))
    assert result.exit_code == 0
    assert not list(out.glob("*.mp4"))
    (row,) = rows(out / "clips.csv")
    assert row["status"] == "partial"
    assert "single picture" in row["message"]
