"""Looking at an upload before any work is put into it."""

from pathlib import Path

from formcheck.app.jobs.limits import LIMITS, Limits, check_length
from formcheck.errors import InputError
from formcheck.video.reading import probe

_LOOK_AT_MOST_PX = 16_384


def check_video(path: Path, name: str, limits: Limits = LIMITS) -> float | None:
    """Refuse what is no video, too long or too large; return the length it claims, in seconds.

    ``name`` is what the person calls the file.
    """
    size_mb = path.stat().st_size / 1e6
    if size_mb > limits.max_upload_mb:
        raise InputError(
            f"{name}: {size_mb:.0f} MB is more than the {limits.max_upload_mb} MB taken here. "
            "Trim the clip to one set, or film at 1080p."
        )
    info = probe(path, max_side_px=_LOOK_AT_MOST_PX)
    side = max(info.width_px, info.height_px)
    if side > limits.max_side_px:
        raise InputError(
            f"{name}: {info.width_px} x {info.height_px} pixels is more than the "
            f"{limits.max_side_px} taken here. Film at 1080p: it is enough."
        )
    check_length(info.duration_s, name, limits)
    return info.duration_s
