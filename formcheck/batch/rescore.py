"""Judging again from stored tracks, without the model: seconds instead of hours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from formcheck.batch.folder import clear_leftovers, stoppable
from formcheck.batch.job import SPOOL, Job, Outcome
from formcheck.batch.manifest import NO_CUES, Record, load, only_writer, run_key
from formcheck.batch.manifest import write as write_manifest
from formcheck.batch.options import BatchReport, ClipOutcome
from formcheck.batch.overview import write_overview
from formcheck.batch.source import Source
from formcheck.batch.tables import PARQUET_NAME, Entry, ListedClip, has_parquet
from formcheck.batch.workers import open_pool
from formcheck.batch.workers.protocol import STALL_LIMIT_S
from formcheck.errors import FormcheckError, InputError, OutputError
from formcheck.files import make_folder, printable, write_atomic
from formcheck.report.result import read_result
from formcheck.squat.settings import DEFAULT_SETTINGS, Settings

TRACK = ".track.npz"
THUMB = ".worst.jpg"
STALE = "stale-video"
"""Marks a record whose annotated video shows earlier verdicts."""


def known_clips(folder: Path) -> list[Record]:
    """The clips of a results folder, in the order of its tables.

    Raises
    ------
    InputError
        If it is not a results folder.
    """
    records = load(folder)
    listed = {r.name for r in records}
    try:
        stems = sorted(p.stem for p in folder.iterdir() if p.suffix == ".json")
    except OSError as error:
        raise InputError(
            f"{folder}: cannot be read ({error.strerror or error}). Check the path."
        ) from None
    for stem in stems:
        if stem not in listed:
            source = read_result(folder / f"{stem}.json").source
            files = {
                suffix: (folder / f"{stem}{suffix}").stat().st_size
                for suffix in (".json", TRACK, ".annotated.mp4", ".worst.jpg")
                if (folder / f"{stem}{suffix}").is_file()
            }
            records.append(Record(stem, source.file, source.sha256, "", "scored", "", files))
    if not records:
        raise InputError(f"{folder}: holds no results. Give a folder written by formcheck score.")
    return records


def rescore_folder(
    folder: Path,
    settings: Settings = DEFAULT_SETTINGS,
    out: Path | None = None,
) -> BatchReport:
    """Judge every stored track of a results folder again.

    The new results take their place when all are there: a run that is stopped
    before leaves everything as it was, and the next one starts anew.

    Parameters
    ----------
    folder : path
        Written by ``formcheck score``.
    settings : Settings
    out : path, optional
        Where the new results go; by default they replace the old ones.
        Annotated videos stay as they are and are no longer linked where the
        verdicts changed.

    Raises
    ------
    InputError
        If the folder holds no results or tracks.
    OutputError
        If the results cannot be written.
    KeyboardInterrupt
        On Ctrl-C or SIGTERM (:class:`formcheck.batch.folder.Stopped`).
    """
    records = known_clips(folder)
    target = folder if out is None else out
    make_folder(target)
    notes: list[str] = []
    with only_writer(target), stoppable():
        clear_leftovers(target)
        try:
            fresh = target / SPOOL
            make_folder(fresh)
            renewed = _judged_again(folder, target, fresh, records, settings)
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
            clear_leftovers(target)
        outcomes = [
            ClipOutcome(
                target,
                Entry(
                    name="" if record.status == "failed" else record.name,
                    file=Path(record.label).name,
                    label=record.label,
                    status=record.status,
                    subject=record.subject,
                    message=record.message,
                ),
            )
            for record in renewed
        ]
        clips = [
            ListedClip(o.entry, o.result, record)
            for o, record in zip(outcomes, renewed, strict=True)
        ]
        with_parquet = has_parquet() and (folder / PARQUET_NAME).exists()
        notes += write_overview(target, clips, with_parquet=with_parquet)
        n_stale = sum(STALE in r.outputs for r in renewed)
        if n_stale:
            notes.append(f"{n_stale} annotated videos still show the earlier verdicts")
    return BatchReport(target, tuple(outcomes), tuple(notes))


def _judged_again(
    folder: Path,
    target: Path,
    fresh: Path,
    records: Sequence[Record],
    settings: Settings,
) -> list[Record]:
    """Write new results into ``fresh``; return their records, in the order of the old ones."""
    renewed = list(records)
    todo = [i for i, record in enumerate(records) if record.status != "failed"]
    is_elsewhere = not target.samefile(folder)
    before = {i: _content(folder / f"{records[i].name}.json") for i in todo}

    sources = {}
    for i in todo:
        path = folder.absolute() / f"{records[i].name}{TRACK}"
        sources[i] = Source(printable(str(folder / path.name)), str(path), path.name, path.name)

    def make_jobs() -> Iterator[Job]:
        for i, source in sources.items():
            yield Job(i, source, records[i].name, str(fresh.absolute()), settings.changed(),
                      with_video=False, with_thumb=False,
                      with_cues=NO_CUES not in records[i].outputs)  # fmt: skip

    pool = open_pool(list(sources.values()), stall_limit_s=STALL_LIMIT_S)
    with pool:
        for job, outcome in pool.run(make_jobs()):
            record = records[job.index]
            if outcome.status == "stop":
                raise FormcheckError(outcome.message)
            if outcome.status == "failed":
                renewed[job.index] = replace(
                    record, status="failed", message=outcome.message, files={}, outputs=()
                )
            else:
                if is_elsewhere:
                    _copy_thumb(folder, fresh, record)
                else:  # the track is the one that was read
                    (fresh / f"{record.name}{TRACK}").unlink()
                is_same = before[job.index] == _content(fresh / f"{record.name}.json")
                renewed[job.index] = _renewed(record, outcome, settings, fresh,
                                              is_elsewhere, is_same)  # fmt: skip
    return renewed


def _renewed(
    record: Record,
    outcome: Outcome,
    settings: Settings,
    fresh: Path,
    is_elsewhere: bool,
    is_same: bool,
) -> Record:
    outputs = set(record.outputs)
    if is_elsewhere:
        outputs.discard("video")
    elif ".annotated.mp4" in record.files and not is_same:
        outputs = (outputs - {"video"}) | {STALE}
    kept = {k: v for k, v in record.files.items() if k != ".annotated.mp4" or not is_elsewhere}
    versions = asdict(read_result(fresh / f"{record.name}.json").versions)
    made = {k: v for k, v in outcome.files.items() if k != TRACK or is_elsewhere}
    is_track = record.label.lower().endswith(".npz")
    return replace(
        record,
        key=run_key(settings.changed(), versions, is_track=is_track),
        status=outcome.status,
        files=dict(sorted({**kept, **made}.items())),
        outputs=tuple(sorted(outputs)),
    )


def _copy_thumb(folder: Path, fresh: Path, record: Record) -> None:
    data = _content(folder / f"{record.name}{THUMB}")
    if data is not None:
        write_atomic(fresh / f"{record.name}{THUMB}", data)


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
