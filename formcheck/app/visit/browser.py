"""Which browser a page is being drawn for."""

import time

import streamlit as st

from formcheck.app.visit.access import browser_in
from formcheck.app.visit.identity import new_id
from formcheck.app.visit.spaces import SPACES, Space


def space() -> Space:
    """The space of the browser this session belongs to.

    Known by its cookie, so a page that lost its connection finds its results again.  A browser that
    takes no cookies gets a space for the session alone.
    """
    host = st.context.headers.get("host") or ""
    known = browser_in(host, st.context.cookies)
    if not known:
        known = st.session_state.setdefault("browser-id", new_id())
    found = SPACES.get(known)
    found.left_s = time.monotonic()
    return found
