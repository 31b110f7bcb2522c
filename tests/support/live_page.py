"""A visit to the live page with a fake camera, noting everything said and sent."""

from __future__ import annotations

import json
from typing import Any

import pytest
from browsing import CHROMIUM_FLAGS, foreign
from playwright.sync_api import TimeoutError
from waiting import PATIENCE_MS, PATIENCE_S

from benchmarks.app_links import link_to
from formcheck.app.live.frames import HEADER

MIN_RATE_HZ = 1.5
"""Slower than this no squat can be told from a hole, however slow the film."""
FLAGS = (*CHROMIUM_FLAGS, "--use-fake-device-for-media-stream")
FAKES = """
window.spoken = []; window.tones = []; window.sockets = [];
const voices = %s;
Object.defineProperty(window, 'speechSynthesis', {value: {getVoices: () => voices, cancel() {},
  speak: (words) => window.spoken.push(words.text)}});
window.SpeechSynthesisUtterance = function (text) { this.text = text; };
window.AudioContext = class {
  constructor() { this.currentTime = 0; this.state = 'running'; this.destination = {}; }
  createOscillator() { const one = {frequency: {}, connect: (to) => to, stop() {},
    start: () => window.tones.push(one.frequency.value)}; return one; }
  createGain() { return {gain: {setValueAtTime() {}, exponentialRampToValueAtTime() {}},
    connect: (to) => to}; }
  resume() { return Promise.resolve(); } close() { return Promise.resolve(); }
};
const Real = window.WebSocket;
window.WebSocket = class extends Real {
  constructor(...given) {
    super(...given);
    if (this.url.endsWith('/formcheck/live')) window.sockets.push(this);
  }
};
"""
LOCAL = '[{localService: false, lang: "en-US", name: "far"}, {localService: true, lang: "en-GB"}]'
FAR_ONLY = '[{localService: false, lang: "en-US", name: "far"}]'


class Visit:
    """One page; closes its context at the end."""

    def __init__(
        self, browser: Any, url: str, voices: str = LOCAL, script: str = "", **options: Any
    ) -> None:
        self.context = browser.new_context(**options)
        self.context.set_default_timeout(PATIENCE_MS)
        self.context.add_init_script(FAKES % voices + script)
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.sent: dict[int, tuple[float, bytes]] = {}
        self.used: list[int] = []
        self.told: list[dict[str, Any]] = []
        self.context.on("request", lambda request: self.requests.append(request.url))
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("websocket", self._listen)
        self.page.goto(f"{link_to(url)}?page=live")
        self.page.get_by_test_id("live-start").wait_for()

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()

    def _listen(self, socket: Any) -> None:
        self.requests.append(socket.url)
        if socket.url.endswith("/formcheck/live"):
            socket.on("framesent", self._note_sent)
            socket.on("framereceived", self._note_received)

    def _note_sent(self, data: Any) -> None:
        if isinstance(data, bytes):
            seq, stamp_ms = HEADER.unpack_from(data)
            self.sent[seq] = stamp_ms, data[HEADER.size :]

    def _note_received(self, data: Any) -> None:
        message = json.loads(data)
        if message["type"] == "frame" and not message["problem"]:
            self.used.append(message.get("seq", 0))  # a film's pictures have no number
            self.told += message["reps"]

    def text(self, name: str) -> str:
        return str(self.page.get_by_test_id(f"live-{name}").text_content())

    def click(self, name: str) -> None:
        self.page.get_by_test_id(f"live-{name}").click()

    def wait(self, condition: str) -> None:
        self.page.wait_for_function(condition)

    def wait_state(self, *states: str) -> None:
        wanted = json.dumps(states)
        self.wait(f"{wanted}.includes(document.querySelector('.fcl').dataset.state)")

    def wait_reps(self, n: int) -> None:
        condition = f"+document.querySelector('[data-testid=live-reps]').textContent >= {n}"
        try:
            self.wait(condition)
        except TimeoutError:
            n_used = len(self.used)
            if n_used < MIN_RATE_HZ * PATIENCE_S:
                pytest.skip(f"the machine is too busy: {n_used} frames in {PATIENCE_S:.0f} s")
            raise

    def watch_states(self) -> None:
        """Keep the states from now on in ``window.states``."""
        self.page.evaluate(
            "new MutationObserver(() => (window.states ||= []).push("
            "document.querySelector('.fcl').dataset.state)).observe("
            "document.querySelector('.fcl'), {attributes: true})"
        )

    def stop(self) -> str:
        """Stop the set and return the result page's words."""
        self.click("stop")
        self.wait_state("stopped")
        self.page.wait_for_selector(".st-key-result")
        self.wait("document.querySelector('.st-key-result')?.innerText.includes('Take away')")
        return str(self.page.inner_text(".st-key-result"))

    @property
    def rate_hz(self) -> float:
        """Frames a second that were processed."""
        stamps_ms = [self.sent[seq][0] for seq in self.used]
        return 1000 * (len(stamps_ms) - 1) / max(1.0, stamps_ms[-1] - stamps_ms[0])

    def foreign(self) -> list[str]:
        return foreign(self.requests)
