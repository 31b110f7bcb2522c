"""The warm-up list: squats counted by the camera, the rest ticked by hand."""

import streamlit as st

from formcheck.app.jobs.queue import JobState
from formcheck.app.pages.progress import show_waiting
from formcheck.app.pages.settings import current_settings
from formcheck.app.pages.uploads import clip_uploader, show_refusal, take_in
from formcheck.app.parts.samples import warm_up_sample
from formcheck.app.parts.statements import show_statements
from formcheck.app.parts.templates import show_html
from formcheck.app.visit.browser import space
from formcheck.app.visit.clips import Look
from formcheck.app.visit.gate import person, say_withheld
from formcheck.app.visit.shots import shots
from formcheck.app.visit.spaces import SPACES, Space
from formcheck.knowledge import load_knowledge
from formcheck.knowledge.words import counted
from formcheck.report.result import ClipResult
from formcheck.training.warm_up import LEG_EXTENSIONS, SQUATS, StepState

_CHOSEN = "warm-up-clips"
_ERROR = "warm-up-error"
_ICONS = {
    StepState.SEEN: ("ok", "✓"),
    StepState.TICKED: ("ok", "✓"),
    StepState.NOT_NEEDED: ("ok", "✓"),
    StepState.STARTED: ("borderline", "…"),
    StepState.OPEN: ("not_assessable", "·"),
}


def show_warm_up() -> None:
    """Draw the list, what the camera saw of it, and how to let it see more."""
    if say_withheld():
        return
    mine = space()
    _collect(mine)
    *most, last = load_knowledge().warm_up.before
    st.markdown(
        f"For the day you train {', '.join(most)} or {last}. The camera counts the slow squats; "
        "the rest you tick."
    )
    outcome = st.container(key="warm-up", border=True)
    _choose(mine)
    with outcome:
        show_html("warm_up.html", report=mine.person.warm_up(), icons=_ICONS)
    _ticks()
    _why()


def _collect(mine: Space) -> None:
    """Take up clips that have been counted; only their numbers are kept."""
    me = mine.person
    for clip in list(mine.warm_up):
        if clip.job.state is JobState.DONE:
            (shot,) = shots([clip], current_settings(), with_cues=True, blur=False)
            key = me.remember(shot.result.without_cues())
            if key not in me.warm_up_keys:
                me.warm_up_keys.append(key)
            # The widget is drawn below and takes this up.
            st.session_state[_CHOSEN] = list(me.warm_up_keys)
        elif clip.job.state is JobState.FAILED:
            st.session_state[_ERROR] = clip.job.message
        if clip.job.state.is_over:
            SPACES.drop_clip(mine, clip)


def _choose(mine: Space) -> None:
    """Choose among the sets seen in this visit, or add a clip."""
    me = mine.person
    seen = me.seen()
    if seen:
        chosen = st.session_state.get(_CHOSEN, me.warm_up_keys)
        st.session_state[_CHOSEN] = [key for key in chosen if key in seen]
        me.warm_up_keys = st.multiselect(
            "Which of the sets seen in this visit were warm-up sets?", list(seen), key=_CHOSEN,
            format_func=lambda key: _title(seen[key]), placeholder="Choose clips or live sets",
            help="Every clip you check and every live set of this visit is listed here.",
        )  # fmt: skip
    show_refusal(_ERROR)
    if any(not clip.job.state.is_over for clip in mine.warm_up):
        _working(mine)
        return
    with st.expander("Add a clip of your warm-up", expanded=not seen):
        given = clip_uploader(
            "One clip with all sets, or one per set", "warm-up-upload", accept_multiple_files=True
        )
        sample = warm_up_sample()
        if sample is not None:
            st.markdown("**Or try the sample clip**: a rendered person does four slow sets.")
            if st.button(sample.title, key="warm-up-sample"):
                given = [sample]
        st.caption("Clips added here are removed as soon as they are counted.")
    look = Look.of(current_settings().changed(), with_cues=False, blur=False)
    for one in given:
        clip = take_in(mine, one, look, _ERROR)
        if clip is not None:
            mine.warm_up.append(clip)
    if given:
        st.rerun()


def _title(result: ClipResult) -> str:
    return f"{result.source.file}: {counted(len(result.reps), 'squat')}"


@st.fragment(run_every=0.5)
def _working(mine: Space) -> None:
    busy = [clip for clip in mine.warm_up if not clip.job.state.is_over]
    if len(busy) < len(mine.warm_up) or not busy:
        st.rerun(scope="app")
    with st.container(key="warm-up-progress", border=True):
        show_waiting(busy, "warm-up-cancel")


def _ticks() -> None:
    """What no camera can check."""
    me = person()
    st.markdown("**Done, but not seen by a camera**")
    for step in load_knowledge().warm_up.steps:
        if step.id == LEG_EXTENSIONS:
            n = st.number_input(
                "Sets of light leg extensions", 0, 20, me.n_leg_extension_sets,
                key="warm-up-extensions",
            )  # fmt: skip
            if n != me.n_leg_extension_sets:
                me.n_leg_extension_sets = n
                st.rerun()
        elif step.id != SQUATS:
            is_done = st.checkbox(step.name, step.id in me.warm_up_ticks, key=f"tick-{step.id}")
            if is_done != (step.id in me.warm_up_ticks):
                me.warm_up_ticks ^= {step.id}
                st.rerun()


def _why() -> None:
    knowledge = load_knowledge()
    with st.expander("The steps, why, and how sets are counted"):
        for step in knowledge.warm_up.steps:
            st.markdown(f"**{step.name}**")
            show_statements([step])
        show_statements(knowledge.warm_up.why, "Why")
        show_statements(knowledge.warm_up.defaults, "How sets are counted")
