"""Scoring clips one after another: outputs, names, failures kept apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from formcheck.analysis import DEFAULT_SETTINGS, Settings
from formcheck.errors import FormcheckError, ModelError, OutputError
from formcheck.estimator import verify_model
from formcheck.files import make_folder, short_stem, write_atomic
from formcheck.pipeline import TRACK_SUFFIX, Progress, annotate_clip, check_clip
from formcheck.report import (
    CLIP_COLUMNS,
    REP_COLUMNS,
    clip_row,
    failed_row,
    rep_rows,
    to_csv,
    to_json,
)


@dataclass(frozen=True, slots=True)
class ClipOutcome:
    """What became of one clip: a result, or the error that stopped it."""

    path: Path
    row: dict[str, Any]
    result: dict[str, Any] | None = None
    error: str | None = None


def score_clips(
    paths: Iterable[Path],
    out: Path,
    settings: Settings = DEFAULT_SETTINGS,
    model: Path | None = None,
    *,
    with_video: bool = True,
    progress: Progress | None = None,
) -> Iterator[ClipOutcome]:
    """Score clips into a folder, one outcome at a time.

    A clip that fails is named and the others go on.  ``reps.csv`` and
    ``clips.csv`` are brought up to date after every clip, so an interruption
    loses nothing that was done.

    Raises
    ------
    ModelError, OutputError
        These would fail every clip.
    """
    verify_model(model)
    make_folder(out)
    outcomes: list[ClipOutcome] = []
    taken: set[str] = set()
    for path in paths:
        outcome = _score_one(path, out, taken, settings, model, with_video, progress)
        outcomes.append(outcome)
        _write_tables(out, outcomes)
        yield outcome


def _score_one(
    path: Path,
    out: Path,
    taken: set[str],
    settings: Settings,
    model: Path | None,
    with_video: bool,
    progress: Progress | None,
) -> ClipOutcome:
    try:
        checked = check_clip(path, settings, model, progress)
        stem = result_stem(path, checked.result["source"]["sha256"], taken)
        # Claimed before anything is written: two inputs never share an output.
        taken.add(stem.casefold())
        is_video = path.suffix.lower() != TRACK_SUFFIX
        target = out / f"{stem}.track.npz"
        if is_video or target.resolve() != path.resolve():
            write_atomic(target, checked.track.to_bytes())
        if is_video and with_video:
            annotate_clip(path, out / f"{stem}.annotated.mp4", checked, progress)
        write_atomic(out / f"{stem}.json", to_json(checked.result))
    except (ModelError, OutputError):
        raise
    except FormcheckError as error:
        return ClipOutcome(path, failed_row(_shown(path), str(error)), error=str(error))
    status = "partial" if checked.is_partial else "scored"
    return ClipOutcome(path, clip_row(checked.result, f"{stem}.json", status), checked.result)


def result_stem(path: Path, sha256: str, taken: set[str]) -> str:
    """The stem of a clip's outputs; a second clip of that name gets its hash added."""
    stem = short_stem(path.name)
    if path.name.lower().endswith(".track.npz"):
        stem = short_stem(stem)
    if stem.casefold() in taken:
        stem = f"{stem}-{sha256[:8]}"
    return stem


def _shown(path: Path) -> str:
    return path.name.encode("utf-8", "backslashreplace").decode()


def _write_tables(out: Path, outcomes: list[ClipOutcome]) -> None:
    rows = [row for o in outcomes if o.result is not None for row in rep_rows(o.result)]
    write_atomic(out / "reps.csv", to_csv(REP_COLUMNS, rows))
    write_atomic(out / "clips.csv", to_csv(CLIP_COLUMNS, [o.row for o in outcomes]))
