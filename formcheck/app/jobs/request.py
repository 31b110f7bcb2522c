"""What the server asks of a worker, what it hears, and the names of the files it is left."""

from dataclasses import dataclass, field

from formcheck.app.jobs.limits import TRACK_TYPE, Limits

TRACK_NAME = f"track.{TRACK_TYPE}"
VIDEO_NAME = "annotated.mp4"
OVERLAY_NAME = "overlay.json"
PEOPLE_NAME = "people.jpg"


def picture_name(number: int) -> str:
    """The file name of a repetition's picture."""
    return f"rep-{number}.jpg"


@dataclass(frozen=True, slots=True)
class Request:
    """What to do: find the poses unless a track is there, then draw.

    ``source`` is a video or a stored track, ``folder`` takes the track and ``drawn`` what is drawn
    with these settings: a picture per repetition, or the annotated video if ``is_video``.
    """

    source: str
    name: str
    folder: str
    drawn: str
    settings: dict[str, float | bool] = field(default_factory=dict)
    is_video: bool = False
    with_cues: bool = True
    blur: bool = False
    is_mirrored: bool = False
    """Whether the source is a mirror image."""
    person: str | None = None
    """Who is meant, where several are in the picture; as for :class:`Filmed`."""
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a request: ``refusal`` says why it was not done; empty if it was."""

    refusal: str = ""
