"""What a run over many clips is asked for, what it tells on the way and what it returns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, Protocol, Self, TypedDict, Unpack

from formcheck.batch.job import STALL_LIMIT_S, Job, Task
from formcheck.batch.manifest import Output
from formcheck.batch.tables import ClipEntry, Forms, has_parquet
from formcheck.pose.track import Inference
from formcheck.report.result import ClipResult, RepResult, read_result
from formcheck.report.spreadsheet import has_xlsx
from formcheck.squat.settings import DEFAULT_SETTINGS, Settings
from formcheck.video.filmed import Filmed

MAX_XLSX_CLIPS = 5000
"""A spreadsheet over more clips is written only if it is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOptions:
    """How to score many clips; every option has its name, default and meaning from here."""

    out: Path
    """The results folder."""
    settings: Settings = DEFAULT_SETTINGS
    model: Path | None = None
    """Another pose landmarker bundle."""
    every_frame: bool = False
    """Look at every frame, also while nobody squats."""
    video: bool = True
    """Whether to write annotated videos."""
    full_size: bool = False
    """Draw them as large as the clip was analysed, not at 720 pixels on the shorter side."""
    thumbnails: bool = True
    """Whether to write the small pictures of the index page."""
    blur_face: bool = False
    """Make faces unrecognisable in both."""
    cues: bool = True
    """Whether to say what to try; left out for somebody with a warning sign."""
    parquet: bool | None = None
    """By default if the package for it is installed and there is more than one clip."""
    xlsx: bool | None = None
    """Whether to write a spreadsheet; by default if the package for it is installed and there are
    at most ``MAX_XLSX_CLIPS``."""
    decimal_comma: bool = False
    """CSV with semicolons and decimal commas, as spreadsheets in most of Europe read it."""
    jobs: int | None = None
    """Clips scored at the same time; by default one per core."""
    force: bool = False
    """Score everything again."""
    retry_failed: bool = False
    """Score again what failed."""
    subject: str | None = None
    """A regular expression; its first group, found in a clip's path, is whom the clip belongs to.
    By default the first folder below the one given."""
    pairs: Path | None = None
    """A CSV file that names front and side clips of one set."""
    scheduler: str | None = None
    """Address of a Dask scheduler whose workers do the work."""
    mirrored: bool = False
    """The clips are mirror images, as some selfies are."""
    speed: float | None = None
    """They play so many times slower than life; by default what each file declares."""
    person: str | None = None
    """Who is meant: ``left``, ``right``, ``largest``, or a number from the left."""
    stall_limit_s: float = STALL_LIMIT_S
    """A clip that makes no progress for so long is ended, tried once more and then set aside."""

    @classmethod
    def of(cls, out: Path, settings: Settings, **choices: Unpack[BatchChoices]) -> Self:
        """Make them from what somebody chose; None is the default."""
        chosen: dict[str, Any] = {k: v for k, v in choices.items() if v is not None}
        for name in chosen.keys() & {"model", "pairs"}:
            chosen[name] = Path(chosen[name])
        return cls(out=out, settings=settings, **chosen)

    @property
    def inference(self) -> Inference:
        """Which frames the model looks at."""
        return Inference.EVERY_FRAME if self.every_frame else Inference.ADAPTIVE

    @property
    def filmed(self) -> Filmed:
        """How the clips were filmed; SettingsError for what cannot be."""
        return Filmed(is_mirrored=self.mirrored, speed=self.speed, person=self.person)

    @property
    def outputs(self) -> frozenset[Output]:
        """What is made beside results and tracks."""
        chosen = {
            Output.VIDEO: self.video,
            Output.FULL_SIZE: self.video and self.full_size,
            Output.THUMB: self.thumbnails,
            Output.BLUR: self.blur_face,
            Output.NO_CUES: not self.cues,
        }
        return frozenset(output for output, is_on in chosen.items() if is_on)

    def forms(self, n_clips: int) -> Forms:
        """In which forms the tables over so many clips are written."""
        return Forms(
            decimal_comma=self.decimal_comma,
            with_parquet=n_clips > 1 and has_parquet() if self.parquet is None else self.parquet,
            with_xlsx=n_clips <= MAX_XLSX_CLIPS and has_xlsx() if self.xlsx is None else self.xlsx,
        )


class BatchChoices(TypedDict, total=False):
    """The fields of :class:`BatchOptions` that may be given by name, for type checkers."""

    model: str | PathLike[str] | None
    every_frame: bool
    video: bool
    full_size: bool
    thumbnails: bool
    blur_face: bool
    cues: bool
    parquet: bool | None
    xlsx: bool | None
    decimal_comma: bool
    jobs: int | None
    force: bool
    retry_failed: bool
    subject: str | None
    pairs: str | PathLike[str] | None
    scheduler: str | None
    mirrored: bool
    speed: float | None
    person: str | None
    stall_limit_s: float | None


@dataclass(frozen=True, slots=True)
class ClipOutcome:
    """What became of one clip."""

    out: Path
    entry: ClipEntry
    is_new: bool = True
    """False for a clip an earlier run had scored."""
    n_frames: int = 0
    detail: str = ""
    """The traceback of an unexpected failure."""
    is_from_track: bool = False
    """Whether it was judged again from its stored track, without the model."""

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
        return None if self.status == "failed" else read_result(self.out / self.entry.result_name)


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

    def judged(self, job: Job, rep: RepResult) -> None:
        """A repetition of a clip under way is judged; told again if the clip is tried again."""

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

    def judged(self, job: Job, rep: RepResult) -> None:
        """Ignore."""

    def finished(self, outcome: ClipOutcome) -> None:
        """Ignore."""
