"""Files that are no videos say what they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from formcheck.errors import InputError
from formcheck.video.reading import probe


@pytest.mark.parametrize(
    ("start", "what"),
    [
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "a JPEG picture"),
        (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
        (b"\0\0\0\x18ftypheic", "a HEIC picture"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "a WebP picture"),
        (b"RIFF\0\0\0\0WAVEfmt ", "a sound recording"),
        (b"PK\x03\x04\x14\0", "a ZIP archive: unpack it first"),
        (b"\0\x05\x16\x07\0\x02\0\0Mac OS X", "what macOS notes about a file of the same name"),
        (b"<!DOCTYPE html><p>Sign in", "a web page"),
        (b"\0" * 4096, "nothing but zeros"),
    ],
)
def test_what_is_no_video_says_what_it_is(tmp_path: Path, start: bytes, what: str) -> None:
    path = tmp_path / "squat.mp4"
    path.write_bytes(start + (b"" if not any(start) else b"more of it" * 400))
    with pytest.raises(InputError, match="whatever its name says") as raised:
        probe(path)
    assert what in str(raised.value)
    assert str(path) in str(raised.value)


def test_of_others_the_kinds_that_are_read_are_named(tmp_path: Path) -> None:
    path = tmp_path / "squat.mp4"
    path.write_bytes(b"monday: squats")
    with pytest.raises(InputError, match="Use mp4, mov"):
        probe(path)
