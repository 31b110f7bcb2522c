"""Statements of the knowledge base on a page: text, strength, doubts, sources."""

from collections.abc import Iterable

import streamlit as st

from formcheck.app.parts.templates import show_html
from formcheck.knowledge import Strength, load_knowledge
from formcheck.knowledge.model import Statement

STRENGTH_WORDS = {
    Strength.A: "evidence A: several trials",
    Strength.B: "evidence B: one trial or consistent cohorts",
    Strength.C: "evidence C: small studies",
    Strength.D: "evidence D: opinion or our choice",
    Strength.X: "evidence X: contradicted",
}


def show_statements(
    statements: Iterable[Statement], title: str = "", *, is_small: bool = False
) -> None:
    """Draw statements one below the other, with what belongs to each, under a title."""
    if title:
        st.markdown(f"**{title}**")
    show_html(
        "statements.html", statements=statements, is_small=is_small, strength_words=STRENGTH_WORDS,
        references_for=load_knowledge().references_for,
    )  # fmt: skip
