"""Sample clips to try the app with."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from formcheck.app.jobs.limits import VIDEO_TYPES

ENVIRONMENT = "FORMCHECK_SAMPLES"
MAX_SHOWN = 6
_WANTED = ("front_valgus", "side_knee_forward", "front_good", "side_good")


@dataclass(frozen=True, slots=True)
class Sample:
    """A clip that comes with formcheck."""

    path: Path

    @property
    def title(self) -> str:
        """Its name in words."""
        return self.path.stem.replace("_", " ").replace("-", " ").capitalize()


def folder() -> Path | None:
    """Where the samples are, whether installed or run from a checkout."""
    package = Path(__file__).resolve().parents[2]
    given = os.environ.get(ENVIRONMENT)
    places = [Path(given)] if given else []
    places += [package / "sample_videos", package.parent / "sample_videos"]
    return next((place for place in places if place.is_dir()), None)


def warm_up_sample() -> Sample | None:
    """The sample clip of a whole warm-up; None if there is no folder of them."""
    place = folder()
    path = None if place is None else place / "front_warm_up.mp4"
    return Sample(path) if path is not None and path.is_file() else None


def samples() -> list[Sample]:
    """The sample clips, the most telling first; none if there is no folder of them."""
    place = folder()
    if place is None:
        return []
    clips = [
        p
        for p in sorted(place.iterdir())
        if p.suffix.lower().lstrip(".") in VIDEO_TYPES and "." not in p.stem
    ]

    def rank(path: Path) -> int:
        hits = [i for i, name in enumerate(_WANTED) if path.stem.startswith(name)]
        return hits[0] if hits else len(_WANTED)

    return [Sample(path) for path in sorted(clips, key=rank)][:MAX_SHOWN]
