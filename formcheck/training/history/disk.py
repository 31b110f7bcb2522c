"""The files beside a history, and how their contents are removed."""

import os
from pathlib import Path


def journal_of(path: Path) -> Path:
    """Return the journal that SQLite keeps beside a file while it is written."""
    return path.with_name(path.name + "-journal")


def set_aside_files(path: Path) -> list[Path]:
    """Return damaged files that were set aside, and their journals."""
    if not path.parent.exists():
        return []
    prefix = f"{path.stem}.damaged-"
    return [file for file in path.parent.iterdir() if file.name.startswith(prefix)]


def overwrite(path: Path) -> None:
    """Write zeros over a file's contents; a missing file is left alone."""
    try:
        with path.open("r+b") as file:
            size = path.stat().st_size
            for start in range(0, size, 1 << 20):
                file.write(bytes(min(1 << 20, size - start)))
            file.flush()
            os.fsync(file.fileno())
    except FileNotFoundError:
        return
