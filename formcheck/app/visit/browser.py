"""Which browser a page is being drawn for."""

import time

import streamlit as st

from formcheck.app.visit.identity import cookie_name, is_id, new_id
from formcheck.app.visit.spaces import SPACES, Space


def space() -> Space:
    """The space of the browser this session belongs to.

    Known by its cookie, so a page that lost its connection finds its results again.  A browser that
    takes no cookies gets a space for the session alone.
    """
    known = st.context.cookies.get(cookie_name(), "")
    if not isinstance(known, str) or not is_id(known):
        known = st.session_state.setdefault("browser-id", new_id())
    found = SPACES.get(known)
    found.left_s = time.monotonic()
    return found
