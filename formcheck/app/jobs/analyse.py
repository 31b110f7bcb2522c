"""One analysis in a process of its own: ``python -m formcheck.app.jobs.analyse REQUEST.json``.

Progress and the outcome go to stdout, a JSON object a line.  The process ends
when its standard input closes, so it never outlives the server.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any, TextIO

from formcheck.app.jobs.admission import check_video
from formcheck.app.jobs.draw import render
from formcheck.app.jobs.limits import Limits, check_length
from formcheck.app.jobs.request import TRACK_NAME, Request
from formcheck.clip import TRACK_SUFFIX, check_clip
from formcheck.errors import FormcheckError, InputError
from formcheck.files import write_atomic
from formcheck.pose.track import PoseTrack
from formcheck.squat.settings import DEFAULT_SETTINGS

_REPORT_EVERY_S = 0.15
_MOST_DRAWN_HZ = 60
POLITENESS = 10
"""An analysis can wait for a moment; a page that is looked at, or a live set, cannot."""


class _Reporter:
    """Writes progress lines, not too many of them."""

    def __init__(self, out: TextIO, request: Request) -> None:
        self._out, self._request = out, request
        self._stage, self._n_frames, self._last_s = "", 0, 0.0

    def say(self, **values: Any) -> None:
        print(json.dumps(values), file=self._out, flush=True)

    def progress(self, stage: str, done_s: float, total_s: float | None) -> None:
        if stage != self._stage:
            self._stage, self._n_frames, self._last_s = stage, 0, 0.0
        self._n_frames += 1
        if stage == "pose":
            check_length(done_s, self._request.name, self._request.limits)
        now_s = time.monotonic()
        if now_s - self._last_s >= _REPORT_EVERY_S:
            self._last_s = now_s
            self.say(
                event="progress", stage=stage, n_frames=self._n_frames,
                done_s=round(done_s, 2), total_s=total_s,
            )  # fmt: skip


def run(request: Request, out: TextIO) -> bool:
    """Do what is asked; return whether it succeeded."""
    reporter = _Reporter(out, request)
    source, folder, drawn = Path(request.source), Path(request.folder), Path(request.drawn)
    is_video = source.suffix.lower() != TRACK_SUFFIX
    track_path = folder / TRACK_NAME
    settings = DEFAULT_SETTINGS.with_values(request.settings)
    try:
        if is_video and not track_path.exists():
            check_video(source, request.name, request.limits)
        checked = check_clip(
            track_path if track_path.exists() else source, settings, progress=reporter.progress
        )
        if not len(checked.track):
            raise InputError(f"{request.name}: the track holds no frames.")
        if not track_path.exists():
            write_atomic(track_path, checked.track.to_bytes())
        if is_video or _can_be_drawn(checked.track, request.limits):
            drawn.mkdir(parents=True, exist_ok=True)
            render(
                source if is_video else None, drawn, checked.track, checked.analysis,
                with_cues=request.with_cues, blur=request.blur, progress=reporter.progress,
            )  # fmt: skip
    except FormcheckError as error:
        # The person knows the file by its name, not by where it lies on the server.
        text = str(error).replace(str(track_path), request.name).replace(str(source), request.name)
        reporter.say(event="failed", message=text)
        return False
    reporter.say(event="done")
    return True


def _can_be_drawn(track: PoseTrack, limits: Limits) -> bool:
    """Whether drawing poses takes no longer than it would if they came with their video."""
    return (
        float(track.times_s[0]) >= 0
        and float(track.times_s[-1]) <= limits.max_length_s
        and len(track) <= limits.max_length_s * _MOST_DRAWN_HZ
    )


def _end_with_parent() -> None:
    # Not through sys.stdin: its lock would be held when the interpreter shuts down.
    while os.read(0, 64):
        pass
    os._exit(3)


def main() -> None:
    """Read the request named on the command line and do it."""
    if hasattr(os, "nice"):
        os.nice(POLITENESS)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    request = Request.from_json(Path(sys.argv[1]).read_text("utf-8"))
    sys.exit(0 if run(request, sys.stdout) else 1)


if __name__ == "__main__":
    main()
