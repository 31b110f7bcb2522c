"""What may be uploaded, and what is said when it may not."""

from dataclasses import dataclass

from formcheck.errors import InputError
from formcheck.pose.track import FloatArray

TRACK_TYPE = "npz"
_MOST_DRAWN_HZ = 60


@dataclass(frozen=True, slots=True)
class Limits:
    """Upload limits; a minute of 1080p from a phone is about 130 MB."""

    max_upload_mb: int = 400
    max_length_s: float | None = None
    """None where nobody else waits: on one's own machine only standing still ends a job."""
    max_job_s: float | None = None
    """Whoever says something now and then and is not done by now never will be."""
    max_side_px: int = 4096
    max_waiting: int = 4
    """Analyses one browser may have waiting or running."""
    max_waiting_in_all: int = 64
    max_clips: int = 16
    """Clips kept for one browser, done or not."""
    max_kept_gb: float = 40.0
    """Uploads kept on the disk for all of them."""


LIMITS = Limits()
"""On one's own machine."""
SHARED = Limits(max_length_s=180.0, max_job_s=3600.0)
"""On a server for several people: a clip of one set, so that the line moves on."""


def words(limits: Limits = LIMITS) -> str:
    """The limits in one line, for the page."""
    length = "" if limits.max_length_s is None else f"{limits.max_length_s / 60:g} minutes, "
    return (
        f"Up to {limits.max_upload_mb} MB, {length}{limits.max_side_px} pixels on the longer side."
    )


def check_length(length_s: float | None, name: str, limits: Limits = LIMITS) -> None:
    """Refuse a clip that is too long; None is a length nobody knows yet."""
    if length_s is None or limits.max_length_s is None:
        return
    if length_s > limits.max_length_s:
        raise InputError(
            f"{name}: longer than the {limits.max_length_s:.0f} s taken here. "
            "Trim the clip to one set."
        )


def can_be_drawn(times_s: FloatArray, limits: Limits = LIMITS) -> bool:
    """Whether drawing poses takes no longer than it would if they came with their video."""
    if limits.max_length_s is None:
        return True
    return (
        float(times_s[0]) >= 0
        and float(times_s[-1]) <= limits.max_length_s
        and len(times_s) <= limits.max_length_s * _MOST_DRAWN_HZ
    )
