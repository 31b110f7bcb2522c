"""Statements of the knowledge base on a page: text, strength, doubts, sources."""

from collections.abc import Iterable

import streamlit as st

from formcheck.app.parts.templates import show_html
from formcheck.knowledge import Strength, load_knowledge
from formcheck.knowledge.model import Statement

STRENGTH_WORDS = {strength: f"evidence {strength}: {strength.rule}" for strength in Strength}


def show_statements(
    statements: Iterable[Statement], title: str = "", *, is_small: bool = False
) -> None:
    """Draw statements one below the other, with what belongs to each, under a title."""
    if title:
        st.markdown(f"**{title}**")
    show_html(
        "statements.html", statements=statements, is_small=is_small,
        references_for=load_knowledge().references_for,
    )  # fmt: skip
