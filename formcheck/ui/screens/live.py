"""Path ``/live``: an honest place holder until live coaching is there."""

from pathlib import Path

import streamlit as st

st.title("Live coaching")
st.info("Live coaching on a webcam is not in this version yet.")
st.markdown("What works today: film one set with your phone and check the video.")
if (Path(__file__).parent / "check.py").exists():
    st.html('<p><a class="fc-link" href="/" target="_self">Check a video</a></p>')
