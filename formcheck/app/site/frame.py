"""The frame around every page: navigation, look and the line that must never be missing."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from formcheck.app.pages import about, check, health, history, live
from formcheck.app.parts.stopped import say_when_stopped
from formcheck.app.visit.person import is_shared
from formcheck.report.style import css

_ICON = Path(__file__).parents[1] / "icon.png"

st.html(f"<style>{css('badge', 'plot', 'page')}</style>")
_page = st.navigation(
    [
        st.Page(check.show, title="Check a video", url_path="check", default=True),
        st.Page(live.show, title="Live", url_path="live"),
        st.Page(health.show, title="Knee health", url_path="health"),
        st.Page(history.show, title="History", url_path="history"),
        st.Page(about.show, title="About", url_path="about"),
    ],
    position="top",
)
st.set_page_config(f"{_page.title} · formcheck", page_icon=str(_ICON), layout="wide")
_page.run()
say_when_stopped()
_where = "on the computer that runs this app" if is_shared() else "on this computer"
st.caption(f"formcheck informs; it never diagnoses. Your video stays {_where}.")
