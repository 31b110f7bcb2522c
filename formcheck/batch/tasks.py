"""What has to be done: every clip's name settled before the first one is scored.

Names depend on the order of the inputs and their content only, never on the
order in which clips happen to finish.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from formcheck.batch.manifest import NO_CUES, Record
from formcheck.batch.source import Source
from formcheck.errors import FormcheckError, SettingsError
from formcheck.files import short_stem


@dataclass(slots=True)
class Task:
    """One input with the stem of its results.

    ``label`` is what its record goes by: that of the clip a track was made from
    if the track is scored again in its own results folder.  ``known`` is what
    an earlier run left of it; ``is_done`` if that is all that is asked for,
    ``has_track`` if its track at least can be judged instead of the video.
    """

    source: Source
    name: str
    label: str
    subject: str = ""
    known: Record | None = None
    is_done: bool = False
    has_track: bool = False


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
    track_key_of: Callable[[Source], str],
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
    out, key_of, track_key_of, outputs
        The folder, the digests of what a source's result and its track depend on
        (:func:`formcheck.batch.manifest.run_key`, :func:`~formcheck.batch.manifest.track_key`),
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
        task = Task(source, name, label, subject_of(source), known)
        if known is not None and not force and (known.status != "failed" or not retry_failed):
            has_all = outputs_of(source, outputs) <= set(known.outputs)
            has_all &= (NO_CUES in outputs) == (NO_CUES in known.outputs)
            is_same_run = has_all and known.key == key_of(source)
            is_same_track = known.track_key != "" and known.track_key == track_key_of(source)
            if (
                (is_same_run or (is_same_track and known.status != "failed"))
                and known.is_whole(out)
                and _same(source, known, hash_of)
            ):
                task.is_done, task.has_track = is_same_run, not is_same_run
        tasks.append(task)
    return tasks, others


def subject_rule(pattern: str | None) -> Callable[[Source], str]:
    """How a clip's subject is read from its path.

    Raises
    ------
    SettingsError
        If the pattern is not a regular expression.
    """
    if pattern is None:
        return lambda source: source.below.partition("/")[0] if "/" in source.below else ""
    try:
        rule = re.compile(pattern)
    except re.error as error:
        raise SettingsError(f"--subject {pattern}: not a regular expression ({error}).") from None

    def subject(source: Source) -> str:
        found = rule.search(source.label.replace(os.sep, "/"))
        if found is None:
            return ""
        names = found.groupdict()
        return names.get("subject") or (found.group(1) if rule.groups else found.group()) or ""

    return subject


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
