"""Pieces of pages from files of their own: templates and what components are made of."""

from __future__ import annotations

from importlib import resources
from typing import Any

import streamlit as st
from markupsafe import Markup

from formcheck.report.templates import render
from formcheck.report.words import mark

_APP = "formcheck.app"


def static(*names: str) -> str:
    """The text of files of the app, such as ``live/static/live.css``, one after the other."""
    return "\n".join((resources.files(_APP) / name).read_text("utf-8") for name in names)


def page_html(name: str, **values: Any) -> Markup:
    """A template of the app with its values, each text escaped; ``mark`` is one of them."""
    return Markup(render(_APP, f"templates/{name}.html.j2", mark=_mark, **values))


def show_html(name: str, **values: Any) -> None:
    """Put a template on the page."""
    st.html(str(page_html(name, **values)))


def _mark(kind: str, icon: str, words: str) -> Markup:
    return Markup(mark(kind, icon, words))
