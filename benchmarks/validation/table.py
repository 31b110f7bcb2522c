"""Per-repetition table as CSV: ``python -m benchmarks.validation.table GRID TRACKS OUT``."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from benchmarks.validation.collect import rendered_clips
from benchmarks.validation.judge import Row, judge_clips


def write_table(rows: list[Row], path: Path) -> None:
    """Write rows as CSV, floats with four digits."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        for row in rows:
            writer.writerow({k: f"{v:.4f}" if isinstance(v, float) else v for k, v in row.items()})


def main() -> None:
    """Judge the finished clips whose tracks exist."""
    grid, tracks, out = (Path(text) for text in sys.argv[1:4])
    part = sys.argv[4] if len(sys.argv) > 4 else "tuning"
    rows = judge_clips(rendered_clips(grid, part, tracks, only_extracted=True))
    write_table(rows, out)
    print(f"{len(rows)} repetitions in {out}")


if __name__ == "__main__":
    main()
