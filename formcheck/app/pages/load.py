"""Training load: this week beside the weeks before, and what is disputed about that."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import streamlit as st

from formcheck.app.parts.figures import figures
from formcheck.app.parts.history_plots import DayBar, averages_svg, bars_svg
from formcheck.app.parts.statements import show_statements
from formcheck.app.parts.templates import show_html
from formcheck.app.visit.gate import person
from formcheck.knowledge import load_knowledge
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
    Level.NONE: ("not_assessable", "=", "no jump"),
    Level.NOTE: ("borderline", "i", "a note"),
    Level.CAUTION: ("borderline", "!", "caution"),
    Level.HIGH: ("borderline", "!!", "high"),
}
_NOT_COMPARED = ("not_assessable", "–", "not compared")
_BARS = (Axis.VOLUME, Axis.MINUTES, Axis.EFFORT, Axis.SESSIONS)
_AVERAGED = (Axis.VOLUME, Axis.EFFORT, Axis.MINUTES)
_AVERAGED_D = 84
_START_UP_D = 28


def show_load(sessions: Sequence[Session], today: date) -> None:
    """Draw the comparison, the bars and the doubts."""
    report = assess_load(sessions, today, signs=person().signs)
    knowledge = load_knowledge()
    st.subheader("Training load")
    beside = st.columns([3, 2], gap="large")
    with beside[0], st.container(key="load"):
        show_html("load.html", report=report, levels=_LEVELS, not_compared=_NOT_COMPARED)
        if report.suggestions:
            show_statements(report.suggestions, "What may help")
    with beside[1]:
        show_statements(report.disputed, "What is disputed about such numbers", is_small=True)
    figures(f'<div class="fc-plots">{"".join(_plots(report, sessions))}</div>', "load-bars")
    st.caption(
        "A bar is a calendar week; the last one still runs. A question mark means that an entry "
        "does not tell the number. The comparison above uses the last 7 days."
    )
    with st.expander("How it is judged"):
        if report.is_advice_allowed:
            show_statements(report.about)
        limits = knowledge.load.defaults
        if not report.is_advice_allowed:
            limits = tuple(one for one in limits if one.id != "return_load_ratio")
        show_statements(limits)


def _plots(report: LoadReport, sessions: Sequence[Session]) -> Iterator[str]:
    for axis in _BARS:
        bars = [DayBar(week.first_day, value_of(week, axis)) for week in report.weeks]
        if any(bar.value for bar in bars):
            yield bars_svg(*NAMES[axis], bars)
    yield from _top_weights(report.weeks)
    yield from _averages(report, TrainingLog(s for s in sessions if s.day <= report.as_of))


def _top_weights(weeks: Sequence[Totals]) -> Iterator[str]:
    """The heaviest weight per week of the exercise done in most weeks."""
    counts = Counter(name for week in weeks for name, _ in week.top_weight_kg)
    for exercise, _ in counts.most_common(1):
        heaviest = [dict(week.top_weight_kg).get(exercise, 0.0) for week in weeks]
        bars = [DayBar(week.first_day, kg) for week, kg in zip(weeks, heaviest, strict=True)]
        yield bars_svg(f"Top weight: {exercise}", "kg", bars)


def _averages(report: LoadReport, log: TrainingLog) -> Iterator[str]:
    """The running averages of the first number the entries tell."""
    n_days = min(_AVERAGED_D, report.history_d + 1)
    daily = {axis: daily_values(log, report.as_of, axis, n_days) for axis in _AVERAGED}
    axis = next((axis for axis in _AVERAGED if any(daily[axis])), None)
    if axis is not None and n_days > 7:
        name, unit = NAMES[axis]
        # An average that starts with one day's value needs some weeks to forget it.
        skip = _START_UP_D if n_days >= 2 * _START_UP_D else 0
        first = report.as_of - timedelta(days=n_days - 1 - skip)
        pairs = running_averages(daily[axis], 7, 28)[skip:]
        has_long = n_days >= _START_UP_D
        yield averages_svg(
            f"{name}: running average", f"{unit} a day", first, pairs, has_long=has_long
        )
