"""The same clips give the same bytes: twice, on one and on two processes, after a kill."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.model


def command(clips: Path, out: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "formcheck", "score", str(clips), "--out", str(out), *arguments]


def contents(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir()) if p.is_file()}


@pytest.fixture(scope="module")
def clips(short_clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same clip under two names: which of them comes first must not matter."""
    folder = tmp_path_factory.mktemp("twice")
    for name in ("a.mp4", "b.mp4"):
        shutil.copy(short_clip, folder / name)
    return folder


@pytest.fixture(scope="module")
def alone(clips: Path, root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What one process makes of them, undisturbed."""
    out = tmp_path_factory.mktemp("alone") / "out"
    subprocess.run(command(clips, out, "--jobs", "1"), cwd=root, check=True, capture_output=True)
    return contents(out)


def test_two_copies_of_a_clip_get_the_same_poses_and_video(alone: dict[str, bytes]) -> None:
    assert {"a.json", "b.json", "reps.csv", "clips.csv", "index.html"} <= set(alone)
    assert alone["a.annotated.mp4"] == alone["b.annotated.mp4"]
    assert alone["a.worst.jpg"] == alone["b.worst.jpg"]
    assert alone["a.json"].replace(b'"a.mp4"', b'"b.mp4"') == alone["b.json"]


def test_two_processes_make_the_same_bytes(
    clips: Path, alone: dict[str, bytes], root: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    subprocess.run(command(clips, out, "--jobs", "2"), cwd=root, check=True, capture_output=True)
    assert contents(out) == alone


def test_a_run_that_was_killed_ends_with_the_same_bytes(
    clips: Path, alone: dict[str, bytes], root: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    with subprocess.Popen(
        command(clips, out, "--jobs", "1", "--progress", "json"),
        cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stderr is not None
        for line in process.stderr:
            if '"event": "clip"' in line:
                break
        process.kill()
    assert (out / "a.json").exists() != (out / "b.json").exists(), "killed between the two"
    subprocess.run(command(clips, out, "--jobs", "1"), cwd=root, check=True, capture_output=True)
    assert contents(out) == alone
