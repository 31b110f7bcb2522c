"""Words shown to people for the fixed terms of results: one catalogue for every package.

Keys are the values that stand in results.  The words of a fault stand in its knowledge file.
"""

from collections.abc import Mapping, Sequence

ICONS: Mapping[str, str] = {"ok": "✓", "borderline": "!", "fault": "✗", "not_assessable": "–"}
VERDICTS: Mapping[str, str] = {verdict: verdict.replace("_", " ") for verdict in ICONS}
VIEWS: Mapping[str, str] = {
    "front": "front",
    "front_oblique": "front, turned a little",
    "oblique": "between front and side",
    "side": "side",
    "rear": "behind",
    "unknown": "unknown",
}
TOLD: Mapping[str, str] = {**VERDICTS, "ok": "fine", "borderline": "possible: check again"}
"""What is told of a repetition where people read; tables keep the terms of the results."""
SURE: Mapping[str, str] = {"high": "sure", "medium": "fairly sure", "low": "not sure"}


def counted(n: int, noun: str) -> str:
    """A number and its noun, such as ``1 squat`` or ``3 squats``."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def listed(words: Sequence[str]) -> str:
    """Words one after the other, such as ``a, b and c``."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def clock(time_s: float) -> str:
    """A moment in a clip, such as ``0:04.5``."""
    minutes, seconds = divmod(max(0.0, time_s), 60)
    return f"{minutes:.0f}:{seconds:04.1f}"


def sentence(text: str) -> str:
    """A phrase made into a sentence."""
    text = text.strip()
    return text and text[0].upper() + text[1:] + ("" if text[-1] in ".!?" else ".")
