"""About: what formcheck is, how it measures, what it does with your video."""

from __future__ import annotations

import streamlit as st

from formcheck._version import __version__
from formcheck.app.jobs.limits import LIMITS, words
from formcheck.app.visit.person import is_shared
from formcheck.app.visit.spaces import KEEP_S
from formcheck.squat.faults import FAULTS
from formcheck.squat.settings import DEFAULT_SETTINGS


def show() -> None:
    """Draw the page."""
    st.title("About formcheck")
    st.markdown(
        "formcheck looks at squats through an ordinary camera and says, repetition by "
        "repetition, what it saw, how sure it is, and what it could not see. "
        "**It informs; it never diagnoses.**"
    )
    st.subheader("What it is, and what it is not")
    st.markdown(
        "- It measures two things a camera can see: knees inside the line of the feet (from the "
        "front) and knees past the toes (from the side).\n"
        "- It is a coaching aid. It does not measure forces, and it cannot tell why a knee hurts.\n"
        "- A verdict is given only where the view allows one. Otherwise it says *not assessable* "
        "and how to film so that it can.\n"
        "- Every number comes with its uncertainty. Close to a limit it says *borderline*.\n"
        "- Limits are coaching limits. Nobody has shown a limit beyond which a knee is harmed.\n"
        "- The symptom guide says what answers *resemble*, with reasons for and against. It cannot "
        "feel warmth, swelling or a loose ligament, and it is no diagnosis.\n"
        "- Training load is compared with your own weeks. No number foretells an injury.\n"
        "- With a sign that needs a professional, training tips disappear from every page. "
        "It does not replace somebody who examines your knee."
    )
    st.subheader("How it measures")
    st.markdown(
        "A pose model finds 33 points of the body in every picture. From them:\n"
        + "".join(
            f"- **{fault.title}**: {fault.about(DEFAULT_SETTINGS.section(fault.section))}\n"
            for fault in FAULTS
        )
        + "\n"
        "Known weak spots: loose clothes, a camera that is not level, people behind you, poor "
        "light, and views between front and side."
    )
    st.subheader("Your video")
    if is_shared():
        st.markdown(
            "This app runs for several people on your local network. Your video goes to the "
            "computer that runs it and to no other. Nobody else can see what you upload, your "
            "results or your answers. Nothing personal is kept: download what you want to keep, "
            "and load the poses again another time."
        )
    else:
        st.markdown("Your video stays on this computer. The app asks nothing of any other host.")
    st.markdown(
        "Your history holds numbers and your notes, no video. You see where it is, and export or "
        "delete it, on the *History* page. Answers of the symptom guide are never stored."
    )
    st.markdown(
        f"Uploads lie in a private temporary folder. They are removed {KEEP_S / 60:.0f} minutes "
        "after you close the page, when you choose *Check another video*, and when the app stops. "
        f"{words(LIMITS)}"
    )
    st.caption(f"formcheck {__version__}, under the Apache License 2.0.")
