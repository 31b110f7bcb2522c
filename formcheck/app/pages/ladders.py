"""The way back to training: the pain light, and ladders for a knee that was checked."""

from datetime import date

import streamlit as st

from formcheck.app.parts.statements import show_statements
from formcheck.app.visit.gate import person, say_withheld
from formcheck.knowledge import load_knowledge
from formcheck.training.history.pain import Light, light_words

_ICONS = {Light.GREEN: "🟢", Light.AMBER: "🟡", Light.RED: "🔴", None: "⚪"}


def show_ladders() -> None:
    """Draw the pain light, and the ladders once a professional has checked the knee."""
    if say_withheld():
        return
    knowledge = load_knowledge()
    guide = person().guide
    if guide is None or not (guide.answers.is_checked and guide.answers.checked_on):
        st.markdown(
            "Two ladders back to training, one for the squat and one for the tendon below the "
            "kneecap. They are for a knee that a doctor or physiotherapist has examined: say so, "
            "with the day, in the symptom guide."
        )
        return
    known = person().known(date.today())
    pain = known.pain
    if pain is not None:
        words = light_words(pain.light, is_load_jump=known.is_load_jump)
        st.markdown(f"{_ICONS[pain.light]} **{words}** {pain.text}")
    show_statements(
        [knowledge.default("pain_green_points"), knowledge.default("pain_red_points")],
        "The pain light: during training, after it and the next morning",
    )
    for ladder in knowledge.ladders:
        st.subheader(ladder.name)
        show_statements([ladder.about, ladder.climb])
        for number, step in enumerate(ladder.steps, 1):
            st.markdown(f"**{number}. {step.name}**")
            show_statements([step])
