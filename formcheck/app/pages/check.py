"""Check a video: choosing a clip, waiting for it, and going on to the result."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, cast

import streamlit as st

from formcheck.app.jobs.limits import TRACK_TYPE, VIDEO_TYPES, words
from formcheck.app.jobs.queue import JobState
from formcheck.app.pages.progress import plain, show_progress
from formcheck.app.pages.result import forget, show_result
from formcheck.app.pages.settings import current_settings
from formcheck.app.parts.figures import figures
from formcheck.app.parts.pictures import framing_guide
from formcheck.app.parts.samples import Sample, samples
from formcheck.app.streamlit_internals import UploadedFile, drop_upload
from formcheck.app.visit.browser import space
from formcheck.app.visit.clips import Check, Clip, Look
from formcheck.app.visit.gate import advice_allowed, say_withheld
from formcheck.app.visit.spaces import SPACES, Space
from formcheck.errors import InputError

_ERROR = "check-error"


def show() -> None:
    """Draw the page in whatever state this browser is in."""
    mine = space()
    _collect_failures(mine)
    clips = mine.check.clips if mine.check is not None else []
    done = [clip for clip in clips if clip.job.state is JobState.DONE]
    st.title("Check a squat video")
    if _ERROR in st.session_state:
        st.error(f"**That did not work.** {plain(st.session_state[_ERROR])}")
    if not clips:
        _choose(mine)
    if len(done) < len(clips):
        _working(mine)
    if done:
        show_result(mine, done)
        _other_side(mine)


def _collect_failures(mine: Space) -> None:
    """Take clips that came to nothing away, and keep what is to be said about them."""
    for clip in list(mine.check.clips) if mine.check is not None else []:
        if clip.job.state is JobState.FAILED:
            st.session_state[_ERROR] = clip.job.message
        if clip.job.state in (JobState.FAILED, JobState.CANCELLED):
            SPACES.drop_clip(mine, clip)


def _choose(mine: Space) -> None:
    st.markdown(
        "Film one set of squats and drop the clip here. You see, repetition by repetition, "
        "whether the **knees move inwards** (seen from the front) and how far they **travel "
        "past the toes** (seen from the side), how sure that is, and what could not be seen."
    )
    say_withheld()
    upload = st.file_uploader(
        "Your video", type=[*VIDEO_TYPES, TRACK_TYPE], key="upload",
        max_upload_size=SPACES.limits.max_upload_mb,
        help=f"{words(SPACES.limits)} A track (.npz) you downloaded here can be loaded again.",
    )  # fmt: skip
    st.caption(f"{words(SPACES.limits)} Uploads are removed soon after you leave.")
    if upload is not None:
        _take_upload(mine, upload, None)
    _sample_buttons(mine, None, "sample")
    st.subheader("How to film")
    figures(framing_guide(), "framing-guide")


def _other_side(mine: Space) -> None:
    """Offer to add the second clip of the same set."""
    if mine.check is None or len(mine.check.clips) != 1:
        return
    with st.expander("Add the same set filmed from the other side"):
        st.markdown(
            "The front shows whether knees move inwards; the side shows how far they travel "
            "past the toes, and depth. Both clips of one set make one scorecard."
        )
        upload = st.file_uploader(
            "Second video of the same set", type=[*VIDEO_TYPES, TRACK_TYPE], key="upload-2",
            max_upload_size=SPACES.limits.max_upload_mb,
        )  # fmt: skip
        if upload is not None:
            _take_upload(mine, upload, mine.check)
        _sample_buttons(mine, mine.check, "sample-2")


def _sample_buttons(mine: Space, check: Check | None, key: str) -> None:
    found = samples()
    if not found:
        return
    with st.container(key=key):
        st.markdown("**Or try a sample clip** (a rendered person):")
        with st.container(horizontal=True):
            for sample in found:
                if st.button(sample.title, key=f"{key}-{sample.path.stem}"):
                    _take_sample(mine, sample, check)


def _take_sample(mine: Space, sample: Sample, check: Check | None) -> None:
    with sample.path.open("rb") as file:
        _add(mine, sample.path.name, file, check, sample=sample.path.stem)
    st.rerun()


def _take_upload(mine: Space, upload: UploadedFile, check: Check | None) -> None:
    """Copy an upload to the disk and give its memory back."""
    _add(mine, Path(upload.name).name, cast(BinaryIO, upload), check)
    drop_upload(upload)
    st.rerun()


def _add(
    mine: Space, name: str, file: BinaryIO, check: Check | None, sample: str | None = None
) -> None:
    st.session_state.pop(_ERROR, None)
    if check is None:
        forget()
    look = Look.of(current_settings().changed(), advice_allowed(), blur=False)
    try:
        clip = SPACES.add_clip(mine, name, file, look)
    except InputError as error:
        st.session_state[_ERROR] = str(error)
        return
    if check is None:
        mine.check = Check([clip], sample)
    else:
        check.clips.append(clip)


def _working(mine: Space) -> None:
    """Progress, kept up to date; less often in the line, where others need the processor."""
    is_in_line = _is_in_line(_busy(mine))
    st.fragment(_progress, run_every=2.0 if is_in_line else 0.5)(mine, is_in_line)


def _busy(mine: Space) -> list[Clip]:
    clips = mine.check.clips if mine.check is not None else []
    return [clip for clip in clips if not clip.job.state.is_over]


def _is_in_line(busy: list[Clip]) -> bool:
    return bool(busy) and all(clip.job.state is JobState.WAITING for clip in busy)


def _progress(mine: Space, was_in_line: bool) -> None:
    """The whole page is drawn again when something is over, or has begun."""
    clips = mine.check.clips if mine.check is not None else []
    busy = _busy(mine)
    is_failed = any(c.job.state in (JobState.FAILED, JobState.CANCELLED) for c in clips)
    if not busy or is_failed or _is_in_line(busy) != was_in_line:
        st.rerun(scope="app")
    with st.container(key="progress", border=True):
        for clip in busy:
            show_progress(clip.name, clip.job)
        st.caption("You can leave this page or lose the connection: the work goes on.")
        if st.button("Cancel", key="cancel"):
            for clip in busy:
                SPACES.queue.cancel(clip.job)
            st.rerun(scope="app")
