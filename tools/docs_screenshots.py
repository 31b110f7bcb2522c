"""The pictures of the app in docs/img, taken in a headless browser.

    python tools/docs_screenshots.py [--out docs/img]

Runs the app on loopback, checks two sample clips, plays one to the live page as its camera, and
keeps what the pages look like on a laptop and on a phone.  Needs the extra ``test`` and Chromium.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

from app_server import serving  # noqa: E402
from fake_camera import pictures, write_y4m  # noqa: E402

from benchmarks.app_links import link_to  # noqa: E402

CHROMIUM = "/usr/bin/chromium"
LAPTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "color_scheme": "dark",
}
WAIT_MS = 240_000
SETTLE_MS = 2500
MAX_COLOURS = 256


@contextmanager
def page_of(browser: Browser, **how: Any) -> Iterator[Page]:
    """A page in a context of its own: another person."""
    context = browser.new_context(**how)
    try:
        page = context.new_page()
        page.set_default_timeout(WAIT_MS)
        yield page
    finally:
        context.close()


def keep(page: Page, path: Path, height_px: int | None = None) -> None:
    """Take the picture once the page has settled; few colours keep it small."""
    page.wait_for_timeout(SETTLE_MS)
    size = page.viewport_size
    if height_px is not None and size is not None:
        page.set_viewport_size({"width": size["width"], "height": height_px})
        page.wait_for_timeout(SETTLE_MS)
    page.evaluate("document.querySelector('[data-testid=stMain]')?.scrollTo(0, 0)")
    page.screenshot(path=str(path))
    with Image.open(path) as picture:
        few = picture.convert("RGB").quantize(MAX_COLOURS, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
    print(f"{path}: {path.stat().st_size / 1000:.0f} kB")


def check(page: Page, url: str, clip: Path) -> None:
    """Upload a clip and wait for its result with the video."""
    page.goto(link_to(url))
    page.wait_for_selector(".st-key-upload input[type=file]", state="attached")
    page.set_input_files(".st-key-upload input[type=file]", str(clip))
    page.click(".fcp-pills [data-rep='2']")
    page.wait_for_selector(".fc-onerep >> text=Repetition 2")
    page.wait_for_function("document.querySelector('.fcp-head')?.innerText.includes('Rep 2')")


def take(out: Path, clips: Path) -> None:
    """All pictures."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        tmp = Path(folder)
        camera = write_y4m(tmp / "camera.y4m", pictures(clips / "front_valgus_both.mp4"))
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--use-fake-ui-for-media-stream",
                "--use-fake-device-for-media-stream",
                f"--use-file-for-fake-video-capture={camera}",
            ],
        )
        with serving(tmp / "server", clips) as server:
            with page_of(browser, **LAPTOP) as page:
                page.goto(link_to(server.url))
                page.wait_for_selector(".fc-samples img")
                keep(page, out / "app-start.png")
                check(page, server.url, clips / "front_valgus_both.mp4")
                keep(page, out / "app-result.png", 1300)
                page.goto(f"{server.url}/health")
                page.wait_for_selector("h1")
                keep(page, out / "app-health.png", 900)
            with page_of(browser, **PHONE) as page:
                check(page, server.url, clips / "side_knee_forward.mp4")
                keep(page, out / "app-phone-dark.png", 1700)
            with page_of(browser, **LAPTOP, permissions=["camera"]) as page:
                page.goto(f"{server.url}/live")
                page.get_by_test_id("live-start").click()
                page.wait_for_function(
                    "Number(document.querySelector('[data-testid=live-reps]').textContent) >= 2"
                )
                keep(page, out / "app-live.png")
        browser.close()


def main() -> None:
    """Take them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "img")
    options = parser.parse_args()
    take(options.out.resolve(), ROOT / "sample_videos")


if __name__ == "__main__":
    main()
