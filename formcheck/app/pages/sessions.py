"""The list of sessions, and changing or deleting one."""

from collections.abc import Sequence

import streamlit as st
from msgspec.structs import replace

from formcheck.app.pages.session_form import details_fields, errors_shown, read_details, say
from formcheck.app.parts.templates import show_html
from formcheck.report.words import fault_name
from formcheck.training.history import Session, SessionSource, SessionStore, format_sets

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
    shown = sessions[::-1][page * PER_PAGE : (page + 1) * PER_PAGE]
    first = page * PER_PAGE + 1
    st.markdown(f"Sessions {first} to {first + len(shown) - 1} of {len(sessions)}, newest first")
    show_html("sessions.html", sessions=shown, day=_day, facts=_facts, sources=_SOURCES)
    if n_pages > 1:
        with st.container(horizontal=True):
            for words, step, last in (("Newer", -1, 0), ("Older", 1, n_pages - 1)):
                if st.button(words, key=f"history-{words.lower()}", disabled=page == last):
                    st.session_state[_OLDER] = page + step
                    st.rerun()
    st.subheader("Change or delete a session")
    by_uid = {s.uid: s for s in shown}
    uid = st.selectbox(
        "Session", list(by_uid), key="history-session",
        format_func=lambda key: _name(by_uid[key]) if key in by_uid else "",
    )  # fmt: skip
    if uid in by_uid:
        _change(store, by_uid[uid])
        _delete(store, by_uid[uid])


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
        (session.pain_after, "right after {:g} of 10"),
        (session.pain_next_morning, "next morning {:g} of 10"),
        (session.knee_to_wall_left_cm, "knee to wall, left, {:g} cm"),
        (session.knee_to_wall_right_cm, "knee to wall, right, {:g} cm"),
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
            with errors_shown():
                store.replace(replace(old, **read_details(values)))
                say("Changed.")


def _delete(store: SessionStore, old: Session) -> None:
    is_sure = st.checkbox("Yes, delete this session for good", key=f"history-sure-{old.uid}")
    if st.button("Delete this session", key="history-delete", disabled=not is_sure):
        with errors_shown():
            store.delete(old.uid)
            say("Deleted.")
