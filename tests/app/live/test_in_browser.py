"""The live page in a real headless browser, a rendered person before its camera."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

from app_server import Server, serving
from fake_camera import (
    FILM_HZ,
    HEIGHT_PX,
    WIDTH_PX,
    camera_rate_hz,
    pictures,
    write_lossless,
    write_y4m,
)
from live_page import FAR_ONLY, FLAGS, Visit
from playwright.sync_api import sync_playwright

from formcheck.app.live.frames import HEADER, SentFrame, decode
from formcheck.app.live.pose_files import MODEL, PATH, SHA256, WORKER, why_not
from formcheck.app.live.poses import FOUND_BYTES, START
from formcheck.clip import check_clip
from formcheck.pose.estimator import PoseEstimator
from formcheck.pose.track import Inference, Landmark
from formcheck.report.record import CheckedClip
from formcheck.squat.faults.finding import Verdict
from formcheck.video.reading import Frame

pytestmark = pytest.mark.model
CHROMIUM = Path("/usr/bin/chromium")
JUDGED_HZ = 9.0
"""With fewer pictures a second the gaps are too long to judge knees."""
FILM_S = 6.3
"""How much of a clip is shown over and over."""
Browsing = Callable[..., Any]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("live"), None) as server:
        yield server


@pytest.fixture(scope="module")
def browse(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[Browsing]:
    """Start Chromium with a sample clip for a camera, once per clip."""
    if not CHROMIUM.exists():
        pytest.skip("chromium is not installed")
    folder = tmp_path_factory.mktemp("camera")
    rate_hz = camera_rate_hz(root / "sample_videos" / "front_good.mp4")
    open_: dict[tuple[str | None, bool], Any] = {}
    with sync_playwright() as playwright:

        def start(clip: str | None = "front_valgus_both", is_allowed: bool = True) -> Any:
            if (clip, is_allowed) not in open_:
                flags = [*FLAGS, *(["--use-fake-ui-for-media-stream"] if is_allowed else [])]
                if clip is not None:
                    source = root / "sample_videos" / f"{clip}.mp4"
                    # Real time on a machine that keeps up, slow motion while it is busy.
                    step = 2 if rate_hz == FILM_HZ else 3
                    images = list(pictures(source, 0.0, FILM_S))[::step]
                    film = write_y4m(folder / f"{clip}.y4m", images, rate_hz)
                    flags.append(f"--use-file-for-fake-video-capture={film}")
                open_[clip, is_allowed] = playwright.chromium.launch(
                    executable_path=str(CHROMIUM), headless=True, args=flags
                )
            return open_[clip, is_allowed]

        yield start
        for browser in open_.values():
            browser.close()


def clip_path(visit: Visit, folder: Path) -> CheckedClip:
    """Judge exactly the frames that were processed, as a video."""
    stamps = [visit.sent[seq][0] for seq in visit.used]
    images = [decode(SentFrame(seq, 0.0, visit.sent[seq][1])) for seq in visit.used]
    since_ms = [round(stamp - stamps[0]) for stamp in stamps]
    film = write_lossless(folder / "processed.mkv", images, since_ms)
    return check_clip(film, inference=Inference.EVERY_FRAME)


def flagged(checked: CheckedClip) -> list[int]:
    return [
        rep.number
        for rep in checked.analysis.reps
        if any(f.verdict is Verdict.FAULT for f in rep.findings)
    ]


@pytest.mark.alone
def test_a_set_equals_the_clip_path_on_the_processed_frames(
    server: Server, browse: Browsing, tmp_path: Path
) -> None:
    with Visit(browse("side_knee_forward"), server.url) as visit:
        assert visit.page.get_by_test_id("live-state").count() == 1
        visit.click("start")
        visit.wait_reps(2)
        cue = visit.text("cue")
        visit.watch_states()
        words = visit.stop()
        states = list(dict.fromkeys(visit.page.evaluate("window.states")))
        assert states[states.index("stopping") :] == ["stopping", "stopped"]
        n_shown = int(visit.text("reps"))
        spoken = visit.page.evaluate("window.spoken")
        checked = clip_path(visit, tmp_path)
        said = [rep for rep in visit.told if rep["number"] <= len(checked.analysis.reps)]
        assert n_shown == len(checked.analysis.reps)
        # What is closed only at the end of a set is counted then, and judged in the result.
        assert len(said) in (n_shown, n_shown - 1)
        assert [r["number"] for r in said] == list(range(1, len(said) + 1))
        wanted = [n for n in flagged(checked) if n <= len(said)]
        assert [r["number"] for r in said if r["verdict"] == "fault"] == wanted
        for rep in said:
            assert rep["say"] in spoken
        assert ("Knees travelling far past the toes in" in words) is bool(flagged(checked))
        assert visit.foreign() == []
        assert visit.errors == []
        if visit.rate_hz < JUDGED_HZ:
            pytest.skip(f"equal to the clip, but {visit.rate_hz:.1f} frames a second judge nothing")
        assert wanted
        assert cue


@pytest.mark.alone
def test_tones_mute_quick_updates_a_recording_and_leaving_the_page(
    server: Server, browse: Browsing
) -> None:
    with Visit(browse(), server.url, voices=FAR_ONLY) as visit:
        page = visit.page
        page.get_by_test_id("live-record").check()
        visit.click("start")
        visit.wait_reps(1)
        # No voice of this machine: tones say it.
        assert page.evaluate("window.spoken") == []
        pattern = {"fault": [330] * 3, "borderline": [660] * 2}.get(visit.told[0]["verdict"], [880])
        tones = page.evaluate("window.tones")
        assert tones[-len(pattern) :] == pattern
        visit.click("mute")
        page.evaluate("window.tones.length = 0")
        visit.watch_states()
        for _ in range(4):  # drawn anew, faster than one drawing is done
            page.keyboard.press("r")
        visit.wait_reps(2)
        assert page.evaluate("window.tones") == []
        assert set(page.evaluate("window.states")) <= {"counting"}
        visit.click("stop")
        link = page.get_by_test_id("live-download")
        assert str(link.get_attribute("download")).startswith("formcheck-set.")
        # Read where it lies: a download would open the browser's own window for downloads.
        n_bytes = page.evaluate(
            "fetch(document.querySelector('[data-testid=live-download]').href)"
            ".then(answer => answer.blob()).then(film => film.size)"
        )
        assert n_bytes > 5000
        visit.wait_state("stopped")
        # The next set is not recorded: nobody asked for that.
        n_before = page.evaluate("document.querySelector('.fcl').fclStats.n")
        visit.click("start")
        visit.wait(f"document.querySelector('.fcl').fclStats.n >= {n_before + 2}")
        visit.click("stop")
        visit.wait_state("stopped")
        assert page.get_by_test_id("live-download").count() == 0
        visit.click("start")
        visit.wait_state("counting")
        page.evaluate("window.film = document.querySelector('.fcl video').srcObject.getTracks()[0]")
        page.get_by_role("link", name="About").dispatch_event("click")  # behind the set
        visit.wait("window.sockets.at(-1).readyState >= 2 && window.film.readyState === 'ended'")


@pytest.mark.alone
def test_on_a_phone_over_tls_lost_hidden_unplugged_or_reloaded_the_set_goes_on(
    browse: Browsing, certificate: tuple[Path, Path], tmp_path: Path
) -> None:
    """``--lan`` with a self-made certificate: wss, a secure cookie, no wider than the phone."""
    cert, key = certificate
    options = ("--lan", "--cert", str(cert), "--key", str(key))
    phone = {
        "viewport": {"width": 390, "height": 844}, "ignore_https_errors": True,
        "reduced_motion": "reduce",
    }  # fmt: skip
    with (
        serving(tmp_path / "lan", None, *options) as lan,
        Visit(browse(), lan.url, **phone) as visit,
    ):
        page = visit.page
        # A shared server leaves it to the browser, unless that cannot or somebody chooses.
        assert page.get_by_test_id("live-where-browser").is_checked() is not bool(why_not())
        page.get_by_test_id("live-where-app").check()
        visit.click("start")
        visit.wait_reps(1)
        visit.watch_states()
        assert any(url.startswith("wss://127.0.0.1") for url in visit.requests)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.evaluate("window.sockets.at(-1).close()")
        visit.wait("window.states?.includes('lost')")
        visit.wait_state("counting")
        assert int(visit.text("reps")) >= 1
        hide = "Object.defineProperty(document, 'hidden', {value: %s, configurable: true});"
        hide += "document.dispatchEvent(new Event('visibilitychange'))"
        page.evaluate(hide % "true")
        visit.wait_state("paused")
        page.evaluate(hide % "false")
        visit.wait_state("counting")
        # Without pictures for long the server ends the connection; the next picture opens one.
        n_sockets = page.evaluate("window.sockets.length")
        page.evaluate(
            "window.sockets.at(-1).onmessage({data: JSON.stringify("
            "{type: 'refused', why: 'idle', text: 'Paused'})})"
        )
        visit.wait(f"window.sockets.length > {n_sockets}")
        visit.wait_state("counting")
        page.evaluate(
            "document.querySelector('.fcl video').srcObject.getVideoTracks()[0]"
            ".dispatchEvent(new Event('ended'))"
        )
        visit.wait_state("camera")
        assert visit.text("words") == "Camera unplugged"
        n_before = int(visit.text("reps"))
        visit.click("start")  # "Continue the set"
        visit.wait_state("counting")
        visit.wait_reps(n_before + 1)
        numbers = [rep["number"] for rep in visit.told]
        assert numbers == list(range(1, len(numbers) + 1))
        page.reload()
        page.wait_for_selector(".st-key-live-interrupted")
        visit.wait_reps(len(numbers))
        page.click(".st-key-live-see-result button")
        page.wait_for_selector(f".fcp-pills [data-rep='{len(numbers)}']")
        assert "Knees moving inwards" in page.inner_text(".st-key-result")
        # A stick figure moves where a clip would show its picture.
        visit.wait(
            "(at => at && at.width > 50 && at.getContext('2d').getImageData(8, 8, 1, 1).data[3])"
            "(document.querySelector('.fcp-screen canvas'))"
        )
        page.locator("summary", has_text="Every repetition").click()
        visit.wait("document.querySelector('.fc-repcard img')?.naturalWidth > 50")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert visit.foreign() == []


NO_CAMERA = {
    "Camera refused": "",
    "No camera found": "navigator.mediaDevices.getUserMedia = () => Promise.reject("
    "new DOMException('', 'NotFoundError'))",
    "No camera here": "Object.defineProperty(navigator, 'mediaDevices', {value: undefined})",
}


def test_without_a_camera_it_says_why(server: Server, browse: Browsing) -> None:
    with Visit(browse(None, is_allowed=False), server.url) as visit:
        for words, change in NO_CAMERA.items():
            visit.page.evaluate(f"() => {{ {change} }}")
            visit.click("start")
            visit.wait(
                f"document.querySelector('[data-testid=live-words]').innerText === {words!r}"
            )
            visit.wait_state("camera")
            assert visit.text("detail")
            assert visit.page.get_by_test_id("live-start").is_visible()


@pytest.mark.alone
def test_a_page_that_finds_the_poses_itself_sends_no_picture(
    server: Server, browse: Browsing
) -> None:
    """Nothing comes from elsewhere, to its worker either."""
    if why := why_not():
        pytest.skip(f"tasks-vision is not there: {why}")
    with Visit(browse(), server.url) as visit:
        visit.page.get_by_test_id("live-where-browser").check()
        visit.click("start")
        visit.wait_reps(1)
        words = visit.stop()
        assert "Result for live set 1" in words
        assert "The pose was found in the browser" in words
        assert visit.foreign() == []
        assert visit.errors == []
        for name in (*SHA256, WORKER, MODEL):
            assert f"{server.url}{PATH}/{name}" in visit.requests
        assert {len(rest) + HEADER.size for _, rest in visit.sent.values()} <= {
            START, START + FOUND_BYTES
        }  # fmt: skip


FEED = """async ({path, picture, stamp}) => {
  const worker = window.finder ||= new Worker(path);
  const ask = (message, handed) => new Promise((done) => {
    worker.onmessage = ({data}) => done(data.error || [data.delegate, ...(data.found || [])]);
    worker.postMessage(message, handed);
  });
  if (!picture) return await ask({});
  const bitmap = await createImageBitmap(await (await fetch(picture)).blob());
  return await ask({bitmap, stamp}, [bitmap]);
}"""


def test_poses_found_in_the_browser_are_those_found_in_python(
    server: Server, browse: Browsing, root: Path
) -> None:
    """Both see the same PNGs, as large as a camera's pictures; Chromium here has no GPU."""
    if why := why_not():
        pytest.skip(f"tasks-vision is not there: {why}")
    clip = root / "sample_videos" / "front_valgus_both.mp4"
    images = list(islice(pictures(clip, 1.0, 4.0), 0, None, 4))
    apart_px = []
    with Visit(browse(), server.url) as visit, PoseEstimator() as estimator:
        path = f"{PATH}/{WORKER}"
        assert visit.page.evaluate(FEED, {"path": path}) == ["CPU"]
        for i, image in enumerate(images):
            png = cv2.imencode(".png", image[..., ::-1])[1].tobytes()
            shot = {"path": path, "stamp": 133 * i}
            shot["picture"] = f"data:image/png;base64,{base64.b64encode(png).decode()}"
            delegate, *numbers = visit.page.evaluate(FEED, shot)
            assert delegate == "CPU"
            found = np.array(numbers).reshape(33, 6)
            pose = estimator.estimate(Frame(0.133 * i, image))
            shift = found[:, :2] * (WIDTH_PX, HEIGHT_PX) - pose.points_px
            apart_px.append(np.hypot(*shift[Landmark.LEFT_HIP :].T))
            assert np.abs(found[:, 2] - pose.visibility).max() < 0.05
            assert np.abs(found[:, 3:] - pose.world_m).max() < 0.1
        assert visit.foreign() == []
    assert np.median(apart_px) < 0.1


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("delete window.WebAssembly;", "WebAssembly is switched off"),
        ("window.Worker = function () { throw new Error('blocked'); };", "blocked"),
    ],
)
def test_where_no_pose_can_be_found_it_says_so_and_sends_no_picture(
    server: Server, browse: Browsing, script: str, words: str
) -> None:
    if why := why_not():
        pytest.skip(f"tasks-vision is not there: {why}")
    with Visit(browse(), server.url, script=script) as visit:
        here = visit.page.get_by_test_id("live-where-browser")
        if here.is_enabled():
            here.check()
            assert "never leaves this page" in visit.text("detail")
            visit.click("start")
            visit.wait_state("refused")
            assert not visit.sent
        assert words in visit.text("where-note")
        assert here.is_disabled()
        assert visit.page.get_by_test_id("live-where-app").is_checked()
        visit.click("start")
        visit.wait("document.querySelector('.fcl').fclStats.n > 0")
