"""Sample clips to try the app with."""

import os
from dataclasses import dataclass
from pathlib import Path

from formcheck.files import at_home
from formcheck.video.kinds import VIDEO_SUFFIXES

ENVIRONMENT = "FORMCHECK_SAMPLES"
MAX_SHOWN = 6
_WANTED = ("front_valgus", "side_knee_forward", "front_good", "side_heels_down")


@dataclass(frozen=True, slots=True)
class Sample:
    """A clip that comes with formcheck."""

    path: Path

    @property
    def title(self) -> str:
        """Its name in words."""
        return self.path.stem.replace("_", " ").replace("-", " ").capitalize()


def _all() -> list[Sample]:
    """Every sample, installed or in a checkout; none if there is no folder of them."""
    package = Path(__file__).resolve().parents[2]
    given = os.environ.get(ENVIRONMENT)
    places = [at_home(given)] if given else []
    places += [package / "sample_videos", package.parent / "sample_videos"]
    folder = next((place for place in places if place.is_dir()), None)
    return [
        Sample(path)
        for path in (sorted(folder.iterdir()) if folder is not None else ())
        if path.suffix.lower() in VIDEO_SUFFIXES and "." not in path.stem
    ]


def warm_up_sample() -> Sample | None:
    """The sample clip of a whole warm-up; None if it is not there."""
    return next((sample for sample in _all() if sample.path.name == "front_warm_up.mp4"), None)


def samples() -> list[Sample]:
    """The sample clips, the most telling first."""

    def rank(sample: Sample) -> int:
        stem = sample.path.stem
        return next((i for i, name in enumerate(_WANTED) if stem.startswith(name)), len(_WANTED))

    return sorted(_all(), key=rank)[:MAX_SHOWN]
