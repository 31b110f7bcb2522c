"""docs/extending.md does what it says: its blocks, put into a copy, bring a new fault."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from waiting import PATIENCE_S

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "extending.md"
STEP = re.compile(
    r"^(?:New file `(?P<new>[^`]+)`"
    r"|In `(?P<file>[^`]+)`, (?P<how>after|instead of) `(?P<line>[^`]+)`):\n\n"
    r"```\w+\n(?P<block>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
TRY_IT = """
import json
import sys
from datetime import date
from pathlib import Path

import numpy as np
from click.testing import CliRunner
from jsonschema import validate
from stickfigure import changed, film, squat, stand, track_meta, Camera

from formcheck.cli.main import main
from formcheck.clip import check_clip
from formcheck.report import drawing
from formcheck.report.html import ReportClip, html_report
from formcheck.report.drawing import Snapshot
from formcheck.report.overlay import overlay_json
from formcheck.report.painter import Painter
from formcheck.report.result import schema
from formcheck.squat.faults import FAULTS
from formcheck.training.history import session_from_clip

track = film([stand(1), squat(106, pause_s=0.3), stand(1)], meta=track_meta(100, Camera(), 4.0))
points = track.points_px.copy()
height = points[:, 27, 1] - points[:, 23, 1]
depth = (height[0] - height) / (height[0] - height.min())
points[:, :25, 0] += (0.35 * (points[0, 27, 1] - points[0, 25, 1]) * depth)[:, None]
track = changed(track, points_px=points)
folder = Path(sys.argv[1])
(folder / "clips").mkdir()
clip = folder / "clips" / "shifted.npz"
track.save(clip)
said = {}

checked = check_clip(clip)
stored = checked.result.to_builtins()
validate(stored, schema())
said["result"] = stored

out = folder / "out"
score = ["score", str(clip), "--out", str(out), "--set", "shift.fault_pct=15"]
done = CliRunner().invoke(main, score)
said["score"] = [done.exit_code, done.output]
said["clips.csv"] = (out / "clips.csv").read_text("utf-8-sig")
said["index"] = (out / "index.html").read_text()
said["report"] = html_report([ReportClip("a", checked.result, checked.analysis.reps)])

wall = np.full((track.height_px, track.width_px, 3), 90, np.uint8)
(judged,) = checked.analysis.reps
shot = Snapshot(view="front", findings=judged.findings)
drawn, plain = (Painter(track.width_px, track.height_px) for _ in range(2))
drawn.draw(wall, track[0].points_px, shot)
in_browser = overlay_json(track, checked.analysis)
drawing.FAULTS = [fault for fault in FAULTS if fault.name != "hip_shift"]  # no line of its own
plain.draw(wall, track[0].points_px, shot)
said["overlay"] = int((drawn.picture != plain.picture).sum())
said["in browser"] = len(in_browser) - len(overlay_json(track, checked.analysis))

session = session_from_clip(checked.result, date(2026, 1, 1))
said["history"] = {tally.fault: tally.n_fault for tally in session.faults}

labels = folder / "labels.csv"
labels.write_text("file,rep,n_reps,shift\\nshifted.npz,1,1,yes\\n")
done = CliRunner().invoke(main, ["validate", str(folder / "clips"), "--labels", str(labels)])
said["validate"] = [done.exit_code, done.output]

import formcheck.clip
from acting import Actor, playing
from formcheck.live.session import LiveSession

formcheck.clip.LifterTracker = Actor(track)
with LiveSession(with_setup=False) as live:
    said["hints"] = sorted({update.hint for update in playing(live, track)} - {""})

from app_pages import page_test, upload, words

test = upload(page_test("check").run(), clip)
said["page"] = words(test)
Path(sys.argv[1], "said.json").write_text(json.dumps(said))
"""


def follow(page: str, copy: Path) -> list[str]:
    """Do what the page says in a copy of the checkout; the files it touched."""
    touched = []
    for step in STEP.finditer(page):
        path = copy / (step["new"] or step["file"])
        touched.append(step["new"] or step["file"])
        if step["new"]:
            assert not path.exists(), f"{step['new']} is there already"
            path.write_text(step["block"], "utf-8")
            continue
        lines = path.read_text("utf-8").splitlines(keepends=True)
        at = [i for i, line in enumerate(lines) if line.strip() == step["line"]]
        assert len(at) == 1, f"{step['file']}: {len(at)} lines are {step['line']!r}"
        lines[at[0] : at[0] + 1] = (
            [step["block"]] if step["how"] == "instead of" else [lines[at[0]], step["block"]]
        )
        path.write_text("".join(lines), "utf-8")
    return touched


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    """A copy of package and tests in which the page was followed."""
    target = tmp_path_factory.mktemp("extended")
    unwanted = shutil.ignore_patterns("__pycache__", "models", "sample_videos")
    shutil.copytree(ROOT / "formcheck", target / "formcheck", ignore=unwanted)
    for name in ("tests/squat", "tests/knowledge", "tests/support", "tests/data"):
        shutil.copytree(ROOT / name, target / name, ignore=unwanted)
    for name in ("pyproject.toml", "tests/conftest.py"):
        shutil.copy(ROOT / name, target / name)
    (target / "models").symlink_to(ROOT / "models")
    touched = follow(PAGE.read_text("utf-8"), target)
    assert set(touched) == {
        "formcheck/squat/faults/hip_shift.py",
        "formcheck/squat/faults/__init__.py",
        "formcheck/knowledge/data/faults/hip_shift.toml",
        "tests/squat/faults/test_contract.py",
    }
    return target


def run(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(copy), str(copy / "tests/support")])}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=copy,
        env=env,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )


@pytest.fixture(scope="module")
def said(copy: Path, tmp_path_factory) -> dict:
    """What every part of formcheck says of a clip with the new fault."""
    folder = tmp_path_factory.mktemp("tried")
    done = run(copy, "-c", TRY_IT, str(folder))
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads((folder / "said.json").read_text("utf-8"))


def test_the_new_fault_is_in_the_result(said):
    (rep,) = said["result"]["reps"]
    (finding,) = (f for f in rep["findings"] if f["fault"] == "hip_shift")
    assert (finding["verdict"], finding["side"]) == ("fault", "left")
    assert said["result"]["summary"]["hip_shift"]["fault"] == 1


def test_the_new_fault_is_in_everything_made_from_a_result(said):
    code, table = said["score"]
    assert code == 0
    assert "hip shift" in table.splitlines()[0]
    assert "hip_shift_fault" in said["clips.csv"].splitlines()[0]
    assert "Hip shift" in said["index"]
    assert "Histogram of hip shift" in said["index"]
    assert "Hip shift: possible: check again (left)" in said["report"]  # its limit is not measured
    assert "Hips off the middle" in said["report"]  # its curve
    assert said["history"]["hip_shift"] == 1
    assert said["overlay"] > 0
    assert said["in browser"] > 0


def test_the_new_fault_is_seen_live_and_in_the_app_and_validated(said):
    assert said["hints"] == ["Hips drifting to one side"]
    assert "Hip shift: possible: check again (left)" in said["page"]
    code, text = said["validate"]
    assert code == 0, text
    assert "hip_shift, repetitions:" in text
    assert "labelled yes (1): 0 ok, 0 borderline, 1 fault" in text


def test_no_other_module_names_a_fault():
    names = {path.stem for path in (ROOT / "formcheck/knowledge/data/faults").glob("*.toml")}
    assert len(names) >= 2
    for path in (ROOT / "formcheck").rglob("*"):
        if path.suffix in (".py", ".js", ".html", ".css", ".j2") and "faults" not in path.parts:
            text = path.read_text("utf-8")
            assert not [name for name in names if name in text], path


ABOUT_IT = "hip_shift or its_own_name or all_it_promises or orphaned or reference_is_cited"


def contract(copy: Path, kept: str = ABOUT_IT) -> subprocess.CompletedProcess[str]:
    """Run the contracts of faults and knowledge, as far as they are about the new fault."""
    files = ("squat/faults/test_contract.py", "knowledge/test_base.py", "knowledge/test_wording.py")
    paths = [str(copy / "tests" / name) for name in files]
    return run(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", kept, *paths)


def test_the_contract_of_all_faults_holds_for_it(copy):
    done = contract(copy)
    assert done.returncode == 0, done.stdout[-3000:]
    assert int(re.search(r"(\d+) passed", done.stdout)[1]) >= 12


def test_the_contract_would_notice_a_fault_that_never_trips(copy):
    file = copy / "formcheck" / "squat" / "faults" / "hip_shift.py"
    text = file.read_text("utf-8")
    file.write_text(text.replace("fault_pct: float = 20.0", "fault_pct: float = 99.0"), "utf-8")
    try:
        done = contract(copy, "hip_shift and tripping")
    finally:
        file.write_text(text, "utf-8")
    assert done.returncode == 1, done.stdout
    assert "test_the_tripping_case_trips[hip_shift]" in done.stdout
