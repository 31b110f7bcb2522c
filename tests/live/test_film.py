"""A video file played as if it were a camera."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import numpy as np
import pytest

from formcheck.errors import InputError
from formcheck.live import film as film_module
from formcheck.live.film import Film
from formcheck.video.reading import Frame
from formcheck.video.writing import VideoWriter


def clip(path: Path, length_s: float) -> Path:
    with VideoWriter(path, 64, 64) as writer:
        for i in range(round(30 * length_s)):
            writer.write(Frame(i / 30, np.full((64, 64, 3), 8 * i % 256, np.uint8)))
    return path


def test_it_plays_in_real_time_and_skips_what_is_late(tmp_path: Path) -> None:
    film = Film(clip(tmp_path / "clip.mp4", 1.0))
    times_s = []
    while (frame := film.next()) is not None:
        times_s.append(frame.time_s)
        time.sleep(0.1)
    assert film.next() is None
    assert times_s == sorted(set(times_s))
    assert 2 <= len(times_s) <= 11


def test_it_stands_still_while_nobody_looks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(film_module, "PAUSE_S", 0.0)
    film = Film(clip(tmp_path / "clip.mp4", 0.4))
    times_s = []
    while (frame := film.next()) is not None:
        times_s.append(frame.time_s)
        time.sleep(0.1)
    assert len(times_s) == 12  # none is late


def test_closing_wakes_who_waits(tmp_path: Path) -> None:
    path = tmp_path / "slow.mp4"
    with VideoWriter(path, 64, 64) as writer:
        for time_s in (0.0, 600.0):
            writer.write(Frame(time_s, np.zeros((64, 64, 3), np.uint8)))
    film = Film(path)
    assert film.next() is not None
    threading.Timer(0.2, film.close).start()
    assert film.next() is None


def test_a_file_that_is_no_video_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        Film(tmp_path / "missing.mp4")
    junk = tmp_path / "junk.mp4"
    junk.write_text("junk")
    with pytest.raises(InputError, match=r"junk\.mp4"):
        Film(junk)
