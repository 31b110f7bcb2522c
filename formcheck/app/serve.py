"""What ``formcheck app`` serves; ``app.py`` at the top of the repository is the same."""

from __future__ import annotations

import streamlit as st

from formcheck.app.server import SITE, lifespan, middleware, routes

app = st.App(SITE, routes=routes(), middleware=middleware(), lifespan=lifespan)
