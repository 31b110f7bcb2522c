"""How fast live coaching is, and what it leaves behind.

Runs the app and a headless Chromium whose camera plays a sample clip at 30 Hz, and prints

- latency: from grabbing a frame to its skeleton on the screen, median and 95th percentile;
- processed frames a second, beside what bare inference (the model as it is published) reaches
  next to the same Chromium;
- processor time of the server a frame;
- with ``--minutes``: memory, threads and open files of the server, every minute;
- with ``--cycles``: the same after so many connections were opened and closed.

    python -m benchmarks.live
    python -m benchmarks.live --here          # poses found in the browser, landmarks on the socket
    python -m benchmarks.live --minutes 30
    python -m benchmarks.live --cycles 50

Needs the extras ``test`` and Debian's chromium, and a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.app_load import processor_s
from formcheck.pose.estimator import PoseEstimator
from formcheck.video.reading import Frame, FrameReader, ImageArray
from tools.build_model import untouched_model

ROOT = Path(__file__).resolve().parents[1]
SIZE = (640, 480)
WARM_UP_S = 5.0
LINGER_S = 50.0
"""Until the session of a closed page is given up: its time to come back, and the janitor."""
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
    "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
)  # fmt: skip
LIMITS = {"median_ms": 40.0, "p95_ms": 60.0, "share_of_bare": 0.95, "growth_pct": 5.0}


def camera_pictures(clip: Path) -> list[ImageArray]:
    """The clip as a 640 x 480 camera would give it."""
    out = []
    for frame in FrameReader(clip):
        height = SIZE[1]
        width = round(frame.image.shape[1] * height / frame.image.shape[0])
        wide = np.full((height, SIZE[0], 3), 70, np.uint8)
        left = (SIZE[0] - width) // 2
        wide[:, left : left + width] = cv2.resize(
            frame.image, (width, height), interpolation=cv2.INTER_AREA
        )
        out.append(wide)
    return out


def write_camera(pictures: list[ImageArray], target: Path) -> Path:
    """Write pictures as Motion JPEG, which Chromium plays over and over at 30 Hz."""
    with target.open("wb") as file:
        for picture in pictures:
            bgr = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
            file.write(cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes())
    return target


@contextmanager
def app() -> Iterator[tuple[str, int]]:
    """Run the app on a free port; its address and process id."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "formcheck", "app", "--no-browser", "--no-token"]
    command += ["--port", str(port)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.terminate()
        process.wait(20)


def started(browser: Browser, url: str, is_here: bool = False) -> Page:
    """A page with the camera running and the first frames answered."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.set_default_timeout(120_000)
    page.goto(f"{url}/live")
    if is_here:
        page.get_by_test_id("live-where-browser").check()
    page.get_by_test_id("live-start").click()
    page.wait_for_function("document.querySelector('.fcl').fclStats.n > 5")
    return page


def measure(page: Page, pid: int, seconds: float) -> dict[str, float]:
    """Latency, rate and the server's processor time over some seconds of a running set."""
    page.wait_for_timeout(1000 * WARM_UP_S)
    page.evaluate(
        "Object.assign(document.querySelector('.fcl').fclStats,"
        " {n: 0, latency: [], server: [], at: [], camera: 0})"
    )
    before_s = processor_s(pid)
    page.wait_for_timeout(1000 * seconds)
    spent_s = processor_s(pid) - before_s
    stats: dict[str, Any] = page.evaluate("document.querySelector('.fcl').fclStats")
    latency = sorted(stats["latency"])
    span_s = (stats["at"][-1] - stats["at"][0]) / 1000
    return {
        "median_ms": statistics.median(latency),
        "p95_ms": latency[int(0.95 * (len(latency) - 1))],
        "server_ms": statistics.median(stats["server"]),
        "processor_ms": 1000 * spent_s / len(latency),
        "rate_hz": (len(latency) - 1) / span_s,
        "camera_hz": stats["camera"] / seconds,
    }


def bare_rate_hz(browser: Browser, url: str, pictures: list[ImageArray], seconds: float) -> float:
    """Frames a second of the model alone, beside a Chromium that shows the same camera.

    Pictures come at 30 Hz, as from the camera, and the newest wins.
    """
    page = browser.new_context().new_page()
    page.goto(f"{url}/about")
    page.evaluate(
        "(async () => { const v = document.createElement('video'); v.muted = true;"
        " v.srcObject = await navigator.mediaDevices.getUserMedia({video: true});"
        " document.body.append(v); await v.play(); })()"
    )
    with PoseEstimator(untouched_model()) as estimator:
        n, last, start_s = 0, -1, time.monotonic()
        while (now_s := time.monotonic() - start_s) < seconds:
            index = int(30 * now_s)
            if index == last:
                time.sleep(0.001)
                continue
            last = index
            estimator.estimate(Frame(now_s, pictures[index % len(pictures)]))
            n += 1
    page.context.close()
    return n / seconds


def state_of(pid: int) -> dict[str, float]:
    """Memory, threads and open files of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    fields = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    return {
        "memory_mb": int(fields["VmRSS"].split()[0]) / 1024,
        "n_threads": int(fields["Threads"]),
        "n_files": len(os.listdir(f"/proc/{pid}/fd")),
    }


def soak(page: Page, pid: int, minutes: float) -> float:
    """Watch the server while a set goes on; memory growth after the first minute, in percent."""
    first: dict[str, float] | None = None
    growth_pct = 0.0
    for minute in range(1, max(2, round(minutes)) + 1):
        page.wait_for_timeout(60_000)
        now = state_of(pid)
        first = first or now
        growth_pct = 100 * (now["memory_mb"] / first["memory_mb"] - 1)
        reps = page.get_by_test_id("live-reps").text_content()
        print(
            f"minute {minute}: {_words(now)}, {reps} reps, {growth_pct:+.1f} % memory", flush=True
        )
    return growth_pct


def cycle(browser: Browser, url: str, pid: int, n_cycles: int) -> None:
    """Connect and disconnect, and print what is left."""
    for i in range(n_cycles + 1):
        page = started(browser, url)
        page.context.close()
        if i == 0 or i == n_cycles:
            time.sleep(LINGER_S)
            print(f"after {i + 1} connections: {_words(state_of(pid))}", flush=True)


def print_speed(found: dict[str, float], bare_hz: float) -> None:
    """Print latency and rate beside what is asked of them."""
    share = found["rate_hz"] / bare_hz
    rows = [
        ("to overlay, median", found["median_ms"], "ms", _verdict("median_ms", found["median_ms"])),
        ("to overlay, 95 %", found["p95_ms"], "ms", _verdict("p95_ms", found["p95_ms"])),
        ("of it on the server", found["server_ms"], "ms", ""),
        ("processor, a frame", found["processor_ms"], "ms", ""),
        ("processed", found["rate_hz"], "fps", _verdict("share_of_bare", share, False)),
        ("bare inference", bare_hz, "fps", ""),
        ("camera", found["camera_hz"], "fps", ""),
    ]
    for name, value, unit, verdict in rows:
        print(f"{name:20} {value:6.1f} {unit:3} {verdict}")
    print(f"processed over bare {share:.2f}")


def webrtc_words() -> str:
    """Whether the other way of doing this is there to be compared with."""
    if find_spec("streamlit_webrtc") is None:
        return "not installed"
    return "installed, but not measured here: it takes its own page and a STUN server"


def _words(state: dict[str, float]) -> str:
    return f"{state['memory_mb']:.0f} MB, {state['n_threads']} threads, {state['n_files']} files"


def _verdict(name: str, value: float, is_most: bool = True) -> str:
    limit = LIMITS[name]
    is_met = value <= limit if is_most else value >= limit
    return f"{'at most' if is_most else 'at least'} {limit:g}: {'met' if is_met else 'NOT MET'}"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--clip", type=Path, default=ROOT / "sample_videos" / "front_good.mp4")
    parser.add_argument("--seconds", type=float, default=20.0, help="of each measurement")
    parser.add_argument("--here", action="store_true", help="find poses in the browser")
    parser.add_argument("--minutes", type=float, default=0.0, help="of a soak test")
    parser.add_argument("--cycles", type=int, default=0, help="connections to open and close")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    asked = parser.parse_args()
    pictures = camera_pictures(asked.clip)
    with tempfile.TemporaryDirectory() as folder, app() as (url, pid), sync_playwright() as play:
        camera = write_camera(pictures, Path(folder) / "camera.mjpeg")
        flags = [*FLAGS, f"--use-file-for-fake-video-capture={camera}"]
        browser = play.chromium.launch(executable_path=asked.chromium, headless=True, args=flags)
        print(f"load average before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
        bare_hz = bare_rate_hz(browser, url, pictures, asked.seconds)
        page = started(browser, url, asked.here)
        found = measure(page, pid, asked.seconds)
        print_speed(found, bare_hz)
        print(f"streamlit-webrtc     {webrtc_words()}")
        if asked.minutes:
            growth = soak(page, pid, asked.minutes)
            print(f"memory growth        {growth:6.1f} %  ({_verdict('growth_pct', growth)})")
        page.context.close()
        if asked.cycles:
            cycle(browser, url, pid, asked.cycles)
        browser.close()


if __name__ == "__main__":
    main()
