"""The window of ``formcheck live``: drawn on a virtual screen."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from acting import Actor, picture, playing
from click.testing import CliRunner
from fake_camera import pictures

from formcheck.cli.live import live as command
from formcheck.clip import check_clip
from formcheck.errors import InputError
from formcheck.live.camera import FileSource, open_source
from formcheck.live.session import LiveSession
from formcheck.pose.track import PoseTrack
from formcheck.video.reading import Frame
from formcheck.video.writing import VideoWriter

pygame = pytest.importorskip("pygame", reason="pygame-ce is not installed")


@pytest.fixture(scope="module")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A virtual screen; its name."""
    if shutil.which("Xvfb") is None:
        pytest.skip("Xvfb is not installed")
    said = tmp_path_factory.mktemp("screen") / "number"
    with said.open("w") as file:
        process = subprocess.Popen(
            ["Xvfb", "-displayfd", str(file.fileno()), "-screen", "0", "1280x800x24", "-nolisten",
             "tcp"],
            pass_fds=[file.fileno()], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    for _ in range(100):
        if said.read_text().strip():
            break
        time.sleep(0.1)
    yield f":{said.read_text().strip()}"
    process.terminate()
    process.wait(10)


@pytest.fixture
def on_screen(screen: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("DISPLAY", screen)
    monkeypatch.setenv("SDL_VIDEODRIVER", "x11")
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    return screen


def colours(window: Any) -> np.ndarray:
    return np.asarray(pygame.surfarray.array3d(window._screen)).transpose(1, 0, 2)


def test_the_window_shows_count_words_and_a_flash(
    on_screen: str,
    acting: Callable[[PoseTrack], Actor],
    live: Callable[..., LiveSession],
    front_set: PoseTrack,
) -> None:
    from formcheck.live.window import LiveWindow

    acting(front_set)
    session = live()
    edges = []
    with LiveWindow(is_mirrored=False) as window:
        for i, update in enumerate(playing(session, front_set)):
            if update.closed or i % 40 == 0:
                window.listen()
                window.show(picture(i), update)
                edge = colours(window)[2, 2]
                if update.closed:
                    edges.append(tuple(int(v) for v in edge))
        shown = colours(window)
        assert shown.shape == (720, 1280, 3)
        assert (shown[:, 760:] > 200).any()  # words
        window.say("Camera unplugged", "3 repetitions are kept.")
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_m))
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_q))
        window.listen()
        assert window.is_muted
        assert window.is_closed
    assert edges == [(0, 190, 140), (255, 106, 61), (0, 190, 140)]


@pytest.mark.model
def test_a_file_is_coached_like_a_camera(on_screen: str, root: Path, tmp_path: Path) -> None:
    """The whole command; the result is that of the recorded poses, and of the clip if in time."""
    clip = tmp_path / "set.mp4"
    with VideoWriter(clip, 640, 480) as writer:
        source = pictures(root / "sample_videos" / "front_valgus_both.mp4", 0.0, 4.2)
        for i, image in enumerate(source):
            # Slowed down to a third: a busy machine still sees enough of it.
            writer.write(Frame(i / 10, image))
    out = tmp_path / "out"
    done = subprocess.run(
        [sys.executable, "-m", "formcheck", "live", "--camera", str(clip), "--out", str(out),
         "--mute"],
        env={**os.environ, "PYTHONPATH": str(root)}, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    result = json.loads(next(out.glob("*.json")).read_text("utf-8"))
    again = check_clip(next(out.glob("*.npz"))).result
    assert result == again
    duration_s, n_frames = result["source"]["duration_s"], result["source"]["n_frames"]
    if n_frames < 3 * duration_s:
        pytest.skip(f"the machine is too busy: {n_frames} frames in {duration_s} s")
    assert len(result["reps"]) == 1
    assert "1 repetition\n1. knee valgus fault" in done.stdout


def test_a_file_plays_in_real_time_and_skips_what_is_late(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    with VideoWriter(clip, 64, 64) as writer:
        for i in range(30):
            writer.write(Frame(i / 30, np.full((64, 64, 3), 8 * i, np.uint8)))
    source = FileSource(clip)
    times = []
    while not source.is_over:
        frame = source.newest()
        if frame is not None:
            times.append(frame.time_s)
            time.sleep(0.1)
    source.close()
    source.close()
    assert times == sorted(set(times))
    assert 2 <= len(times) <= 14


def test_a_bad_camera_or_file_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        open_source(str(tmp_path / "missing.mp4"))
    junk = tmp_path / "junk.mp4"
    junk.write_text("junk")
    with pytest.raises(InputError, match=r"junk\.mp4"):
        open_source(str(junk))
    done = CliRunner().invoke(command, ["--camera", str(junk)])
    assert done.exit_code == 1
    assert "junk.mp4" in done.output
    with contextlib.redirect_stderr(None):
        done = CliRunner().invoke(command, ["--camera", "99"])
    assert done.exit_code == 1
    assert "camera 99 cannot be opened" in done.output


def test_without_a_screen_the_app_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from formcheck.live.window import LiveWindow

    monkeypatch.setenv("SDL_VIDEODRIVER", "x11")
    monkeypatch.setenv("DISPLAY", ":987")
    with pytest.raises(InputError, match="formcheck app"):
        LiveWindow(is_mirrored=False)


def test_without_pygame_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("formcheck.cli.live.find_spec", lambda name: None)
    done = CliRunner().invoke(command, [])
    assert done.exit_code == 1
    assert "formcheck[live]" in done.output
