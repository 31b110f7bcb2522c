"""The list of sessions, and changing or deleting one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st
from msgspec.structs import replace

from formcheck.app.parts.templates import show_html
from formcheck.report.words import fault_name
from formcheck.training.history import (
    HistoryError,
    Session,
    SessionSource,
    SessionStore,
    format_sets,
    parse_sets,
)

PER_PAGE = 20
_OLDER = "history-pages"
_SOURCES = {
    SessionSource.CLIP: "checked video",
    SessionSource.LIVE: "live set",
    SessionSource.BATCH: "batch run",
    SessionSource.MANUAL: "typed in",
}


def show_sessions(store: SessionStore, sessions: Sequence[Session]) -> None:
    """Draw the latest sessions first, and what can be done with one of them."""
    if not sessions:
        st.markdown("No sessions yet.")
        return
    n_pages = -(-len(sessions) // PER_PAGE)
    page = min(st.session_state.get(_OLDER, 0), n_pages - 1)
    newest = list(reversed(sessions))
    shown = newest[page * PER_PAGE : (page + 1) * PER_PAGE]
    first = page * PER_PAGE + 1
    st.markdown(f"Sessions {first} to {first + len(shown) - 1} of {len(sessions)}, newest first")
    show_html("sessions", sessions=shown, day=_day, facts=_facts, sources=_SOURCES)
    if n_pages > 1:
        with st.container(horizontal=True):
            if st.button("Newer", key="history-newer", disabled=page == 0):
                st.session_state[_OLDER] = page - 1
                st.rerun()
            if st.button("Older", key="history-older", disabled=page == n_pages - 1):
                st.session_state[_OLDER] = page + 1
                st.rerun()
    st.subheader("Change or delete a session")
    names = {s.uid: _name(s) for s in shown}
    uid = st.selectbox(
        "Session", list(names), format_func=lambda key: names.get(key, ""), key="history-session",
    )  # fmt: skip
    chosen = next((s for s in shown if s.uid == uid), None)
    if chosen is not None:
        _change(store, chosen)
        _delete(store, chosen)


def _name(session: Session) -> str:
    sets = format_sets(session.sets)
    return f"{_day(session)}, {session.exercise}{', ' + sets if sets else ''}"


def _day(session: Session) -> str:
    return f"{session.day.day} {session.day:%b %Y}"


def _facts(session: Session) -> list[str]:
    facts = [format_sets(session.sets).replace("x", " × ")] if session.sets else []
    for value, words in (
        (session.minutes, "{:g} min"),
        (session.effort, "effort {:g} of 10"),
        (session.pain_during, "knee pain {:g} of 10"),
        (session.pain_next_morning, "next morning {:g} of 10"),
        (session.knee_flexion_deg, "depth {:.0f}° at the knee"),
    ):
        if value is not None:
            facts.append(words.format(value))
    for tally in session.faults:
        if tally.n_judged:
            facts.append(f"{fault_name(tally.fault).lower()} {tally.n_fault} of {tally.n_judged}")
    return facts


def _change(store: SessionStore, old: Session) -> None:
    with st.form(f"history-change-{old.uid}", border=True):
        values = details_fields(f"change-{old.uid}", old)
        if st.form_submit_button("Save changes"):
            try:
                store.replace(replace(old, **read_details(values)))
            except HistoryError as error:
                st.error(error_sentence(error))
                return
            st.session_state["history-notice"] = "Changed."
            st.rerun()


def _delete(store: SessionStore, old: Session) -> None:
    is_sure = st.checkbox("Yes, delete this session for good", key=f"history-sure-{old.uid}")
    if st.button("Delete this session", key="history-delete", disabled=not is_sure):
        try:
            store.delete(old.uid)
        except HistoryError as error:
            st.error(error_sentence(error))
            return
        st.session_state["history-notice"] = "Deleted."
        st.rerun()


def details_fields(key: str, old: Session | None = None) -> dict[str, Any]:
    """Draw the fields of a session inside a form and return what they hold."""
    day = st.date_input(
        "Day", value=old.day if old else "today", max_value="today", min_value="1950-01-01",
        key=f"{key}-day",
    )  # fmt: skip
    exercise = st.text_input("Exercise", old.exercise if old else "squat", key=f"{key}-exercise")
    sets = st.text_input(
        "Sets × reps × kg", format_sets(old.sets) if old else "", key=f"{key}-sets",
        placeholder="3x10x60; 1x5x80",
        help="Sets x reps x kilograms, several groups apart by a semicolon. 0 kg is bodyweight; "
        "leave the kilograms out if you do not know them.",
    )  # fmt: skip
    left, right = st.columns(2)
    with left:
        minutes = _number_field("Minutes", key, "minutes", old, 1440.0, 5.0)
        during = _number_field("Knee pain during, 0 to 10", key, "pain_during", old, 10.0, 1.0)
        weight = _number_field("Your weight in kg", key, "body_weight_kg", old, 400.0, 1.0)
    with right:
        effort = _number_field("Effort, 0 (rest) to 10 (all out)", key, "effort", old, 10.0, 1.0)
        morning = _number_field(
            "Knee pain next morning, 0 to 10", key, "pain_next_morning", old, 10.0, 1.0
        )
    note = st.text_input("Note", old.note if old else "", key=f"{key}-note", max_chars=500)
    return {
        "day": day, "exercise": exercise, "sets": sets, "minutes": minutes, "effort": effort,
        "pain_during": during, "pain_next_morning": morning, "body_weight_kg": weight,
        "note": note,
    }  # fmt: skip


def _number_field(
    label: str, key: str, name: str, old: Session | None, highest: float, step: float
) -> float | None:
    known: float | None = getattr(old, name) if old else None
    return st.number_input(
        label, 0.0, highest, value=known, step=step, format="%g", key=f"{key}-{name}",
        placeholder="not known",
    )  # fmt: skip


def read_details(values: dict[str, Any]) -> dict[str, Any]:
    """The values of :func:`details_fields` as those of a session.

    Raises
    ------
    HistoryError
        If the sets cannot be read.
    """
    return values | {
        "sets": parse_sets(str(values["sets"] or "")),
        "exercise": str(values["exercise"] or "").strip(),
        "note": str(values["note"] or "").strip(),
    }


def error_sentence(error: HistoryError) -> str:
    """What went wrong, as a sentence."""
    text = str(error)
    return text[:1].upper() + text[1:]
