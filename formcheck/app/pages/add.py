"""Adding sessions: typed in, from CSV, from an export, from a batch run."""

from collections.abc import Iterable, Sequence
from datetime import date

import streamlit as st

from formcheck.app.pages.session_form import details_fields, errors_shown, read_details, say
from formcheck.knowledge.words import counted
from formcheck.training.history import (
    CSV_COLUMNS,
    Session,
    SessionStore,
    import_csv,
    import_json,
    sessions_from_files,
)

_DONE = "history-taken"


def show_add(store: SessionStore, today: date) -> None:
    """Draw the ways into the history."""
    st.subheader("Type in a session")
    with st.form("history-add", clear_on_submit=False):
        values = details_fields("add")
        if st.form_submit_button("Add this session", type="primary"):
            with errors_shown():
                _store(store, [Session(**read_details(values))])
    st.subheader("Load a file")
    st.markdown(
        "An **export** saved here (JSON), or a **CSV** table. The first line of a table names the "
        f"columns: `{', '.join(CSV_COLUMNS)}`; only `date` is required. What is already there is "
        "not stored twice."
    )
    file = st.file_uploader(
        "Export or table", type=["json", "csv"], key="history-import", max_upload_size=20
    )
    if file is not None and _is_new("file", file.file_id):
        data = file.getvalue()
        is_table = file.name.lower().endswith(".csv")
        with errors_shown():
            _store(store, import_csv(data, today) if is_table else import_json(data))
    st.subheader("Load a batch run")
    st.markdown(
        "Choose the folder that `formcheck score ... --out` wrote. Its results become sessions, "
        "one a set. Videos in it are not read."
    )
    day = st.date_input("Day of training", "today", max_value="today", key="history-batch-day")
    exercise = st.text_input("Exercise", "squat", key="history-batch-exercise")
    files = st.file_uploader(
        "Folder of results", type=["json", "csv"], accept_multiple_files="directory",
        key="history-batch", max_upload_size=20,
    )  # fmt: skip
    if files and st.button("Load these results", key="history-batch-load"):
        _batch(store, [(f.name, f.getvalue()) for f in files], day, exercise)


def _batch(store: SessionStore, files: list[tuple[str, bytes]], day: date, exercise: str) -> None:
    with errors_shown():
        found = sessions_from_files(files, day, exercise=exercise.strip())
        _store(store, found.sessions, found.notes)


def _is_new(key: str, id_: str) -> bool:
    """Whether an upload was not looked at yet: the page is drawn many times."""
    taken: dict[str, str] = st.session_state.setdefault(_DONE, {})
    if taken.get(key) == id_:
        return False
    taken[key] = id_
    return True


def _store(store: SessionStore, sessions: Sequence[Session], notes: Iterable[str] = ()) -> None:
    n_new = store.add_all(sessions)
    n_known = len(sessions) - n_new
    known = [f"{n_known} already there."] if n_known else []
    say(" ".join([f"{counted(n_new, 'session')} added.", *known, *notes]))
