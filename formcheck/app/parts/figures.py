"""Puts our own SVG on a page: ``st.html`` takes pictures out."""

import streamlit as st

from formcheck.app.parts.templates import static

_component = st.components.v2.component(
    "formcheck_figures", html='<div class="fc-figures"></div>',
    js=static("parts/static/figures.js"), isolate_styles=False,
)  # fmt: skip


def figures(html: str, key: str) -> None:
    """Show pictures drawn by formcheck: HTML in which every text is escaped already."""
    _component(key=key, data=html)


def show_framing_guide(key: str) -> None:
    """Show where to put the phone: two pictures with a caption each."""
    figures(static("parts/static/framing_guide.html"), key)
