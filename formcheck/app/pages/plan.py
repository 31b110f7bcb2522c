"""The plan: at most three things to do next, each with its why and its sources."""

from datetime import date

import streamlit as st

from formcheck.app.parts.templates import show_html
from formcheck.app.visit.gate import person
from formcheck.knowledge import load_knowledge
from formcheck.training.history import HistoryError
from formcheck.training.plan import make_training_plan


def show_headline(today: date) -> None:
    """Say what comes first on the plan, for a page that shows something else."""
    plan = make_training_plan(person().known(today))
    if plan.is_withheld:
        st.warning(plan.text)
        _guide_link()
    elif not plan.steps:
        st.markdown(plan.text)
    else:
        first = plan.steps[0]
        st.markdown(
            f"**{first.title}.** {first.text} {first.why} The whole plan is under *This week*."
        )


def show_plan(today: date) -> None:
    """Draw the plan from everything known: the same on every page of a visit."""
    try:
        person().sessions()
    except HistoryError as error:
        st.caption(f"The history was left out: {error}")
    plan = make_training_plan(person().known(today))
    with st.container(key="plan"):
        if plan.is_withheld:
            st.warning(plan.text)
            _guide_link()
            return
        st.markdown(plan.text)
        if plan.steps:
            show_html("plan.html", steps=plan.steps, knowledge=load_knowledge())
    if person().guide is None:
        st.html(
            '<p class="fc-small">Does a knee hurt? Answer the <a href="/health" target="_self">'
            "symptom guide</a> first: it may change this list.</p>"
        )


def _guide_link() -> None:
    """Draw the way to the symptom guide, which opens a plan that is withheld."""
    st.html('<p><a class="fc-link" href="/health" target="_self">To the symptom guide</a></p>')
