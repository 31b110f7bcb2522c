"""Scoring many clips: planned, shared out, committed one by one, resumable.

The results of a run depend on the inputs, the settings and the model, never on the number of
workers, the order in which they finish or an interruption.
"""

import contextlib
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from formcheck._version import __version__
from formcheck.batch.folder import DiskSpace, Stopped, check_is_ours, clear_leftovers, stoppable
from formcheck.batch.job import SPOOL, Job, Outcome, Task
from formcheck.batch.manifest import ManifestWriter, Record, only_writer
from formcheck.batch.manifest import load as load_manifest
from formcheck.batch.manifest import write as write_manifest
from formcheck.batch.options import BatchOptions, BatchReport, ClipOutcome, Listener, Silent
from formcheck.batch.overview import write_overview
from formcheck.batch.source import Source, fetch, hash_of
from formcheck.batch.tables import ClipEntry, ListedClip, write_csv
from formcheck.batch.tasks import make_plan, outputs_of, subject_rule
from formcheck.batch.workers import open_pool
from formcheck.errors import FormcheckError, InputError, OutputError
from formcheck.files import Suffix, make_folder
from formcheck.pose.models import settled

__all__ = ["BatchOptions", "BatchReport", "ClipOutcome", "Listener", "Stopped", "run_batch"]

_TABLES_SHARE = 0.05
"""Share of the time that may go into keeping the tables up to date during a run."""


def run_batch(
    sources: Sequence[Source],
    options: BatchOptions,
    listener: Listener | None = None,
    *,
    notes: Sequence[str] = (),
) -> BatchReport:
    """Score clips into a folder and write the tables and the index page.

    ``notes`` are what is to be said of the inputs; they come first in the report's.

    Raises:
        FormcheckError: What would fail every clip, a full disk included; finished clips are kept.
        SettingsError: For options that cannot be.
        KeyboardInterrupt: On Ctrl-C or SIGTERM (:class:`Stopped`); finished clips are kept.
    """
    from formcheck.pose.estimator import mediapipe_version, verify_model

    subject_of = subject_rule(options.subject)
    versions = {
        "formcheck": __version__,
        "mediapipe": mediapipe_version(),
        "model_sha256": verify_model(options.model)[1],
        "inference": options.inference,
    }
    make_folder(options.out)
    with only_writer(options.out), stoppable():
        check_is_ours(options.out, is_forced=options.force)
        known = load_manifest(options.out)
        tasks, others = make_plan(sources, known, options, versions, subject_of)
        names = [task.name for task in tasks] + [record.name for record in others]
        clear_leftovers(options.out, names)
        report = _Run(options, tasks, others, versions, listener or Silent()).go()
        return replace(report, notes=(*notes, *report.notes))


@dataclass(slots=True)
class _Run:
    options: BatchOptions
    tasks: list[Task]
    others: list[Record]
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
                self._keep(index, replace(task.known, subject=task.subject))
            elif task.source.problem:
                message = f"{task.source.label}: {task.source.problem}"
                self._finish(index, Outcome("failed", message, kind="access"))
        todo = [i for i, t in enumerate(self.tasks) if i not in self.outcomes]
        try:
            with contextlib.closing(ManifestWriter(self.options.out)):
                pass  # from now on the folder is one of ours
            if todo:
                self.disk.check(self.tasks[i].source for i in todo)
                self._score(todo)
        finally:
            clear_leftovers(self.options.out, [task.name for task in self.tasks])
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
            listener=self.listener,
            stall_limit_s=options.stall_limit_s,
            scheduler=options.scheduler,
        )
        with contextlib.closing(ManifestWriter(options.out)) as manifest, pool as run:
            for job, outcome in run(self._jobs(todo)):
                self.disk.release(job.index)
                self._commit(job, outcome, manifest)
        if self._full is not None:
            raise self._full

    def _jobs(self, todo: Sequence[int]) -> Iterator[Job]:
        options, out = self.options, self.options.out.absolute()
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
                folder = out / SPOOL / str(index)
                folder.mkdir(parents=True, exist_ok=True)
                try:
                    path = fetch(source, folder)
                except (InputError, OSError) as error:
                    self.disk.release(index)
                    self._finish(index, Outcome("failed", str(error), kind="access"))
                    continue
                source = replace(source, location=str(path), size_bytes=path.stat().st_size)
            yield Job(
                index=index,
                source=source,
                name=task.name,
                out=str(out),
                settings=options.settings.changed(),
                model=None if options.model is None else str(settled(options.model)),
                outputs=outputs_of(source, options.outputs),
                versions=self.versions,
                filmed=options.filmed,
                track=str(out / f"{task.name}{Suffix.TRACK}") if task.has_track else None,
            )

    def _commit(self, job: Job, outcome: Outcome, manifest: ManifestWriter) -> None:
        if outcome.status == "stop":
            raise FormcheckError(outcome.message)
        shutil.rmtree(self.options.out / SPOOL / str(job.index), ignore_errors=True)
        if outcome.kind == "crash":
            with contextlib.suppress(FormcheckError):
                outcome = Outcome("failed", outcome.message, "crash", hash_of(job.source))
        self._finish(job.index, outcome)
        if job.index in self.records:
            manifest.append(self.records[job.index])
        known = self.tasks[job.index].known
        if known is not None and outcome.status != "failed" and not job.source.is_track:
            # A video that shows earlier verdicts must not stay beside the new ones.
            for suffix in known.files.keys() - outcome.files.keys():
                (self.options.out / f"{known.name}{suffix}").unlink(missing_ok=True)

    def _finish(self, index: int, outcome: Outcome) -> None:
        """Keep what came of a clip."""
        task, is_failed = self.tasks[index], outcome.status == "failed"
        outputs = self.options.outputs
        record = Record(
            name=task.name,
            label=task.label,
            sha256=outcome.sha256,
            key=task.key,
            status=outcome.status,
            message=outcome.message,
            files=outcome.files,
            outputs=tuple(sorted(outputs if is_failed else outputs_of(task.source, outputs))),
            subject=task.subject,
            version=task.source.version,
            track_key="" if is_failed else task.track_key,
        )
        self._keep(index, record, outcome)

    def _keep(self, index: int, record: Record, new: Outcome | None = None) -> None:
        """Keep a clip that is over; ``new`` is None if an earlier run had scored it."""
        source = self.tasks[index].source
        file = source.name.encode("utf-8", "backslashreplace").decode()
        clip = ClipOutcome(self.options.out, ClipEntry.of(record, source.label, file))
        if new is None:
            clip = replace(clip, is_new=False)
        else:
            clip = replace(
                clip, n_frames=new.n_frames, detail=new.detail, is_from_track=new.is_from_track
            )
        # What failed on the way (no such file, no access) is tried again next time.
        if new is None or new.status != "failed" or new.sha256:
            self.records[index] = record
        self.outcomes[index] = clip
        self.listed[index] = ListedClip(clip.entry, clip.result, record)
        self.listener.finished(clip)
        if new is not None and time.monotonic() >= self._tables_due_s:
            begun_s = time.monotonic()
            write_csv(self.options.out, self._ordered(), decimal_comma=self.options.decimal_comma)
            now_s = time.monotonic()
            self._tables_due_s = now_s + (now_s - begun_s) / _TABLES_SHARE

    def _ordered(self) -> list[ListedClip]:
        return [self.listed[i] for i in sorted(self.listed)]

    def _write_tables(self) -> list[str]:
        """Write everything that covers all clips; return what should be said of it."""
        options = self.options
        forms = options.forms(len(self.tasks))
        return write_overview(options.out, self._ordered(), pairs=options.pairs, forms=forms)
