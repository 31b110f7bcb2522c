"""Path ``/history``: an honest place holder until sessions are kept."""

import streamlit as st

st.title("History")
st.info("Keeping a history of sessions is not in this version yet. Nothing is stored.")
st.markdown(
    "To compare sets over time today, download the **result (JSON)** or the **table (CSV)** "
    "of each set under *Take away*."
)
st.html('<p><a class="fc-link" href="/" target="_self">Check a video</a></p>')
