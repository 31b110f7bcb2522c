"""Analysed clips as the result page needs them: judged under the settings of the session."""

from dataclasses import dataclass

import numpy as np

from formcheck.app.jobs.request import picture_name
from formcheck.app.visit.clips import Clip, Look
from formcheck.app.visit.spaces import SPACES, Space
from formcheck.pose.track import PoseTrack
from formcheck.report.record import result_of
from formcheck.report.result import ClipResult
from formcheck.squat.analysis import Analysis
from formcheck.squat.settings import Settings


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """A clip, its poses, what they were judged to be and the result made of it.

    ``shown`` is the look whose video and pictures are at hand; it may be of other settings than
    those wanted, and None if there is nothing to show.
    """

    clip: Clip
    track: PoseTrack
    analysis: Analysis
    result: ClipResult
    wanted: Look
    shown: Look | None

    @property
    def is_current(self) -> bool:
        """Whether video and pictures show these very verdicts."""
        return self.shown == self.wanted

    @property
    def frame_s(self) -> float:
        """How long a frame lasts."""
        steps = np.diff(self.track.times_s)
        return float(np.median(steps)) if len(steps) else 1 / 30

    def frame_time_s(self, time_s: float) -> float:
        """The time of the frame nearest to a moment."""
        times = self.track.times_s
        return float(times[int(np.argmin(np.abs(times - time_s)))])

    def video_address(self, space: Space) -> str | None:
        """Where the browser finds the annotated video."""
        path = self.clip.video(self.shown) if self.shown is not None else None
        return None if path is None else SPACES.address(space, path)

    def picture_address(self, space: Space, number: int) -> str | None:
        """Where the browser finds the picture of a repetition."""
        if self.shown is None:
            return None
        path = self.clip.drawn[self.shown] / picture_name(number)
        return SPACES.address(space, path) if path.is_file() else None

    def pictures(self) -> dict[int, bytes]:
        """The pictures by the number of the repetition."""
        if self.shown is None:
            return {}
        folder = self.clip.drawn[self.shown]
        paths = {r.number: folder / picture_name(r.number) for r in self.analysis.reps}
        return {n: path.read_bytes() for n, path in paths.items() if path.is_file()}


def shots(clips: list[Clip], settings: Settings, with_cues: bool, blur: bool) -> list[Shot]:
    """Judge clips under these settings, from their stored tracks; quick the second time."""
    out = []
    for clip in clips:
        wanted = Look.of(settings.changed(), with_cues, blur and not clip.is_poses_alone)
        track, analysis = clip.judged(settings)
        result = result_of(analysis, track.meta, settings)
        if not with_cues:
            result = result.without_cues()
        out.append(Shot(clip, track, analysis, result, wanted, _shown(clip, wanted)))
    return out


def _shown(clip: Clip, wanted: Look) -> Look | None:
    """The look at hand that comes nearest; never one with cues or a face that must not show."""
    ready = [look for look in clip.jobs if clip.video(look) is not None]
    if wanted in ready:
        return wanted
    shown = (wanted.with_cues, wanted.blur)
    return next((look for look in reversed(ready) if (look.with_cues, look.blur) == shown), None)
