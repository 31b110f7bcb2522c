"""The first page's moving example, and the sample clips as pictures to tap."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from formcheck.app.parts.samples import Sample
from formcheck.app.parts.templates import static

EXAMPLE_PATH = "/formcheck/example"
"""Where the pictures below are served."""
EXAMPLE_FOLDER = Path(__file__).with_name("example")
_example = st.components.v2.component(
    "formcheck_example", html=static("parts/static/example.html"),
    js=static("parts/static/example.js"), isolate_styles=False,
)  # fmt: skip
_samples = st.components.v2.component(
    "formcheck_samples", html='<ul class="fc-samples"></ul>',
    js=static("parts/static/samples.js"), isolate_styles=False,
)  # fmt: skip


def example(key: str) -> None:
    """Show what formcheck catches; it stands still for who wants no movement, or pauses it."""
    _example(key=key, data=EXAMPLE_PATH)


def sample_cards(found: Sequence[Sample], key: str) -> Sample | None:
    """Show sample clips by thumbnail and name; return the one just tapped, if any."""
    data = [
        {"name": one.path.name, "title": one.title, "src": f"{EXAMPLE_PATH}/{one.picture}"}
        for one in found
    ]
    name = _samples(key=key, data=data, on_sample_change=lambda: None).sample
    return next((one for one in found if one.path.name == name), None)
