"""Warning signs and self-care in full, for reading without answering the guide."""

import streamlit as st

from formcheck.app.parts.statements import show_statements
from formcheck.app.visit.gate import is_advice_open, person, say_withheld
from formcheck.knowledge import Tier, load_knowledge
from formcheck.knowledge.vocabulary import AdviceKind

_MEDICAL = (AdviceKind.ICE, AdviceKind.ANTI_INFLAMMATORY)


def show_signs() -> None:
    """Draw every warning sign, the most urgent first."""
    knowledge = load_knowledge()
    st.markdown(
        "What should be seen by a professional, and how soon. The symptom guide asks for these "
        "first. All but the last group hold back advice on every page, and so do open questions."
    )
    show_statements([knowledge.note("general.doctor_visit")])
    for tier in Tier:
        text = knowledge.tier_text(tier)
        st.subheader(text.headline)
        show_statements([text])
        for flag in knowledge.red_flags:
            if flag.tier is tier:
                with st.expander(flag.label):
                    show_statements([flag])


def show_self_care() -> None:
    """Draw the self-care that fits the answers; none of it before they are there."""
    result = person().guide
    if result is None:
        st.markdown(
            "What you can do yourself depends on your answers. Answer the symptom guide first: a "
            "few taps sort out what a professional should see."
        )
        return
    if not is_advice_open():
        say_withheld()
    for item in result.self_care:
        st.markdown(f"**{item.name}**")
        show_statements((item, *item.cautions))
    if any(item.kind in _MEDICAL for item in result.self_care):
        st.caption("Ice and medicine may dull pain. They do not change what set it off.")
