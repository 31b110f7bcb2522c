"""How far the work on a clip is, in words and as a bar."""

from __future__ import annotations

import streamlit as st

from formcheck.app.jobs.queue import AnalysisJob, JobState
from formcheck.app.visit.spaces import SPACES

_STAGES = {"pose": "Finding the pose", "video": "Drawing the video", "": "Starting"}


def show_progress(name: str, job: AnalysisJob) -> None:
    """Draw the progress of a job, or its place in the line."""
    place = SPACES.queue.place(job)
    if job.state is JobState.WAITING:
        n_before = place + SPACES.queue.n_running
        ahead = "1 analysis is" if n_before == 1 else f"{n_before} analyses are"
        st.progress(0.0, f"**{plain(name)}**: waiting in line, {ahead} before yours")
        return
    now = job.progress
    parts = [_STAGES.get(now.stage, now.stage)]
    if now.n_frames:
        parts.append(f"{now.n_frames} frames")
    if now.left_s is not None:
        parts.append(_left(now.left_s))
    elif now.stage and now.share is None:
        parts.append("length unknown")
    text = ", ".join(parts)
    st.progress(now.share or 0.0, f"**{plain(name)}**: {text}")


def _left(left_s: float) -> str:
    if left_s < 90:
        return f"about {max(1, round(left_s))} s left"
    return f"about {left_s / 60:.0f} min left"


def plain(text: str) -> str:
    """A text that Markdown leaves alone, such as a file name."""
    return "".join(f"\\{c}" if c in r"\`*[]<>$~|" else c for c in text)
