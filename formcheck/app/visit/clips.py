"""An uploaded clip: its files, its jobs and what it was judged to be."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from formcheck.app.jobs.limits import TRACK_TYPE
from formcheck.app.jobs.queue import AnalysisJob
from formcheck.app.jobs.request import TRACK_NAME, VIDEO_NAME
from formcheck.pose.track import PoseTrack
from formcheck.squat.analysis import Analysis, analyze
from formcheck.squat.settings import Settings

_KEPT = 6


@dataclass(frozen=True, slots=True)
class Look:
    """How a clip is drawn: the settings its verdicts come from, cues, a blurred face."""

    settings: tuple[tuple[str, float | bool], ...] = ()
    with_cues: bool = True
    blur: bool = False

    @classmethod
    def of(cls, settings: Mapping[str, float | bool], with_cues: bool, blur: bool) -> Look:
        """Make one from changed settings."""
        return cls(tuple(sorted(settings.items())), with_cues, blur)


@dataclass(slots=True, eq=False)
class Clip:
    """An uploaded clip and what was made of it."""

    name: str
    source: Path
    folder: Path
    jobs: dict[Look, AnalysisJob] = field(default_factory=dict)
    """What analysed it, and drew a picture per repetition, by look."""
    videos: dict[Look, AnalysisJob] = field(default_factory=dict)
    """What drew annotated videos of it."""
    is_playable: bool = True
    """Whether the browser is not known to be unable to play the source."""
    first: Look = field(default_factory=Look)
    n_bytes: int = 0
    """Of the upload."""
    is_mirrored: bool = False
    """Whether the person said that it is a mirror image."""
    person: str | None = None
    """Who of several was said to be meant; None for whoever squats."""
    _folders: dict[Look, Path] = field(default_factory=dict, repr=False)
    _poses: PoseTrack | None = field(default=None, repr=False)
    _judged: dict[Settings, Analysis] = field(default_factory=dict, repr=False)

    @property
    def is_poses_alone(self) -> bool:
        """Whether it is a stored track or a live set: no picture was kept, no face is in it."""
        return self.source.suffix.lower() == f".{TRACK_TYPE}"

    @property
    def job(self) -> AnalysisJob:
        """The job that analysed it."""
        return self.jobs[self.first]

    @property
    def track(self) -> Path:
        """Where its track is once it has been analysed."""
        return self.folder / TRACK_NAME

    @property
    def all_jobs(self) -> list[AnalysisJob]:
        """Everything that is or was done for it."""
        return [*self.jobs.values(), *self.videos.values()]

    def look_folder(self, look: Look) -> Path:
        """Where what is drawn in a look lies."""
        name = f"look-{len(self._folders)}-{secrets.token_hex(4)}"
        return self._folders.setdefault(look, self.folder / name)

    def video(self, look: Look) -> Path | None:
        """The annotated video in a look, or None if there is none (yet)."""
        path = self.look_folder(look) / VIDEO_NAME
        return path if path.exists() else None

    def judged(self, settings: Settings) -> tuple[PoseTrack, Analysis]:
        """Return its poses and their analysis under these settings; quick the second time.

        Raises InputError if its track is gone.
        """
        poses = self._poses if self._poses is not None else PoseTrack.load(self.track)
        self._poses = poses
        analysis = self._judged.get(settings)
        if analysis is None:
            analysis = self._judged[settings] = analyze(poses, settings)
            for old in list(self._judged)[:-_KEPT]:
                self._judged.pop(old, None)
        return poses, analysis
