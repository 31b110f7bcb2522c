"""Many clips through worker processes: names, failures, crashes, resuming, a full disk."""

from __future__ import annotations

import csv
import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from batch_fakes import WORKER
from batch_helpers import contents

from formcheck.batch import folder as results_folder
from formcheck.batch.inputs import expand
from formcheck.batch.job import Job
from formcheck.batch.manifest import MANIFEST_NAME, load, only_writer
from formcheck.batch.options import Silent
from formcheck.batch.run import BatchOptions, BatchReport, run_batch
from formcheck.batch.workers import local
from formcheck.batch.workers.protocol import Worker
from formcheck.errors import FormcheckError, OutputError


@pytest.fixture(autouse=True)
def fake_judge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "CHILD", WORKER)


def run(
    inputs: Path | list[Path], out: Path, listener: Silent | None = None, **options: Any
) -> BatchReport:
    many = inputs if isinstance(inputs, list) else [inputs]
    chosen = {"jobs": 2, "video": False} | options
    sources = expand([str(p) for p in many], exclude=out)
    return run_batch(sources, BatchOptions(out=out, **chosen), listener or Silent())


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_folder_with_bad_clips_gives_results_and_named_reasons(make_clips, tmp_path):
    clips = make_clips(
        {
            "a.mp4": "ok 1",
            "anna/b.mov": "ok",
            "anna/bad.mp4": "bad",
            "ben/bug.mp4": "bug",
            "ben/die.mp4": "die",
            "ben/once.mp4": "die once",
            "notes.txt": "no clip",
            ".hidden.mp4": "ok",
        }
    )
    out = tmp_path / "out"
    report = run(clips, out)
    status = {c.entry.file: c.status for c in report.clips}
    assert status == {
        "a.mp4": "scored", "b.mov": "scored", "bad.mp4": "failed",
        "bug.mp4": "failed", "die.mp4": "failed", "once.mp4": "scored",
    }  # fmt: skip
    reasons = {r["file"]: r["message"] for r in rows(out / "clips.csv") if r["status"] == "failed"}
    assert "is bad" in reasons["bad.mp4"]
    assert "crashed the worker twice" in reasons["die.mp4"]
    assert "ZeroDivisionError" in reasons["bug.mp4"]
    assert {r["subject"] for r in rows(out / "clips.csv")} == {"", "anna", "ben"}
    assert {p.stem for p in out.glob("*.json")} == {"a", "b", "once"}
    assert not list(out.glob(".*"))


class Clock(Silent):
    """Puts the clock forward when a clip says something, so that no test waits for a stall."""

    def __init__(self, patch: pytest.MonkeyPatch, **steps_s: list[float]) -> None:
        self.steps_s = steps_s
        ahead_s, now_s = [0.0], time.monotonic
        patch.setattr(time, "monotonic", lambda: now_s() + ahead_s[0])
        self.ahead_s = ahead_s

    def progress(self, job: Job, *_: Any) -> None:
        steps_s = self.steps_s.get(Path(job.source.name).stem)
        if steps_s:
            self.ahead_s[0] += steps_s.pop()


def test_a_clip_that_hangs_is_ended_tried_again_and_set_aside(make_clips, tmp_path, monkeypatch):
    clips = make_clips({"a.mp4": "ok", "hang.mp4": "hang", "once.mp4": "hang once", "z.mp4": "ok"})
    out = tmp_path / "out"
    clock = Clock(monkeypatch, hang=[3600.0, 3600.0], once=[3600.0])
    report = run(clips, out, clock, stall_limit_s=1800.0, jobs=1)
    status = {c.entry.file: c.status for c in report.clips}
    assert status == {
        "a.mp4": "scored", "hang.mp4": "failed", "once.mp4": "scored", "z.mp4": "scored",
    }  # fmt: skip
    (failed,) = report.failed
    assert "hang.mp4: made no progress for 1800 s" in failed.error
    assert "--retry-failed" in failed.error
    # It is remembered: the next run does not wait for it again.
    monkeypatch.setattr(local, "CHILD", "no_such_module")
    assert not any(c.is_new for c in run(clips, out).clips)


def test_a_slow_clip_that_reports_is_left_alone(make_clips, tmp_path, monkeypatch):
    clips = make_clips({"slow.mp4": "steady 0.5"})
    clock = Clock(monkeypatch, slow=[1200.0, 1200.0])
    (clip,) = run(clips, tmp_path / "out", clock, stall_limit_s=1800.0, jobs=1).clips
    assert clip.status == "scored"
    assert clock.steps_s["slow"] == []


def test_a_second_run_does_nothing_and_changes_nothing(make_clips, tmp_path, monkeypatch):
    clips = make_clips({"a.mp4": "ok 1", "b.mp4": "bad", "c.mp4": "die"})
    out = tmp_path / "out"
    run(clips, out)
    before = contents(out)
    with monkeypatch.context() as patch:
        patch.setattr(local, "CHILD", "no_such_module")  # would fail if anything ran
        again = run(clips, out)
    assert [c.is_new for c in again.clips] == [False] * 3
    assert contents(out) == before
    (clips / "a.mp4").write_text("ok 2")  # other content, same name
    third = run(clips, out)
    assert [c.is_new for c in third.clips] == [True, False, False]
    assert all(c.is_new for c in run(clips, out, force=True).clips)
    assert [c.is_new for c in run(clips, out, retry_failed=True).clips] == [False, True, True]


def test_a_lost_or_changed_result_is_made_again(make_clips, tmp_path):
    clips = make_clips({"a.mp4": "ok 1", "b.mp4": "ok 2"})
    out = tmp_path / "out"
    run(clips, out)
    before = contents(out)
    (out / "a.json").unlink()
    (out / "b.track.npz").write_bytes(b"")
    with (out / MANIFEST_NAME).open("ab") as file:
        file.write(b'{"v": 1, "name": "torn')
    assert all(c.is_new for c in run(clips, out).clips)
    assert contents(out) == before


def test_results_do_not_depend_on_jobs_or_order_of_completion(make_clips, tmp_path):
    clips = make_clips(
        {f"{who}/{i}.mp4": f"ok {0.2 * (i % 3)} {who}" for i in range(5) for who in "ab"}
    )
    (clips / "a" / "9.mp4").write_text("die once")
    for jobs in (1, 3):
        run(clips, tmp_path / f"out{jobs}", jobs=jobs)
    assert contents(tmp_path / "out1") == contents(tmp_path / "out3")


def test_equal_stems_get_their_hash_and_never_overwrite(make_clips, tmp_path):
    clips = make_clips({"a/x.mp4": "ok 0 a", "b/x.mov": "ok 0 b", "c/X.mp4": "ok 0 b"})
    out = tmp_path / "out"
    run([clips / "a" / "x.mp4", clips / "b" / "x.mov", clips / "c" / "X.mp4"], out)
    names = {p.stem for p in out.glob("*.json")}
    sha = {r["input"][-7:]: r["sha256"] for r in rows(out / "clips.csv")}["b/x.mov"]
    assert names == {"x", f"x-{sha[:8]}", f"X-{sha[:8]}-2"}
    # A later run with other inputs keeps what is there.
    before = (out / "x.json").read_bytes()
    report = run([clips / "b" / "x.mov"], out)
    assert not report.clips[0].is_new
    (clips / "d").mkdir()
    (clips / "d" / "x.mp4").write_text("ok 0 d")
    run([clips / "d" / "x.mp4"], out)
    assert (out / "x.json").read_bytes() == before
    assert len(list(out.glob("*.json"))) == 4


def test_a_missing_file_is_named_and_tried_again(make_clips, tmp_path, monkeypatch):
    clips = make_clips({"a.mp4": "ok"})
    out = tmp_path / "out"
    monkeypatch.setattr(local, "CHILD", "formcheck.batch.workers.child")
    report = run([clips / "no.mp4", tmp_path / "empty*"], out)
    assert [c.status for c in report.clips] == ["failed"] * 2
    assert "No such file" in report.clips[0].error
    assert "matches no video" in report.clips[1].error
    assert load(out) == []


@pytest.mark.parametrize("where", ["before", "between"])
def test_a_full_disk_stops_the_run_and_keeps_what_is_done(make_clips, tmp_path, monkeypatch, where):
    clips = make_clips({f"{i}.mp4": "ok" for i in range(4)})
    out = tmp_path / "out"
    calls = []

    def free(folder: Path) -> int:
        calls.append(folder)
        return 10 if where == "before" or len(calls) > 2 else 1 << 40

    with monkeypatch.context() as patch:
        patch.setattr(results_folder, "free_bytes", free)
        with pytest.raises(OutputError, match="free"):
            run(clips, out, jobs=1)
    assert len(load(out)) == (0 if where == "before" else 1)
    run(clips, out)
    run(clips, tmp_path / "whole")
    assert contents(out) == contents(tmp_path / "whole")


def test_a_worker_that_cannot_write_stops_the_run(make_clips, tmp_path):
    clips = make_clips({"a.mp4": "ok", "b.mp4": "full", "c.mp4": "ok"})
    with pytest.raises(FormcheckError, match="No space left"):
        run(clips, tmp_path / "out", jobs=1)
    assert [r.name for r in load(tmp_path / "out")] == ["a"]


def test_two_runs_into_one_folder_are_refused(make_clips, tmp_path):
    clips = make_clips({"a.mp4": "ok"})
    (tmp_path / "out").mkdir()
    with only_writer(tmp_path / "out"), pytest.raises(OutputError, match="another run"):
        run(clips, tmp_path / "out")


def test_workers_that_cannot_start_are_an_error(make_clips, tmp_path, monkeypatch):
    clips = make_clips({"a.mp4": "ok"})
    monkeypatch.setattr(local, "CHILD", "no_such_module")
    with pytest.raises(FormcheckError, match=r"cannot start: .*no_such_module"):
        run(clips, tmp_path / "out")


def test_a_manifest_cannot_name_files_outside_its_folder(make_clips, tmp_path):
    clips = make_clips({"a.mp4": "ok"})
    out = tmp_path / "out"
    run(clips, out)
    line = json.loads((out / MANIFEST_NAME).read_text())
    (out / MANIFEST_NAME).write_text(json.dumps(line | {"name": "../evil"}) + "\n")
    assert load(out) == []


def test_every_json_is_a_result_and_no_table_holds_a_time(make_clips, tmp_path):
    clips = make_clips({"a.mp4": "ok", "b.mp4": "bad"})
    out = tmp_path / "out"
    run(clips, out)
    for path in out.glob("*.json"):
        assert json.loads(path.read_text())["schema_version"] == 1
    assert {p.name for p in out.iterdir()} >= {"reps.csv", "clips.csv", "index.html"}


def test_a_worker_that_was_dead_before_says_nothing_about_the_clip(
    make_clips, tmp_path, monkeypatch
):
    """Killed from outside while it waits, three times in a row: the clip is still scored."""
    clips = make_clips({"one.mp4": "ok"})
    ask, n_given = Worker.ask, []

    def ask_the_dead(self, job):
        n_given.append(job)
        if len(n_given) <= 3:
            self.process.kill()
            self.process.wait()
        ask(self, job)

    monkeypatch.setattr(Worker, "ask", ask_the_dead)
    (clip,) = run(clips, tmp_path / "out").clips
    assert clip.status == "scored"
    assert len(n_given) == 4


@pytest.mark.skipif(os.name != "posix", reason="needs SIGSTOP")
def test_a_worker_that_stalls_before_it_begins_costs_a_whole_try(make_clips, tmp_path, monkeypatch):
    clips = make_clips({"one.mp4": "ok"})
    ask, n_given = Worker.ask, []

    def ask_the_frozen(self, job):
        n_given.append(job)
        os.kill(self.process.pid, signal.SIGSTOP)
        ask(self, job)

    monkeypatch.setattr(Worker, "ask", ask_the_frozen)
    (clip,) = run(clips, tmp_path / "out", stall_limit_s=0.5).clips
    assert clip.status == "failed"
    assert "made no progress for 0.5 s" in clip.error
    assert len(n_given) == 2
