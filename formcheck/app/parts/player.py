"""The video on the page, with seeking exact to the frame.

``st.video`` seeks to whole seconds; this small component seeks to a frame, steps frame by frame,
moves a line along the plots and seeks when a plot or a card is clicked.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import streamlit as st

from formcheck.app.parts.templates import static

_component = st.components.v2.component(
    "formcheck_player", html=static("parts/static/player.html"),
    css=static("parts/static/player.css"), js=static("parts/static/player.js"),
    isolate_styles=False,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mark:
    """A button under the video that jumps to a moment."""

    label: str
    time_s: float
    is_selected: bool = False


def player(
    src: str,
    label: str,
    marks: Sequence[Mark],
    *,
    seek_s: float | None,
    nonce: int,
    frame_s: float,
    key: str,
) -> None:
    """Show the video at an address of this server.

    Args:
        label: What the video shows, for screen readers.
        seek_s: Where to go when ``nonce`` changes.
        frame_s: How long a frame lasts.
    """
    data = {
        "src": src, "label": label, "marks": [asdict(m) for m in marks],
        "seek_s": seek_s, "nonce": nonce, "frame_s": frame_s,
    }  # fmt: skip
    _component(key=key, data=data)
