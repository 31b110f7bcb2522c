"""A batch run's results folder as sessions: its ``.json`` results, or ``reps.csv`` alone.

Front and side clip of one set, as ``sets.csv`` names them, are one session.
"""

import codecs
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath
from typing import Any

import msgspec

from formcheck.errors import InputError
from formcheck.report.result import (
    ClipResult,
    ClipSource,
    RepResult,
    Summary,
    Versions,
    result_from,
)  # fmt: skip
from formcheck.report.rows import REP_COLUMNS
from formcheck.report.tables_in import read_table
from formcheck.strict import parse_json, shown
from formcheck.training.history.from_clip import session_from_views
from formcheck.training.history.model import HistoryError, Session, SessionSource

REPS_NAME, CLIPS_NAME, SETS_NAME = "reps.csv", "clips.csv", "sets.csv"
Named = tuple[str, ClipResult]
"""A result and the path it goes by."""


@dataclass(frozen=True, slots=True)
class BatchSessions:
    """Sessions of a results folder, one a set, and what is to be said of the other files."""

    sessions: tuple[Session, ...]
    notes: tuple[str, ...] = ()


def sessions_from_files(
    files: Iterable[tuple[str, bytes]], day: date, *, exercise: str = "squat"
) -> BatchSessions:
    """Read a results folder, or some files of it.

    Results (``.json``) are taken if there are any, else ``reps.csv`` with what ``clips.csv`` adds.
    ``sets.csv`` tells which clips show the same set; without it every clip is a session of its own.
    Other files are left out.

    Args:
        files: Names and contents.
        day: The day of training; a result does not tell.

    Raises:
        HistoryError: If a file is damaged or nothing in it is a result; the message names the file.
    """
    tables: dict[str, tuple[str, bytes]] = {}
    results: list[Named] = []
    notes: list[str] = []
    for name, data in files:
        short = PurePath(name).name
        if short.lower().endswith(".csv"):
            tables[short.lower()] = (name, data)
        elif short.lower().endswith(".json"):
            result = _result(name, data)
            if result is None:
                notes.append(f"{short}: not the result of a clip, left out.")
            else:
                results.append((name, result))
    if not results and REPS_NAME in tables:
        results = _from_tables(*tables[REPS_NAME], tables.get(CLIPS_NAME))
    if not results:
        raise HistoryError(
            "No result of a clip was found. Choose the folder that formcheck score wrote, its "
            f".json files or its {REPS_NAME}."
        )
    squats = [(name, result) for name, result in results if result.reps]
    if n_empty := len(results) - len(squats):
        clips = "clip shows" if n_empty == 1 else "clips show"
        notes.append(f"{n_empty} {clips} no squat, left out.")
    sides = _pairs(tables.get(SETS_NAME), "front_result", "side_result")
    sessions = [_session(views, day, exercise) for views in _views(squats, sides)]
    return BatchSessions(tuple(sessions), tuple(notes))


def _session(views: list[Named], day: date, exercise: str) -> Session:
    results = [result for _, result in views]
    try:
        return session_from_views(results, day, source=SessionSource.BATCH, exercise=exercise)
    except HistoryError as error:
        raise HistoryError(f"{' + '.join(name for name, _ in views)}: {error}") from error


def _views(results: list[Named], sides: Mapping[str, str]) -> Iterator[list[Named]]:
    """The results set by set: a front clip with its side clip, every other one alone."""
    names = [PurePath(path).name for path, _ in results]
    n_of, by_name = Counter(names), dict(zip(names, results, strict=True))
    # With the results of several runs, which clip a name means cannot be told.
    pairs = {f: s for f, s in sides.items() if n_of[f] == n_of[s] == 1}
    seconds = set(pairs.values())
    for name, one in zip(names, results, strict=True):
        if name in pairs:
            yield [one, by_name[pairs[name]]]
        elif name not in seconds:
            yield [one]


def _result(name: str, data: bytes) -> ClipResult | None:
    """A stored result; None for JSON that is something else."""
    try:
        found = shown(parse_json(data.removeprefix(codecs.BOM_UTF8)))
    except ValueError as error:
        raise HistoryError(f"{name}: is not JSON ({error}). Score the clip again.") from error
    if not isinstance(found, dict) or not isinstance(found.get("reps"), list):
        return None
    if found.get("schema_version") != 1:
        raise HistoryError(f"{name}: was written by a newer formcheck; update formcheck.")
    try:
        return result_from(found)
    except msgspec.ValidationError as error:
        raise HistoryError(f"{name}: {error}. Score the clip again.") from error


def _from_tables(name: str, data: bytes, clips: tuple[str, bytes] | None) -> list[Named]:
    """Put results together from the rows of ``reps.csv``, as far as the history needs them."""
    columns, rows = _table(name, data)
    if missing := [column for column in REP_COLUMNS if column not in columns]:
        raise HistoryError(
            f"{name}: has no column {missing[0]!r}. Choose the {REPS_NAME} that formcheck wrote."
        )
    hashes = _pairs(clips, "result", "sha256")
    by_clip: dict[str, list[tuple[int, Mapping[str, str]]]] = {}
    for line, row in rows:
        by_clip.setdefault(row.get("result") or row["file"], []).append((line, row))
    return [
        (key, _from_rows(name, own, hashes.get(key) or _hash_of_rows(own)))
        for key, own in by_clip.items()
    ]


def _hash_of_rows(rows: Sequence[tuple[int, Mapping[str, str]]]) -> str:
    """What stands for a clip whose hash is not told, so that it is stored once."""
    return hashlib.sha256(repr([dict(row) for _, row in rows]).encode()).hexdigest()


def _table(name: str, data: bytes) -> tuple[Sequence[str], list[tuple[int, dict[str, str]]]]:
    try:
        table = read_table(data)
    except InputError as error:
        raise HistoryError(f"{name}: is not a table formcheck wrote ({error}).") from error
    return table.columns, list(table.records())


def _pairs(table: tuple[str, bytes] | None, key: str, value: str) -> dict[str, str]:
    """One column of a table by another; empty without the table."""
    rows = [] if table is None else _table(*table)[1]
    return {row.get(key, ""): row.get(value, "") for _, row in rows}


def _from_rows(name: str, rows: Sequence[tuple[int, Mapping[str, str]]], sha256: str) -> ClipResult:
    """A result as far as ``reps.csv`` tells it: one row per fault and repetition."""
    reps: list[dict[str, Any]] = []
    for line, row in rows:
        known = {column: row[column] or None for column in REP_COLUMNS}
        if not reps or reps[-1]["number"] != known["rep"]:
            depth = known | {"category": known["depth_category"]}
            reps.append(
                {**known, "number": known["rep"], "depth": depth, "tempo": known, "findings": []}
            )
        reps[-1]["findings"].append(known)
        try:
            msgspec.convert([reps[-1]], list[RepResult], strict=False)
        except msgspec.ValidationError as error:
            raise HistoryError(f"{name}: line {line}: {error}") from error
    source = ClipSource(
        file=rows[0][1]["file"], sha256=sha256,
        width_px=1, height_px=1, duration_s=0.0, n_frames=0,
    )  # fmt: skip
    return ClipResult(
        source=source,
        versions=Versions(formcheck="", mediapipe="", model_sha256="0" * 64),
        reps=msgspec.convert(tuple(reps), tuple[RepResult, ...], strict=False),
        discarded=(),
        notes=(),
        summary=Summary(n_reps=len(reps), faults={}, repeated=()),
    )
