"""``formcheck rescore`` that is stopped: the exit code, the words, and a folder left as it was."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from batch_helpers import contents, environment, run_cli
from waiting import PATIENCE_S

# Stopped by a signal from outside when the first of two clips has been judged.
STOPPED = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
number = int(sys.argv.pop(1))
from formcheck.batch import rescore
from formcheck.cli.main import main

def stop(*given):
    assert os.listdir(given[3])
    os.kill(os.getpid(), number)

rescore._renewed = stop
main()
"""
STRICT = ("--set", "valgus.fault_both_pct=-50", "--set", "valgus.fault_leg_pct=-50")


@pytest.fixture
def scored(tmp_path: Path, track_bytes: dict[str, bytes]) -> Path:
    clips = tmp_path / "clips"
    clips.mkdir()
    for name, data in track_bytes.items():
        (clips / f"{name}.npz").write_bytes(data)
    assert run_cli("score", clips, "--out", tmp_path / "out").returncode == 0
    return tmp_path / "out"


@pytest.mark.skipif(sys.platform == "win32", reason="signals as on Linux and macOS")
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)], ids=["SIGTERM", "Ctrl-C"]
)
def test_a_stopped_rescore_changes_nothing_and_says_so(
    scored: Path, number: signal.Signals, code: int
) -> None:
    before = contents(scored)
    done = subprocess.run(
        [sys.executable, "-c", STOPPED, str(int(number)), "rescore", str(scored), *STRICT],
        env=environment(), capture_output=True, text=True, timeout=PATIENCE_S,
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    assert "run it again from the start" in done.stderr
    assert "goes on from here" not in done.stderr
    assert "Traceback" not in done.stderr
    assert contents(scored) == before
    assert run_cli("rescore", scored, *STRICT).returncode == 0
    assert contents(scored) != before
    assert not list(scored.glob(".*"))
