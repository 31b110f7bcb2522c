"""Check a video: choosing a clip, waiting for it, and going on to the result."""

import streamlit as st

from formcheck.app.jobs.limits import words
from formcheck.app.jobs.queue import JobState
from formcheck.app.pages.progress import show_waiting
from formcheck.app.pages.result import forget, show_result
from formcheck.app.pages.settings import current_settings
from formcheck.app.pages.uploads import clip_uploader, show_refusal, take_in
from formcheck.app.parts.figures import show_framing_guide
from formcheck.app.parts.samples import Sample, samples
from formcheck.app.parts.start import example, sample_cards
from formcheck.app.streamlit_internals import UploadedFile
from formcheck.app.visit.browser import space
from formcheck.app.visit.clips import Clip, Look
from formcheck.app.visit.gate import is_advice_open, say_withheld
from formcheck.app.visit.spaces import SPACES, Space

_ERROR = "check-error"


def show() -> None:
    """Draw the page in whatever state this browser is in."""
    mine = space()
    _collect_failures(mine)
    done = [clip for clip in mine.check if clip.job.state is JobState.DONE]
    st.title("Check a squat video")
    show_refusal(_ERROR)
    if not mine.check:
        _choose(mine)
    if len(done) < len(mine.check):
        # Less often in the line, where others need the processor.
        is_in_line = _is_in_line(_busy(mine))
        st.fragment(_progress, run_every=2.0 if is_in_line else 0.5)(mine, is_in_line)
    if done:
        show_result(mine, done)
        _other_side(mine)


def _collect_failures(mine: Space) -> None:
    """Take clips that came to nothing away, and keep what is to be said about them."""
    for clip in list(mine.check):
        if clip.job.state is JobState.FAILED:
            st.session_state[_ERROR] = clip.job.message
        if clip.job.state in (JobState.FAILED, JobState.CANCELLED):
            SPACES.drop_clip(mine, clip)


def _choose(mine: Space) -> None:
    say_withheld()
    shown, choose = st.columns([4, 6], gap="large")
    with shown:
        example("example")
    with choose, st.container(key="choose"):
        st.markdown(
            "Film a set of squats. See in every repetition whether the **knees move inwards** or "
            "travel **far past the toes**, and how sure that is."
        )
        upload = clip_uploader(
            "Choose a video", "upload",
            help=f"{words(SPACES.limits)} Poses you took along from here can be loaded again. "
            "Uploads are removed soon after you leave.",
        )  # fmt: skip
        if upload is not None:
            _add(mine, upload, "mirrored")
        with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
            st.html('<a class="fc-link" href="/live" target="_self">Use my camera</a>')
            _mirror_box("mirrored")
        _samples(mine, "sample")
    st.header("How to film")
    show_framing_guide("framing-guide")


def _other_side(mine: Space) -> None:
    """Offer to add the second clip of the same set."""
    if len(mine.check) != 1:
        return
    with st.expander("Add the same set filmed from the other side"):
        st.markdown(
            "The front shows whether knees move inwards; the side shows how far they travel "
            "past the toes, and depth. Both clips of one set make one scorecard."
        )
        _mirror_box("mirrored-2")
        upload = clip_uploader("Second video of the same set", "upload-2")
        if upload is not None:
            _add(mine, upload, "mirrored-2")
        _samples(mine, "sample-2")


def _mirror_box(key: str) -> None:
    """Ask before the upload, which begins as soon as a file is dropped."""
    st.checkbox(
        "It is a mirror image", key=key,
        help="Tick this before you choose the video. Some phones store selfies as a mirror shows "
        "them: writing in the picture reads backwards. Left and right are then exchanged back.",
    )  # fmt: skip


def _samples(mine: Space, key: str) -> None:
    found = samples()
    if not found:
        return
    with st.container(key=key):
        st.markdown("Or try a sample, with a rendered person:")
        sample = sample_cards(found, f"{key}-cards")
        if sample is not None:
            _add(mine, sample)


def _add(mine: Space, given: UploadedFile | Sample, mirror_key: str = "") -> None:
    if not mine.check:
        forget()
    look = Look.of(current_settings().changed(), is_advice_open(), blur=False)
    is_mirrored = bool(mirror_key and st.session_state.get(mirror_key))
    clip = take_in(mine, given, look, _ERROR, is_mirrored=is_mirrored)
    if clip is not None:
        mine.check.append(clip)
    st.rerun()


def _busy(mine: Space) -> list[Clip]:
    return [clip for clip in mine.check if not clip.job.state.is_over]


def _is_in_line(busy: list[Clip]) -> bool:
    return bool(busy) and all(clip.job.state is JobState.WAITING for clip in busy)


def _progress(mine: Space, was_in_line: bool) -> None:
    """The whole page is drawn again when something is over, or has begun."""
    busy = _busy(mine)
    is_failed = any(c.job.state in (JobState.FAILED, JobState.CANCELLED) for c in mine.check)
    if not busy or is_failed or _is_in_line(busy) != was_in_line:
        st.rerun(scope="app")
    with st.container(key="progress", border=True):
        note = "You can leave this page or lose the connection: the work goes on."
        show_waiting(busy, "cancel", note)
