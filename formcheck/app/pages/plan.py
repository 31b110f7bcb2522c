"""The plan: at most three things to do next, each with its why and its sources."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from html import escape

import streamlit as st

from formcheck.app.visit.access import is_shared
from formcheck.app.visit.gate import guide_result, has_knee_pain, person, red_flags
from formcheck.knowledge import load_knowledge
from formcheck.report.result import ClipResult
from formcheck.training.history import HistoryError, Session
from formcheck.training.load import assess_load
from formcheck.training.plan import Plan, PlanStep, make_training_plan

_RECENT_D = 14


def show_plan(
    sessions: Sequence[Session], today: date, results: Sequence[ClipResult] | None = None
) -> None:
    """Draw the plan from findings, load and symptoms.

    Parameters
    ----------
    sessions
        The person's history.
    today
    results
        The findings to plan from; by default those of the latest clip of this visit.
    """
    plan = plan_for(sessions, today, results)
    with st.container(key="plan"):
        if plan.is_withheld:
            st.warning(plan.text)
            st.html('<p><a class="fc-link" href="/health" target="_self">What to do now</a></p>')
            return
        st.markdown(plan.text)
        if plan.steps:
            st.html(f'<ol class="fc-plan">{"".join(_step(step) for step in plan.steps)}</ol>')
    if guide_result() is None:
        st.html(
            '<p class="fc-small">Does a knee hurt? Answer the <a href="/health" target="_self">'
            "symptom guide</a> first: it may change this list.</p>"
        )


def show_plan_of(results: Sequence[ClipResult], today: date) -> None:
    """Draw the plan beside a result; a history that cannot be read is named and left out."""
    try:
        sessions = person().sessions(is_shared())
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
    load = assess_load(sessions, today, red_flags=red_flags()) if sessions else None
    recent = [
        s.pain_during
        for s in sessions
        if s.pain_during is not None and today - s.day <= timedelta(days=_RECENT_D)
    ]
    return make_training_plan(
        guide_result(), results, load, me.warm_up(),
        pain_during=recent[-1] if recent else None, has_knee_pain=has_knee_pain(),
    )  # fmt: skip


def _step(step: PlanStep) -> str:
    knowledge = load_knowledge()
    sources = "; ".join(escape(knowledge.reference(id_).title) for id_ in step.sources)
    more = ""
    if step.exercise is not None:
        name = escape(knowledge.exercise(step.exercise).name)
        more = (
            f'<p class="fc-small">An exercise that goes with it: {name} '
            "(under Knee health, Exercises).</p>"
        )
    return (
        f"<li><b>{escape(step.title)}</b><p>{escape(step.text)}</p>"
        f'<p class="fc-small"><b>Why:</b> {escape(step.why)}</p>{more}'
        f'<div class="fc-src">Source: {sources}</div></li>'
    )
