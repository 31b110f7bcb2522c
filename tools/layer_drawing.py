"""The layers of the import contract as a drawing in plain text, for ``docs/architecture.md``."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, zip_longest
from textwrap import wrap

WIDTH = 79
_INDENT = " " * 8
_CORNERS = {(False, True): "┌┬┐", (True, True): "├┼┤", (True, False): "└┴┘"}
"""By whether a wall goes on above and below: at the left edge, between, at the right edge."""


def drawn(layers: Sequence[Sequence[tuple[str, str]]]) -> list[str]:
    """Boxes on top of each other, those of one layer side by side.

    Args:
        layers: Each holds its boxes as name and what it is.
    """
    lines: list[str] = []
    above: set[int] = set()
    for layer in layers:
        n = len(layer)
        widths = [(WIDTH - 1 - n + i) // n for i in range(n)]
        walls = set(accumulate([0, *(width + 1 for width in widths)]))
        boxes = [_words(box, width - 2, n) for box, width in zip(layer, widths, strict=True)]
        lines.append(_rule(above, walls))
        for cells in zip_longest(*boxes, fillvalue=""):
            padded = [f" {cell}".ljust(width) for cell, width in zip(cells, widths, strict=True)]
            lines.append(f"│{'│'.join(padded)}│")
        above = walls
    return [*lines, _rule(above, set())]


def _words(box: tuple[str, str], width: int, n_beside: int) -> list[str]:
    name, says = box
    if n_beside > 1:
        return [name, *wrap(says, width)]
    return wrap(says, width, initial_indent=name.ljust(len(_INDENT)), subsequent_indent=_INDENT)


def _rule(above: set[int], below: set[int]) -> str:
    walls = above | below
    edges = {0: 0, WIDTH - 1: 2}
    return "".join(
        _CORNERS[x in above, x in below][edges.get(x, 1)] if x in walls else "─"
        for x in range(WIDTH)
    )
