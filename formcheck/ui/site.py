"""The frame around every page: navigation, look and the line that must never be missing."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from formcheck.ui.server import is_shared
from formcheck.ui.style import PAGE_CSS

_SCREENS = Path(__file__).with_name("screens")
_ICON = Path(__file__).with_name("static") / "icon.png"

st.set_page_config(page_title="formcheck", page_icon=str(_ICON), layout="wide")
st.html(f"<style>{PAGE_CSS}</style>")
_page = st.navigation(
    [
        st.Page(_SCREENS / "check.py", title="Check a video", url_path="check", default=True),
        st.Page(_SCREENS / "live.py", title="Live", url_path="live"),
        st.Page(_SCREENS / "health.py", title="Knee health", url_path="health"),
        st.Page(_SCREENS / "history.py", title="History", url_path="history"),
        st.Page(_SCREENS / "about.py", title="About", url_path="about"),
    ],
    position="top",
)
_page.run()
_where = "on the computer that runs this app" if is_shared() else "on this computer"
st.caption(f"formcheck informs; it never diagnoses. Your video stays {_where}.")
