"""Damaged messages to the live page's socket: each is answered, and the app lives on."""

from __future__ import annotations

import asyncio
import json
import random
import struct
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks.app_client import Person
from benchmarks.app_load import camera_frames, memory_mb, server
from benchmarks.attack.mutations import append, cut_anywhere, flip_bits, overwrite, prepend
from benchmarks.attack.verdicts import Tally

Message = bytes | str
PACE_S = 1 / 50
"""More than 60 frames a second would be left out unread."""
_HEAD = struct.Struct("<Id")
_DAMAGE = (flip_bits, overwrite, cut_anywhere, append, prepend)
_COMMANDS = ('{"type":"ping"}', '{"type":"stop"}', '{"type":"frame","seq":1}')
_STAMPS_MS = (
    0.0, -1.0, 1e-300, 2.0**53, 1e18, 1e300, -1e300, float("nan"), float("inf"), float("-inf"),
)  # fmt: skip
_SIDES = (0, 1, 63, 64, 1280, 1281, 4096, 65500, 65535)


def messages(n: int, seed: int, jpeg: bytes) -> Iterator[Message]:
    """Frames and commands as a page sends them, damaged; the first is sound."""
    for i in range(n):
        rng = random.Random(f"{seed} message {i}")
        sound = _HEAD.pack(i, 1000.0 * i / 15) + jpeg
        kind = rng.choice(("command", "stamp", "sides", "damage", "damage")) if i else "sound"
        if kind == "command":
            command = rng.choice(_COMMANDS)
            damaged = rng.choice(_DAMAGE)(command.encode(), rng).decode("utf-8", "replace")
            yield rng.choice((command, damaged, damaged))
        elif kind == "stamp":
            yield _HEAD.pack(rng.getrandbits(32), rng.choice(_STAMPS_MS)) + jpeg
        elif kind == "sides":
            yield _HEAD.pack(i, 1000.0 * i / 15) + other_sides(jpeg, rng)
        else:
            yield rng.choice(_DAMAGE)(sound, rng) if kind == "damage" else sound


def other_sides(jpeg: bytes, rng: random.Random) -> bytes:
    """The same JPEG, claiming another height and width."""
    out = bytearray(jpeg)
    at = out.find(b"\xff\xc0")
    struct.pack_into(">HH", out, at + 5, rng.choice(_SIDES), rng.choice(_SIDES))
    return bytes(out)


async def attack(url: str, pid: int, n: int, seed: int, jpeg: bytes, limit_s: float) -> Tally:
    """Send every message to a running app; who is sent away comes again."""
    out, waiting = Tally(), deque(messages(n, seed, jpeg))
    while waiting:
        n_before = len(waiting)
        async with Person(url) as person:
            token = await person.live_token()
            async with person.http.ws_connect(
                url.replace("http", "ws", 1) + "/formcheck/live",
                protocols=("formcheck", token), origin=url, max_msg_size=0,
            ) as ws:  # fmt: skip
                await ws.receive_json(timeout=60)
                while waiting and await _one(ws, waiting.popleft(), limit_s, out):
                    await asyncio.sleep(PACE_S)
        out.peak_mb = max(out.peak_mb, memory_mb(pid))
        if len(waiting) == n_before:
            out.wrong.append("the socket took no message at all")
            return out
    async with Person(url) as person:
        after = await person.live_set([jpeg], 2.0)
    if not (after.is_finished and after.n_frames_kept):
        out.wrong.append(f"afterwards a sound set was not served: {after.why}")
    return out


async def _one(
    ws: aiohttp.ClientWebSocketResponse, message: Message, limit_s: float, out: Tally
) -> bool:
    """Send one message; return whether the connection stays open."""
    began_s = time.monotonic()
    await (ws.send_str(message) if isinstance(message, str) else ws.send_bytes(message))
    try:
        raw = await ws.receive(limit_s)
    except TimeoutError:
        out.wrong.append(f"no answer within {limit_s:g} s to {message[:80]!r}")
        return False
    out.slowest_s = max(out.slowest_s, time.monotonic() - began_s)
    answer: dict[str, Any] = json.loads(raw.data) if raw.type is aiohttp.WSMsgType.TEXT else {}
    kind = answer.get("type")
    if kind in ("frame", "pong", "finished"):
        out.n_read += 1
    elif kind in ("bad", "refused") and answer.get("text") and "Traceback" not in answer["text"]:
        out.n_refused += 1
    else:
        out.wrong.append(f"{answer or raw} in answer to {message[:80]!r}")
    return kind in ("frame", "pong", "bad")


def fuzz_socket(n: int, seed: int, clip: Path, limit_s: float) -> Tally:
    """Start the app, send it damaged messages, see that it still serves."""
    (jpeg,) = camera_frames(clip, 1)
    with tempfile.TemporaryDirectory(prefix="hostile-app-") as tmp, server(Path(tmp)) as (url, pid):
        return asyncio.run(attack(url, pid, n, seed, jpeg, limit_s))
