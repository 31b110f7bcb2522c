"""docs/extending.md does what it says: its blocks, put into a copy, bring a new fault."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

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
from stickfigure import film, squat, stand
from formcheck.squat.settings import DEFAULT_SETTINGS
from formcheck.clip import checked_clip
from formcheck.squat.analysis import analyze
from formcheck.report.record import clip_row, schema
from jsonschema import validate

track = film([stand(1), squat(106), stand(1)])
strict = DEFAULT_SETTINGS.with_values({"shift.fault_pct": 15})
result = checked_clip(analyze(track, strict), track, strict).result
validate(result, schema())
print(json.dumps({"result": result, "row": clip_row(result, "x.json", "scored")}))
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
    for name in ("tests/squat", "tests/knowledge", "tests/support"):
        shutil.copytree(ROOT / name, target / name, ignore=unwanted)
    for name in ("pyproject.toml", "tests/conftest.py"):
        shutil.copy(ROOT / name, target / name)
    touched = follow(PAGE.read_text("utf-8"), target)
    assert touched.count("formcheck/squat/settings.py") == 2
    assert len(set(touched)) == 5
    return target


def run(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(copy), str(copy / "tests/support")])}
    return subprocess.run(
        [sys.executable, *arguments], cwd=copy, env=env, capture_output=True, text=True, timeout=300
    )


def test_the_new_fault_is_in_a_result(copy):
    done = run(copy, "-c", TRY_IT)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    (rep,) = said["result"]["reps"]
    (finding,) = (f for f in rep["findings"] if f["fault"] == "hip_shift")
    assert finding["verdict"] == "ok"
    assert finding["threshold"] == 15  # as set by name
    assert said["result"]["summary"]["hip_shift"]["ok"] == 1
    assert said["row"]["hip_shift_ok"] == 1


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
