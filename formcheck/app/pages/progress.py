"""How far the work on a clip is, in words and as a bar."""

from collections.abc import Sequence

import streamlit as st

from formcheck.app.jobs.queue import AnalysisJob, JobProgress, JobState
from formcheck.app.parts.rep_log import rep_log
from formcheck.app.parts.templates import filled
from formcheck.app.visit.clips import Clip
from formcheck.app.visit.spaces import SPACES
from formcheck.knowledge.words import counted

_STAGES = {"pose": "Finding the pose", "pictures": "Drawing the pictures", "": "Starting"}


def show_waiting(busy: Sequence[Clip], cancel_key: str, note: str = "") -> None:
    """Draw the progress of clips, inside a fragment, and the button that cancels them.

    What is judged already stands below: nobody waits for the last repetition to see the first.
    """
    for i, clip in enumerate(busy):
        share, words = _progress(clip.job)
        st.progress(share, f"**{plain(clip.name)}**: {words}")
        rep_log([filled("judged.html", rep=rep) for rep in clip.job.reps], f"{cancel_key}-reps-{i}")
    if note:
        st.caption(note)
    if st.button("Cancel", key=cancel_key):
        for clip in busy:
            SPACES.queue.cancel(clip.job)
        st.rerun(scope="app")


def _progress(job: AnalysisJob) -> tuple[float, str]:
    """How much of a job is done, 0 to 1, and that in words, or its place in the line."""
    if job.state is JobState.WAITING:
        n_before = SPACES.queue.place(job) + SPACES.queue.n_running
        ahead = "1 analysis is" if n_before == 1 else f"{n_before} analyses are"
        return 0.0, f"waiting in line, {ahead} before yours"
    now = job.progress
    parts = [_STAGES.get(now.stage, now.stage)]
    if now.n_frames:
        parts.append(_counted(now))
    if now.left_s is not None:
        parts.append(_left(now.left_s))
    elif now.stage and now.share is None:
        parts.append("length unknown")
    return now.share or 0.0, ", ".join(parts)


def _counted(now: JobProgress) -> str:
    what = "picture" if now.stage == "pictures" else "frame"
    if now.n_in_all is None:
        return counted(now.n_frames, what)
    if now.stage == "pictures":
        return f"{what} {now.n_frames:,} of {now.n_in_all:,}"
    in_all = round(now.n_in_all, min(0, 3 - len(str(now.n_in_all))))
    return f"{what} {now.n_frames:,} of about {in_all:,}"


def _left(left_s: float) -> str:
    if left_s < 90:
        return f"about {max(1, round(left_s))} s left"
    if left_s < 90 * 60:
        return f"about {left_s / 60:.0f} min left"
    return f"about {left_s / 3600:.1f} h left"


def plain(text: str) -> str:
    """A text that Markdown leaves alone, such as a file name."""
    return "".join(f"\\{c}" if c in r"\`*[]<>$~|" else c for c in text)
