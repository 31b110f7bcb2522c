"""What looking at some frames only changes, beside what a change that means nothing does.

::

    python -m benchmarks.adaptive [CLIP...] [--grid FILE...] [--cache DIR]
        [--doc docs/speed.md adaptive]

Each clip is gone through three times: at every frame, adaptively, and, as the control, at every
frame but the first, which moves all that a tracker remembers by a thirtieth of a second.  The last
two are held against the first: repetitions counted, verdicts, values.  ``--cache`` keeps the
tracks; delete it when code that makes tracks has changed.  Of the clips of a packed ``--grid``
only the tracks are there: frames at rest are left out of them, which shows what filling in changes,
not what the model would have found.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

import formcheck.clip
from benchmarks.compare import around
from benchmarks.validation.packing import load_part
from formcheck.pose.pacing import PacedEstimator
from formcheck.pose.track import Inference, Pose, PoseTrack
from formcheck.squat.analysis import Analysis, analyze
from formcheck.video.reading import Frame, FrameReader

POLICIES = ("first frame dropped", "adaptive")
THINNED = "adaptive, from stored tracks"


class _Late(FrameReader):
    """Misses the first frame."""

    def __iter__(self) -> Iterator[Frame]:
        frames = super().__iter__()
        next(frames, None)
        yield from frames


def track_of(clip: Path, policy: str) -> PoseTrack:
    """The track of a clip; its ``meta`` tells how many frames were looked at."""
    n_looked = 0
    estimator = formcheck.clip.LifterTracker

    class Counting(estimator):  # type: ignore[misc, valid-type]
        def estimate(self, frame: Frame) -> object:
            nonlocal n_looked
            n_looked += 1
            return super().estimate(frame)

    formcheck.clip.LifterTracker = Counting  # type: ignore[misc]
    formcheck.clip.FrameReader = _Late if policy == POLICIES[0] else FrameReader  # type: ignore[misc]
    try:
        inference = Inference.ADAPTIVE if policy == "adaptive" else Inference.EVERY_FRAME
        track = formcheck.clip.check_clip(clip, inference=inference).track
    finally:
        formcheck.clip.LifterTracker = estimator  # type: ignore[misc]
        formcheck.clip.FrameReader = FrameReader  # type: ignore[misc]
    meta = {**track.meta, "n_looked": n_looked}
    return PoseTrack.from_poses(track, track.width_px, track.height_px, meta)


def kept_track(clip: Path, policy: str, cache: Path | None) -> PoseTrack:
    """The same, from the cache if it is there."""
    if cache is None:
        return track_of(clip, policy)
    path = cache / f"{clip.parent.name}-{clip.stem}-{policy.replace(' ', '-')}.npz"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        track_of(clip, policy).save(path)
    return PoseTrack.load(path)


def thinned(track: PoseTrack) -> PoseTrack:
    """A track of every frame as if those at rest had not been looked at."""
    poses = {pose.time_s: pose for pose in track}
    looked: list[float] = []

    def estimate(frame: Frame) -> Pose:
        looked.append(frame.time_s)
        return poses[frame.time_s]

    paced = PacedEstimator(estimate)
    kept = [pose for t in poses for pose in paced.update(Frame(t, np.empty((0, 0, 3), np.uint8)))]
    meta = {**track.meta, "n_looked": len(looked)}
    return PoseTrack.from_poses([*kept, *paced.flush()], track.width_px, track.height_px, meta)


@dataclass
class Tally:
    """What a policy changed, over all clips."""

    n_clips: int = 0
    n_reps: int = 0
    n_frames: int = 0
    n_looked: int = 0
    n_findings: int = 0
    n_verdicts: int = 0
    n_degrees: int = 0
    """Findings of the same verdict with another severity or side."""
    differences: list[float] = field(default_factory=list)
    counts: list[str] = field(default_factory=list)
    verdicts: list[str] = field(default_factory=list)

    def add(self, name: str, full: Analysis, other: Analysis, track: PoseTrack) -> None:
        """Compare a clip's analyses; ``other`` is that of ``track``."""
        self.n_clips += 1
        self.n_reps += len(full.reps)
        self.n_frames += len(track)
        self.n_looked += int(track.meta["n_looked"])
        if len(full.reps) != len(other.reps):
            self.counts.append(f"{name}: {len(full.reps)} repetitions, {len(other.reps)}")
            return
        for rep, again in zip(full.reps, other.reps, strict=True):
            for a, b in zip(rep.findings, again.findings, strict=True):
                self.n_findings += 1
                if a.value is not None and b.value is not None:
                    self.differences.append(abs(a.value - b.value))
                if a.verdict is not b.verdict:
                    self.n_verdicts += 1
                    said = " became ".join(_said(f.verdict.value, f.value) for f in (a, b))
                    self.verdicts.append(f"{name}, repetition {rep.number}, {a.fault}: {said}")
                elif (a.severity, a.side) != (b.severity, b.side):
                    self.n_degrees += 1

    def row(self, policy: str) -> str:
        """As a row of the table."""
        values = np.array(self.differences or [np.nan])
        return (
            f"| {policy} | {self.n_clips} / {self.n_reps} | {self.n_looked / self.n_frames:.2f} | "
            f"{len(self.counts)} | {self.n_verdicts} of {self.n_findings} | {self.n_degrees} | "
            f"{values.mean():.2f} / {np.percentile(values, 95):.2f} / {values.max():.2f} |"
        )


def _said(verdict: str, value: float | None) -> str:
    return verdict if value is None else f"{verdict} ({value:.1f})"


def report(clips: Iterable[Path], grid: Iterable[Path], cache: Path | None) -> str:
    """Tables in Markdown."""
    tallies = {policy: Tally() for policy in (*POLICIES, THINNED)}
    for clip in clips:
        full = analyze(kept_track(clip, "every frame", cache))
        for policy in POLICIES:
            track = kept_track(clip, policy, cache)
            tallies[policy].add(clip.name, full, analyze(track), track)
        print(clip.name, len(full.reps), flush=True)
    for part in grid:
        for one in load_part(part):
            track = thinned(one.track)
            tallies[THINNED].add(one.name, analyze(one.track), analyze(track), track)
    lines = [
        "| policy | clips / repetitions | frames looked at | counts changed | verdicts changed | "
        "severity or side changed | change of values, mean / 95 % / greatest |",
        "|---|---|---|---|---|---|---|",
        *(tally.row(policy) for policy, tally in tallies.items() if tally.n_clips),
    ]
    for policy, tally in tallies.items():
        if changes := tally.counts + tally.verdicts:
            lines += ["", *(f"- {policy}: {text}" for text in changes)]
    return "\n".join(lines).rstrip()


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clips", nargs="*", type=Path)
    parser.add_argument("--grid", nargs="+", type=Path, default=[])
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--doc", nargs=2, metavar=("FILE", "SECTION"))
    options = parser.parse_args()
    text = report(options.clips, options.grid, options.cache)
    print(f"\n{text}")
    if options.doc:
        page = Path(options.doc[0])
        before, after = around(page, options.doc[1])
        page.write_text(f"{before}\n\n{text}\n\n{after}", "utf-8")


if __name__ == "__main__":
    main()
