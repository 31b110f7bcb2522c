"""What is said between a process and its workers arrives as it was meant."""

from __future__ import annotations

import os
import queue
import sys
import time
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from batch_fakes import WORKER
from waiting import PATIENCE_S

import formcheck
from formcheck.app.jobs.limits import Limits
from formcheck.app.jobs.request import Request
from formcheck.batch.job import Job, Outcome
from formcheck.batch.manifest import Output
from formcheck.batch.source import Source
from formcheck.batch.workers import protocol
from formcheck.batch.workers.protocol import (
    Done,
    Progressed,
    Ready,
    Reporter,
    Taken,
    Worker,
    from_line,
    next_message,
    to_line,
)

ODD = os.fsdecode(b"/clips/\xff\xfe\n.mp4")
"""A file name that is no Unicode and holds the end of a line."""
SOURCE = Source("a", ODD, "a.mp4", "a.mp4", 3)


@pytest.mark.parametrize(
    "value",
    [
        Job(3, SOURCE, "a", ODD, {"valgus.fault_leg_pct": 0.1 + 0.2},
            outputs=frozenset({Output.BLUR, Output.VIDEO}), versions={"formcheck": "1"}),
        Outcome("scored", files={".json": 5, ".b": 2}, n_frames=7),
        Request("a", "b", "c", "d", {"travel.comfort_mode": True, "valgus.cave_pct": 9.5},
                with_cues=False, blur=True, limits=Limits(max_length_s=float("inf"))),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_a_line_holds_all_of_it(value: object) -> None:
    line = to_line(value)
    assert line.count(b"\n") == 1
    assert from_line(line, type(value)) == value


def test_numbers_of_numpy_are_numbers() -> None:
    line = to_line(Progressed("pose", 1, np.float32(0.5), np.float64(2)))  # type: ignore[arg-type]
    assert from_line(line, Progressed) == Progressed("pose", 1, 0.5, 2.0)


@pytest.mark.parametrize("line", [b"", b"{", b"[]", b'{"type": "ready"}', b'{"refusal": 3}'])
def test_what_is_no_message_is_an_error(line: bytes) -> None:
    with pytest.raises(ValueError):
        from_line(line, Request)


def test_progress_is_told_now_and_then_and_at_each_new_stage(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now_s = 0.0
    monkeypatch.setattr(protocol.time, "monotonic", lambda: now_s)
    said: list[Progressed] = []
    report = Reporter(said.append)
    for i in range(100):
        now_s = 0.01 * i
        report("pose" if i < 50 else "video", float(i), None)
    stages = [(message.stage, message.n_frames) for message in said]
    assert stages == [
        ("pose", 1), ("pose", 16), ("pose", 31), ("pose", 46),
        ("video", 1), ("video", 16), ("video", 31), ("video", 46),
    ]  # fmt: skip


def test_a_worker_says_what_it_does_in_order(tmp_path: Path) -> None:
    clip = tmp_path / "a.mp4"
    clip.write_text("ok")
    inbox: protocol.Inbox[Job, Outcome] = queue.SimpleQueue()
    worker = Worker(WORKER, Outcome, inbox)
    try:
        source = Source("a", str(clip), "a.mp4", "a.mp4")
        worker.ask(Job(0, source, "a", str(tmp_path)))
        said = [inbox.get(timeout=PATIENCE_S)[1] for _ in range(4)]
    finally:
        worker.end()
        worker.end()  # again: nothing happens
    assert [type(message) for message in said] == [Ready, Taken, Progressed, Done]
    assert isinstance(said[3], Done)
    assert said[3].outcome.status == "scored"
    assert inbox.get(timeout=PATIENCE_S) == (worker, None)


def test_a_worker_never_sees_the_folders_inside_the_package(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Streamlit puts the folder of its script on the path; a ``site.py`` lies there."""
    package = Path(formcheck.__file__).parent
    monkeypatch.setattr(sys, "path", [str(package / "app"), "/elsewhere"])
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    environment = protocol._environment()
    assert environment["OMP_NUM_THREADS"] == "3"  # what somebody chose stays
    assert environment["MALLOC_ARENA_MAX"] == "2"
    paths = environment["PYTHONPATH"].split(os.pathsep)
    assert paths == [os.path.abspath("/elsewhere"), str(package.parent)]


def test_a_silent_worker_is_ended_whatever_the_numbers_of_the_clock() -> None:
    """A sum and a difference need not cancel: the end of the wait is asked of the clock."""
    limit_s = 1800.0
    for heard_s in (3700.1817103142444, 132.66674755718648, 6714.443342220556):
        inbox: Any = queue.SimpleQueue()
        worker: Any = SimpleNamespace(request="clip", has_stalled=False, is_ready=True,
                                      has_taken=True, heard_s=heard_s)  # fmt: skip
        worker.process = SimpleNamespace(kill=partial(inbox.put, (worker, None)))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(time, "monotonic", lambda at=heard_s + limit_s: at)
            assert next_message(inbox, [worker], limit_s) == (worker, None)
        assert worker.has_stalled
