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
    max_length_s: float = 180.0
    max_side_px: int = 4096
    max_waiting: int = 4
    """Analyses one browser may have waiting or running."""
    max_waiting_in_all: int = 64
    max_clips: int = 16
    """Clips kept for one browser, done or not."""
    max_kept_gb: float = 40.0
    """Uploads kept on the disk for all of them."""


LIMITS = Limits()


def words(limits: Limits = LIMITS) -> str:
    """The limits in one line, for the page."""
    return (
        f"Up to {limits.max_upload_mb} MB, {limits.max_length_s / 60:.0f} minutes, "
        f"{limits.max_side_px} pixels on the longer side."
    )


def check_length(length_s: float | None, name: str, limits: Limits = LIMITS) -> None:
    """Refuse a clip that is too long; None is a length nobody knows yet."""
    if length_s is not None and length_s > limits.max_length_s:
        raise InputError(
            f"{name}: longer than the {limits.max_length_s:.0f} s taken here. "
            "Trim the clip to one set."
        )


def can_be_drawn(times_s: FloatArray, limits: Limits = LIMITS) -> bool:
    """Whether drawing poses takes no longer than it would if they came with their video."""
    return (
        float(times_s[0]) >= 0
        and float(times_s[-1]) <= limits.max_length_s
        and len(times_s) <= limits.max_length_s * _MOST_DRAWN_HZ
    )
