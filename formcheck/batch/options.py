"""What a run over many clips is asked for, what it tells on the way and what it returns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from formcheck.batch.job import DEFAULT_FUNCTION, Job
from formcheck.batch.manifest import NO_CUES
from formcheck.batch.tables import Entry
from formcheck.batch.tasks import Task
from formcheck.report.result import ClipResult, read_result
from formcheck.squat.settings import DEFAULT_SETTINGS, Settings

STALL_LIMIT_S = 300.0


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
    blur_face : bool
        Make faces unrecognisable in both.
    with_cues : bool
        Whether to say what to try; left out for somebody with a warning sign.
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
    stall_limit_s : float
        A clip that makes no progress for so long is ended, tried once more and
        then set aside.
    function : str
        What a worker runs, ``module:function``.
    """

    out: Path
    settings: Settings = DEFAULT_SETTINGS
    model: Path | None = None
    with_video: bool = True
    with_thumbs: bool = True
    blur_face: bool = False
    with_cues: bool = True
    with_parquet: bool | None = None
    jobs: int | None = None
    force: bool = False
    retry_failed: bool = False
    subject: str | None = None
    pairs: Path | None = None
    scheduler: str | None = None
    stall_limit_s: float = STALL_LIMIT_S
    function: str = DEFAULT_FUNCTION

    @property
    def outputs(self) -> frozenset[str]:
        """What is made beside results and tracks."""
        return frozenset(
            name
            for name, on in (
                ("video", self.with_video),
                ("thumb", self.with_thumbs),
                ("blur", self.blur_face),
                (NO_CUES, not self.with_cues),
            )
            if on
        )


@dataclass(frozen=True, slots=True)
class ClipOutcome:
    """What became of one clip.

    ``status`` is ``scored``, ``partial`` or ``failed`` (``message`` says why);
    ``is_new`` is False for a clip an earlier run had scored; ``is_from_track``
    is True for one judged again from its stored track, without the model.
    """

    out: Path
    entry: Entry
    is_new: bool = True
    n_frames: int = 0
    detail: str = ""
    is_from_track: bool = False

    @property
    def status(self) -> str:
        """``scored``, ``partial`` or ``failed``."""
        return self.entry.status

    @property
    def error(self) -> str | None:
        """Why the clip failed; None if it did not."""
        return self.entry.message if self.status == "failed" else None

    @property
    def result(self) -> ClipResult | None:
        """The stored result (schema_version 1); None for a failed clip."""
        return (
            None if self.status == "failed" else read_result(self.out / f"{self.entry.name}.json")
        )


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
