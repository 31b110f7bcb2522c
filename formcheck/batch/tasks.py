"""What has to be done: every clip's name settled before the first one is scored.

Names depend on the order of the inputs and their content only, never on the order in which clips
happen to finish.
"""

import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from formcheck.batch.job import Task
from formcheck.batch.manifest import Output, Record, run_key, track_key
from formcheck.batch.options import BatchOptions
from formcheck.batch.patience import OutOfTime, can_limit, time_limit
from formcheck.batch.source import Source, hash_of
from formcheck.batch.workers.pattern import Seeker, name_in
from formcheck.errors import InputError, SettingsError
from formcheck.files import Suffix, short_stem

_SUBJECT_S = 2.0
"""So long one path may take to be searched for whose it is."""


def stem_of(name: str) -> str:
    """The stem of a clip's results."""
    stem = short_stem(name)
    return short_stem(stem) if name.lower().endswith(Suffix.TRACK) else stem


def make_plan(
    sources: Sequence[Source],
    records: Iterable[Record],
    options: BatchOptions,
    versions: Mapping[str, str],
    subject_of: Callable[[Source], str],
) -> tuple[list[Task], list[Record]]:
    """Settle names and find what is done.

    A clip keeps the name an earlier run into the folder gave it.  Of the others the first with a
    stem gets it bare; the next ones get eight digits of their hash added, and a number if that is
    taken too.

    ``records`` are what the folder holds, ``versions`` what clips are scored by.  Returns a task
    per source, and the records of earlier clips that are not among them.  A track that a source
    left in the folder is no source of its own.
    """
    settings = options.settings.changed()
    filmed = options.filmed.said()
    by_label: dict[str, list[Record]] = defaultdict(list)
    own_tracks: dict[str, str] = {}
    for record in records:
        by_label[record.label].append(record)
        own_tracks[os.path.abspath(options.out / f"{record.name}{Suffix.TRACK}")] = record.label
    numbers: dict[str, int] = {}
    named = {source.label for source in sources}
    # The track of a clip that is among the sources is no clip of its own.
    sources = [s for s in sources if own_tracks.get(s.location, s.label) not in named - {s.label}]
    labels = [
        s.label if by_label.get(s.label) else own_tracks.get(s.location, s.label) for s in sources
    ]
    mine = [by_label[label].pop(0) if by_label.get(label) else None for label in labels]
    others = [r for rest in by_label.values() for r in rest if r.is_whole(options.out)]
    taken = {r.name.casefold() for r in (*others, *mine) if r is not None}
    tasks = []
    for source, label, known in zip(sources, labels, mine, strict=True):
        task = Task(
            source=source,
            name=known.name if known is not None else _new_name(source, taken, numbers),
            label=label,
            subject=subject_of(source),
            key=run_key(settings, versions, filmed, is_track=source.is_track),
            track_key="" if source.is_track else track_key(settings, versions, filmed),
            known=known,
        )
        taken.add(task.name.casefold())
        if known is not None and not options.force:
            _see_what_is_done(task, known, options)
        tasks.append(task)
    return tasks, others


def subject_rule(pattern: str | None) -> Callable[[Source], str]:
    """How a clip's subject is read from its path.

    Raises SettingsError if the pattern is not a regular expression.
    """
    if pattern is None:
        return lambda source: source.below.partition("/")[0] if "/" in source.below else ""
    try:
        rule = re.compile(pattern)
    except re.error as error:
        raise SettingsError(f"--subject {pattern}: not a regular expression ({error}).") from None

    seek = Seeker(pattern, _SUBJECT_S)

    def subject(source: Source) -> str:
        label = source.label.replace(os.sep, "/")
        try:
            if not can_limit():  # on Windows, or in a thread
                return seek(label)
            with time_limit(_SUBJECT_S):
                return name_in(rule, label)
        except OutOfTime:
            raise SettingsError(
                f"--subject {pattern}: takes too long to be looked for in {label}. "
                "Write it without a repeat inside a repeat."
            ) from None

    return subject


def outputs_of(source: Source, outputs: frozenset[Output]) -> frozenset[Output]:
    """What a run makes of this source: no video is drawn on a bare track."""
    return outputs - {Output.VIDEO, Output.FULL_SIZE} if source.is_track else outputs


def _new_name(source: Source, taken: set[str], numbers: dict[str, int]) -> str:
    stem = stem_of(source.name)
    if stem.casefold() not in taken or source.problem:
        return stem
    try:
        stem = f"{stem}-{hash_of(source)[:8]}"
    except InputError:  # it cannot be read, and will be named as failed
        stem = f"{stem}-unreadable"
    name, n = stem, numbers.get(stem, 1)
    while name.casefold() in taken:
        n += 1
        name = f"{stem}-{n}"
    numbers[stem] = n  # where the next one begins to look
    return name


def _see_what_is_done(task: Task, known: Record, options: BatchOptions) -> None:
    is_failed = known.status == "failed"
    if is_failed and options.retry_failed:
        return
    has_all = outputs_of(task.source, options.outputs) <= set(known.outputs)
    has_all &= (Output.NO_CUES in options.outputs) == (Output.NO_CUES in known.outputs)
    is_same_run = has_all and known.key == task.key
    is_same_track = not is_failed and known.track_key == task.track_key != ""
    if (
        (is_same_run or is_same_track)
        and known.is_whole(options.out)
        and _is_same_content(task.source, known)
    ):
        task.is_done, task.has_track = is_same_run, not is_same_run


def _is_same_content(source: Source, known: Record) -> bool:
    if source.version:
        return source.version == known.version
    try:
        return hash_of(source) == known.sha256
    except InputError:
        return False
