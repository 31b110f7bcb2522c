"""A person using the app without a browser: the page's own protocol, spoken on loopback."""

from __future__ import annotations

import asyncio
import re
import struct
import time
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np
from streamlit.proto import BackMsg_pb2, ForwardMsg_pb2, WidgetStates_pb2

from benchmarks.app_links import unused_link
from formcheck.pose.track import Pose

_XSRF = "_streamlit_xsrf"
_BEFORE = re.compile(r"waiting in line, (\d+) anal")
_EARLY = ForwardMsg_pb2.ForwardMsg.FINISHED_EARLY_FOR_RERUN
_TOKEN = re.compile(r'"token": ?"([A-Za-z0-9_-]{43})"')


@dataclass(frozen=True)
class Answer:
    """How long the page took to answer one request; times on the monotonic clock."""

    began_s: float
    took_s: float
    what: str

    @property
    def end_s(self) -> float:
        """When the answer was there."""
        return self.began_s + self.took_s


@dataclass
class Person:
    """One browser's worth of requests.  Use as an asynchronous context manager.

    Attributes:
        text: All the words the page has sent since :meth:`forget`.
        places: When, and how many analyses were said to be before ours.
        answers: Every answer of the page this person waited for.
    """

    url: str
    text: str = ""
    places: list[tuple[float, int]] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    _uploader: str = ""
    _page: str = ""
    _session: str = ""
    _reruns: dict[str, float] = field(default_factory=dict)

    async def __aenter__(self) -> Person:
        jar = aiohttp.CookieJar(unsafe=True)  # the host is an address
        client = aiohttp.ClientSession(cookie_jar=jar, timeout=aiohttp.ClientTimeout(120))
        async with AsyncExitStack() as stack:
            self.http = await stack.enter_async_context(client)
            while (link := unused_link(self.url)) is None:  # no thread: it could not be cancelled
                await asyncio.sleep(0.02)
            await self._get(link.removeprefix(self.url), Accept="text/html")
            await self._get("/", Accept="text/html")
            await self._get("/_stcore/health")
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _get(self, path: str, **headers: str) -> bytes:
        began = time.monotonic()
        async with self.http.get(self.url + path, headers=headers) as answer:
            data = await answer.read()
            answer.raise_for_status()
        self._note(began, path)
        return data

    def _note(self, began_s: float, what: str) -> None:
        self.answers.append(Answer(began_s, time.monotonic() - began_s, what))

    def _cookie(self, name: str) -> str:
        found = [c.value for c in self.http.cookie_jar if c.key == name]
        return found[0] if found else ""

    async def open(self, page: str = "") -> None:
        """Open a page and wait until it is drawn."""
        self._page = page
        address = self.url.replace("http", "ws", 1) + "/_stcore/stream"
        self.ws = await self._stack.enter_async_context(
            self.http.ws_connect(
                address, protocols=("streamlit", self._cookie(_XSRF)), origin=self.url,
                max_msg_size=0,
            )
        )  # fmt: skip
        await self.rerun()

    def forget(self) -> None:
        """Forget what the page has said so far."""
        self.text = ""

    async def rerun(self, states: Any = None, fragment: str = "") -> None:
        """Have the page drawn; wait for its end and note how long it took."""
        message = BackMsg_pb2.BackMsg()
        message.rerun_script.page_name = self._page
        message.rerun_script.fragment_id = fragment
        if states is not None:
            message.rerun_script.widget_states.CopyFrom(states)
        began = time.monotonic()
        await self.ws.send_bytes(message.SerializeToString())
        drawn = "progress" if fragment else "upload" if states is not None else "page"
        try:
            while not await self.hear():
                pass
        finally:
            self._note(began, f"{drawn} of '{self._page or 'check'}'")

    async def hear(self, limit_s: float = 120.0) -> bool:
        """Take the next message; return whether it ended a drawing."""
        raw = await asyncio.wait_for(self.ws.receive(), limit_s)
        if raw.type is not aiohttp.WSMsgType.BINARY:
            raise ConnectionError(f"the page closed the connection ({raw.type.name})")
        message = ForwardMsg_pb2.ForwardMsg()
        message.ParseFromString(raw.data)
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._session = message.new_session.initialize.session_id or self._session
        elif kind == "auto_rerun":
            self._reruns[message.auto_rerun.fragment_id] = message.auto_rerun.interval
        elif kind == "delta":
            element = message.delta.new_element
            if element.WhichOneof("type") == "file_uploader":
                self._uploader = element.file_uploader.id
            self._read(str(message.delta))
        return kind == "script_finished" and message.script_finished != _EARLY

    def _read(self, text: str) -> None:
        self.text += text.replace('\\"', '"')
        found = _BEFORE.search(text)
        if found:
            self.places.append((time.monotonic(), int(found[1])))

    async def upload(self, clip: Path, name: str) -> None:
        """Drop a clip on the page."""
        data = await asyncio.to_thread(clip.read_bytes)
        file_id, address = await self.address_for(name)
        form = aiohttp.FormData()
        form.add_field(name, data, filename=name, content_type="video/mp4")
        headers = {"X-Xsrftoken": self._cookie(_XSRF)}
        async with self.http.put(self.url + address, data=form, headers=headers) as answer:
            answer.raise_for_status()
        states = WidgetStates_pb2.WidgetStates()
        widget = states.widgets.add()
        widget.id = self._uploader
        info = widget.file_uploader_state_value.uploaded_file_info.add()
        info.name, info.size, info.file_id = name, len(data), file_id
        info.file_urls.file_id = file_id
        info.file_urls.upload_url = info.file_urls.delete_url = address
        await self.rerun(states)

    async def address_for(self, name: str) -> tuple[str, str]:
        """Ask the page where to send a file."""
        asked = BackMsg_pb2.BackMsg()
        asked.file_urls_request.request_id = "1"
        asked.file_urls_request.file_names.append(name)
        asked.file_urls_request.session_id = self._session
        await self.ws.send_bytes(asked.SerializeToString())
        while True:
            raw = await asyncio.wait_for(self.ws.receive(), 60)
            message = ForwardMsg_pb2.ForwardMsg()
            message.ParseFromString(raw.data)
            if message.WhichOneof("type") == "file_urls_response":
                (urls,) = message.file_urls_response.file_urls
                return urls.file_id, urls.upload_url

    async def wait_for_result(self, limit_s: float) -> str:
        """Follow the progress as a browser does; return how it ended.

        Returns:
            str: ``result``, ``refused`` or ``lost``.
        """
        deadline = time.monotonic() + limit_s
        while time.monotonic() < deadline:
            if '<div class="fc-sum">' in self.text:
                return "result"
            if "That did not work" in self.text:
                return "refused"
            await asyncio.sleep(min([*self._reruns.values(), 1.0]))
            fragment = next(reversed(self._reruns), "")
            with suppress(TimeoutError):
                await self.rerun(fragment=fragment)
        return "lost"

    async def live_token(self) -> str:
        """Open the live page; return the token its camera needs."""
        await self.open("live")
        found = _TOKEN.search(self.text)
        if found is None:
            raise ConnectionError("the live page gave no token")
        return found[1]

    async def live_set(
        self,
        frames: list[bytes] | list[Pose],
        length_s: float,
        rate_hz: float = 15.0,
        out: LiveOutcome | None = None,
    ) -> LiveOutcome:
        """Do a set in front of a camera that shows ``frames`` (JPEG) over and over.

        In place of pictures ``frames`` may be poses, as a page sends them that finds them itself.
        ``out`` can be watched meanwhile.
        """
        token = await self.live_token()
        protocol = "formcheck.poses" if isinstance(frames[0], Pose) else "formcheck"
        address = self.url.replace("http", "ws", 1) + "/formcheck/live"
        out = out or LiveOutcome()
        connecting = self.http.ws_connect(
            address, protocols=(protocol, token), origin=self.url, max_msg_size=0
        )
        async with connecting as ws:
            out.take(await ws.receive_json(timeout=60))
            began = time.monotonic()
            n = 0
            while not out.why and time.monotonic() - began < length_s:
                sent_s = time.monotonic()
                await ws.send_bytes(_message(n, sent_s - began, frames[n % len(frames)]))
                out.take(await ws.receive_json(timeout=60))
                out.waits_s.append(time.monotonic() - sent_s)
                n += 1
                # As a page: what is late is left out, not made up for.
                await asyncio.sleep(max(0.0, sent_s + 1 / rate_hz - time.monotonic()))
            if not out.why:
                await ws.send_str('{"type": "stop"}')
                out.take(await ws.receive_json(timeout=60))
        return out


def _message(seq: int, time_s: float, shown: bytes | Pose) -> bytes:
    if isinstance(shown, Pose):
        return pose_message(seq, replace(shown, time_s=time_s))
    return struct.pack("<Id", seq, 1000 * time_s) + shown


def pose_message(seq: int, pose: Pose, light: float = 150.0) -> bytes:
    """A pose as the live page sends it; its picture's size must be known."""
    assert pose.size_px is not None
    head = struct.pack("<IdHHf", seq, 1000 * pose.time_s, *pose.size_px, light)
    if not pose.is_present:
        return head
    rows = [pose.points_px / pose.size_px, pose.visibility[:, None], pose.world_m]
    return head + np.hstack(rows).astype("<f4").tobytes()


@dataclass
class LiveOutcome:
    """What became of a live set; ``why`` is the reason of a refusal, else empty."""

    n_answers: int = 0
    n_bad: int = 0
    is_finished: bool = False
    n_frames_kept: int = 0
    why: str = ""
    waits_s: list[float] = field(default_factory=list)

    def take(self, message: dict[str, Any]) -> None:
        """Note one message of the server."""
        kind = message.get("type")
        self.why = str(message.get("why", "")) if kind == "refused" else self.why
        self.n_bad += kind == "bad"
        self.n_answers += kind not in ("ready", "refused", "bad", "finished")
        if kind == "finished":
            self.is_finished, self.n_frames_kept = True, int(message["frames"])
