"""The pages' side of the gate between warning signs and training advice."""

from __future__ import annotations

import streamlit as st

from formcheck.app.visit.browser import space
from formcheck.app.visit.person import Person
from formcheck.knowledge import GuideResult, load_knowledge
from formcheck.knowledge.guide import FlagVerdict


def person() -> Person:
    """The person behind this browser."""
    return space().person


def keep_guide_result(result: GuideResult | None, has_knee_pain: bool | None = None) -> None:
    """Remember what the guide answered, for every page of this browser until it is left."""
    mine = person()
    mine.guide = result
    mine.has_knee_pain = has_knee_pain


def guide_result() -> GuideResult | None:
    """What the guide answered in this visit."""
    return person().guide


def red_flags() -> tuple[FlagVerdict, ...]:
    """The red flags the guide raised in this visit."""
    result = guide_result()
    return () if result is None else result.red_flags


def advice_allowed() -> bool:
    """Whether exercises, warm-up, plans and cues may be shown to this person."""
    return not person().is_advice_held


def say_withheld() -> bool:
    """Say that training advice is held back, if it is; return whether it is."""
    if advice_allowed():
        return False
    st.warning(load_knowledge().note("general.withheld").text)
    return True


def has_knee_pain() -> bool | None:
    """Whether a knee hurts, by what the person said; None if nothing was said."""
    return person().has_knee_pain
