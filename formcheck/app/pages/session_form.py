"""The fields of a session, and what is said when the history was changed or refused it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

import streamlit as st
from msgspec import structs

from formcheck.app.pages.progress import plain
from formcheck.training.history import HistoryError, Session, format_sets, parse_sets
from formcheck.training.history.model import MAX_KNEE_TO_WALL_CM

NOTICE = "history-notice"
Number = tuple[str, str, float, float]
"""A field that may stay open: name, label, highest value, step."""
_COLUMNS = (
    (
        ("minutes", "Minutes", 1440.0, 5.0),
        ("effort", "Effort, 0 (rest) to 10 (all out)", 10.0, 1.0),
        ("body_weight_kg", "Your weight in kg", 400.0, 1.0),
    ),
    (
        ("pain_during", "Knee pain during, 0 to 10", 10.0, 1.0),
        ("pain_after", "Knee pain right after, 0 to 10", 10.0, 1.0),
        ("pain_next_morning", "Knee pain next morning, 0 to 10", 10.0, 1.0),
    ),
)
_ANKLES = tuple(
    ((f"knee_to_wall_{side}_cm", f"Knee to wall, {side}, in cm", MAX_KNEE_TO_WALL_CM, 0.5),)
    for side in ("left", "right")
)


@contextmanager
def errors_shown() -> Iterator[None]:
    """Say on the page what the history refuses, line by line, and go on behind the block."""
    try:
        yield
    except HistoryError as error:
        text = str(error)
        lines = (text[:1].upper() + text[1:]).splitlines()
        st.error("  \n".join(plain(line) for line in lines))


def say(notice: str, key: str = NOTICE) -> NoReturn:
    """Draw the page anew, with a notice of what was done."""
    st.session_state[key] = notice
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
    known = structs.asdict(old) if old else {}
    numbers = number_columns(key, _COLUMNS, known) | number_columns(key, _ANKLES, known)
    note = st.text_input("Note", old.note if old else "", key=f"{key}-note", max_chars=500)
    return {"day": day, "exercise": exercise, "sets": sets, "note": note, **numbers}


def number_columns(
    key: str, columns: Sequence[Sequence[Number]], known: Mapping[str, Any]
) -> dict[str, float | None]:
    """Draw numbers from 0 on, each of which may stay open, and return them by their names."""
    values: dict[str, float | None] = {}
    for column, numbers in zip(st.columns(len(columns)), columns, strict=True):
        for name, label, highest, step in numbers:
            values[name] = column.number_input(
                label, 0.0, highest, value=known.get(name), step=step, format="%g",
                key=f"{key}-{name}", placeholder="not known",
            )  # fmt: skip
    return values


def read_details(values: dict[str, Any]) -> dict[str, Any]:
    """The values of :func:`details_fields` as those of a session.

    Raises HistoryError if the sets cannot be read.
    """
    return values | {
        "sets": parse_sets(str(values["sets"] or "")),
        "exercise": str(values["exercise"] or "").strip(),
        "note": str(values["note"] or "").strip(),
    }
