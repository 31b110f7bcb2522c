"""Scoring many clips: planned, shared out, committed one by one, resumable.

The results of a run depend on the inputs, the settings and the model, never
on the number of workers, the order in which they finish or an interruption.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import FrameType
from typing import Any, Protocol

from formcheck import __version__
from formcheck.analysis import DEFAULT_SETTINGS, Settings
from formcheck.errors import FormcheckError, InputError, OutputError, SettingsError
from formcheck.files import make_folder
from formcheck.manifest import ManifestWriter, Record, only_writer, run_key
from formcheck.manifest import load as load_manifest
from formcheck.manifest import write as write_manifest
from formcheck.plan import Task, make_plan, outputs_of
from formcheck.pool import InlinePool, LocalPool, OnProgress
from formcheck.sources import Source, fetch, hash_of
from formcheck.tables import (
    Entry,
    Rows,
    has_parquet,
    read_result,
    rows_of,
    write_csv,
    write_parquet,
)
from formcheck.worker import DEFAULT_FUNCTION, SPOOL, Job, Outcome

INLINE_MAX = 4
"""So many stored tracks are judged in this process; starting another takes longer."""
SPARE_BYTES = 32 << 20
_UNKNOWN_SIZE = 50 << 20
_TABLES_SHARE = 0.05
"""Share of the time that may go into keeping the tables up to date during a run."""


class Stopped(KeyboardInterrupt):
    """The run was asked to end (SIGTERM); what was finished is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOptions:
    """How to score many clips.

    Parameters
    ----------
    out : path
        The results folder.
    settings : Settings
    model : path, optional
        Another pose landmarker bundle.
    with_video, with_thumbs : bool
        Whether to write annotated videos and the small pictures of the index page.
    with_parquet : bool, optional
        By default if the package for it is installed and there is more than one clip.
    jobs : int, optional
        Clips scored at the same time; by default one per core.
    force, retry_failed : bool
        Score everything again; score again what failed.
    subject : str, optional
        A regular expression; its first group, found in a clip's path, is whom
        the clip belongs to.  By default the first folder below the one given.
    pairs : path, optional
        A CSV file that names front and side clips of one set.
    scheduler : str, optional
        Address of a Dask scheduler whose workers do the work.
    function : str
        What a worker runs, ``module:function``.
    """

    out: Path
    settings: Settings = DEFAULT_SETTINGS
    model: Path | None = None
    with_video: bool = True
    with_thumbs: bool = True
    with_parquet: bool | None = None
    jobs: int | None = None
    force: bool = False
    retry_failed: bool = False
    subject: str | None = None
    pairs: Path | None = None
    scheduler: str | None = None
    function: str = DEFAULT_FUNCTION

    @property
    def outputs(self) -> frozenset[str]:
        """What is made beside results and tracks."""
        return frozenset(
            name for name, on in (("video", self.with_video), ("thumb", self.with_thumbs)) if on
        )


@dataclass(frozen=True, slots=True)
class ClipOutcome:
    """What became of one clip.

    ``status`` is ``scored``, ``partial`` or ``failed`` (``message`` says why);
    ``is_new`` is False for a clip an earlier run had scored.
    """

    out: Path
    entry: Entry
    is_new: bool = True
    n_frames: int = 0
    detail: str = ""

    @property
    def status(self) -> str:
        """``scored``, ``partial`` or ``failed``."""
        return self.entry.status

    @property
    def error(self) -> str | None:
        """Why the clip failed; None if it did not."""
        return self.entry.message if self.status == "failed" else None

    @property
    def result(self) -> dict[str, Any] | None:
        """The stored result (schema_version 1); None for a failed clip."""
        return None if self.status == "failed" else read_result(self.out, self.entry.name)


@dataclass(frozen=True, slots=True)
class BatchReport:
    """All clips of a run, in the order of the inputs."""

    out: Path
    clips: tuple[ClipOutcome, ...]
    notes: tuple[str, ...] = ()

    @property
    def failed(self) -> tuple[ClipOutcome, ...]:
        """The clips that could not be scored."""
        return tuple(c for c in self.clips if c.status == "failed")


class Listener(Protocol):
    """Is told how a run goes."""

    def planned(self, tasks: Sequence[Task]) -> None:
        """All clips are known, and which of them are done."""

    def progress(
        self, job: Job, stage: str, done_s: float, total_s: float | None, n_frames: int
    ) -> None:
        """A clip under way got so far."""

    def finished(self, outcome: ClipOutcome) -> None:
        """A clip is over."""


class Silent:
    """A listener that says nothing."""

    def planned(self, tasks: Sequence[Task]) -> None:
        """Ignore."""

    def progress(
        self, job: Job, stage: str, done_s: float, total_s: float | None, n_frames: int
    ) -> None:
        """Ignore."""

    def finished(self, outcome: ClipOutcome) -> None:
        """Ignore."""


class Pool(Protocol):
    """Something that runs jobs: processes here, or a cluster."""

    def __enter__(self) -> Pool: ...
    def __exit__(self, *_: object) -> None: ...
    def run(self, jobs: Iterator[Job]) -> Iterator[tuple[Job, Outcome]]:
        """Yield outcomes as they come."""
        ...


def n_cores() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def free_bytes(folder: Path) -> int:
    """Space left for results."""
    return shutil.disk_usage(folder).free


def bytes_needed(source: Source, options: BatchOptions) -> int:
    """A generous guess of what a clip's results take on the disk."""
    size = _UNKNOWN_SIZE if source.size_bytes is None else source.size_bytes
    needed = (1 << 18) + size // 20 + (size if source.is_remote else 0)
    if options.with_video and not source.is_track:
        needed += (1 << 20) + size
    return needed


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
    from formcheck.estimator import mediapipe_version, verify_model

    subject_of = subject_rule(options.subject)
    versions = {
        "formcheck": __version__,
        "mediapipe": mediapipe_version(),
        "model_sha256": verify_model(options.model)[1],
    }

    def key_of(source: Source) -> str:
        return run_key(options.settings.changed(), versions, is_track=source.is_track)

    make_folder(options.out)
    with only_writer(options.out), stoppable():
        clear_leftovers(options.out)
        tasks, others = make_plan(
            sources,
            load_manifest(options.out),
            out=options.out,
            key_of=key_of,
            outputs=options.outputs,
            hash_of=hash_of,
            subject_of=subject_of,
            force=options.force,
            retry_failed=options.retry_failed,
        )
        run = _Run(options, tasks, others, key_of, versions, listener or Silent())
        return run.go()


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


def clear_leftovers(out: Path) -> None:
    """Remove what an interrupted run left half written."""
    shutil.rmtree(out / SPOOL, ignore_errors=True)
    for path in out.glob(".*.part"):
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """Turn SIGTERM into :class:`Stopped`, where signals can be handled."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise Stopped

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@dataclass(slots=True)
class _Run:
    options: BatchOptions
    tasks: list[Task]
    others: list[Record]
    key_of: Callable[[Source], str]
    versions: Mapping[str, str]
    listener: Listener
    outcomes: dict[int, ClipOutcome] = field(default_factory=dict)
    records: dict[int, Record] = field(default_factory=dict)
    rows: dict[int, Rows] = field(default_factory=dict)
    _under_way: dict[int, int] = field(default_factory=dict)
    _tables_due_s: float = 0.0
    _full: OutputError | None = None

    def go(self) -> BatchReport:
        """Do what is not done; keep what is finished whatever happens."""
        self.listener.planned(self.tasks)
        for index, task in enumerate(self.tasks):
            if task.done is not None:
                self._keep(index, replace(task.done, subject=task.subject), is_new=False)
            elif task.source.problem:
                message = f"{task.source.label}: {task.source.problem}"
                self._finish(index, Outcome("failed", message, kind="access"))
        todo = [i for i, t in enumerate(self.tasks) if i not in self.outcomes]
        try:
            if todo:
                self._check_space(todo)
                self._score(todo)
        finally:
            clear_leftovers(self.options.out)
            notes = self._write_tables()
        order = [self.records[i] for i in sorted(self.records)]
        write_manifest(self.options.out, order + sorted(self.others, key=lambda r: r.name))
        clips = tuple(self.outcomes[i] for i in range(len(self.tasks)))
        return BatchReport(self.options.out, clips, tuple(notes))

    def _check_space(self, todo: Sequence[int]) -> None:
        needed = sum(bytes_needed(self.tasks[i].source, self.options) for i in todo)
        free = free_bytes(self.options.out)
        if free < needed + SPARE_BYTES:
            raise OutputError(
                f"{self.options.out}: the results of {len(todo)} clips take up to "
                f"{_megabytes(needed + SPARE_BYTES)}, but {_megabytes(free)} are free. Free some "
                "space, choose another --out, or leave the videos out with --no-video."
            )

    def _score(self, todo: Sequence[int]) -> None:
        manifest = ManifestWriter(self.options.out)
        pool: Pool | None = None
        try:
            pool = self._pool(todo)
            with pool:
                for job, outcome in pool.run(self._jobs(todo)):
                    self._under_way.pop(job.index, None)
                    self._commit(job, outcome, manifest)
            if self._full is not None:
                raise self._full
        finally:
            manifest.close()

    def _pool(self, todo: Sequence[int]) -> Pool:
        options = self.options
        progress: OnProgress = self.listener.progress
        if options.scheduler is not None:
            from formcheck.cluster import DaskPool

            return DaskPool(options.scheduler, options.function)
        is_light = len(todo) <= INLINE_MAX and all(self.tasks[i].source.is_track for i in todo)
        if is_light and options.function == DEFAULT_FUNCTION:
            return InlinePool(options.function, progress)
        n = min(options.jobs or n_cores(), len(todo))
        return LocalPool(n, options.function, progress)

    def _jobs(self, todo: Sequence[int]) -> Iterator[Job]:
        out = self.options.out.absolute()
        for index in todo:
            task = self.tasks[index]
            self._under_way[index] = bytes_needed(task.source, self.options)
            if free_bytes(self.options.out) < sum(self._under_way.values()):
                # Clips under way have their space: they finish before the run stops.
                self._full = OutputError(
                    f"{self.options.out}: the disk is nearly full "
                    f"({_megabytes(free_bytes(self.options.out))} free); stopped before "
                    f"{task.source.label}. Free some space and run the same command again: "
                    "finished clips are kept."
                )
                return
            source = task.source
            if source.is_remote and source.location.startswith("memory:"):
                # Exists in this process only: no worker could read it.
                try:
                    source = self._fetched(index, source)
                except InputError as error:
                    self._finish(index, Outcome("failed", str(error), kind="access"))
                    continue
            yield Job(
                index=index,
                source=source,
                name=task.name,
                out=str(out),
                settings=self.options.settings,
                model=None if self.options.model is None else str(self.options.model.absolute()),
                with_video="video" in outputs_of(source, self.options.outputs),
                with_thumb=self.options.with_thumbs,
                versions=self.versions,
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
        )
        self._keep(index, record, True, outcome.n_frames, outcome.detail)
        # What failed on the way (no such file, no access) is tried again next time.
        if outcome.status == "failed" and not outcome.sha256:
            self.records.pop(index, None)
            return None
        return record

    def _keep(
        self, index: int, record: Record, is_new: bool, n_frames: int = 0, detail: str = ""
    ) -> None:
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
        outcome = ClipOutcome(self.options.out, entry, is_new, n_frames, detail)
        self.outcomes[index], self.records[index] = outcome, record
        self.rows[index] = rows_of(entry, outcome.result)
        self.listener.finished(outcome)
        if is_new and time.monotonic() >= self._tables_due_s:
            begun_s = time.monotonic()
            write_csv(self.options.out, self._ordered())
            now_s = time.monotonic()
            self._tables_due_s = now_s + (now_s - begun_s) / _TABLES_SHARE

    def _ordered(self) -> list[Rows]:
        return [self.rows[i] for i in sorted(self.rows)]

    def _write_tables(self) -> list[str]:
        """Write everything that covers all clips; return what should be said of it."""
        from formcheck.index_page import IndexClip, write_index
        from formcheck.pairs import find_sets, write_sets

        rows, out = self._ordered(), self.options.out
        write_csv(out, rows)
        with_parquet = self.options.with_parquet
        if with_parquet is None:
            with_parquet = len(self.tasks) > 1 and has_parquet()
        if with_parquet:
            write_parquet(out, rows)
        order = sorted(self.outcomes)
        entries = [self.outcomes[i].entry for i in order]
        sets, notes = find_sets(entries, self.options.pairs)
        cards = write_sets(out, sets)
        write_index(
            out,
            [IndexClip(self.outcomes[i].entry, self.records.get(i), self.rows[i]) for i in order],
            cards,
        )
        return notes


def _megabytes(n: int) -> str:
    return f"{n / 1e6:,.0f} MB"
