"""What is drawn while the page is looked at: videos on demand, pictures of new verdicts."""

import streamlit as st

from formcheck.app.jobs.queue import AnalysisJob, JobState
from formcheck.app.pages.progress import plain
from formcheck.app.visit.shots import Shot
from formcheck.app.visit.spaces import SPACES


def draw_video(shot: Shot, words: str) -> None:
    """Have a video there is not yet drawn and show how far it is; say so if it could not be."""
    job = shot.clip.videos.get(shot.wanted)
    if job is not None and job.state in (JobState.DONE, JobState.FAILED):
        st.error(f"The video could not be drawn. {plain(job.message)}")
        return
    _wait(SPACES.draw(shot.clip, shot.wanted, is_video=True), words)


def renew_pictures(shot: Shot) -> None:
    """Have the pictures of the repetitions drawn again if they show other verdicts."""
    job = shot.clip.jobs.get(shot.wanted)
    if job is None or job.state is JobState.CANCELLED:
        job = SPACES.draw(shot.clip, shot.wanted)
    if not job.state.is_over:
        _wait(job, "Drawing the pictures again")


@st.fragment(run_every=0.7)
def _wait(job: AnalysisJob, words: str) -> None:
    """Show how far a job is; draw the page again once it is over."""
    if job.state.is_over:
        st.rerun(scope="app")
    st.progress(job.progress.share or 0.0, words)
