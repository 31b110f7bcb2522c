"""The pages' side of the gate between warning signs and training advice."""

import streamlit as st

from formcheck.app.visit.browser import space
from formcheck.app.visit.person import Person
from formcheck.knowledge import load_knowledge
from formcheck.knowledge.gate import withheld_id


def person() -> Person:
    """The person behind this browser."""
    return space().person


def is_advice_open() -> bool:
    """Whether exercises, warm-up, plans and cues may be shown to this person."""
    return not person().is_advice_held


def withheld_words() -> str:
    """Why advice is held back; empty if it is not."""
    standing = person().standing
    return "" if standing.is_open else load_knowledge().note(withheld_id(standing)).text


def say_withheld() -> bool:
    """Say that advice is held back, if it is, and where to go on; return whether it is."""
    text = withheld_words()
    if text:
        st.warning(f"{text} [To the symptom guide](/health)")
    return bool(text)
