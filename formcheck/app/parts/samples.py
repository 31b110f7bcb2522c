"""Sample clips to try the app with."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from formcheck.files import at_home
from formcheck.video.kinds import VIDEO_SUFFIXES

ENVIRONMENT = "FORMCHECK_SAMPLES"
SHOWN: Mapping[str, str] = {
    "front_valgus_both.mp4": "Knees cave in",
    "side_knee_forward.mp4": "Knees far forward",
    "front_good.mp4": "Clean set",
}
"""What the first page offers, by its plain name: `tools/app_example.py` makes the thumbnails."""
_WARM_UP = "front_warm_up.mp4"


@dataclass(frozen=True, slots=True)
class Sample:
    """A clip that comes with formcheck."""

    path: Path

    @property
    def title(self) -> str:
        """Its name in plain words."""
        return SHOWN.get(self.path.name, self.path.stem.replace("_", " ").capitalize())

    @property
    def picture(self) -> str:
        """The file name of its thumbnail."""
        return f"{self.path.stem}.jpg"


def _all() -> dict[str, Sample]:
    """Every sample by its file name, installed or in a checkout; none without a folder of them."""
    package = Path(__file__).resolve().parents[2]
    given = os.environ.get(ENVIRONMENT)
    places = [at_home(given)] if given else []
    places += [package / "sample_videos", package.parent / "sample_videos"]
    folder = next((place for place in places if place.is_dir()), None)
    return {
        path.name: Sample(path)
        for path in (folder.iterdir() if folder is not None else ())
        if path.suffix.lower() in VIDEO_SUFFIXES
    }


def warm_up_sample() -> Sample | None:
    """The sample clip of a whole warm-up; None if it is not there."""
    return _all().get(_WARM_UP)


def samples() -> list[Sample]:
    """The sample clips the first page offers, in its order."""
    found = _all()
    return [found[name] for name in SHOWN if name in found]
