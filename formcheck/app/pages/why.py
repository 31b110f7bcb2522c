"""Why a fault matters: conditions, evidence for and against, what to do, when to stop."""

from __future__ import annotations

import streamlit as st

from formcheck.app.parts.statements import statement_html, statements_html
from formcheck.app.visit.gate import advice_allowed, has_knee_pain, person, red_flags, say_withheld
from formcheck.knowledge import exercise_allowed, load_knowledge
from formcheck.knowledge.model import Exercise
from formcheck.report.scorecard import Scorecard, findings_of
from formcheck.squat.faults import FAULTS


def show_why(card: Scorecard) -> None:
    """Draw what is known about the faults, those found first."""
    knowledge = load_knowledge()
    st.caption(
        f"{knowledge.note('general.header').text} "
        f"{knowledge.note('general.link_not_forecast').text}"
    )
    found = {fault.name: any(f.is_fault for f in findings_of(card, fault.name)) for fault in FAULTS}
    for name in sorted(found, key=lambda n: not found[n]):
        title = knowledge.fault(name).name + (": found in this set" if found[name] else "")
        with st.expander(title, expanded=found[name]):
            show_fault(name)


def show_fault(fault_id: str) -> None:
    """Draw everything about one fault."""
    knowledge = load_knowledge()
    fault = knowledge.fault(fault_id)
    st.html(statement_html(fault.summary, knowledge))
    st.markdown("**What may happen in the knee**")
    st.html(statements_html(fault.mechanism, knowledge))
    st.markdown("**What it may add to**")
    for risk in fault.risks:
        st.markdown(f"*{knowledge.condition(risk.condition).name}*")
        st.html(statement_html(risk, knowledge))
    st.markdown("**What may be behind it**")
    for link in fault.contributors:
        st.markdown(f"*{knowledge.root_cause(link.root_cause).name}*")
        st.html(statement_html(link, knowledge))
    if advice_allowed():
        st.markdown("**Cues to try**")
        st.html(statements_html(knowledge.cues_for(fault_id), knowledge))
        st.markdown("**Exercises**")
        for exercise in knowledge.exercises_for(fault_id):
            show_exercise(exercise)
    else:
        say_withheld()
    st.markdown("**When to stop**")
    st.html(statements_html(fault.stop, knowledge))
    if fault.caveats and advice_allowed():  # some of them say how to train
        st.markdown("**Good to know**")
        st.html(statements_html(fault.caveats, knowledge))


def show_exercise(exercise: Exercise) -> None:
    """Draw an exercise if its gate is open, else say what keeps it shut."""
    knowledge = load_knowledge()
    is_open = exercise_allowed(
        exercise,
        flags=red_flags(),
        has_knee_pain=has_knee_pain(),
        is_warmed_up=person().is_warmed_up,
    )
    st.markdown(f"*{exercise.name}*")
    if not is_open:
        st.caption(f"Held back: {exercise.gate.text}")
        return
    st.html(statement_html(exercise, knowledge))
    st.markdown("\n".join(f"1. {step}" for step in exercise.how_to))
    st.html(statements_html((exercise.dose, *exercise.notes), knowledge))
    st.caption(exercise.gate.text)
