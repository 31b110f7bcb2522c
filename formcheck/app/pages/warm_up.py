"""The warm-up list: squats counted by the camera, the rest ticked by hand."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import BinaryIO, cast

import streamlit as st

from formcheck.app.jobs.limits import TRACK_TYPE, VIDEO_TYPES
from formcheck.app.jobs.queue import JobState
from formcheck.app.pages.progress import plain, show_progress
from formcheck.app.pages.settings import current_settings
from formcheck.app.parts.samples import warm_up_sample
from formcheck.app.parts.statements import statement_html, statements_html
from formcheck.app.streamlit_internals import drop_upload
from formcheck.app.visit.browser import space
from formcheck.app.visit.clips import Look
from formcheck.app.visit.gate import person, red_flags, say_withheld
from formcheck.app.visit.shots import shots
from formcheck.app.visit.spaces import SPACES, Space
from formcheck.errors import InputError
from formcheck.knowledge import load_knowledge
from formcheck.knowledge.words import counted
from formcheck.report.result import ClipResult
from formcheck.report.words import mark
from formcheck.training.warm_up import (
    LEG_EXTENSIONS,
    SQUATS,
    StepState,
    WarmUpReport,
    check_warm_up,
)

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
    me = person()
    report = check_warm_up(
        [me.seen()[key] for key in me.warm_up_keys],
        red_flags=red_flags(),
        leg_extension_sets=me.n_leg_extension_sets,
        ticked=me.warm_up_ticks,
    )
    with outcome:
        st.html(_outcome(report))
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
        me.warm_up_keys = [key for key in me.warm_up_keys if key in seen]
        if _CHOSEN not in st.session_state:
            st.session_state[_CHOSEN] = list(me.warm_up_keys)
        st.session_state[_CHOSEN] = [key for key in st.session_state[_CHOSEN] if key in seen]
        me.warm_up_keys = st.multiselect(
            "Which of the sets seen in this visit were warm-up sets?", list(seen), key=_CHOSEN,
            format_func=lambda key: _title(seen[key]), placeholder="Choose clips or live sets",
            help="Every clip you check and every live set of this visit is listed here.",
        )  # fmt: skip
    if _ERROR in st.session_state:
        st.error(f"**That did not work.** {plain(st.session_state[_ERROR])}")
    busy = [clip for clip in mine.warm_up if not clip.job.state.is_over]
    if busy:
        _working(mine)
        return
    with st.expander("Add a clip of your warm-up", expanded=not seen):
        uploads = st.file_uploader(
            "One clip with all sets, or one per set", type=[*VIDEO_TYPES, TRACK_TYPE],
            key="warm-up-upload", accept_multiple_files=True,
            max_upload_size=SPACES.limits.max_upload_mb,
        )  # fmt: skip
        for upload in uploads:
            _add(mine, Path(upload.name).name, cast(BinaryIO, upload))
            drop_upload(upload)
        if uploads:
            st.rerun()
        sample = warm_up_sample()
        if sample is not None:
            st.markdown("**Or try the sample clip**: a rendered person does four slow sets.")
            if st.button(sample.title, key="warm-up-sample"):
                with sample.path.open("rb") as file:
                    _add(mine, sample.path.name, file)
                st.rerun()
        st.caption("Clips added here are removed as soon as they are counted.")


def _title(result: ClipResult) -> str:
    return f"{result.source.file}: {counted(len(result.reps), 'squat')}"


def _add(mine: Space, name: str, file: BinaryIO) -> None:
    st.session_state.pop(_ERROR, None)
    look = Look.of(current_settings().changed(), with_cues=False, blur=False)
    try:
        mine.warm_up.append(SPACES.add_clip(mine, name, file, look))
    except InputError as error:
        st.session_state[_ERROR] = str(error)


@st.fragment(run_every=0.5)
def _working(mine: Space) -> None:
    busy = [clip for clip in mine.warm_up if not clip.job.state.is_over]
    if len(busy) < len(mine.warm_up) or not busy:
        st.rerun(scope="app")
    with st.container(key="warm-up-progress", border=True):
        for clip in busy:
            show_progress(clip.name, clip.job)
        if st.button("Cancel", key="warm-up-cancel"):
            for clip in busy:
                SPACES.queue.cancel(clip.job)
            st.rerun(scope="app")


def _outcome(report: WarmUpReport) -> str:
    is_seen = report.n_counted >= report.n_needed
    head = mark("ok" if is_seen else "not_assessable", "✓" if is_seen else "·", report.text)
    out = [f'<p class="fc-head">{head}</p>']
    if report.sets:
        out.append('<ul class="fc-list">')
        for found in report.sets:
            text = (
                f"Set {found.number}: {found.n_reps} reps, {found.eccentric_s:.1f} s on the way "
                f"down"
            )
            kind, icon = ("ok", "✓") if found.is_counted else ("not_assessable", "–")
            why = f" {escape(found.reason)}" if found.reason else ""
            out.append(f"<li>{mark(kind, icon, text)}.{why}</li>")
        out.append("</ul>")
    out.append('<h3 class="fc-h">The whole list</h3><ul class="fc-list">')
    for step in report.steps:
        kind, icon = _ICONS[step.state]
        out.append(
            f"<li>{mark(kind, icon, step.step.name)} "
            f'<span class="fc-small">{escape(step.text)}</span></li>'
        )
    out.append("</ul>")
    if report.is_complete:
        out.append("<p><b>The warm-up is done.</b></p>")
    elif report.next_step is not None:
        next_ = report.next_step.step
        out.append(f"<p><b>Next:</b> {escape(next_.name)}. {escape(next_.text)}</p>")
    out += [f'<p class="fc-small">{escape(note)}</p>' for note in report.notes]
    return f'<div class="fc-sum">{"".join(out)}</div>'


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
            st.html(statement_html(step, knowledge))
        st.markdown("**Why**")
        st.html(statements_html(knowledge.warm_up.why, knowledge))
        st.markdown("**How sets are counted**")
        st.html(statements_html(knowledge.warm_up.defaults, knowledge))
