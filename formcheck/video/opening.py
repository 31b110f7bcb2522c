"""A video file opened: what it is, which of its streams shows the lifter."""

import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import av
import av.error

from formcheck.errors import InputError
from formcheck.video.kinds import DEMUXERS, KINDS_IN_WORDS, what_else

# Demuxers and protocols a local video file needs; nothing that can name another file.
_OPEN_OPTIONS = {"format_whitelist": DEMUXERS, "protocol_whitelist": "file"}
MAX_SOURCE_SIDE_PX = 16384
MAX_SOURCE_PX = 40_000_000  # 8K is 33 million; a decoder keeps several pictures
PREVIEW_SHARE = 0.5
"""A picture of less than this share of the largest one's pixels is a preview."""
_DEFAULT = 0x1
# Covers, thumbnails, stills and parts of another stream: FFmpeg's own flags.
_NOT_THE_FILM = 0x400 | 0x800 | 0x80000 | 0x100000
_STILL_CODECS = {"mjpeg", "png", "bmp", "webp", "tiff"}
"""What covers are coded in.  Films may be too, but hardly beside a film in another coding."""


@contextmanager
def opened(path: str | Path) -> Iterator[tuple[Any, Any]]:
    """Open a container and the video stream to look at; InputError if there is none."""
    path = _checked(path)
    try:
        container = av.open(str(path.resolve()), options=dict(_OPEN_OPTIONS))
    except (av.error.FFmpegError, OSError, ValueError, UnicodeError) as error:
        why, found = reason_of(error), what_else(path)
        if found is not None:
            raise InputError(
                f"{path}: no video, whatever its name says: it is {found}. Choose the clip itself."
            ) from error
        raise InputError(
            f"{path}: not a video formcheck can read ({why}). Use {KINDS_IN_WORDS}."
        ) from error
    with container:
        films = films_of(container)
        if not films:
            raise InputError(
                f"{path}: holds no moving pictures that can be read (sound, a still or damage). "
                "Copy the clip from the camera again."
            )
        stream = films[0]
        width, height = stream.codec_context.width, stream.codec_context.height
        is_sane = min(width, height) > 0 and max(width, height) <= MAX_SOURCE_SIDE_PX
        if not is_sane or width * height > MAX_SOURCE_PX:
            raise InputError(
                f"{path}: the picture size {width} x {height} cannot be handled. "
                "Film at 1080p: it is enough."
            )
        # The pictures may be larger than the header says: the decoder must refuse them too.
        stream.codec_context.options = {"max_pixels": str(MAX_SOURCE_PX)}
        stream.thread_type = "SLICE"
        yield container, stream


def films_of(container: Any) -> Sequence[Any]:
    """The streams that may show the lifter, the best first.

    A stream that moves comes before one that may be a still without a flag, and one of full size
    before a preview.  Then the file's default counts, which often is no more than its first.
    """
    # A stream in a damaged or unknown coding has no decoder.
    films = [
        s
        for s in container.streams.video
        if s.codec_context is not None and not int(s.disposition) & _NOT_THE_FILM
    ]

    def is_still(stream: Any) -> bool:
        return stream.frames == 1 or stream.codec_context.name in _STILL_CODECS

    def area(stream: Any) -> int:
        return int(stream.codec_context.width * stream.codec_context.height)

    largest = max((area(s) for s in films if not is_still(s)), default=0)

    def rank(stream: Any) -> tuple[bool, bool, bool, int, int]:
        is_preview = area(stream) < PREVIEW_SHARE * largest
        is_default = bool(int(stream.disposition) & _DEFAULT)
        return not is_still(stream), not is_preview, is_default, area(stream), -stream.index

    return sorted(films, key=rank, reverse=True)


def choice_note(container: Any) -> str | None:
    """Which of several films was taken, in words; None if there is one."""
    films = films_of(container)
    if len(films) < 2:
        return None
    taken = films[0]
    size = f"{taken.codec_context.width} x {taken.codec_context.height}"
    return (
        f"The file holds {len(films)} videos: number {taken.index + 1} of its streams ({size}) "
        "was judged."
    )


def reason_of(error: BaseException) -> str:
    """What FFmpeg says of an error, on one line."""
    text = getattr(error, "strerror", None) or str(error)
    return text.strip().rstrip(".").splitlines()[0][:120] if text.strip() else "unknown error"


def _checked(path: str | Path) -> Path:
    path = Path(path)
    try:
        status = path.stat()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}. Check the path.") from None
    except ValueError as error:
        raise InputError(f"{path!r}: not a usable path ({error}). Rename the file.") from None
    if stat.S_ISDIR(status.st_mode):
        raise InputError(f"{path}: a folder, not a video file. Name a clip inside it.")
    if not stat.S_ISREG(status.st_mode):
        raise InputError(f"{path}: not a regular file. Copy the clip into one.")
    if status.st_size == 0:
        raise InputError(f"{path}: the file is empty. Copy it from the camera again.")
    return path
