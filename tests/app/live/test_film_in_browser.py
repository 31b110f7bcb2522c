"""``formcheck live``, from the command to the result, in a headless browser without a camera."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

from app_server import serving
from fake_camera import FILM_HZ, camera_rate_hz, pictures
from live_page import FLAGS, MIN_RATE_HZ, Visit
from playwright.sync_api import Playwright, sync_playwright

from formcheck.clip import check_clip
from formcheck.video.reading import Frame
from formcheck.video.writing import VideoWriter

pytestmark = pytest.mark.model
CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="module")
def playwright() -> Any:
    if not CHROMIUM.exists():
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        yield playwright


def chromium(playwright: Playwright, *flags: str) -> Any:
    kept = [flag for flag in FLAGS if not flag.startswith("--use-fake-device")]
    return playwright.chromium.launch(
        executable_path=str(CHROMIUM), headless=True, args=[*kept, *flags]
    )


def for_this_machine(clip: Path, folder: Path) -> Path:
    """The clip itself where the model keeps up, a slow motion of it while the machine is busy."""
    rate_hz = camera_rate_hz(clip)
    if rate_hz == FILM_HZ:
        return clip
    slow = folder / clip.name
    with VideoWriter(slow, 640, 480) as writer:
        for i, image in enumerate(pictures(clip)):
            writer.write(Frame(i / (2 * rate_hz), image))
    return slow


@pytest.mark.alone
def test_a_film_is_coached_to_its_end_and_its_result_written(
    playwright: Playwright, root: Path, tmp_path: Path
) -> None:
    clip = for_this_machine(root / "sample_videos" / "front_valgus_both.mp4", tmp_path)
    out = tmp_path / "out"
    options = ("--camera", str(clip), "--out", str(out), "--mute")
    with (
        serving(tmp_path / "server", None, *options, command="live") as server,
        chromium(playwright) as browser,
        Visit(browser, server.url) as visit,
    ):
        assert visit.text("start") == "Start the video"
        assert visit.text("mute") == "Muted"
        visit.click("start")
        visit.wait_reps(1)
        is_drawn = "document.querySelector('.fcl canvas').getContext('2d').getImageData(8, 8, 1, 1)"
        assert visit.page.evaluate(is_drawn + ".data[3]") == 255
        visit.wait_state("stopped")  # by itself, at the end of the film
        visit.wait("document.querySelector('.st-key-result')?.innerText.includes('Take away')")
        assert visit.errors == []
        assert visit.foreign() == []
        assert visit.page.evaluate("window.spoken") == []
        n_shown = int(visit.text("reps"))
        cards = visit.page.locator(".fc-repcard").count()
        (written,) = out.glob("*.json")
        result = check_clip(written.with_suffix(".track.npz")).result
        assert written.read_bytes() == result.to_json()
        assert n_shown == cards == len(result.reps)
        assert [rep["number"] for rep in visit.told] == list(range(1, len(visit.told) + 1))
        if result.source.n_frames < MIN_RATE_HZ * result.source.duration_s:
            pytest.skip(f"the machine is too busy: {len(visit.used)} frames of the film were seen")
        assert n_shown == 3  # as many as the clip's truth has


def test_a_camera_is_chosen_by_its_number(playwright: Playwright, tmp_path: Path) -> None:
    fake = ("--use-fake-device-for-media-stream=device-count=2", "--use-fake-ui-for-media-stream")
    label = "document.querySelector('.fcl video').srcObject.getVideoTracks()[0].label"
    with (
        serving(tmp_path / "server", None, "--camera", "1", command="live") as server,
        chromium(playwright, *fake) as browser,
        Visit(browser, server.url) as visit,
    ):
        visit.click("start")
        visit.wait("document.querySelector('.fcl').fclStats.n >= 1")
        cameras = visit.page.evaluate(
            "navigator.mediaDevices.enumerateDevices().then(all =>"
            " all.filter(one => one.kind === 'videoinput').map(one => one.label))"
        )
        assert len(set(cameras)) == 2
        assert visit.page.evaluate(label) == cameras[1]
