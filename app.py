"""The app for ``streamlit run app.py``; ``formcheck app`` starts the same."""

from __future__ import annotations

import streamlit as st

from formcheck.app.server import SITE, lifespan, middleware, routes

app = st.App(SITE, routes=routes(), middleware=middleware(), lifespan=lifespan)
