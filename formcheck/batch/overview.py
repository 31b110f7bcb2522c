"""What covers all clips of a results folder: tables, sets of two cameras, the page."""

from collections.abc import Sequence
from pathlib import Path

from formcheck.batch.index.page import write_index
from formcheck.batch.sets import find_sets, write_sets
from formcheck.batch.tables import ListedClip, write_csv, write_parquet


def write_overview(
    out: Path, clips: Sequence[ListedClip], *, pairs: Path | None = None, with_parquet: bool = False
) -> list[str]:
    """Write ``reps.csv``, ``clips.csv``, ``sets.csv``, ``index.html`` and ``results.parquet``.

    The clips come in the order of the tables; ``pairs`` is a CSV file that names front and side
    clips of one set.  Returns what should be said of odd pairs.  Raises InputError if that file
    cannot be used, OutputError if something cannot be written.
    """
    write_csv(out, clips)
    if with_parquet:
        write_parquet(out, clips)
    sets, notes = find_sets(clips, pairs)
    write_sets(out, sets)
    write_index(out, clips, sets)
    return notes
