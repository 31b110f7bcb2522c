"""Pictures as they come: a camera, or a video file played as if it were one."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from formcheck.errors import InputError
from formcheck.video.reading import Frame, FrameReader

REOPEN_S = 1.0
LOST_S = 2.0
_WAIT_S = 0.05


class Source(Protocol):
    """Where a live window gets its pictures from."""

    is_over: bool
    problem: str
    """Why no pictures come at the moment; empty if they do."""

    def newest(self) -> Frame | None:
        """The newest picture not yet handed out; None if there is none yet."""

    def close(self) -> None:
        """Give the camera or file back; safe to call twice."""


class CameraSource:
    """A camera by its number: newest picture wins, also after it was unplugged for a while.

    Parameters
    ----------
    index : int

    Raises
    ------
    InputError
        If there is no such camera.
    """

    def __init__(self, index: int) -> None:
        self.is_over = False
        self.problem = ""
        self._index = index
        self._camera = _opened(index)
        self._frame: Frame | None = None
        self._arrived = threading.Condition()
        self._is_closed = False
        self._thread = threading.Thread(target=self._read, daemon=True, name="camera")
        self._thread.start()

    def newest(self) -> Frame | None:
        """The newest picture, waited for a moment."""
        with self._arrived:
            if self._frame is None:
                self._arrived.wait(_WAIT_S)
            frame, self._frame = self._frame, None
        return frame

    def close(self) -> None:
        """Stop reading and give the camera back."""
        self._is_closed = True
        self._thread.join(LOST_S)
        self._camera.release()

    def _read(self) -> None:
        last_s = time.monotonic()
        while not self._is_closed:
            is_there, bgr = self._camera.read()
            now_s = time.monotonic()
            if is_there:
                image = np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8)
                with self._arrived:
                    self._frame, self.problem, last_s = Frame(now_s, image), "", now_s
                    self._arrived.notify()
            elif now_s - last_s > LOST_S:
                self.problem = "Camera unplugged"
                self._camera.release()
                time.sleep(REOPEN_S)
                self._camera = cv2.VideoCapture(self._index)
            else:
                time.sleep(_WAIT_S)


class FileSource:
    """A video file in real time: who is slow misses pictures, as with a camera.

    Raises
    ------
    InputError
        If the file is no video.
    """

    def __init__(self, path: str | Path) -> None:
        self.is_over = False
        self.problem = ""
        self._frames: Iterator[Frame] = iter(FrameReader(path, max_side_px=1280))
        self._next: Frame | None = next(self._frames, None)
        self._started_s: float | None = None
        if self._next is None:
            raise InputError(f"{path}: no picture could be decoded. Copy the file again.")

    def newest(self) -> Frame | None:
        """The picture that is due now, later ones left for later."""
        now_s = time.monotonic()
        if self._started_s is None:
            self._started_s = now_s
        due: Frame | None = None
        while self._next is not None and self._next.time_s <= now_s - self._started_s:
            due, self._next = self._next, next(self._frames, None)
        if self._next is None and due is None:
            self.is_over = True
        elif due is None and self._next is not None:
            time.sleep(min(_WAIT_S, self._next.time_s - (now_s - self._started_s)))
        return due

    def close(self) -> None:
        """Close the file."""
        self._frames = iter(())
        self._next = None


def open_source(camera: str) -> Source:
    """Open a camera by number, or a file by name.

    Raises
    ------
    InputError
        If it cannot be used.
    """
    return CameraSource(int(camera)) if camera.isdecimal() else FileSource(camera)


def _opened(index: int) -> cv2.VideoCapture:
    camera = cv2.VideoCapture(index)
    if not camera.isOpened():
        camera.release()
        raise InputError(
            f"camera {index} cannot be opened. Plug it in, close other programs that use it, "
            "or name another with --camera."
        )
    camera.set(cv2.CAP_PROP_FRAME_WIDTH, 640)
    camera.set(cv2.CAP_PROP_FRAME_HEIGHT, 480)
    camera.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    return camera
