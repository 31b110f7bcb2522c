"""The command line over many real tracks: the contract of results, codes and output."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import jsonschema
import pytest
from batch_helpers import contents, run_cli

from formcheck.report.result import schema

ODD_NAMES = (
    "with space", "ünï-çødé-视频", "quote's \"double\"", "-dash", "a" * 200, "<b>bold",
    "semi;colon", "new\nline", "100%", "#hash", "mp4.", "=cmd()",
)  # fmt: skip


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_36_clips_with_4_bad_ones(tmp_path, track_bytes):
    clips = tmp_path / "clips"
    for i in range(36):
        folder = clips / f"person {i % 7}"
        folder.mkdir(parents=True, exist_ok=True)
        bad = (b"", b"no video", b"\x00" * 500, track_bytes["front"][:900])[i // 9]
        data = bad if i % 9 == 3 else track_bytes["front" if i % 2 else "side"]
        (folder / f"{i:03}{'.mp4' if i % 18 == 3 else '.npz'}").write_bytes(data)
    out = tmp_path / "out"
    done = run_cli("score", clips, "--out", out, "--jobs", 2, "--no-thumbnails")
    assert done.returncode == 1, done.stderr
    table = rows(out / "clips.csv")
    failed = [r for r in table if r["status"] == "failed"]
    assert len(table) == 36
    assert len(failed) == 4
    assert all(r["message"] and r["input"] for r in failed)
    results = sorted(out.glob("*.json"))
    assert len(results) == 32
    jsonschema.validate(json.loads(results[0].read_text("utf-8")), schema())
    assert len({r["result"] for r in rows(out / "reps.csv")}) == 32
    assert "32 scored" in done.stdout
    assert done.stderr.count("failed: ") == 4
    before = contents(out)
    again = run_cli("score", clips, "--out", out, "--jobs", 1, "--no-thumbnails")
    assert again.returncode == 1
    assert contents(out) == before


def test_odd_names_survive_everywhere(tmp_path, track_bytes):
    clips = tmp_path / "clips"
    clips.mkdir()
    for name in ODD_NAMES:
        (clips / f"{name}.npz").write_bytes(track_bytes["front"])
    out = tmp_path / "out"
    done = run_cli("score", clips, "--out", out)
    assert done.returncode == 0, done.stderr
    assert len(list(out.glob("*.json"))) == len(ODD_NAMES)
    page = (out / "index.html").read_text("utf-8")
    assert "<b>bold" not in page
    assert "&lt;b&gt;bold" in page
    for link in re.findall(r'href="\./([^"]+)"', page):
        from html import unescape
        from urllib.parse import unquote

        assert (out / unquote(unescape(link))).is_file()


def test_a_single_track_gives_a_table_whose_cells_do_not_wrap(tmp_path, track_bytes):
    path = tmp_path / "a very long name of a clip that goes on and on.track.npz"
    path.write_bytes(track_bytes["side"])
    still = tmp_path / "still.npz"
    from stickfigure import film, stand

    film([stand(2)]).save(still)
    done = run_cli("score", path, still, "--out", tmp_path / "out")
    lines = done.stdout.splitlines()
    assert done.returncode == 0
    assert len(lines) == 3
    assert re.search(r"side +\w+ +– not assessable +\S", lines[1])
    assert lines[2].split("  ", 1)[1].strip() == "no squat found"
    assert done.stderr.strip() == f"Results in {tmp_path / 'out'}"


def test_progress_json_is_one_object_a_line(tmp_path, track_bytes):
    for i in range(6):
        (tmp_path / f"{i}.npz").write_bytes(track_bytes["front"])
    (tmp_path / "bad.npz").write_bytes(b"x")
    done = run_cli("score", tmp_path, "--out", tmp_path / "out", "--progress", "json")
    events = [json.loads(line) for line in done.stderr.splitlines()]
    assert [e["event"] for e in events if e["event"] not in ("progress", "rep")] == [
        "start", *["clip"] * 7, "end",
    ]  # fmt: skip
    for i in range(6):
        mine = [e for e in events if e.get("input", "").endswith(f"{i}.npz")]
        # Every repetition as it stands in the result, before the clip is over.
        stored = json.loads((tmp_path / "out" / f"{i}.json").read_text("utf-8"))
        assert stored["reps"]
        assert [e["rep"] for e in mine[:-1]] == stored["reps"]
        assert mine[-1]["event"] == "clip"
    assert events[0]["n_clips"] == 7
    assert events[-1] == {
        "event": "end", "complete": True, "n_clips": 7, "n_done": 7, "n_failed": 1, "n_skipped": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    "arguments",
    [
        ["score"],
        ["score", "x.npz"],
        ["score", "x.npz", "--out", "o", "--jobs", "0"],
        ["score", "x.npz", "--out", "o", "--set", "valgus.nothing=1"],
        ["score", "x.npz", "--out", "o", "--subject", "("],
        ["rescore", "x", "--set", "valgus"],
        ["compare", "x"],
    ],
)
def test_wrong_use_exits_with_2(arguments, tmp_path, monkeypatch):
    from click.testing import CliRunner

    from formcheck.cli.main import main

    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 2
    assert "Error" in done.stderr


def test_help_imports_nothing_heavy():
    import subprocess
    import sys

    from batch_helpers import environment

    code = (
        "import sys\nfrom formcheck.cli.main import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "heavy = {'numpy', 'cv2', 'av', 'mediapipe', 'rich', 'streamlit'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert all(word in done.stdout for word in ("score", "rescore", "compare"))


def test_lists_globs_and_folders_name_each_clip_once(tmp_path, track_bytes):
    from formcheck.batch.inputs import expand

    for name in ("a.npz", "sub/b.npz", "sub/b.annotated.mp4", "sub/c.mp4", "sub/c.track.npz"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"")
    (tmp_path / "list.txt").write_text("# clips\na.npz\n\nsub\n")
    found = expand([str(tmp_path / "sub" / "*.npz")], lists=[str(tmp_path / "list.txt")])
    assert [s.below for s in found] == ["b.npz", "c.track.npz", "a.npz", "c.mp4"]
    named_twice = expand([str(tmp_path / "a.npz")] * 2)
    assert len(named_twice) == 2
    inside = expand([str(tmp_path)], exclude=tmp_path / "sub")
    assert [s.name for s in inside] == ["a.npz"]


def test_rescore_changes_verdicts_and_compare_tells(tmp_path, track_bytes):
    clips, out, strict = tmp_path / "clips", tmp_path / "out", tmp_path / "strict"
    clips.mkdir()
    for name in ("front", "side"):
        (clips / f"{name}.npz").write_bytes(track_bytes[name])
    assert run_cli("score", clips, "--out", out).returncode == 0
    before = contents(out)
    same = run_cli("compare", out, out)
    assert "No change" in same.stdout
    names = ("fault_both_pct", "fault_leg_pct", "moved_both_pct", "moved_leg_pct")
    changed = [part for name in names for part in ("--set", f"valgus.{name}=-50")]
    done = run_cli("rescore", out, *changed, "--out", strict)
    assert done.returncode == 0, done.stderr
    assert contents(out) == before
    told = run_cli("compare", out, strict, "--csv", tmp_path / "c.csv")
    assert "ok -> fault" in told.stdout
    assert "0 of" in told.stdout  # the same values: nothing beyond the error
    assert any(r["after_verdict"] == "fault" for r in rows(tmp_path / "c.csv"))
    # Back in place with the defaults: the bytes of the first run.
    assert run_cli("rescore", out).returncode == 0
    assert contents(out) == before


def test_the_python_interface_does_what_the_command_does(tmp_path, track_bytes):
    import formcheck

    path = tmp_path / "side.npz"
    path.write_bytes(track_bytes["side"])
    analysis = formcheck.score(path)
    assert [r.number for r in analysis.reps] == [1]
    report = formcheck.score_many(path, tmp_path / "api")
    assert report.clips[0].result == formcheck.check(path).result
    assert run_cli("score", path, "--out", tmp_path / "cli").returncode == 0
    assert contents(tmp_path / "api") == contents(tmp_path / "cli")
    assert formcheck.compare_runs(tmp_path / "api", tmp_path / "cli")
    assert formcheck.rescore(tmp_path / "api", settings={"travel.fault_pct": -90}).clips
    with pytest.raises(AttributeError):
        formcheck.nothing  # noqa: B018
