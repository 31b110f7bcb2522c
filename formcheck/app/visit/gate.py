"""The pages' side of the gate between warning signs and training advice."""

import streamlit as st

from formcheck.app.visit.browser import space
from formcheck.app.visit.person import Person
from formcheck.knowledge import load_knowledge


def person() -> Person:
    """The person behind this browser."""
    return space().person


def is_advice_open() -> bool:
    """Whether exercises, warm-up, plans and cues may be shown to this person."""
    return not person().is_advice_held


def say_withheld() -> bool:
    """Say that training advice is held back, if it is; return whether it is."""
    if is_advice_open():
        return False
    st.warning(load_knowledge().note("general.withheld").text)
    return True
