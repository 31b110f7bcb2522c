"""A sample of the hostile files of ``benchmarks/hostile.py``; the script runs thousands."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from waiting import PATIENCE_S

from benchmarks.attack.cases import Case, all_cases
from benchmarks.attack.mutations import MUTATIONS, boundaries
from benchmarks.attack.reader import ROOT
from benchmarks.attack.seeds import HEAVY, SEEDS, seed_bytes, usable
from benchmarks.attack.texts import fuzz_texts
from benchmarks.attack.verdicts import Listener, complaints
from benchmarks.hostile import attack_reading, attack_scoring

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="special files and limits as on Linux"
)


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    with Listener() as made:
        yield made


@pytest.fixture(scope="module")
def cases(listener: Listener, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Case], Path]:
    """A few of every kind of attack, the same on every run."""
    work = tmp_path_factory.mktemp("hostile")
    (work / "seeds").mkdir()
    every = list(all_cases(1100, 1, work / "seeds", listener.port))
    groups: dict[str, list[Case]] = {}
    for case in every:
        groups.setdefault(case.group, []).append(case)
    order = random.Random(3)
    chosen = []
    for group in groups.values():
        light = [c for c in group if c.name not in HEAVY]
        chosen += order.sample(light, min(len(light), 5))
    return chosen, work


def test_nothing_hostile_does_harm(cases: tuple[list[Case], Path], listener: Listener) -> None:
    chosen, work = cases
    assert len(chosen) >= 60
    tallies = attack_reading(chosen, work, PATIENCE_S)
    assert [text for tally in tallies.values() for text in tally.wrong] == []
    assert sum(t.n_read for t in tallies.values()) >= 10
    assert sum(t.n_refused for t in tallies.values()) >= 15
    assert listener.n_calls == 0


@pytest.mark.model
def test_a_folder_of_them_is_scored_to_its_end(
    cases: tuple[list[Case], Path], tmp_path: Path
) -> None:
    tally = attack_scoring(cases[0][::5], tmp_path, PATIENCE_S)
    assert tally.wrong == []
    assert tally.n_refused >= 2


def test_every_kind_of_text_is_read_or_refused(tmp_path: Path) -> None:
    for kind, (n_read, n_refused, wrong) in fuzz_texts(240, 5, tmp_path):
        assert wrong == [], kind
        assert n_read, kind
        assert n_refused, kind


def test_every_container_and_codec_is_among_the_seeds(tmp_path: Path) -> None:
    # The other kinds of file go through the readers of these.
    one_of_each = {"mp4", "mov", "m4v", "webm", "mkv", "avi", "ts", "mpg", "wmv", "flv", "gif"}
    assert {s.suffix for s in SEEDS} >= one_of_each
    assert len(usable()) >= 0.9 * len(SEEDS), "this PyAV lacks encoders: few kinds are tested"
    clip = next(s for s in usable() if s.name == "x264 in mp4")
    data = seed_bytes(clip, tmp_path)
    assert len(boundaries(data)) > 10
    for mutation in MUTATIONS:
        assert mutation(data, random.Random(1)) == mutation(data, random.Random(1))
        assert any(mutation(data, random.Random(i)) != data for i in range(8)), mutation


WRONG = {
    "crash": {"status": "crash", "message": "ended with -11"},
    "hang": {"status": "hang", "message": "no end"},
    "exception": {"status": "bug", "message": "ValueError: x"},
    "taken": {"status": "read"},
    "memory": {"status": "read", "peak_mb": 9000},
    "two lines": {"status": "refused", "message": "a.mp4: bad\nUse another."},
    "no name": {"status": "refused", "message": "bad. Use another."},
    "no remedy": {"status": "refused", "message": "a.mp4: bad."},
    "other file": {"status": "read", "size": [112, 48]},
    "times": {"status": "read", "is_ordered": False},
}


@pytest.mark.parametrize("kind", WRONG)
def test_the_check_can_fail(kind: str) -> None:
    expect = "refused" if kind in ("taken", "two lines", "no name", "no remedy") else "either"
    usual = {
        "message": "", "n_frames": 3, "is_ordered": True, "sides_px": 96, "size": [96, 72],
        "peak_mb": 90,
    }  # fmt: skip
    assert complaints(expect, Path("a.mp4"), usual | WRONG[kind])


def test_a_decent_refusal_and_a_decent_clip_pass() -> None:
    answer = {"status": "refused", "message": "a.mp4: damaged. Copy it again.", "peak_mb": 1}
    assert complaints("refused", Path("a.mp4"), answer) == []
    answer = {
        "status": "read", "message": "", "n_frames": 3, "is_ordered": True, "sides_px": 96,
        "size": [96, 72], "peak_mb": 90,
    }  # fmt: skip
    assert complaints("readable", Path("a.mp4"), answer) == []


@pytest.mark.parametrize("kind", ["pipe", "endless device"])
def test_a_folder_with_a_pipe_or_a_device_in_it_ends(tmp_path: Path, kind: str) -> None:
    """Their content is never waited for, not even to tell it by its hash."""
    from formcheck.batch.inputs import expand
    from formcheck.batch.source import hash_of
    from formcheck.errors import InputError

    path = tmp_path / "clips" / "a.mp4"
    path.parent.mkdir()
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero")
    (source,) = expand([str(path.parent)])
    with pytest.raises(InputError, match="not a regular file"):
        hash_of(source)
    done = subprocess.run(
        [sys.executable, "-m", "formcheck", "score", str(path.parent), "--out", "out"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=PATIENCE_S,
        capture_output=True, text=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 1
    assert "not a regular file" in (tmp_path / "out" / "clips.csv").read_text("utf-8")
