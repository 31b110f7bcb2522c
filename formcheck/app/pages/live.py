"""Live coaching: the camera's component, and the result once a set is over."""

import io

import streamlit as st

from formcheck.app.jobs.limits import TRACK_TYPE
from formcheck.app.jobs.queue import JobState
from formcheck.app.live import pose_files, socket
from formcheck.app.live.sets import LIVE, LiveSet
from formcheck.app.pages.progress import plain
from formcheck.app.pages.result import forget, show_result
from formcheck.app.pages.settings import current_settings
from formcheck.app.parts.figures import show_framing_guide
from formcheck.app.parts.templates import static
from formcheck.app.visit.browser import space
from formcheck.app.visit.clips import Clip, Look
from formcheck.app.visit.entry import ENTRY
from formcheck.app.visit.gate import is_advice_open, withheld_words
from formcheck.app.visit.spaces import SPACES, Space
from formcheck.errors import InputError
from formcheck.knowledge.words import counted
from formcheck.report.record import rep_result
from formcheck.report.words import depth_words, tempo_words

_TOKEN, _ERROR = "live-token", "live-error"
_OWN = "Your picture stays on this device and this computer."
_SHARED = "Your picture goes to the computer that runs formcheck and is not kept there."
_HERE = "Your picture never leaves this page."
_STATIC = "live/static/live"
_component = st.components.v2.component(
    "formcheck_live", html=static(f"{_STATIC}.html"), css=static(f"{_STATIC}.css"),
    js=static(*(f"{_STATIC}{part}.js"
                for part in ("_art", "_sound", "_camera", "_film", "_pose", ""))),
    isolate_styles=False,
)  # fmt: skip


def show() -> None:
    """Draw the page in whatever state this browser is in."""
    mine = space()
    st.title("Live coaching")
    if _ERROR in st.session_state:
        st.error(st.session_state.pop(_ERROR))
    if LIVE.options.is_counts_only:
        st.info("Repetitions are counted; cues and verdicts are neither shown nor spoken.")
    elif not is_advice_open():
        st.warning(
            f"{withheld_words()} Repetitions are counted; cues and verdicts are neither shown nor "
            "spoken until then."
        )
    live_set = _current(mine)
    wanted = live_set.options
    data = {
        "token": live_set.token,
        "path": socket.PATH,
        "protocol": socket.PROTOCOL,
        "poses": socket.POSES_PROTOCOL,
        "where": {
            "path": pose_files.PATH,
            "why_not": pose_files.why_not(),
            "is_default": ENTRY.is_shared,
        },
        "n_kept": live_set.n_reps if live_set.is_under_way else 0,
        "camera": wanted.camera,
        "film": wanted.film.name if wanted.film is not None else None,
        "muted": wanted.is_muted,
        "welcome": [
            f"{words} Sound {'off' if wanted.is_muted else 'on'}."
            for words in (_SHARED if ENTRY.is_shared else _OWN, _HERE)
        ],
    }
    state = _component(
        key="live", data=data, on_finished_change=lambda: None, on_renew_change=lambda: None
    )
    if state.finished:
        _take(mine, str(state.finished))
        st.rerun()
    if live_set.is_under_way and live_set.holder is None:
        _offer_result(mine, live_set)
    if mine.live:
        _result(mine, mine.live[-1])
    else:
        _how()


def _current(mine: Space) -> LiveSet:
    """The set this page works on: its own, an interrupted one of this browser, or a new one."""
    token = st.session_state.get(_TOKEN, "")
    found = LIVE.find(mine.id, token) or LIVE.interrupted(mine.id) or LIVE.issue(mine.id)
    if not found.is_under_way:
        found.settings = current_settings()
    st.session_state[_TOKEN] = found.token
    return found


def _take(mine: Space, token: str) -> None:
    """Make a result of a set that is over."""
    over = LIVE.take(mine.id, token)
    st.session_state.pop(_TOKEN, None)
    if over is None or not over.track:
        return
    for clip in list(mine.live):
        SPACES.drop_clip(mine, clip)
    forget()
    look = Look.of(over.settings.changed(), is_advice_open(), blur=False)
    try:
        clip = SPACES.add_clip(mine, f"{over.name}.{TRACK_TYPE}", io.BytesIO(over.track), look)
    except InputError as error:
        st.session_state[_ERROR] = str(error)
        return
    mine.live.append(clip)


def _offer_result(mine: Space, live_set: LiveSet) -> None:
    reps = counted(live_set.n_reps, "repetition")
    with st.container(key="live-interrupted", border=True):
        st.markdown(f"A set with {reps} was interrupted. Continue it above, or:")
        if st.button("See its result", key="live-see-result"):
            live_set.end()
            _take(mine, live_set.token)
            st.rerun()


def _result(mine: Space, clip: Clip) -> None:
    state = clip.job.state
    if state is JobState.DONE and LIVE.options.is_counts_only:
        _counts(mine, clip)
    elif state is JobState.DONE:
        show_result(mine, [clip])
    elif state.is_over:
        st.error(f"The set could not be judged. {plain(clip.job.message)}")
        SPACES.drop_clip(mine, clip)
    else:
        _waiting(clip)


def _counts(mine: Space, clip: Clip) -> None:
    """The set without a verdict: how many repetitions, how deep and how fast."""
    _, analysis = clip.judged(current_settings())
    reps = [rep_result(judged) for judged in analysis.reps]
    with st.container(key="result", border=True):
        st.subheader(counted(len(reps), "repetition"))
        for rep in reps:
            st.text(f"{rep.number}. Depth: {depth_words(rep)}. Tempo: {tempo_words(rep)}.")
        if st.button("Close this result", key="again"):
            SPACES.drop_clip(mine, clip)
            st.rerun()


@st.fragment(run_every=0.4)
def _waiting(clip: Clip) -> None:
    if clip.job.state.is_over:
        st.rerun(scope="app")
    st.progress(clip.job.progress.share or 0.0, "Putting the result together")


def _how() -> None:
    film = LIVE.options.film
    if film is not None:
        st.text(f"{film.name} is played as if a camera filmed it now. Nothing of it is kept.")
        return
    st.markdown(
        "Put the phone or laptop where it sees you from head to feet, press **Start camera** and "
        "follow the big words: they can be read, and heard, from across the room. Every complete "
        "squat counts, also one done before everything is set up."
    )
    show_framing_guide("live-framing-guide")
    st.caption(
        "The picture goes to this app only, frame by frame, and is not kept; if the pose is found "
        "in your browser, it goes nowhere. A recording is made only if you ask for it, in the "
        "browser."
    )
