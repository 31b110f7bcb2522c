"""Knee health: the symptom guide and everything known, with its evidence."""

import streamlit as st

from formcheck.app.pages.care import show_self_care, show_signs
from formcheck.app.pages.guide import is_emergency, show_guide
from formcheck.app.pages.ladders import show_ladders
from formcheck.app.pages.warm_up import show_warm_up
from formcheck.app.pages.why import show_exercise, show_fault
from formcheck.app.parts.statements import STRENGTH_WORDS, show_statements
from formcheck.app.parts.templates import show_html
from formcheck.app.visit.gate import is_advice_open, person, say_withheld
from formcheck.knowledge import load_knowledge

_TABS = (
    "Symptom guide", "Warm-up", "Warning signs", "Self-care", "Faults", "Complaints", "Exercises",
    "Way back", "Causes", "Sources",
)  # fmt: skip

_SEEN = {
    "abstract": "abstract read",
    "full_text_part": "parts of the text read",
    "secondary": "read about in another source",
    "article": "article read",
    "own_rule": "our own",
}


def show() -> None:
    """Draw the page."""
    knowledge = load_knowledge()
    if is_emergency():  # what to do, and nothing else
        show_guide()
        return
    st.title("Knee health")
    st.markdown(f"**{knowledge.note('general.header').text}**")
    guide, warm_up, signs, care, faults, conditions, exercises, back, causes, sources = st.tabs(
        _TABS
    )
    with guide:
        show_guide()
    with warm_up:
        show_warm_up()
    with signs:
        show_signs()
    with care:
        show_self_care()
    with faults:
        st.markdown(knowledge.note("general.link_not_forecast").text)
        for fault in knowledge.faults:
            with st.expander(fault.name):
                show_fault(fault.id)
    with conditions:
        _conditions()
    with exercises:
        _exercises()
    with back:
        show_ladders()
    with causes:
        _causes()
    with sources:
        _sources()


def _conditions() -> None:
    knowledge = load_knowledge()
    st.markdown("In general terms. Nothing here says what you have.")
    show_statements([knowledge.note("general.any_age")])
    for condition in knowledge.conditions:
        with st.expander(condition.name):
            if condition.also_called:
                st.caption("Also called: " + ", ".join(condition.also_called))
            show_statements(condition.about)
            _resembles(condition.id)
            faults = [fault.name for fault in knowledge.faults_for(condition.id)]
            if faults:
                st.markdown("**Faults that may add to it:** " + "; ".join(faults))
            causes = [knowledge.root_cause(c).name for c in condition.root_causes]
            if causes:
                st.markdown("**What may lie behind it:** " + "; ".join(causes))
            if is_advice_open():
                if condition.what_helps:
                    show_statements(condition.what_helps, "What helps")
                if condition.exercises:
                    names = [knowledge.exercise(e).name for e in condition.exercises]
                    st.markdown("**Exercises:** " + "; ".join(names))
            show_statements(condition.see_professional, "When to see a professional")


def _resembles(condition_id: str) -> None:
    """What in the answers of the guide speaks for a complaint, with its points."""
    knowledge = load_knowledge()
    for pattern in knowledge.patterns:
        if pattern.condition != condition_id:
            continue
        st.markdown("**What the symptom guide looks for**")
        for rule in pattern.rules:
            st.markdown(f"{rule.points:+d} {'point' if abs(rule.points) == 1 else 'points'}")
            show_statements([rule])
        if pattern.requires_text:
            st.caption(pattern.requires_text)


def _exercises() -> None:
    knowledge = load_knowledge()
    mine = person()
    if mine.guide is None:  # always there: who said that it hurts can take it back
        told = {None: "not answered", False: "no", True: "yes"}
        mine.has_knee_pain = st.radio(
            "Does a knee hurt now?", list(told), list(told).index(mine.has_knee_pain),
            key="pain-now", horizontal=True, format_func=lambda value: told[value],
            help="With a sore knee, the symptom guide comes before any exercise.",
        )  # fmt: skip
    if say_withheld():
        return
    st.markdown(knowledge.note("general.nothing_is_a_must").text)
    if mine.guide is not None and mine.has_knee_pain:
        st.caption("Going by your answers in the symptom guide, a knee hurts.")
    mine.is_warmed_up = st.checkbox("I am warmed up", mine.is_warmed_up, key="warmed-up")
    for exercise in knowledge.exercises:
        with st.expander(exercise.name):
            show_exercise(exercise)


def _causes() -> None:
    knowledge = load_knowledge()
    st.markdown("What may lie behind a fault or an ache. Many of these no camera can see.")
    for cause in knowledge.root_causes:
        with st.expander(cause.name):
            seen = "can" if cause.is_visible_in_rep else "cannot"
            st.caption(f"One repetition {seen} show it.")
            show_statements(cause.about)
            if is_advice_open():
                show_statements(cause.what_helps, "What helps")
    if is_advice_open():
        st.subheader("Gym machines")
        for machine in knowledge.machines:
            with st.expander(machine.name):
                show_statements(machine.advice)
    st.subheader("Where our sources disagree, and what nobody can promise")
    show_statements(
        [n for n in knowledge.notes if n.id.startswith("conflict.") or n.counter_evidence]
    )


def _sources() -> None:
    knowledge = load_knowledge()
    st.markdown("How strong a statement is: " + "; ".join(STRENGTH_WORDS.values()) + ".")
    show_html("sources.html", references=knowledge.references, seen=_SEEN)
    st.caption("Links open another site, and only when you follow them.")
