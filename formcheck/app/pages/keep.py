"""Keeping a checked set: in the history, and as part of the warm-up."""

from collections.abc import Sequence
from typing import Any

import streamlit as st
from msgspec.structs import replace

from formcheck.app.pages.session_form import errors_shown, number_columns, say
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
_COLUMNS = (
    (
        ("weight", "Weight on the bar in kg (0 = bodyweight)", 1000.0, 2.5),
        ("effort", "Effort, 0 (rest) to 10 (all out)", 10.0, 1.0),
        ("minutes", "Minutes of the whole session", 1440.0, 5.0),
    ),
    (
        ("pain", "Knee pain during it, 0 to 10", 10.0, 1.0),
        ("pain_after", "Knee pain right after, 0 to 10", 10.0, 1.0),
    ),
)


def show_keep(results: Sequence[ClipResult], n_reps: int, *, is_live: bool = False) -> None:
    """Draw the form that puts a set into the history.

    Args:
        results: Of one clip, or of two clips of the same set.
        n_reps: Repetitions of the set.
        is_live: Whether it was done in front of the live camera.
    """
    keys = [person().remember(result) for result in results]
    if not n_reps:
        st.markdown("Nothing was counted as a squat, so there is nothing to keep.")
        return
    with errors_shown():
        known = _known(results)
        if _SAID in st.session_state:
            st.success(st.session_state.pop(_SAID))
        source = SessionSource.LIVE if is_live else SessionSource.CLIP
        _form(results, n_reps, source, known)
        if known:
            st.caption(f"This clip is in your history under {known.day:%Y-%m-%d}.")
        where = "this browser's memory" if is_shared() else "a file on this computer"
        st.html(
            f'<p class="fc-small">Only numbers are kept, in {where}; no video. '
            '<a href="/history" target="_self">To my history</a></p>'
        )
        if is_advice_open():
            _as_warm_up(keys[0])


def is_kept(results: Sequence[ClipResult]) -> bool:
    """Whether the history has an entry of this set; also if it cannot be read."""
    try:
        return _known(results) is not None
    except HistoryError:
        return True  # nothing can be kept: nothing is to be asked


def _known(results: Sequence[ClipResult]) -> Session | None:
    """The entry of this set, if it is kept already."""
    keys = {clip_key(result) for result in results}
    sessions = person().sessions()
    return next((s for s in reversed(sessions) if s.clip_key in keys), None)


def _form(
    results: Sequence[ClipResult], n_reps: int, source: SessionSource, known: Session | None
) -> None:
    with st.form("keep", border=True):
        st.markdown("**Keep this set in my history**")
        st.markdown(
            "The camera cannot see a day, a weight or how it felt. All of it may stay open."
        )
        values = _fields(known)
        label = "Update it in my history" if known else "Keep this set in my history"
        if st.form_submit_button(label, type="primary", key="keep-set"):
            with errors_shown():
                session = session_from_views(results, n_reps=n_reps, source=source, **values)
                say(_keep(session, known), _SAID)


def _fields(known: Session | None) -> dict[str, Any]:
    day = st.date_input("Day", known.day if known else "today", max_value="today", key="keep-day")
    exercise = st.text_input("Exercise", known.exercise if known else "squat", key="keep-exercise")
    before: dict[str, float | None] = {}
    if known:
        weight_kg = known.sets[0].weight_kg if known.sets else None
        before = {"weight": weight_kg, "effort": known.effort, "minutes": known.minutes,
                  "pain": known.pain_during, "pain_after": known.pain_after}  # fmt: skip
    now = number_columns("keep", _COLUMNS, before)
    return {
        "day": day, "exercise": (exercise or "").strip(), "weight_kg": now["weight"],
        "effort": now["effort"], "minutes": now["minutes"], "pain_during": now["pain"],
        "pain_after": now["pain_after"],
    }  # fmt: skip


def _keep(session: Session, known: Session | None) -> str:
    """Put a set into the history, or in the place of its entry; return what was done."""
    store = person().history()
    if known is None:
        is_new = store.add(session)
        return "Kept in your history." if is_new else "This set is already in your history."
    store.replace(_with_what_was_typed(session, known))
    return "Updated in your history."


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
        knee_to_wall_left_cm=known.knee_to_wall_left_cm,
        knee_to_wall_right_cm=known.knee_to_wall_right_cm,
    )


def _as_warm_up(key: str) -> None:
    chosen = person().warm_up_keys
    is_in = key in chosen
    is_wanted = st.checkbox(
        "This was part of my warm-up", is_in, key=f"as-warm-up-{key[:12]}",
        help="Counts its sets on the warm-up list under Knee health.",
    )  # fmt: skip
    if is_wanted and not is_in:
        chosen.append(key)
    elif is_in and not is_wanted:
        chosen.remove(key)
