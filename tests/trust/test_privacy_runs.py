"""Nothing leaves the machine: real runs under a system-call trace and without any network."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from app_server import serving
from tracing import needs_strace, read_log, reasons, traced
from waiting import PATIENCE_S

from benchmarks.app_client import LiveOutcome, Person
from benchmarks.app_load import camera_frames

pytestmark = pytest.mark.model


def score(clip: Path, out: Path) -> list[str]:
    return [sys.executable, "-m", "formcheck", "score", str(clip), "--out", str(out)]


def results(folder: Path) -> dict[str, bytes]:
    """What a run leaves that must not depend on where it ran."""
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir()) if p.name != "index.html"}


def started(lines: list[str], words: str) -> bool:
    """Whether the trace saw a process begin with these words in its command."""
    return any("execve(" in line and words in line for line in lines)


@pytest.fixture(scope="module")
def scored(short_clip: Path, root: Path, tmp_path_factory: Any) -> tuple[Path, list[str]]:
    """The folder of results of a traced run, and the trace."""
    strace = needs_strace()
    folder = tmp_path_factory.mktemp("traced")
    out, log = folder / "out", folder / "trace.log"
    with subprocess.Popen(
        [*traced(strace, log), *score(short_clip, out)],
        cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        assert process.wait(PATIENCE_S) == 0
    return out, read_log(log, process.pid)


def test_scoring_a_clip_talks_to_nobody(scored: tuple[Path, list[str]]) -> None:
    out, lines = scored
    assert (out / "my front.json").exists()
    assert started(lines, "formcheck.batch.workers.child"), "the worker was outside the trace"
    assert reasons(lines) == []


def test_scoring_needs_no_network_at_all(
    scored: tuple[Path, list[str]], short_clip: Path, root: Path, tmp_path: Path
) -> None:
    """In a network namespace of its own, where even loopback is down: the same bytes."""
    unshare = shutil.which("unshare")
    if unshare is None or subprocess.run([unshare, "-rn", "true"], capture_output=True).returncode:
        pytest.skip("no network namespace can be made here")
    out = tmp_path / "out"
    subprocess.run(
        [unshare, "-rn", *score(short_clip, out)],
        cwd=root, check=True, timeout=PATIENCE_S, capture_output=True,
    )  # fmt: skip
    assert results(out) == results(scored[0])


async def visit(url: str, clip: Path) -> tuple[str, LiveOutcome]:
    """An upload, every page, and a few seconds in front of a camera that shows the clip."""
    async with Person(url) as person:
        await person.open()
        await person.upload(clip, clip.name)
        end = await person.wait_for_result(PATIENCE_S)
        for name in ("health", "live", "history", "about"):
            await person.open(name)
        return end, await person.live_set(camera_frames(clip), length_s=4.0)


def test_the_app_talks_to_nobody(short_clip: Path, tmp_path: Path) -> None:
    """Server and workers in the trace; what pages ask of a browser, the browser tests see."""
    strace = needs_strace()
    log = tmp_path / "trace.log"
    with serving(tmp_path / "server", None, prefix=traced(strace, log)) as server:
        pid = server.process.pid
        end, live = asyncio.run(visit(server.url, short_clip))
    assert end == "result"
    assert live.is_finished
    assert live.n_answers >= 1
    lines = read_log(log, pid)
    assert started(lines, "formcheck.app.jobs.analyse"), "the analysis was outside the trace"
    assert any(" bind(" in line and 'inet_addr("127.0.0.1")' in line for line in lines)
    assert reasons(lines) == []
