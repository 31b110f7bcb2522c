"""Says in our own words that the server is gone: Streamlit asks about the internet."""

import streamlit as st

from formcheck.app.parts.templates import static
from formcheck.app.streamlit_internals import LOST_DIALOG, LOST_TITLE

_component = st.components.v2.component(
    "formcheck_stopped", html="<span hidden></span>", js=static("parts/static/stopped.js"),
    isolate_styles=False,
)  # fmt: skip
_WORDS = {
    "title": "formcheck was stopped",
    "text": "Start it again and upload once more. If it still runs on another computer, see that "
    "this one is connected to it: the page goes on by itself.",
}


def say_when_stopped() -> None:
    """Wait for the loss of the server on this page."""
    _component(key="stopped", data={"dialog": LOST_DIALOG, "lost": LOST_TITLE, **_WORDS})
