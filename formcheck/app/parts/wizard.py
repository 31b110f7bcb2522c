"""Two small components of the guide: a heading in view and in focus, and a body map to tap."""

from collections.abc import Collection, Sequence

import streamlit as st

from formcheck.app.parts.templates import static
from formcheck.knowledge.care import Card

_headline = st.components.v2.component(
    "formcheck_headline", html='<h2 class="fc-headline" tabindex="-1"></h2>',
    js=static("parts/static/headline.js"), isolate_styles=False,
)  # fmt: skip
_body_map = st.components.v2.component(
    "formcheck_body_map", html='<div class="fc-map"></div>',
    js=static("parts/static/body_map.js"), isolate_styles=False,
)  # fmt: skip


def headline(text: str, key: str, *, turn: int, kind: str = "") -> None:
    """Show a heading; it comes into view and takes focus at every turn but the first.

    Args:
        text: The heading.
        key: Of the component.
        turn: How many screens were answered before it.
        kind: A class of the style sheet, such as ``fc-flag``.
    """
    data = {"text": text, "turn": str(turn), "is_first": turn == 0, "kind": kind}
    _headline(key=key, data=data)


def body_map(cards: Sequence[Card], chosen: Collection[int], key: str) -> int | None:
    """Show the legs from the front and from behind; return the spot just tapped, if any."""
    spots = [
        {"label": card.label, "x": card.x, "y": card.y, "is_chosen": i in chosen}
        for i, card in enumerate(cards)
    ]
    data = {"drawing": static("parts/static/body_map.svg"), "spots": spots}
    tapped = _body_map(key=key, data=data, on_spot_change=lambda: None).spot
    return None if tapped is None else int(tapped)
