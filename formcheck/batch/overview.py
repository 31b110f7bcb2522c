"""What covers all clips of a results folder: tables, sets of two cameras, the page."""

from collections.abc import Sequence
from pathlib import Path

from formcheck.batch.index.page import write_index
from formcheck.batch.sets import SETS_COLUMNS, PairedSet, find_sets, set_rows, write_sets
from formcheck.batch.tables import (
    CLIPS_CSV_COLUMNS,
    REPS_CSV_COLUMNS,
    XLSX_NAME,
    Forms,
    ListedClip,
    all_rep_rows,
    clip_rows,
    write_csv,
    write_parquet,
)
from formcheck.files import write_atomic
from formcheck.report.spreadsheet import Sheet, to_xlsx

CSV_ALONE = Forms()


def write_overview(
    out: Path, clips: Sequence[ListedClip], *, pairs: Path | None = None, forms: Forms = CSV_ALONE
) -> list[str]:
    """Write the tables in their ``forms``, and ``index.html``.

    The clips come in the order of the tables; ``pairs`` is a CSV file that names front and side
    clips of one set.  Returns what should be said of odd pairs.  Raises InputError if that file
    cannot be used, OutputError if something cannot be written.
    """
    write_csv(out, clips, decimal_comma=forms.decimal_comma)
    if forms.with_parquet:
        write_parquet(out, clips)
    sets, notes = find_sets(clips, pairs)
    write_sets(out, sets, decimal_comma=forms.decimal_comma)
    if forms.with_xlsx:
        write_atomic(out / XLSX_NAME, to_xlsx(_sheets(clips, sets)))
    write_index(out, clips, sets)
    return notes


def _sheets(clips: Sequence[ListedClip], sets: Sequence[PairedSet]) -> list[Sheet]:
    sheets = [
        Sheet("repetitions", REPS_CSV_COLUMNS, all_rep_rows(clips)),
        Sheet("clips", CLIPS_CSV_COLUMNS, clip_rows(clips)),
    ]
    return [*sheets, *([Sheet("sets", SETS_COLUMNS, set_rows(sets))] if sets else [])]
