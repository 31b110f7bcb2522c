"""The video on the page, drawn on by the browser, with seeking exact to the frame.

``st.video`` seeks to whole seconds; this small component seeks to a frame, steps frame by frame,
moves a line along the plots and seeks when a plot or a card is clicked.  The marks come as data
(`formcheck.report.overlay`) and are put on the picture by the browser.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import streamlit as st

from formcheck.app.parts.templates import static

_component = st.components.v2.component(
    "formcheck_player", html=static("parts/static/player.html"),
    css=static("parts/static/player.css"),
    js=static("parts/static/overlay.js", "parts/static/player.js"),
    isolate_styles=False,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mark:
    """A button under the video that jumps to a moment."""

    label: str
    time_s: float
    is_selected: bool = False


def player(
    src: str | None,
    label: str,
    marks: Sequence[Mark],
    *,
    overlay: str | None,
    ratio: float,
    seek_s: float | None,
    nonce: int,
    frame_s: float,
    key: str,
) -> bool:
    """Show the video at an address of this server; return whether the browser plays it.

    Args:
        src: None shows the marks alone, on a plain picture.
        overlay: Address of the marks; None if they are in the video.
        ratio: Width of the picture over its height.
        label: What the video shows, for screen readers.
        seek_s: Where to go when ``nonce`` changes.
        frame_s: How long a frame lasts.
    """
    data = {
        "src": src, "label": label, "marks": [asdict(m) for m in marks],
        "overlay": overlay, "ratio": ratio, "seek_s": seek_s, "nonce": nonce, "frame_s": frame_s,
    }  # fmt: skip
    said = _component(key=key, data=data, on_unplayable_change=lambda: None)
    return src is None or said.unplayable != src
