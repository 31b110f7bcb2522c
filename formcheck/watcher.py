"""Frames in, poses and judged repetitions out: the loop clips and live sets share."""

from __future__ import annotations

from pathlib import Path

from formcheck.analysis import Analyzer, JudgedRep
from formcheck.people import Box, LifterTracker
from formcheck.pose import Pose
from formcheck.reps import Discarded
from formcheck.video import Frame


class Watcher:
    """Follows the lifter and judges what is done, frame by frame.

    Use as a context manager, or close it: it holds a pose model.

    Parameters
    ----------
    analyzer : Analyzer
        Outlives the watcher: a set goes on when a new model takes over.
    model : path, optional
    seed : Box, optional
        Follow the body in this part of the picture.
    """

    def __init__(
        self, analyzer: Analyzer, model: str | Path | None = None, seed: Box | None = None
    ) -> None:
        self.analyzer = analyzer
        self.tracker = LifterTracker(model, seed)

    def __enter__(self) -> Watcher:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def model_sha256(self) -> str:
        """Hash of the pose model in use."""
        return self.tracker.estimator.model_sha256

    def update(self, frame: Frame) -> tuple[Pose, tuple[JudgedRep | Discarded, ...]]:
        """Take the next frame; return its pose and what was decided with it."""
        pose = self.tracker.estimate(frame)
        decided = self.analyzer.update(pose)
        for item in decided:
            if isinstance(item, JudgedRep):
                self.tracker.squatted(item.rep)
        return pose, decided

    def close(self) -> None:
        """Free the model; safe to call twice."""
        self.tracker.close()
