"""The session's side of the gate between warning signs and training advice."""

from __future__ import annotations

import streamlit as st

from formcheck.knowledge import GuideResult
from formcheck.ui.browser import space

_RESULT = "guide-result"


def keep_guide_result(result: GuideResult | None) -> None:
    """Remember what the guide answered, for this session; the gate for this browser."""
    st.session_state[_RESULT] = result
    space().is_advice_held = result is not None and not result.is_exercise_advice_allowed


def guide_result() -> GuideResult | None:
    """What the guide answered in this session."""
    result: GuideResult | None = st.session_state.get(_RESULT)
    return result


def advice_allowed() -> bool:
    """Whether exercises, warm-up, plans and cues may be shown to this person."""
    return not space().is_advice_held


def has_knee_pain() -> bool | None:
    """Whether a knee hurts, by what the person said on this page; None if nothing was said."""
    if st.session_state.get("guide-has-pain"):
        return True
    return False if st.session_state.get("no-knee-pain") else None
