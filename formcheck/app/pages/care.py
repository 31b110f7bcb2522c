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
        "first. All but the last group take training tips off every page."
    )
    for tier in Tier:
        text = knowledge.tier_text(tier)
        st.subheader(text.headline)
        show_statements([text])
        for flag in knowledge.red_flags:
            if flag.tier is tier:
                with st.expander(flag.label):
                    show_statements([flag])


def show_self_care() -> None:
    """Draw the self-care that fits the answers; all of it if the guide was not answered."""
    knowledge = load_knowledge()
    result = person().guide
    if result is None:
        st.markdown(
            "For an ordinary sore knee. **With dark urine, or extreme swelling or weakness after "
            "hard training, use neither ice nor anti-inflammatory medicine and get help today.** "
            "Answer the symptom guide first: it sorts out what does not fit."
        )
        items = knowledge.self_care
    else:
        st.markdown("What fits your answers:")
        items = result.self_care
    for item in items:
        st.markdown(f"**{item.name}**")
        show_statements((item, *item.cautions))
    if not is_advice_open():
        say_withheld()
    if result is None or any(item.kind in _MEDICAL for item in items):
        st.caption("Ice and medicine may dull pain. They do not change what set it off.")
