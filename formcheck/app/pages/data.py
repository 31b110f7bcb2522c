"""A person's data: export and deletion."""

from collections.abc import Sequence

import streamlit as st

from formcheck.app.pages.session_form import errors_shown, say
from formcheck.training.history import History, Session, SessionStore, export_csv, export_json


def show_data(store: SessionStore, sessions: Sequence[Session]) -> None:
    """Draw the downloads and the way to delete everything."""
    st.subheader("Save a copy")
    st.markdown(
        "The export (JSON) holds everything and can be loaded again. The table (CSV) is for "
        "spreadsheets."
    )
    with st.container(horizontal=True):
        st.download_button(
            "Export (JSON)", lambda: export_json(sessions), "formcheck-history.json",
            "application/json", key="history-export", disabled=not sessions, on_click="ignore",
        )  # fmt: skip
        st.download_button(
            "Table (CSV)", lambda: export_csv(sessions), "formcheck-history.csv", "text/csv",
            key="history-table", disabled=not sessions, on_click="ignore",
        )  # fmt: skip
    st.subheader("Delete everything")
    if isinstance(store, History):
        st.markdown(
            "All sessions are overwritten and the file is removed, with damaged copies set aside "
            "earlier. Backups, and exports you saved, are out of reach."
        )
    else:
        st.markdown("All sessions of this visit are forgotten.")
    is_sure = st.checkbox("Yes, delete my whole history", key="history-delete-all-sure")
    if st.button("Delete everything", key="history-delete-all", disabled=not is_sure):
        with errors_shown():
            store.delete_all()
            say("Everything is deleted.")
    st.subheader("What is kept")
    st.markdown(
        "Per session: the day, the exercise, sets, reps and weights, minutes, effort, knee pain, "
        "your weight and the knee-to-wall test if you told them, how many repetitions showed a "
        "fault and how far, depth and tempo, the name of the clip, your note. **No video, no "
        "picture, no answers of the symptom guide.** Nothing is sent anywhere."
    )
