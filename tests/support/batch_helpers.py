"""Runs of the command line and the contents of folders, for the batch tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from waiting import PATIENCE_S

ROOT = Path(__file__).resolve().parents[2]
Contents = dict[str, bytes]


def contents(folder: Path) -> Contents:
    """Every file of a folder by its relative path."""
    return {
        str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }


def environment() -> dict[str, str]:
    """So that a child process finds the package and the fakes."""
    paths = [str(ROOT), str(Path(__file__).parent)]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


def run_cli(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run formcheck in a process of its own, as a pipe sees it."""
    return subprocess.run(
        [sys.executable, "-m", "formcheck", *map(str, arguments)],
        capture_output=True, text=True, timeout=PATIENCE_S, env=environment(),
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
