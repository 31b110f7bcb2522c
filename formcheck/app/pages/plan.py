"""The plan: at most three things to do next, each with its why and its sources."""

from collections.abc import Sequence
from datetime import date, timedelta

import streamlit as st

from formcheck.app.parts.templates import show_html
from formcheck.app.visit.gate import person
from formcheck.knowledge import load_knowledge
from formcheck.report.result import ClipResult
from formcheck.training.history import HistoryError, Session
from formcheck.training.load import assess_load
from formcheck.training.plan import Plan, make_training_plan

_RECENT_D = 14


def show_plan(
    sessions: Sequence[Session], today: date, results: Sequence[ClipResult] | None = None
) -> None:
    """Draw the plan from findings, load and symptoms.

    The findings are those of ``results``, by default of the latest clip of this visit.
    """
    plan = plan_for(sessions, today, results)
    with st.container(key="plan"):
        if plan.is_withheld:
            st.warning(plan.text)
            st.html('<p><a class="fc-link" href="/health" target="_self">What to do now</a></p>')
            return
        st.markdown(plan.text)
        if plan.steps:
            show_html("plan.html", steps=plan.steps, knowledge=load_knowledge())
    if person().guide is None:
        st.html(
            '<p class="fc-small">Does a knee hurt? Answer the <a href="/health" target="_self">'
            "symptom guide</a> first: it may change this list.</p>"
        )


def show_plan_of(results: Sequence[ClipResult], today: date) -> None:
    """Draw the plan beside a result; a history that cannot be read is named and left out."""
    try:
        sessions = person().sessions()
    except HistoryError as error:
        st.caption(f"The history was left out: {error}")
        sessions = ()
    show_plan(sessions, today, results)


def plan_for(
    sessions: Sequence[Session], today: date, results: Sequence[ClipResult] | None = None
) -> Plan:
    """Make the plan of this person."""
    me = person()
    if results is None:
        results = list(me.seen().values())[-1:]
    load = assess_load(sessions, today, red_flags=me.red_flags) if sessions else None
    warm_up = me.warm_up() if me.is_warm_up_begun else None
    recent = [
        s.pain_during
        for s in sessions
        if s.pain_during is not None and today - s.day <= timedelta(days=_RECENT_D)
    ]
    return make_training_plan(
        me.guide, results, load, warm_up,
        pain_during=recent[-1] if recent else None, has_knee_pain=me.has_knee_pain,
    )  # fmt: skip
