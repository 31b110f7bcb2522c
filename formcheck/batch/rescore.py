"""Judging again from stored tracks, without the model: seconds instead of hours."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from formcheck.batch.folder import check_is_ours, clear_leftovers, stoppable
from formcheck.batch.job import SPOOL, STALL_LIMIT_S, Job, Outcome
from formcheck.batch.manifest import Output, Record, load, only_writer, run_key
from formcheck.batch.manifest import write as write_manifest
from formcheck.batch.options import BatchReport, ClipOutcome
from formcheck.batch.overview import write_overview
from formcheck.batch.source import Source
from formcheck.batch.tables import ClipEntry, Forms, ListedClip
from formcheck.batch.workers import open_pool
from formcheck.errors import FormcheckError, InputError, OutputError
from formcheck.files import TRACK_SUFFIX, Suffix, is_stem, make_folder, printable, write_atomic
from formcheck.report.result import read_result
from formcheck.squat.settings import DEFAULT_SETTINGS, Settings
from formcheck.strict import read_file


def known_clips(folder: Path) -> list[Record]:
    """The clips of a results folder, in the order of its tables.

    Raises InputError if it is not a results folder.
    """
    records = load(folder)
    listed = {r.name for r in records}
    try:
        stems = sorted(p.stem for p in folder.iterdir() if p.suffix == Suffix.RESULT)
    except OSError as error:
        raise InputError(
            f"{folder}: cannot be read ({error.strerror or error}). Check the path."
        ) from None
    for stem in stems:
        if stem not in listed and is_stem(stem):
            source = read_result(folder / f"{stem}{Suffix.RESULT}").source
            files = {
                str(suffix): path.stat().st_size
                for suffix in Suffix
                if (path := folder / f"{stem}{suffix}").is_file()
            }
            records.append(Record(stem, source.file, source.sha256, "", "scored", "", files))
    if not records:
        raise InputError(f"{folder}: holds no results. Give a folder written by formcheck score.")
    return records


def rescore_folder(
    folder: Path, settings: Settings = DEFAULT_SETTINGS, out: Path | None = None
) -> BatchReport:
    """Judge every stored track of a results folder again.

    The new results go into ``out`` or by default replace the old ones.  They take their place when
    all are there: a run that is stopped before leaves everything as it was, and the next one starts
    anew.  Annotated videos stay as they are and are no longer linked where the verdicts changed.

    Raises:
        InputError: If the folder holds no results or tracks.
        OutputError: If the results cannot be written.
        KeyboardInterrupt: On Ctrl-C or SIGTERM (:class:`formcheck.batch.folder.Stopped`).
    """
    records = known_clips(folder)
    target = out or folder
    make_folder(target)
    with only_writer(target), stoppable():
        if out is not None:
            check_is_ours(target)
        names = [record.name for record in records]
        clear_leftovers(target, names)
        try:
            fresh = target / SPOOL
            make_folder(fresh)
            renewed = _judged_again(folder, fresh, records, settings)
            # First, so that whatever happens now no video with earlier verdicts passes for true.
            write_manifest(target, renewed)
            for path in fresh.iterdir():
                path.replace(target / path.name)
        except OSError as error:
            raise OutputError(
                f"{target}: cannot be written ({error.strerror or error}). "
                "Close what holds its files open, or choose another --out."
            ) from error
        finally:
            clear_leftovers(target, names)
        outcomes = [
            ClipOutcome(target, ClipEntry.of(record, record.label, Path(record.label).name))
            for record in renewed
        ]
        clips = [
            ListedClip(o.entry, o.result, record)
            for o, record in zip(outcomes, renewed, strict=True)
        ]
        notes = write_overview(target, clips, forms=Forms.of_folder(folder))
        n_stale = sum(Output.STALE_VIDEO in record.outputs for record in renewed)
        if n_stale:
            notes.append(f"{n_stale} annotated videos still show the earlier verdicts")
    return BatchReport(target, tuple(outcomes), tuple(notes))


def _judged_again(
    folder: Path, fresh: Path, records: Sequence[Record], settings: Settings
) -> list[Record]:
    """Write new results into ``fresh``; return their records, in the order of the old ones."""
    jobs = []
    for index, record in enumerate(records):
        if record.status != "failed":
            path = folder / f"{record.name}{Suffix.TRACK}"
            source = Source(printable(str(path)), str(path.absolute()), path.name, path.name)
            outputs = frozenset({Output.NO_CUES}) & frozenset(record.outputs)
            jobs.append(
                Job(index, source, record.name, str(fresh.absolute()), settings.changed(),
                    outputs=outputs)
            )  # fmt: skip
    renewed = list(records)
    with open_pool([job.source for job in jobs], stall_limit_s=STALL_LIMIT_S) as run:
        for job, outcome in run(iter(jobs)):
            if outcome.status == "stop":
                raise FormcheckError(outcome.message)
            renewed[job.index] = _renewed(records[job.index], outcome, folder, fresh, settings)
    return renewed


def _renewed(
    record: Record, outcome: Outcome, folder: Path, fresh: Path, settings: Settings
) -> Record:
    """The record of a clip judged again; what belongs beside its result is put there."""
    if outcome.status == "failed":
        return replace(record, status="failed", message=outcome.message, files={}, outputs=())
    is_elsewhere = not fresh.parent.samefile(folder)
    kept, made, outputs = dict(record.files), dict(outcome.files), set(record.outputs)
    result = f"{record.name}{Suffix.RESULT}"
    if is_elsewhere:
        kept.pop(Suffix.VIDEO, None)
        outputs.discard(Output.VIDEO)
        thumb = record.thumb(folder)
        if thumb is not None:
            write_atomic(fresh / f"{record.name}{Suffix.THUMB}", thumb)
    else:
        # The track is the one that was read.
        made.pop(Suffix.TRACK)
        (fresh / f"{record.name}{Suffix.TRACK}").unlink()
        if Suffix.VIDEO in kept and _content(folder / result) != _content(fresh / result):
            outputs = (outputs - {Output.VIDEO}) | {Output.STALE_VIDEO}
    renewed = read_result(fresh / result)
    versions = asdict(renewed.versions)
    is_track = record.label.lower().endswith(TRACK_SUFFIX)
    return replace(
        record,
        key=run_key(settings.changed(), versions, renewed.filmed, is_track=is_track),
        status=outcome.status,
        files=dict(sorted({**kept, **made}.items())),
        outputs=tuple(sorted(outputs)),
    )


def _content(path: Path) -> bytes | None:
    try:
        return read_file(path)
    except OSError:
        return None
