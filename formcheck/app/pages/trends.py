"""Trends of faults, depth and pain: coloured only beyond the error of measurement."""

from collections.abc import Sequence
from datetime import date, timedelta

import streamlit as st

from formcheck.app.pages.plan import show_headline
from formcheck.app.parts.figures import figures
from formcheck.app.parts.history_plots import trend_svg
from formcheck.app.parts.templates import filled
from formcheck.training.history import Session, trend_lines

_SPANS = {"4 weeks": 28, "3 months": 91, "1 year": 365, "everything": None}


def show_trends(sessions: Sequence[Session], today: date) -> None:
    """Draw what comes first on the plan, then the charts that have something to show."""
    if sessions:
        show_headline(today)
    chosen = st.segmented_control("Time", list(_SPANS), default="3 months", key="trend-span")
    n_days = _SPANS[chosen or "everything"]
    since = None if n_days is None else today - timedelta(days=n_days)
    lines = trend_lines(sessions, since, today)
    if not lines:
        st.markdown(
            "Nothing to show for this time. Faults and depth come from checked videos, pain from "
            "what you type in."
        )
        return
    st.markdown(
        "Your last three sessions against your own baseline, the sessions before them. A change "
        "counts, and is coloured, only if it is larger than the error of the measurement **and** "
        "the scatter between sessions. Pain is the highest of the last 7 days against the three "
        "weeks before, the knee-to-wall test the latest against the first. Depth has no better or "
        "worse."
    )
    charts = [(line, trend_svg(line)) for line in lines]
    figures(filled("trends.html", charts=charts), "trend-charts")
