"""The app's door and socket on a loopback port, without Streamlit and without a model."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
from collections.abc import Iterator
from typing import Any

import uvicorn
from fake_camera import jpeg
from starlette.applications import Starlette
from waiting import PATIENCE_S, wait_until
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from benchmarks.app_client import pose_message
from formcheck.app import server
from formcheck.app.live.frames import HEADER
from formcheck.app.live.socket import PROTOCOL
from formcheck.app.visit.identity import cookie_name
from formcheck.pose.track import Pose
from formcheck.video.reading import ImageArray


@contextlib.contextmanager
def listening() -> Iterator[int]:
    """Serve the app's own routes until the block ends; the port."""
    app = Starlette(routes=server.routes(), middleware=server.middleware())
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_level="critical", ws="websockets-sansio", lifespan="off")
        running = uvicorn.Server(config)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [bound]}, daemon=True)
        thread.start()
        wait_until(lambda: running.started, "the server")
        try:
            yield bound.getsockname()[1]
        finally:
            running.should_exit = True
            thread.join(10)


class Client:
    """A page that talks to the socket."""

    def __init__(self, port: int, browser: str | None, token: str, **changed: Any) -> None:
        headers = {} if browser is None else {"Cookie": f"{cookie_name()}={browser}"}
        headers |= changed.pop("headers", {})
        origin = changed.pop("origin", f"http://127.0.0.1:{port}")
        protocol = changed.pop("protocol", PROTOCOL)
        self.seq = 0
        self._open = connect(
            f"ws://127.0.0.1:{port}/formcheck/live", origin=origin, additional_headers=headers,
            subprotocols=[protocol, *filter(None, [token])], max_size=None, compression=None,
            proxy=None, **changed,
        )  # fmt: skip

    def __enter__(self) -> Client:
        self.socket: ClientConnection = self._open.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._open.__exit__(*error)

    def hear(self, timeout_s: float = PATIENCE_S) -> dict[str, Any]:
        """The next message."""
        message: dict[str, Any] = json.loads(self.socket.recv(timeout_s))
        return message

    def ready(self) -> dict[str, Any]:
        message = self.hear()
        assert message["type"] == "ready", message
        return message

    def send(self, image: ImageArray, time_s: float) -> dict[str, Any]:
        """Send a frame and return the answer."""
        self.seq += 1
        self.socket.send(HEADER.pack(self.seq, 1000 * time_s) + jpeg(image, 70))
        return self.hear()

    def send_pose(self, pose: Pose, light: float = 150.0) -> dict[str, Any]:
        """Send a pose as found in the browser and return the answer."""
        self.seq += 1
        return self.tell(pose_message(self.seq, pose, light))

    def tell(self, message: bytes | str) -> dict[str, Any]:
        self.socket.send(message)
        return self.hear()

    def stop(self) -> dict[str, Any]:
        return self.tell('{"type":"stop"}')


def refused_at_the_door(port: int, browser: str | None, token: str, **changed: Any) -> bool:
    """Whether a connection is not even opened."""
    try:
        with Client(port, browser, token, **changed):
            return False
    except InvalidStatus as error:
        return error.response.status_code == 403


def bomb(width: int, height: int) -> bytes:
    """A few bytes that claim to be a JPEG of this size."""
    size = struct.pack(">HH", height, width)
    components = b"\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01"
    scan = b"\xff\xda\x00\x0c\x03\x01\x00\x02\x11\x03\x11\x00\x3f\x00"
    return b"\xff\xd8\xff\xc0\x00\x11\x08" + size + components + scan + bytes(40) + b"\xff\xd9"
