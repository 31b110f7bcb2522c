"""Training load: this week beside the weeks before, and what is disputed about that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from html import escape

import streamlit as st

from formcheck.app.parts.figures import figures
from formcheck.app.parts.history_plots import Bar, averages_svg, bars_svg
from formcheck.app.parts.statements import statements_html
from formcheck.app.visit.gate import red_flags
from formcheck.knowledge import load_knowledge
from formcheck.report.words import mark
from formcheck.training.history import Session
from formcheck.training.load import (
    Axis,
    Level,
    LoadReport,
    Totals,
    TrainingLog,
    assess_load,
    daily_values,
    running_averages,
)
from formcheck.training.load.model import NAMES, value_of

_LEVELS = {
    Level.NONE: ("ok", "✓", "no jump"),
    Level.NOTE: ("borderline", "i", "a note"),
    Level.CAUTION: ("borderline", "!", "caution"),
    Level.HIGH: ("borderline", "!!", "high"),
}
_NOT_COMPARED = ("not_assessable", "–", "not compared")
_BARS = (Axis.VOLUME, Axis.MINUTES, Axis.EFFORT, Axis.SESSIONS)
_AVERAGED_D = 84
_START_UP_D = 28


def show_load(sessions: Sequence[Session], today: date) -> None:
    """Draw the comparison, the bars and the doubts."""
    report = assess_load(sessions, today, red_flags=red_flags())
    knowledge = load_knowledge()
    st.subheader("Training load")
    beside = st.columns([3, 2], gap="large")
    with beside[0], st.container(key="load"):
        st.html(_words(report))
        if report.suggestions:
            st.markdown("**What may help**")
            st.html(statements_html(report.suggestions, knowledge))
    with beside[1]:
        st.markdown("**What is disputed about such numbers**")
        st.html(f'<div class="fc-small">{statements_html(report.disputed, knowledge)}</div>')
    figures(f'<div class="fc-plots">{"".join(_plots(report, sessions))}</div>', "load-bars")
    st.caption(
        "A bar is a calendar week; the last one still runs. A question mark means that an entry "
        "does not tell the number. The comparison above uses the last 7 days."
    )
    with st.expander("How it is judged"):
        if report.is_advice_allowed:
            st.html(statements_html(report.about, knowledge))
        limits = knowledge.load.defaults
        if not report.is_advice_allowed:
            limits = tuple(one for one in limits if one.id != "return_load_ratio")
        st.html(statements_html(limits, knowledge))


def _words(report: LoadReport) -> str:
    is_any = any(axis.is_compared for axis in report.axes)
    kind, icon, _ = _LEVELS[report.level] if is_any or report.level.rank else _NOT_COMPARED
    out = [f'<p class="fc-head">{mark(kind, icon, report.headline)}</p><ul class="fc-list">']
    for axis in report.axes:
        is_told = axis.is_compared or axis.level.rank > 0
        kind, icon, words = _LEVELS[axis.level] if is_told else _NOT_COMPARED
        out.append(
            f"<li>{mark(kind, icon, f'{axis.name}: {words}')} "
            f'<span class="fc-small fc-why">{escape(axis.text)}</span></li>'
        )
    out.append("</ul>")
    if report.pain_rise is not None and report.pain_rise > 0:
        out.append(
            f"<p>Knee pain the next morning is up by {report.pain_rise:g} of 10 points against "
            "the three weeks before.</p>"
        )
    return "".join(out)


def _plots(report: LoadReport, sessions: Sequence[Session]) -> list[str]:
    out = []
    for axis in _BARS:
        bars = [Bar(week.first_day, value_of(week, axis)) for week in report.weeks]
        if any(bar.value for bar in bars):
            name, unit = NAMES[axis]
            out.append(bars_svg(name, unit, bars))
    top = _top_weights(report.weeks)
    if top is not None:
        out.append(bars_svg(f"Top weight: {top[0]}", "kg", top[1]))
    log = TrainingLog(one for one in sessions if one.day <= report.as_of)
    for axis in (Axis.VOLUME, Axis.EFFORT, Axis.MINUTES):
        n_days = min(_AVERAGED_D, report.history_d + 1)
        daily = daily_values(log, report.as_of, axis, n_days)
        if any(daily) and n_days > 7:
            name, unit = NAMES[axis]
            # An average that starts with one day's value needs some weeks to forget it.
            skip = _START_UP_D if n_days >= 2 * _START_UP_D else 0
            first = report.as_of - timedelta(days=n_days - 1 - skip)
            pairs = running_averages(daily, 7, 28)[skip:]
            out.append(averages_svg(f"{name}: running average", f"{unit} a day", first, pairs))
            break
    return out


def _top_weights(weeks: Sequence[Totals]) -> tuple[str, list[Bar]] | None:
    """The heaviest weight per week of the exercise done in most weeks."""
    counts: dict[str, int] = {}
    for week in weeks:
        for name, _ in week.top_weight_kg:
            counts[name] = counts.get(name, 0) + 1
    if not counts:
        return None
    exercise = max(counts, key=lambda name: counts[name])
    return exercise, [
        Bar(week.first_day, dict(week.top_weight_kg).get(exercise, 0.0)) for week in weeks
    ]
