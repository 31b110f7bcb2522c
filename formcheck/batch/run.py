"""Scoring many clips: planned, shared out, committed one by one, resumable.

The results of a run depend on the inputs, the settings and the model, never
on the number of workers, the order in which they finish or an interruption.
"""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from formcheck._version import __version__
from formcheck.batch.folder import DiskSpace, Stopped, clear_leftovers, stoppable
from formcheck.batch.job import SPOOL, Job, Outcome
from formcheck.batch.manifest import ManifestWriter, Record, only_writer, run_key, track_key
from formcheck.batch.manifest import load as load_manifest
from formcheck.batch.manifest import write as write_manifest
from formcheck.batch.options import BatchOptions, BatchReport, ClipOutcome, Listener, Silent
from formcheck.batch.overview import write_overview
from formcheck.batch.source import Source, fetch, hash_of
from formcheck.batch.tables import Entry, ListedClip, has_parquet, write_csv
from formcheck.batch.tasks import Task, make_plan, outputs_of, subject_rule
from formcheck.batch.workers import open_pool
from formcheck.errors import FormcheckError, InputError, OutputError
from formcheck.files import make_folder

__all__ = ["BatchOptions", "BatchReport", "ClipOutcome", "Listener", "Stopped", "run_batch"]

TRACK = ".track.npz"
_TABLES_SHARE = 0.05
"""Share of the time that may go into keeping the tables up to date during a run."""


def run_batch(
    sources: Sequence[Source], options: BatchOptions, listener: Listener | None = None
) -> BatchReport:
    """Score clips into a folder and write the tables and the index page.

    Raises
    ------
    FormcheckError
        What would fail every clip, a full disk included; finished clips are kept.
    SettingsError
        For options that cannot be.
    KeyboardInterrupt
        On Ctrl-C or SIGTERM (:class:`Stopped`); finished clips are kept.
    """
    from formcheck.pose.estimator import mediapipe_version, verify_model

    subject_of = subject_rule(options.subject)
    versions = {
        "formcheck": __version__,
        "mediapipe": mediapipe_version(),
        "model_sha256": verify_model(options.model)[1],
    }

    def key_of(source: Source) -> str:
        return run_key(options.settings.changed(), versions, is_track=source.is_track)

    def track_key_of(source: Source) -> str:
        return "" if source.is_track else track_key(options.settings.changed(), versions)

    make_folder(options.out)
    with only_writer(options.out), stoppable():
        clear_leftovers(options.out)
        tasks, others = make_plan(
            sources,
            load_manifest(options.out),
            out=options.out,
            key_of=key_of,
            track_key_of=track_key_of,
            outputs=options.outputs,
            hash_of=hash_of,
            subject_of=subject_of,
            force=options.force,
            retry_failed=options.retry_failed,
        )
        run = _Run(options, tasks, others, key_of, track_key_of, versions, listener or Silent())
        return run.go()


@dataclass(slots=True)
class _Run:
    options: BatchOptions
    tasks: list[Task]
    others: list[Record]
    key_of: Callable[[Source], str]
    track_key_of: Callable[[Source], str]
    versions: Mapping[str, str]
    listener: Listener
    outcomes: dict[int, ClipOutcome] = field(default_factory=dict)
    records: dict[int, Record] = field(default_factory=dict)
    listed: dict[int, ListedClip] = field(default_factory=dict)
    disk: DiskSpace = field(init=False)
    _tables_due_s: float = 0.0
    _full: OutputError | None = None

    def __post_init__(self) -> None:
        self.disk = DiskSpace(self.options.out, self.options.video)

    def go(self) -> BatchReport:
        """Do what is not done; keep what is finished whatever happens."""
        self.listener.planned(self.tasks)
        for index, task in enumerate(self.tasks):
            if task.is_done and task.known is not None:
                self._keep(index, replace(task.known, subject=task.subject), is_new=False)
            elif task.source.problem:
                message = f"{task.source.label}: {task.source.problem}"
                self._finish(index, Outcome("failed", message, kind="access"))
        todo = [i for i, t in enumerate(self.tasks) if i not in self.outcomes]
        try:
            if todo:
                self.disk.check(self.tasks[i].source for i in todo)
                self._score(todo)
        finally:
            clear_leftovers(self.options.out)
            notes = self._write_tables()
        order = [self.records[i] for i in sorted(self.records)]
        write_manifest(self.options.out, order + sorted(self.others, key=lambda r: r.name))
        clips = tuple(self.outcomes[i] for i in range(len(self.tasks)))
        return BatchReport(self.options.out, clips, tuple(notes))

    def _score(self, todo: Sequence[int]) -> None:
        options = self.options
        pool = open_pool(
            [self.tasks[i].source for i in todo],
            jobs=options.jobs,
            progress=self.listener.progress,
            stall_limit_s=options.stall_limit_s,
            scheduler=options.scheduler,
        )
        with contextlib.closing(ManifestWriter(options.out)) as manifest, pool:
            for job, outcome in pool.run(self._jobs(todo)):
                self.disk.release(job.index)
                self._commit(job, outcome, manifest)
        if self._full is not None:
            raise self._full

    def _jobs(self, todo: Sequence[int]) -> Iterator[Job]:
        out = self.options.out.absolute()
        for index in todo:
            task = self.tasks[index]
            try:
                self.disk.reserve(index, task.source)
            except OutputError as error:
                # Clips under way have their space: they finish before the run stops.
                self._full = error
                return
            source = task.source
            if source.is_remote and source.location.startswith("memory:"):
                # Exists in this process only: no worker could read it.
                try:
                    source = self._fetched(index, source)
                except InputError as error:
                    self.disk.release(index)
                    self._finish(index, Outcome("failed", str(error), kind="access"))
                    continue
            yield Job(
                index=index,
                source=source,
                name=task.name,
                out=str(out),
                settings=self.options.settings.changed(),
                model=None if self.options.model is None else str(self.options.model.absolute()),
                with_video="video" in outputs_of(source, self.options.outputs),
                with_thumb=self.options.thumbnails,
                blur_face=self.options.blur_face,
                with_cues=self.options.cues,
                versions=self.versions,
                track=str(out / f"{task.name}{TRACK}") if task.has_track else None,
            )

    def _fetched(self, index: int, source: Source) -> Source:
        folder = self.options.out.absolute() / SPOOL / str(index)
        folder.mkdir(parents=True, exist_ok=True)
        path = fetch(source, folder)
        return Source(
            source.label, str(path), source.name, source.below, path.stat().st_size, source.version
        )

    def _commit(self, job: Job, outcome: Outcome, manifest: ManifestWriter) -> None:
        if outcome.status == "stop":
            raise FormcheckError(outcome.message)
        shutil.rmtree(self.options.out / SPOOL / str(job.index), ignore_errors=True)
        if outcome.kind == "crash":
            with contextlib.suppress(FormcheckError):
                outcome = Outcome("failed", outcome.message, "crash", hash_of(job.source))
        record = self._finish(job.index, outcome)
        if record is not None:
            manifest.append(record)
        known = self.tasks[job.index].known
        if known is not None and outcome.status != "failed" and not job.source.is_track:
            # A video that shows earlier verdicts must not stay beside the new ones.
            for suffix in known.files.keys() - outcome.files.keys():
                (self.options.out / f"{known.name}{suffix}").unlink(missing_ok=True)

    def _finish(self, index: int, outcome: Outcome) -> Record | None:
        """Keep an outcome; return its record if it is worth remembering."""
        task = self.tasks[index]
        record = Record(
            name=task.name,
            label=task.label,
            sha256=outcome.sha256,
            key=self.key_of(task.source),
            status=outcome.status,
            message=outcome.message,
            files=outcome.files,
            outputs=outcome.outputs
            if outcome.status != "failed"
            else tuple(sorted(self.options.outputs)),
            subject=task.subject,
            version=task.source.version,
            track_key="" if outcome.status == "failed" else self.track_key_of(task.source),
        )
        self._keep(index, record, True, outcome)
        # What failed on the way (no such file, no access) is tried again next time.
        if outcome.status == "failed" and not outcome.sha256:
            self.records.pop(index, None)
            return None
        return record

    def _keep(self, index: int, record: Record, is_new: bool, of: Outcome | None = None) -> None:
        task = self.tasks[index]
        file = task.source.name.encode("utf-8", "backslashreplace").decode()
        entry = Entry(
            name="" if record.status == "failed" else record.name,
            file=file,
            label=task.source.label,
            status=record.status,
            subject=task.subject,
            message=record.message,
        )
        outcome = ClipOutcome(self.options.out, entry, is_new)
        if of is not None:
            outcome = replace(
                outcome, n_frames=of.n_frames, detail=of.detail, is_from_track=of.is_from_track
            )
        self.outcomes[index], self.records[index] = outcome, record
        self.listed[index] = ListedClip(entry, outcome.result)
        self.listener.finished(outcome)
        if is_new and time.monotonic() >= self._tables_due_s:
            begun_s = time.monotonic()
            write_csv(self.options.out, self._ordered())
            now_s = time.monotonic()
            self._tables_due_s = now_s + (now_s - begun_s) / _TABLES_SHARE

    def _ordered(self) -> list[ListedClip]:
        """The clips that are over, with the files that belong to them."""
        return [replace(self.listed[i], record=self.records.get(i)) for i in sorted(self.listed)]

    def _write_tables(self) -> list[str]:
        """Write everything that covers all clips; return what should be said of it."""
        with_parquet = self.options.parquet
        if with_parquet is None:
            with_parquet = len(self.tasks) > 1 and has_parquet()
        return write_overview(
            self.options.out, self._ordered(), pairs=self.options.pairs, with_parquet=with_parquet
        )
