"""Killed at many points and started again: the same bytes as a run left alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from batch_fakes import WORKER
from batch_helpers import contents, environment
from waiting import PATIENCE_S, wait_until

# An unguarded script, as users write them.
PROGRAM = f"""
import signal
import sys
from pathlib import Path
# Test runs started in the background inherit an ignored Ctrl-C; people's terminals do not.
signal.signal(signal.SIGINT, signal.default_int_handler)
from formcheck.batch.run import BatchOptions, run_batch
from formcheck.cli.progress import JsonLines
from formcheck.batch.inputs import expand
from formcheck.batch.workers import local
local.CHILD = "{WORKER}"
clips, out = sys.argv[1:]
options = BatchOptions(out=Path(out), jobs=2, video=False)
with JsonLines(sys.stderr) as lines:
    run_batch(expand([clips]), options, lines)
"""


def start(clips: Path, out: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(clips), str(out)],
        env=environment(), stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def wait_for_clips(process: subprocess.Popen[str], n: int) -> None:
    assert process.stderr is not None
    for line in process.stderr:
        n -= '"event": "clip"' in line
        if n <= 0:
            return


def end(process: subprocess.Popen[str]) -> int:
    assert process.stderr is not None
    process.stderr.read()
    process.stderr.close()
    return process.wait(PATIENCE_S)


@pytest.fixture
def clips(make_clips) -> Path:
    texts = {
        f"{who}/{i}.mp4": f"ok {0.2 + 0.05 * (i % 4)} {who}" for i in range(6) for who in "abc"
    }
    return make_clips(texts | {"b/bad.mp4": "bad", "c/die.mp4": "die"})


def test_killed_at_several_points_the_end_is_the_same(clips, tmp_path):
    whole, out = tmp_path / "whole", tmp_path / "out"
    assert end(start(clips, whole)) == 0
    for n, number in ((1, signal.SIGKILL), (3, signal.SIGTERM), (5, signal.SIGKILL),
                      (7, signal.SIGINT)):  # fmt: skip
        process = start(clips, out)
        wait_for_clips(process, n + 2)
        time.sleep(0.01 * n)
        process.send_signal(number)
        assert end(process) != 0
        assert not list(out.glob(".*")) or number == signal.SIGKILL
    assert end(start(clips, out)) == 0
    assert contents(out) == contents(whole)


def test_workers_end_with_the_process_that_started_them(make_clips, tmp_path):
    clips = make_clips({f"{i}.mp4": "ok 3600" for i in range(2)})
    process = start(clips, tmp_path / "out")
    wait_until(lambda: len(_children(process.pid)) == 2, "two workers")
    children = [int(pid) for pid in _children(process.pid)]
    process.kill()
    end(process)
    wait_until(lambda: not any(_is_alive(pid) for pid in children), "the end of the workers")


def test_a_killed_worker_is_replaced_and_its_clip_scored(make_clips, tmp_path):
    clips = make_clips({"long.mp4": "ok 1.5", **{f"{i}.mp4": "ok" for i in range(4)}})
    whole, out = tmp_path / "whole", tmp_path / "out"
    assert end(start(clips, whole)) == 0
    process = start(clips, out)
    wait_for_clips(process, 4)  # all but the long one, whose worker is the busy one
    for pid in _children(process.pid):
        os.kill(int(pid), signal.SIGKILL)
    assert end(process) == 0
    assert contents(out) == contents(whole)


def _children(pid: int) -> list[str]:
    found = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        found += path.read_text().split()
    return found


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


pytestmark = pytest.mark.skipif(
    not Path("/proc/self/task").is_dir(), reason="looks at processes through /proc"
)
