"""The video on the page, drawn on by the browser, with seeking exact to the frame.

``st.video`` seeks to whole seconds; this small component seeks to a frame, steps frame by frame,
moves a line along the plots and seeks when a plot or a repetition is clicked.  The marks come as
data (`formcheck.report.overlay`) and are put on the picture by the browser.
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
    """A repetition over the video: a pill that jumps to its moment.

    Args:
        number, icon, kind: What stands on it, and the verdict it has the colour of.
        label: The same in words, for screen readers.
        time_s, box: The moment, and where hips and feet are then; None if this clip lacks it.
    """

    number: int
    icon: str
    kind: str
    label: str
    time_s: float | None
    is_selected: bool = False
    box: list[float] | None = None


def player(
    src: str | None,
    label: str,
    marks: Sequence[Mark],
    *,
    overlay: str | None,
    ratio: float,
    seek_s: float | None,
    box: list[float] | None,
    nonce: int,
    frame_s: float,
    key: str,
) -> tuple[bool, int | None]:
    """Show the video at an address of this server.

    Args:
        src: None shows the marks alone, on a plain picture.
        overlay: Address of the marks; None if they are in the video.
        ratio: Width of the picture over its height.
        label: What the video shows, for screen readers.
        seek_s: Where to go when ``nonce`` changes.
        box: What to come close to there.
        frame_s: How long a frame lasts.

    Returns:
        Whether the browser plays it, and the repetition that was just tapped, if any.
    """
    data = {
        "src": src, "label": label, "marks": [asdict(m) for m in marks], "overlay": overlay,
        "ratio": ratio, "seek_s": seek_s, "box": box, "nonce": nonce, "frame_s": frame_s,
    }  # fmt: skip
    said = _component(
        key=key, data=data, on_unplayable_change=lambda: None, on_rep_change=lambda: None
    )
    return src is None or said.unplayable != src, None if said.rep is None else int(said.rep)
