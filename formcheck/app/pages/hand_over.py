"""The page for a professional, to save and print, from wherever a person looks at their knees."""

from datetime import date

import streamlit as st

from formcheck.app.visit.gate import person
from formcheck.training.hand_over import hand_over_page


def show_hand_over(key: str) -> None:
    """Draw the download; the page is made when it is asked for, with all that is known then."""
    st.download_button(
        "One page for a doctor or physiotherapist", _page, "knee-summary.html", "text/html",
        key=key, on_click="ignore",
    )  # fmt: skip


def _page() -> bytes:
    return hand_over_page(person().known(date.today())).encode()
