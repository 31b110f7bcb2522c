"""What an attack must not achieve."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.attack.disguises import CANARY_SIZE

MAX_MB = 1500.0
"""Resident memory one file may cost, the largest picture that is taken included."""
_REMEDY = re.compile(
    r"\b(Check|Copy|Use|Trim|Film|Score|Give|Name|Choose|Convert|Export|Install|Leave|Make|"
    r"Move|Rename|Run|Save|Take|Wait|Write)\b",
    re.IGNORECASE,
)


@dataclass
class Tally:
    """What became of one group of attacks."""

    n_read: int = 0
    n_refused: int = 0
    slowest_s: float = 0.0
    peak_mb: float = 0.0
    wrong: list[str] = field(default_factory=list)


def complaints(expect: str, path: Path, answer: Mapping[str, Any]) -> list[str]:
    """What is wrong with the way a file was dealt with."""
    status, message = answer["status"], str(answer["message"])
    if status not in ("read", "refused"):
        return [f"{status}: {message}"]
    found = []
    if expect == "refused" and status == "read":
        found.append("was taken for a clip")
    if expect == "readable" and (status == "refused" or not answer["n_frames"]):
        found.append(f"a sound clip was not read: {message or 'no frame'}")
    if status == "refused":
        found += complaints_about_words(message, path)
    else:
        if not answer["is_ordered"]:
            found.append("the times of its frames do not increase")
        if answer["sides_px"] > 3840:
            found.append(f"a picture of {answer['sides_px']} px was handed on")
        if tuple(answer["size"]) == CANARY_SIZE:
            found.append("another file was opened")
    if answer["peak_mb"] > MAX_MB:
        found.append(f"took {answer['peak_mb']:.0f} MB")
    return found


def complaints_about_words(message: str, path: Path) -> list[str]:
    """What is wrong with a rejection: it names the file and says what to do, in one line."""
    from formcheck.batch.inputs import printable

    found = []
    if not message.isprintable():
        found.append(f"the message is not one clean line: {message!r}")
    if printable(path.name) not in message:
        found.append(f"the message does not name the file: {message}")
    if _REMEDY.search(message.replace(str(path), "")) is None:
        found.append(f"the message does not say what to do: {message}")
    return found


class Listener:
    """Counts who calls an address that only the attacks know.  Use as a context manager."""

    def __init__(self) -> None:
        self.n_calls = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                caller, _ = self._socket.accept()
                self.n_calls += 1
                caller.close()

    def __enter__(self) -> Listener:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


def everything(*folders: Path) -> set[str]:
    """The paths of all there is below some folders."""
    return {str(p) for folder in folders for p in folder.rglob("*")}
