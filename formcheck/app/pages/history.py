"""History: what was trained, whether it was a jump, what changes, and what to do next."""

from datetime import date

import streamlit as st

from formcheck.app.pages.add import show_add
from formcheck.app.pages.data import show_data
from formcheck.app.pages.hand_over import show_hand_over
from formcheck.app.pages.load import show_load
from formcheck.app.pages.plan import show_plan
from formcheck.app.pages.session_form import NOTICE
from formcheck.app.pages.sessions import show_sessions
from formcheck.app.pages.trends import show_trends
from formcheck.app.visit.gate import person
from formcheck.training.history import History, HistoryError, Session


def show() -> None:
    """Draw the page."""
    st.title("History")
    store = person().history()
    st.caption(where_words())
    try:
        sessions = person().sessions()
    except HistoryError as error:
        st.error(f"**The history cannot be opened.** {error}")
        return
    # Always there: a message that comes or goes must not move the tabs, which would close.
    with st.container():
        if store.notice:
            st.warning(store.notice)
        if NOTICE in st.session_state:
            st.success(st.session_state.pop(NOTICE))
    week, trends, entries, add, data = st.tabs(
        ["This week", "Trends", "Sessions", "Add or import", "Your data"], key="history-tabs"
    )
    today = date.today()
    with week:
        _this_week(sessions, today)
    with trends:
        show_trends(sessions, today)
    with entries:
        show_sessions(store, sessions)
    with add:
        show_add(store, today)
    with data:
        show_data(store, sessions)


def _this_week(sessions: tuple[Session, ...], today: date) -> None:
    if not sessions:
        st.info(
            "Nothing is kept yet. Check a video and choose *Keep this set in my history*, or use "
            "*Add or import* on this page."
        )
        st.html('<p><a class="fc-link" href="/" target="_self">Check a video</a></p>')
    st.subheader("Your plan")
    show_plan(today)
    if sessions:
        show_load(sessions, today)
    if sessions or person().guide is not None:
        show_hand_over("history-hand-over")


def where_words() -> str:
    """Where the history is and who can read it, in a line or two."""
    store = person().history()
    if isinstance(store, History):
        return (
            f"Kept on this computer in `{store.path}`. Only your user account can read the file "
            "(mode 0600), and it is **not encrypted**. No video is kept."
        )
    return (
        "Several people use this app, so **nothing is kept on its computer**: your history is in "
        "memory, for this browser only, and ends some minutes after you leave. Save it under "
        "*Your data* and load it next time. No video is kept."
    )
