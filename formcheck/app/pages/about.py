"""About: what formcheck is, how it measures, what it does with your video."""

import streamlit as st

from formcheck._version import __version__
from formcheck.app.jobs.limits import words
from formcheck.app.parts.templates import filled
from formcheck.app.visit.person import is_shared
from formcheck.app.visit.spaces import KEEP_S, SPACES
from formcheck.squat.faults import FAULTS
from formcheck.squat.settings import DEFAULT_SETTINGS


def show() -> None:
    """Draw the page."""
    st.title("About formcheck")
    faults = [(f.title, f.about(DEFAULT_SETTINGS.section(f.section))) for f in FAULTS]
    values = {"is_shared": is_shared(), "keep_min": KEEP_S / 60, "limits": words(SPACES.limits)}
    st.markdown(filled("about.md", faults=faults, **values))
    st.caption(f"formcheck {__version__}, under the Apache License 2.0.")
