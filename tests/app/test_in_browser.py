"""Whole flows in a real headless browser: what a person does, and what must never happen."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from app_server import Server, serving
from app_visit import Visit
from videofiles import write_video
from waiting import wait_until

from formcheck.video.reading import FrameReader

pytestmark = pytest.mark.model

UPLOAD = ".st-key-upload input[type=file]"


def decisive_s(visit: Visit) -> float:
    """The moment of the first repetition's picture."""
    said = visit.page.locator(".fc-repcard img").first.get_attribute("alt")
    return float(said.rsplit(":", 1)[1])


def test_upload_to_verdict_video_seek_report(
    app_server: Server, chromium: Any, short_clip: Path
) -> None:
    with Visit(chromium, app_server.url) as visit:
        visit.upload(short_clip)
        text = visit.result()
        # The clip's truth: one squat, knees inside.
        assert "Knees moving inwards in 1 of 1 squat" in text
        assert visit.page.locator(".fcp-pills button").count() == 1
        visit.page.get_by_text("Not judged: knees travelling far past the toes").click()
        visit.page.wait_for_selector("text=Film from straight beside you")

        visit.wait_for("document.querySelector('video')?.readyState >= 2")
        visit.video("play()")
        visit.wait_for("document.querySelector('video').currentTime > 0.3")
        # It is the person's own file, drawn on by the browser; nothing was encoded.
        assert quote(short_clip.name) in visit.video("src")
        assert not [url for url in visit.requests if "annotated.mp4" in url]
        visit.wait_for("document.querySelector('.fcp-head').innerText.includes('Rep 1')")
        assert "Knee valgus" in visit.page.inner_text(".fcp-foot")

        visit.page.click(".fcp-pills button")
        visit.wait_for("document.querySelector('video').paused")
        visit.wait_for("document.querySelector('.fc-mark')")
        visit.open("Every repetition")
        visit.wait_for("document.querySelector('.fc-repcard img')?.naturalWidth > 50")
        wanted_s = decisive_s(visit)
        assert visit.video("currentTime") == pytest.approx(wanted_s, abs=0.08)

        visit.open("Take away")
        with visit.page.expect_download() as download:
            visit.page.click(".st-key-download-report button")
        report = Path(download.value.path()).read_text("utf-8")
        assert "knee valgus" in report
        assert "data:image/jpeg" in report

        for path in ("health", "live", "history", "about"):
            visit.page.goto(f"{app_server.url}/{path}")
            visit.page.wait_for_selector("h1")
        # The result is still there after a reload: the cookie finds it.
        visit.page.goto(app_server.url)
        visit.page.wait_for_selector(".fcp-pills button")
        assert visit.foreign() == []
        assert visit.errors == []


def test_a_bad_file_is_named_cancel_ends_a_worker_and_sigterm_leaves_nothing(
    chromium: Any, root: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "holiday.mp4"
    bad.write_text("this is no video")
    # Still being judged when the test has seen what it came for.
    long_clip = root / "sample_videos" / "front_warm_up.mp4"
    with serving(tmp_path / "term", None) as server, Visit(chromium, server.url) as visit:
        visit.upload(bad)
        visit.page.wait_for_selector("[data-testid=stAlert]")
        message = visit.page.inner_text("[data-testid=stAlert]")
        assert "holiday.mp4" in message
        assert str(server.tmp) not in message
        assert "Traceback" not in message
        visit.page.wait_for_selector(UPLOAD, state="attached")
        # It takes another clip, and cancelling ends the worker that judges it.
        visit.upload(long_clip)
        visit.page.wait_for_selector(".st-key-cancel button")
        wait_until(server.workers, "a worker")
        # The first repetition is shown while the rest is still looked at.
        visit.page.wait_for_selector(".fc-reps > li")
        assert "Rep 1" in visit.page.inner_text(".fc-reps")
        assert "Knee valgus" in visit.page.inner_text(".fc-reps")
        assert visit.page.locator(".st-key-result").count() == 0
        visit.page.click(".st-key-cancel button")
        wait_until(lambda: not server.workers(), "the end of the worker")
        visit.upload(long_clip)
        visit.page.wait_for_selector(".st-key-progress")
        wait_until(server.workers, "another worker")
        assert server.leftovers()
        server.stop(signal.SIGTERM)
        assert server.leftovers() == []
        assert server.workers() == []


def test_front_and_side_make_one_scorecard(
    app_server: Server, chromium: Any, track_files: tuple[Path, Path]
) -> None:
    front, side = track_files
    with Visit(chromium, app_server.url, viewport={"width": 390, "height": 800}) as visit:
        visit.upload(front)
        visit.result()
        visit.page.get_by_text("Add the same set filmed from the other side").click()
        visit.upload(side, "upload-2")
        visit.page.wait_for_selector(".fc-onerep >> text=at the knee")  # depth: from the side
        card = visit.page.inner_text(".fc-onerep")
        assert "Repetition 2 of 2" in card
        assert "Knees moving inwards: " in card
        assert "Knees travelling far past the toes: " in card
        assert "Not judged" not in visit.page.inner_text(".fc-open")
        visit.page.click(".fcp-pills [data-rep='1']")
        visit.page.wait_for_selector(".fc-onerep >> text=No knees moving inwards: ")
        # Poses alone are played too, without any video.
        visit.page.click(".fcp-play")
        visit.wait_for("document.querySelector('.fcp-head').innerText.includes('Rep ')")
        assert not [url for url in visit.requests if "/media/" in url and url.endswith(".mp4")]
        # Nothing is wider than a phone.
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_file_the_browser_does_not_play_is_drawn_as_a_video_it_plays(
    app_server: Server, chromium: Any, short_clip: Path, tmp_path: Path
) -> None:
    frames = list(FrameReader(short_clip, rate_hz=None))
    height, width = frames[0].image.shape[:2]
    old = write_video(
        tmp_path / "old camera.mkv", [frame.time_s for frame in frames], (width, height),
        codec="mjpeg", pix_fmt="yuvj420p", picture=lambda i: frames[i].image,
    )  # fmt: skip
    with Visit(chromium, app_server.url) as visit:
        visit.upload(old)
        visit.result()
        visit.wait_for("document.querySelector('video')?.src.includes('annotated.mp4')")
        visit.wait_for("document.querySelector('video').readyState >= 2")
        visit.page.click(".fcp-pills button")
        wanted_s = decisive_s(visit)
        visit.wait_for(f"Math.abs(document.querySelector('video').currentTime - {wanted_s}) < 0.1")
        assert visit.page.locator(".fcp canvas").is_hidden()
        assert visit.errors == []
