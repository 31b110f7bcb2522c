"""Repetitions as they are judged: a list that grows, and that screen readers read as it does."""

from collections.abc import Sequence

import streamlit as st

from formcheck.app.parts.templates import static

_component = st.components.v2.component(
    "formcheck_rep_log",
    html='<ol class="fc-log fc-reps" role="log" aria-label="Repetitions judged so far"></ol>',
    js=static("parts/static/rep_log.js"),
    isolate_styles=False,
)


def rep_log(items: Sequence[str], key: str) -> None:
    """Show a list of safe HTML; what is there already stays as it is."""
    _component(key=key, data=[str(item) for item in items])
