"""The kinds of file that are taken for videos: one list for all who ask."""

from pathlib import Path

VIDEO_KINDS = (
    "mp4", "mov", "m4v", "3gp", "3g2", "qt", "mkv", "webm", "avi", "ts", "mts", "m2ts",
    "mpg", "mpeg", "vob", "wmv", "asf", "flv", "gif",
)  # fmt: skip
"""What follows the dot, the usual ones first."""
VIDEO_SUFFIXES = frozenset(f".{kind}" for kind in VIDEO_KINDS)
KINDS_IN_WORDS = f"{', '.join(VIDEO_KINDS[:-1])} or {VIDEO_KINDS[-1]}"
_OTHERS = (
    (0, b"\xff\xd8\xff", "a JPEG picture"),
    (0, b"\x89PNG", "a PNG picture"),
    (0, b"BM", "a BMP picture"),
    (4, b"ftyphei", "a HEIC picture"),
    (4, b"ftypmif1", "a HEIC picture"),
    (4, b"ftypavif", "an AVIF picture"),
    (8, b"WEBP", "a WebP picture"),
    (8, b"WAVE", "a sound recording"),
    (0, b"ID3", "a sound recording"),
    (0, b"OggS", "a sound recording or an Ogg film"),
    (0, b"PK\x03\x04", "a ZIP archive: unpack it first"),
    (0, b"Rar!", "a RAR archive: unpack it first"),
    (0, b"7z\xbc\xaf", "a 7z archive: unpack it first"),
    (0, b"\x1f\x8b", "a gzip archive: unpack it first"),
    (0, b"%PDF", "a PDF document"),
    (0, b"\x00\x05\x16\x07", "what macOS notes about a file of the same name"),
    (0, b"<!DOCTYPE", "a web page: save the video itself"),
    (0, b"<html", "a web page: save the video itself"),
    (0, b"#EXTM3U", "a playlist: name the videos in it"),
)
"""How other files begin, from which byte on: many have the name of a video by mistake."""
_LOOK_BYTES = 32


def what_else(path: Path) -> str | None:
    """What a file that is no video is, by its first bytes; None where nobody can tell."""
    try:
        with path.open("rb") as file:
            start = file.read(_LOOK_BYTES)
    except OSError:
        return None
    is_empty = len(start) == _LOOK_BYTES and not any(start)
    found = (what for at, mark, what in _OTHERS if start[at : at + len(mark)] == mark)
    return "nothing but zeros: its copy broke off" if is_empty else next(found, None)


DEMUXERS = "mov,mp4,matroska,webm,avi,mpegts,mpeg,mpegvideo,asf,flv,gif"
"""FFmpeg's readers of them: none can name another file."""
