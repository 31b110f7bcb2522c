"""Fixtures of the app's tests: stick-figure tracks, short clips, a server, a browser."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from app_server import ROOT, Server, serving
from browsing import CHROMIUM, CHROMIUM_FLAGS
from shortclips import first_seconds
from stickfigure import Camera, film, squat, stand

from formcheck.pose.track import PoseTrack


def samples_folder() -> Path | None:
    given = os.environ.get("FORMCHECK_SAMPLES")
    places = [Path(given)] if given else []
    return next((p for p in [*places, ROOT / "sample_videos"] if p.is_dir()), None)


@pytest.fixture(scope="session", autouse=True)
def _nothing_left_behind() -> Iterator[None]:
    """Pages run in this process leave their uploads to the end of the run."""
    yield
    if spaces := sys.modules.get("formcheck.app.visit.spaces"):
        spaces.SPACES.close()


@pytest.fixture(scope="session", autouse=True)
def _own_data_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test ever opens the history of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FORMCHECK_DATA_DIR", str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture
def page() -> Iterator[Any]:
    """Open a page by its name; what it uploads is removed afterwards."""
    from app_pages import page_test  # loads Streamlit, which most tests do without

    made: list[Any] = []

    def open_page(name: str) -> Any:
        made.append(page_test(name))
        return made[-1].run()

    yield open_page
    from formcheck.app.visit.spaces import SPACES

    for test in made:
        if "browser-id" in test.session_state:
            SPACES.drop_clips(SPACES.get(test.session_state["browser-id"]))


@pytest.fixture(scope="session")
def front_track() -> PoseTrack:
    """Two squats from the front, the left knee inside in the second."""
    story = [stand(1.2), squat(), stand(1.0), squat(left_pct=30), stand(1.2)]
    return film(story)


@pytest.fixture(scope="session")
def side_track() -> PoseTrack:
    """The same two squats from the side."""
    story = [stand(1.2), squat(), stand(1.0), squat(past_toe_m=0.13), stand(1.2)]
    return film(story, camera=Camera(yaw_deg=90))


@pytest.fixture(scope="session")
def track_files(
    front_track: PoseTrack, side_track: PoseTrack, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path]:
    """Both tracks as files: results without running the model."""
    folder = tmp_path_factory.mktemp("tracks")
    paths = folder / "set front.npz", folder / "set side.npz"
    for track, path in zip((front_track, side_track), paths, strict=True):
        track.save(path)
    return paths


@pytest.fixture(scope="session")
def app_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app on loopback, shared by the tests of a run."""
    with serving(tmp_path_factory.mktemp("server"), samples_folder()) as server:
        yield server


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A headless browser, closed before other files start theirs: a process may drive one."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not Path(CHROMIUM).exists():
        pytest.skip("chromium is not installed")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, headless=True, args=list(CHROMIUM_FLAGS)
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def short_clip(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One squat from the front, knees inside, in 37 pictures: quick to judge."""
    source = root / "sample_videos" / "front_valgus_both.mp4"
    return first_seconds(source, tmp_path_factory.mktemp("clips") / "my front.mp4", 3.6)
