"""What has to be done: every clip's name settled before the first one is scored.

Names depend on the order of the inputs and their content only, never on the
order in which clips happen to finish.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from formcheck.errors import FormcheckError, SettingsError
from formcheck.files import short_stem
from formcheck.manifest import Record
from formcheck.sources import Source


@dataclass(slots=True)
class Task:
    """One input with the stem of its results; ``done`` if an earlier run has it.

    ``label`` is what its record goes by: that of the clip a track was made from
    if the track is scored again in its own results folder.
    """

    source: Source
    name: str
    label: str
    subject: str = ""
    done: Record | None = None


def stem_of(name: str) -> str:
    """The stem of a clip's results."""
    stem = short_stem(name)
    return short_stem(stem) if name.lower().endswith(".track.npz") else stem


def make_plan(
    sources: Sequence[Source],
    records: Iterable[Record],
    *,
    out: Path,
    key_of: Callable[[Source], str],
    outputs: frozenset[str],
    hash_of: Callable[[Source], str],
    subject_of: Callable[[Source], str] = lambda source: "",
    force: bool = False,
    retry_failed: bool = False,
) -> tuple[list[Task], list[Record]]:
    """Settle names and find what is done.

    A clip keeps the name an earlier run into the folder gave it.  Of the
    others the first with a stem gets it bare; the next ones get eight digits
    of their hash added, and a number if that is taken too.

    Parameters
    ----------
    sources, records
        The inputs, and what the folder holds.
    out, key_of, outputs
        The folder, the digest of a run (:func:`formcheck.manifest.run_key`) for a source,
        and what is made beside results.
    hash_of : callable
        Content hash of a source; called only where it matters.

    Returns
    -------
    tasks, others
        A task per source; the records of earlier clips that are not among them.
    """
    by_label: dict[str, list[Record]] = defaultdict(list)
    own_tracks: dict[str, str] = {}
    for record in records:
        by_label[record.label].append(record)
        own_tracks[os.path.abspath(out / f"{record.name}.track.npz")] = record.label
    labels = [
        s.label if by_label.get(s.label) else own_tracks.get(s.location, s.label) for s in sources
    ]
    mine: list[Record | None] = [
        by_label[label].pop(0) if by_label.get(label) else None for label in labels
    ]
    others = [record for rest in by_label.values() for record in rest if record.is_whole(out)]
    taken = {record.name.casefold() for record in others}
    taken |= {record.name.casefold() for record in mine if record is not None}
    tasks = []
    for source, label, known in zip(sources, labels, mine, strict=True):
        name = known.name if known is not None else _new_name(source, taken, hash_of)
        taken.add(name.casefold())
        task = Task(source, name, label, subject_of(source))
        if known is not None and not force:
            is_over = known.status != "failed" or not retry_failed
            has_all = outputs_of(source, outputs) <= set(known.outputs)
            same_run = has_all and known.key == key_of(source)
            if is_over and same_run and known.is_whole(out) and _same(source, known, hash_of):
                task.done = known
        tasks.append(task)
    return tasks, others


def outputs_of(source: Source, outputs: frozenset[str]) -> frozenset[str]:
    """What a run makes of this source: no video is drawn on a bare track."""
    return outputs - {"video"} if source.is_track else outputs


def _new_name(source: Source, taken: set[str], hash_of: Callable[[Source], str]) -> str:
    stem = stem_of(source.name)
    if stem.casefold() not in taken or source.problem:
        return stem
    try:
        stem = f"{stem}-{hash_of(source)[:8]}"
    except SettingsError:
        raise
    except FormcheckError:  # it cannot be read, and will be named as failed
        stem = f"{stem}-unreadable"
    name, n = stem, 1
    while name.casefold() in taken:
        n += 1
        name = f"{stem}-{n}"
    return name


def _same(source: Source, record: Record, hash_of: Callable[[Source], str]) -> bool:
    if source.version:
        return source.version == record.version
    try:
        return hash_of(source) == record.sha256
    except SettingsError:
        raise
    except FormcheckError:
        return False
