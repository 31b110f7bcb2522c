"""Keeping a checked set: in the history, and as part of the warm-up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st
from msgspec.structs import replace

from formcheck.app.pages.sessions import error_sentence
from formcheck.app.visit.gate import is_advice_open, person
from formcheck.app.visit.person import is_shared
from formcheck.report.result import ClipResult
from formcheck.training.history import (
    HistoryError,
    Session,
    SessionSource,
    clip_key,
    session_from_views,
)

_SAID = "kept-said"


def show_keep(results: Sequence[ClipResult], n_reps: int, *, is_live: bool = False) -> None:
    """Draw the form that puts a set into the history.

    Parameters
    ----------
    results
        Of one clip, or of two clips of the same set.
    n_reps
        Repetitions of the set.
    is_live
        Whether it was done in front of the live camera.
    """
    keys = [person().remember(result) for result in results]
    if not n_reps:
        st.markdown("Nothing was counted as a squat, so there is nothing to keep.")
        return
    try:
        known = _known(results)
    except HistoryError as error:
        st.error(error_sentence(error))
        return
    if _SAID in st.session_state:
        st.success(st.session_state.pop(_SAID))
    with st.form("keep", border=True):
        st.markdown("**Keep this set in my history**")
        st.markdown(
            "The camera cannot see a day, a weight or how it felt. All of it may stay open."
        )
        values = _fields(known)
        label = "Update it in my history" if known else "Keep this set in my history"
        if st.form_submit_button(label, type="primary", key="keep-set"):
            source = SessionSource.LIVE if is_live else SessionSource.CLIP
            _keep(results, n_reps, known, source, values)
    if known:
        st.caption(f"This clip is in your history under {known.day:%Y-%m-%d}.")
    where = "this browser's memory" if is_shared() else "a file on this computer"
    st.html(
        f'<p class="fc-small">Only numbers are kept, in {where}; no video. '
        '<a href="/history" target="_self">To my history</a></p>'
    )
    if is_advice_open():
        _as_warm_up(keys)


def _known(results: Sequence[ClipResult]) -> Session | None:
    """The entry of this set, if it is kept already."""
    keys = {clip_key(result) for result in results}
    sessions = person().sessions()
    return next((s for s in reversed(sessions) if s.clip_key in keys), None)


def _fields(known: Session | None) -> dict[str, Any]:
    day = st.date_input("Day", known.day if known else "today", max_value="today", key="keep-day")
    exercise = st.text_input("Exercise", known.exercise if known else "squat", key="keep-exercise")
    left, right = st.columns(2)
    group = known.sets[0] if known and known.sets else None
    with left:
        weight = _number("Weight on the bar in kg (0 = bodyweight)", "weight", 1000.0, 2.5,
                         group.weight_kg if group else None)  # fmt: skip
        effort = _number("Effort, 0 (rest) to 10 (all out)", "effort", 10.0, 1.0,
                         known.effort if known else None)  # fmt: skip
    with right:
        minutes = _number("Minutes of the whole session", "minutes", 1440.0, 5.0,
                          known.minutes if known else None)  # fmt: skip
        pain = _number("Knee pain during it, 0 to 10", "pain", 10.0, 1.0,
                       known.pain_during if known else None)  # fmt: skip
    return {
        "day": day, "exercise": (exercise or "").strip(), "weight_kg": weight, "effort": effort,
        "minutes": minutes, "pain_during": pain,
    }  # fmt: skip


def _number(label: str, key: str, highest: float, step: float, known: float | None) -> float | None:
    return st.number_input(
        label, 0.0, highest, value=known, step=step, format="%g", key=f"keep-{key}",
        placeholder="not known",
    )  # fmt: skip


def _keep(
    results: Sequence[ClipResult],
    n_reps: int,
    known: Session | None,
    source: SessionSource,
    values: dict[str, Any],
) -> None:
    store = person().history()
    try:
        session = session_from_views(results, n_reps=n_reps, source=source, **values)
        if known is None:
            is_new = store.add(session)
            said = "Kept in your history." if is_new else "This set is already in your history."
        else:
            store.replace(_with_what_was_typed(session, known))
            said = "Updated in your history."
    except HistoryError as error:
        st.error(error_sentence(error))
        return
    st.session_state[_SAID] = said
    st.rerun()


def _with_what_was_typed(session: Session, known: Session) -> Session:
    """A set judged anew, with what its entry was told on the history page."""
    is_as_seen = len(known.sets) == 1 and known.sets[0].n_sets == 1
    return replace(
        session,
        uid=known.uid,
        clip_key=known.clip_key,
        source=known.source,
        sets=session.sets if is_as_seen else known.sets,
        note=known.note,
        pain_next_morning=known.pain_next_morning,
        body_weight_kg=known.body_weight_kg,
    )


def _as_warm_up(keys: Sequence[str]) -> None:
    me = person()
    is_in = keys[0] in me.warm_up_keys
    is_chosen = st.checkbox(
        "This was part of my warm-up", is_in, key=f"as-warm-up-{keys[0][:12]}",
        help="Counts its sets on the warm-up list under Knee health.",
    )  # fmt: skip
    if is_chosen != is_in:
        if is_chosen:
            me.warm_up_keys.append(keys[0])
        else:
            me.warm_up_keys.remove(keys[0])
