"""Puts our own SVG on a page: ``st.html`` takes pictures out."""

from __future__ import annotations

import streamlit as st

_JS = """
export default function ({parentElement, data}) {
  const box = parentElement.querySelector('.fc-figures');
  if (box.dataset.html !== data) { box.innerHTML = data; box.dataset.html = data; }
  return () => {};
}
"""

_component = st.components.v2.component(
    "formcheck_figures", html='<div class="fc-figures"></div>', js=_JS, isolate_styles=False
)


def figures(html: str, key: str) -> None:
    """Show pictures drawn by formcheck.

    Parameters
    ----------
    html : str
        Made by :mod:`formcheck.report.plots` or :mod:`formcheck.app.parts.pictures`, every
        text in it escaped there.
    key : str
    """
    _component(key=key, data=html)
