"""A clip on its way: as a task of a run, as a worker is told of it, and what comes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from formcheck.batch.manifest import Output, Record
from formcheck.batch.source import Source
from formcheck.report.result import RepResult
from formcheck.video.filmed import AS_STORED, Filmed

SPOOL = ".fetched"
"""Folder inside the results folder for what is under way: remote clips, results judged again."""

STALL_LIMIT_S = 300.0
"""A worker that has something to do and says nothing for so long is taken for stuck."""


class Report(Protocol):
    """Whoever works on a clip tells it how that goes."""

    def __call__(self, stage: str, done_s: float, total_s: float | None) -> None:
        """A frame is done: its stage, its time and the length of the clip (None if unknown)."""

    def judged(self, rep: RepResult) -> None:
        """A repetition is judged, long before the clip is over."""


@dataclass(slots=True)
class Task:
    """One input of a run."""

    source: Source
    name: str
    """Stem of its results."""
    label: str
    """What its record goes by: that of the clip a track was made from if the track is scored again
    in its own results folder."""
    subject: str
    key: str
    """Digest of what its result depends on (:func:`~formcheck.batch.manifest.run_key`)."""
    track_key: str
    """Digest of what its track depends on; empty for a stored track."""
    known: Record | None
    """What an earlier run left of it."""
    is_done: bool = False
    """Whether that is all that is asked for."""
    has_track: bool = False
    """Whether its track at least can be judged instead of the video."""


@dataclass(frozen=True, slots=True)
class Job:
    """Everything a worker needs to score one clip."""

    index: int
    source: Source
    name: str
    out: str
    settings: Mapping[str, float | bool] = field(default_factory=dict)
    """Those that differ from the defaults, by ``section.name``."""
    model: str | None = None
    outputs: frozenset[Output] = frozenset()
    versions: Mapping[str, str] = field(default_factory=dict)
    """What the worker must run: another release would judge otherwise."""
    track: str | None = None
    """A stored track of this clip, to judge from instead of the video."""
    filmed: Filmed = AS_STORED
    """How the clip was filmed, where its file does not say so."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a job.

    ``status`` is ``scored``, ``partial``, ``failed`` or ``stop`` (it would fail every clip);
    ``kind`` says of a failure whether it lies in the clip's content (``content``, ``crash``,
    ``bug``) or was met on the way (``access``).
    """

    status: str
    message: str = ""
    kind: str = ""
    sha256: str = ""
    files: Mapping[str, int] = field(default_factory=dict)
    n_frames: int = 0
    detail: str = ""
    is_from_track: bool = False
    """Whether the clip was judged from a stored track, without the model."""
    contents: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """The files themselves, where the worker has no access to the folder."""
