"""Only the known archive becomes part of the package."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from formcheck.live.session import TASKS_VISION


def test_only_the_known_archive_is_unpacked(root: Path, tmp_path: Path) -> None:
    shutil.copytree(root / "tools", tmp_path / "tools", ignore=shutil.ignore_patterns("render"))
    archive = tmp_path / "package.tgz"
    archive.write_bytes(b"something else")
    command = [sys.executable, str(tmp_path / "tools" / "fetch_tasks_vision.py"), str(archive)]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 1
    assert "not the archive" in run.stderr
    assert not list(tmp_path.rglob("vision_*"))


def test_results_name_the_version_that_is_packed(root: Path) -> None:
    package = f'PACKAGE = "@mediapipe/{TASKS_VISION.replace(" ", "@")}"'
    assert package in (root / "tools" / "fetch_tasks_vision.py").read_text("utf-8")
