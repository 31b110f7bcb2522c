"""Analysed clips as the result page needs them: judged under the settings of the session."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from formcheck.app.jobs.limits import can_be_drawn
from formcheck.app.jobs.queue import JobState
from formcheck.app.jobs.request import OVERLAY_NAME, PEOPLE_NAME, picture_name
from formcheck.app.visit.clips import Clip, Look
from formcheck.app.visit.spaces import SPACES, Space
from formcheck.files import write_atomic
from formcheck.pose.track import PoseTrack
from formcheck.report.overlay import overlay_json
from formcheck.report.record import result_of
from formcheck.report.result import ClipResult
from formcheck.squat.analysis import Analysis
from formcheck.squat.settings import Settings


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """A clip, its poses, what they were judged to be and the result made of it.

    ``wanted`` is the look of the page; ``pictures_look`` and ``video_look`` are the nearest ones
    whose pictures and annotated video are at hand.  They may be of other settings, and None.
    """

    clip: Clip
    track: PoseTrack
    analysis: Analysis
    result: ClipResult
    wanted: Look

    @property
    def is_drawable(self) -> bool:
        """Whether it can be shown with the marks on it: few enough poses if there is no picture."""
        return not self.clip.is_poses_alone or can_be_drawn(self.track.times_s, SPACES.limits)

    @property
    def pictures_look(self) -> Look | None:
        """The look whose pictures are shown."""
        jobs = self.clip.jobs
        return self._nearest([look for look in jobs if jobs[look].state is JobState.DONE])

    @property
    def video_look(self) -> Look | None:
        """The look of the annotated video that is shown where one is needed."""
        return self._nearest([look for look in self.clip.videos if self.clip.video(look)])

    def _nearest(self, ready: list[Look]) -> Look | None:
        """The wanted look or the last with the same cues and blur: no face that must not show."""
        if self.wanted in ready:
            return self.wanted
        must = self.wanted.with_cues, self.wanted.blur
        return next((look for look in reversed(ready) if (look.with_cues, look.blur) == must), None)

    @property
    def frame_s(self) -> float:
        """How long a frame lasts."""
        steps = np.diff(self.track.times_s)
        return float(np.median(steps)) if len(steps) else 1 / 30

    def frame_time_s(self, time_s: float) -> float:
        """The time of the frame nearest to a moment."""
        times = self.track.times_s
        return float(times[int(np.argmin(np.abs(times - time_s)))])

    def source_address(self, space: Space) -> str | None:
        """Where the browser finds the clip as it was uploaded; None for poses alone."""
        return None if self.clip.is_poses_alone else SPACES.address(space, self.clip.source)

    def overlay_address(self, space: Space) -> str:
        """Where the browser finds the marks to draw on it."""
        path = self.clip.look_folder(self.wanted) / OVERLAY_NAME
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            data = overlay_json(
                self.track, self.analysis, with_cues=self.wanted.with_cues,
                blur_face=self.wanted.blur, is_plain=self.clip.is_poses_alone,
            )  # fmt: skip
            write_atomic(path, data)
        return SPACES.address(space, path)

    def video_address(self, space: Space, look: Look | None) -> str | None:
        """Where the browser finds the annotated video in a look; None if there is none."""
        path = self.clip.video(look) if look is not None else None
        return None if path is None else SPACES.address(space, path)

    def picture_address(self, space: Space, number: int) -> str | None:
        """Where the browser finds the picture of a repetition."""
        path = self._picture(number)
        return None if path is None else SPACES.address(space, path)

    def people_address(self, space: Space) -> str | None:
        """Where the browser finds the picture of everybody; None if none was made."""
        look = self.pictures_look
        path = None if look is None else self.clip.look_folder(look) / PEOPLE_NAME
        return SPACES.address(space, path) if path is not None and path.is_file() else None

    def pictures(self) -> dict[int, bytes]:
        """The pictures by the number of the repetition."""
        paths = {r.number: self._picture(r.number) for r in self.analysis.reps}
        return {n: path.read_bytes() for n, path in paths.items() if path is not None}

    def _picture(self, number: int) -> Path | None:
        look = self.pictures_look
        path = self.clip.look_folder(look) / picture_name(number) if look is not None else None
        return path if path is not None and path.is_file() else None


def shots(clips: list[Clip], settings: Settings, with_cues: bool, blur: bool) -> list[Shot]:
    """Judge clips under these settings, from their stored tracks; quick the second time."""
    out = []
    for clip in clips:
        wanted = Look.of(settings.changed(), with_cues, blur and not clip.is_poses_alone)
        track, analysis = clip.judged(settings)
        result = result_of(analysis, track.meta, settings)
        if not with_cues:
            result = result.without_cues()
        out.append(Shot(clip, track, analysis, result, wanted))
    return out
