"""The socket of the live page: frames or poses in, coaching out, nothing trusted.

One frame is worked on at a time, in a thread of the connection's own.  Whatever comes in, the
answer is a message, never a traceback, and the set lives on.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Literal

import msgspec
import numpy as np
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from formcheck.app.live.frames import SentFrame, data_url, decode, parse
from formcheck.app.live.messages import frame_message
from formcheck.app.live.poses import SentPose, parse_pose
from formcheck.app.live.sets import LIVE, LiveSet
from formcheck.app.visit.access import browser_of
from formcheck.app.visit.spaces import SPACES
from formcheck.errors import FormcheckError, InputError

if TYPE_CHECKING:
    from formcheck.video.reading import ImageArray

PATH = "/formcheck/live"
PROTOCOL = "formcheck"
"""The page offers this and its token as sub-protocols: unlike addresses, nobody logs them."""
POSES_PROTOCOL = "formcheck.poses"
"""Offered in its place by a page that sends poses it found, and no pictures."""
MAX_RATE_HZ = 60.0
BURST = 15.0
MAX_STRIKES = 40
"""Bad messages in a row until the connection is closed."""
IDLE_S = 90.0
"""A page that is hidden for longer gives its place to somebody else."""
_TURN = threading.Lock()
"""Poses are judged in Python alone: threads that all do so at once take four times as
long over it as one after the other."""
CODES = {"stale": 4401, "busy": 4429, "replaced": 4409, "idle": 4408, "strikes": 1008}
_TEXTS = {
    "stale": "This page has been open for long. One moment, it is made ready again.",
    "replaced": "The set goes on in another window.",
    "idle": "Paused: no pictures came for a while. The set is kept.",
    "strikes": "Too many messages could not be read. The set is kept: connect again.",
}


async def serve_live(ws: WebSocket) -> None:
    """Serve one connection."""
    browser = browser_of(ws.scope)
    if browser is None:
        await ws.close(1008)
        return
    offered = list(ws.scope.get("subprotocols", []))
    spoken = next((one for one in (POSES_PROTOCOL, PROTOCOL) if one in offered), None)
    await ws.accept(spoken)
    live_set = next(filter(None, (LIVE.find(browser, token) for token in offered)), None)
    if live_set is None:
        await _refuse(ws, "stale", _TEXTS["stale"])
        return
    old = live_set.holder
    why = LIVE.connect(live_set, ws, is_found_there=spoken == POSES_PROTOCOL)
    if why:
        await _refuse(ws, "busy", why)
        return
    if isinstance(old, WebSocket) and old is not ws:
        await _refuse(old, "replaced", _TEXTS["replaced"])
    worker = ThreadPoolExecutor(1, thread_name_prefix="formcheck-live")
    try:
        # Either error means that the other side is gone.
        with (
            SPACES.connected(browser),
            contextlib.suppress(WebSocketDisconnect, RuntimeError, TimeoutError),
        ):
            await _Connection(ws, live_set, worker).serve()
    finally:
        # Not awaited: the thread frees the model and ends even if this task is cancelled.
        worker.submit(live_set.release, ws)
        worker.shutdown(wait=False)


class _Command(msgspec.Struct):
    """What the page may ask for besides sending frames."""

    type: Literal["ping", "next", "stop"]


class _Bucket:
    """Lets so many through a second, and a few at once."""

    def __init__(self) -> None:
        self._left, self._at_s = BURST, time.monotonic()

    def take(self) -> bool:
        now_s = time.monotonic()
        self._left = min(BURST, self._left + MAX_RATE_HZ * (now_s - self._at_s))
        self._at_s = now_s
        if self._left < 1:
            return False
        self._left -= 1
        return True


class _Connection:
    """One open socket and its set."""

    def __init__(self, ws: WebSocket, live_set: LiveSet, worker: ThreadPoolExecutor) -> None:
        self._ws, self._set, self._worker = ws, live_set, worker
        self._read = parse_pose if live_set.is_found_there else parse
        self._bucket = _Bucket()
        self._n_strikes = 0
        self._heard_s = time.monotonic()
        """When the last picture came that could be used: to ask for nothing holds no place."""

    async def serve(self) -> None:
        try:
            await self._in_thread(self._set.start)
        except FormcheckError as error:
            await _refuse(self._ws, "strikes", str(error))
            return
        self._heard_s = time.monotonic()
        await self._send({"type": "ready", "n": self._set.n_reps, "name": self._set.name})
        while self._set.holder is self._ws:
            left_s = self._heard_s + IDLE_S - time.monotonic()
            try:
                message = await asyncio.wait_for(self._ws.receive(), left_s)
            except TimeoutError:
                await _refuse(self._ws, "idle", _TEXTS["idle"])
                return
            if message["type"] == "websocket.disconnect":
                return
            is_open = await self._answer(message.get("bytes"), message.get("text"))
            if not is_open:
                return

    async def _answer(self, data: bytes | None, text: str | None) -> bool:
        """Answer one message; return whether the connection stays open."""
        try:
            if data is None:
                return await self._command(text or "")
            if not self._bucket.take():
                raise InputError("frames come too fast; this one was left out.")
            sent = self._read(data)
            reply = await self._in_thread(lambda: self._judge(sent))
        except FormcheckError as error:
            self._n_strikes += 1
            if self._n_strikes >= MAX_STRIKES:
                await _refuse(self._ws, "strikes", _TEXTS["strikes"])
                return False
            await self._send({"type": "bad", "text": str(error)})
            return True
        self._n_strikes, self._heard_s = 0, time.monotonic()
        await self._send(reply)
        return True

    async def _command(self, text: str) -> bool:
        try:
            wanted = msgspec.json.decode(text[:1000], type=_Command)
        except (ValueError, RecursionError) as error:
            raise InputError("the message could not be read.") from error
        if wanted.type == "ping":
            await self._send({"type": "pong"})
            return True
        if wanted.type == "next" and self._read is parse:
            reply = await self._in_thread(self._play)
            self._heard_s = time.monotonic()
            await self._send(reply)
            return True
        if wanted.type == "next":
            raise InputError("a page that sends poses is played no film.")
        n_frames = await self._in_thread(self._set.end)
        await self._send({"type": "finished", "n": self._set.n_reps, "frames": n_frames})
        await self._ws.close(1000)
        return False

    # -- in the connection's own thread ----------------------------------------

    def _judge(self, sent: SentFrame | SentPose) -> dict[str, Any]:
        started_s = time.perf_counter()
        seen = sent if isinstance(sent, SentPose) else decode(sent)
        with self._set.lock:
            reply = self._coach(seen, sent.stamp_s)
        return reply | {"seq": sent.seq, "ms": _ms_since(started_s)}

    def _play(self) -> dict[str, Any]:
        """Judge the next picture of the film; it goes out with the answer."""
        with self._set.lock:
            if self._set.film is None:
                raise InputError("no film is played here.")
            frame = self._set.film.next()
            if frame is None:
                return {"type": "over"}
            started_s = time.perf_counter()
            reply = self._coach(frame.image, frame.time_s)
        return reply | {"picture": data_url(frame.image), "ms": _ms_since(started_s)}

    def _coach(self, seen: ImageArray | SentPose, stamp_s: float) -> dict[str, Any]:
        session = self._set.session
        if session is None or self._set.holder is not self._ws:
            raise InputError("the set goes on elsewhere.")
        session.is_advice_allowed = not (
            self._set.options.is_counts_only or SPACES.get(self._set.browser).person.is_advice_held
        )
        try:
            if isinstance(seen, SentPose):
                with _TURN:
                    size_px, update = seen.size_px, session.update_found(seen.pose, seen.light)
            else:
                size_px, update = seen.shape[1::-1], session.update(seen, stamp_s)
        except (RuntimeError, ValueError) as error:
            raise InputError("this frame could not be analysed.") from error
        return frame_message(update, np.array(size_px, float))

    async def _in_thread(self, work: Callable[[], Any]) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._worker, work)

    async def _send(self, message: dict[str, Any]) -> None:
        text = json.dumps(message, separators=(",", ":"), allow_nan=False)
        # Somebody who does not listen holds no place either.
        await asyncio.wait_for(self._ws.send_text(text), IDLE_S)


def _ms_since(started_s: float) -> float:
    return round(1000 * (time.perf_counter() - started_s), 1)


async def _refuse(ws: WebSocket, why: str, text: str) -> None:
    """Say why, then close."""
    with contextlib.suppress(RuntimeError, WebSocketDisconnect):
        if ws.application_state is WebSocketState.CONNECTED:
            await ws.send_text(json.dumps({"type": "refused", "why": why, "text": text}))
            await ws.close(CODES[why])
