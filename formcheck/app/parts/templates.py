"""Pieces of pages from files of their own: templates and what components are made of."""

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


def filled(name: str, **values: Any) -> Markup:
    """A template of the app, such as ``plan.html``, with its values, each text escaped.

    The values include ``mark``, an icon with words.
    """
    return Markup(render(_APP, f"templates/{name}.j2", mark=_mark, **values))


def show_html(name: str, **values: Any) -> None:
    """Put a template on the page."""
    st.html(str(filled(name, **values)))


def _mark(kind: str, icon: str, words: str) -> Markup:
    return Markup(mark(kind, icon, words))
