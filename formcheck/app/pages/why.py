"""Why a fault matters: in a few sentences, and all that is known of it on tap."""

import streamlit as st

from formcheck.app.parts.statements import show_statements
from formcheck.app.parts.templates import show_html
from formcheck.app.visit.gate import is_advice_open, person, say_withheld
from formcheck.knowledge import exercise_allowed, load_knowledge
from formcheck.knowledge.model import Exercise
from formcheck.report.scorecard import Scorecard, findings_of
from formcheck.report.words import shown
from formcheck.squat.faults import FAULTS
from formcheck.squat.faults.finding import Verdict


def show_why(card: Scorecard) -> None:
    """Say why what was found matters; what is known of every fault can be opened."""
    knowledge = load_knowledge()
    st.caption(
        f"{knowledge.note('general.header').text} "
        f"{knowledge.note('general.link_not_forecast').text}"
    )
    found = {
        fault.name: any(shown(f) is Verdict.FAULT for f in findings_of(card, fault.name))
        for fault in FAULTS
    }
    for name in sorted(found, key=lambda n: not found[n]):
        entry = knowledge.fault(name)
        if found[name]:
            show_html("why.html", entry=entry)
        with st.expander(f"{entry.name}: evidence, causes and what to try"):
            show_fault(name)


def show_fault(fault_id: str) -> None:
    """Draw everything about one fault."""
    knowledge = load_knowledge()
    fault = knowledge.fault(fault_id)
    show_statements([fault.summary])
    show_statements(fault.mechanism, "What may happen in the knee")
    st.markdown("**What it may add to**")
    for risk in fault.risks:
        st.markdown(f"*{knowledge.condition(risk.condition).name}*")
        show_statements([risk])
    st.markdown("**What may be behind it**")
    for link in fault.contributors:
        st.markdown(f"*{knowledge.root_cause(link.root_cause).name}*")
        show_statements([link])
    if is_advice_open():
        show_statements(knowledge.cues_for(fault_id), "Cues to try")
        st.markdown("**Exercises**")
        for exercise in knowledge.exercises_for(fault_id):
            show_exercise(exercise)
    else:
        say_withheld()
    show_statements(fault.stop, "When to stop")
    if fault.caveats and is_advice_open():  # some of them say how to train
        show_statements(fault.caveats, "Good to know")


def show_exercise(exercise: Exercise) -> None:
    """Draw an exercise if its gate is open, else say what keeps it shut."""
    me = person()
    is_open = exercise_allowed(
        exercise, signs=me.signs, has_knee_pain=me.has_knee_pain, is_warmed_up=me.is_warmed_up
    )
    st.markdown(f"*{exercise.name}*")
    if not is_open:
        st.caption(f"Held back: {exercise.gate.text}")
        return
    show_statements([exercise])
    st.markdown("\n".join(f"1. {step}" for step in exercise.how_to))
    show_statements((exercise.dose, *exercise.notes))
    st.caption(exercise.gate.text)
