"""Plain words, icons and colours for verdicts; shared by pages and the report."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from formcheck.squat.analysis import JudgedRep
from formcheck.squat.faults.finding import Confidence, Finding, Severity, Verdict

# Okabe-Ito colours, told apart by the common kinds of colour blindness (RGB).
COLOURS: Mapping[Verdict, tuple[int, int, int]] = {
    Verdict.OK: (0, 190, 140),
    Verdict.BORDERLINE: (240, 200, 40),
    Verdict.FAULT: (255, 80, 30),
    Verdict.NOT_ASSESSABLE: (150, 160, 170),
}
ICONS: Mapping[Verdict, str] = {
    Verdict.OK: "✓",
    Verdict.BORDERLINE: "!",
    Verdict.FAULT: "✗",
    Verdict.NOT_ASSESSABLE: "–",
}
URGENCY = (Verdict.NOT_ASSESSABLE, Verdict.OK, Verdict.BORDERLINE, Verdict.FAULT)
"""Verdicts, the one to look at first last."""
WORDS: Mapping[Verdict, str] = {
    Verdict.OK: "ok",
    Verdict.BORDERLINE: "borderline",
    Verdict.FAULT: "fault",
    Verdict.NOT_ASSESSABLE: "not assessable",
}
FAULT_NAMES: Mapping[str, str] = {
    "knee_valgus": "Knee valgus",
    "forward_knee_travel": "Forward knee travel",
}
FAULT_PLAIN: Mapping[str, str] = {
    "knee_valgus": "knees moving inwards",
    "forward_knee_travel": "knees travelling far past the toes",
}
UNITS: Mapping[str, str] = {
    "pct_shank": "% of shank length",
    "pct_foot": "% of foot length",
    "deg": "°",
}
VIEWS: Mapping[str, str] = {
    "front": "front",
    "front_oblique": "front, turned a little",
    "oblique": "between front and side",
    "side": "side",
    "rear": "behind",
    "unknown": "unknown",
}
HOW_TO_FILM: Mapping[str, str] = {
    "knee_valgus": (
        "Film from straight in front: phone upright at hip height, 2.5 to 3.5 m away, "
        "whole body and both feet in the picture."
    ),
    "forward_knee_travel": (
        "Film from straight beside you: phone upright at hip height, 2.5 to 3.5 m away, "
        "the near foot and knee in full view."
    ),
}
SURE: Mapping[Confidence, str] = {
    Confidence.HIGH: "sure",
    Confidence.MEDIUM: "fairly sure",
    Confidence.LOW: "not sure",
}


def fault_name(fault: str) -> str:
    """The name of a fault, also of one this file has not heard of."""
    return FAULT_NAMES.get(fault, fault.replace("_", " ").capitalize())


def fault_plain(fault: str) -> str:
    """A fault in plain words, to stand in a sentence."""
    return FAULT_PLAIN.get(fault, fault.replace("_", " "))


def verdict_words(finding: Finding) -> str:
    """A verdict with what qualifies it, such as ``fault (moderate, left)``."""
    notes = []
    if finding.verdict is Verdict.FAULT:
        notes.append(str(finding.severity))
    if finding.verdict is Verdict.OK and finding.severity is Severity.NOTE:
        notes.append("worth a note")
    if finding.verdict in (Verdict.FAULT, Verdict.BORDERLINE) and finding.side:
        notes.append("both sides" if finding.side == "both" else finding.side)
    words = WORDS[finding.verdict]
    return f"{words} ({', '.join(notes)})" if notes else words


def value_words(finding: Finding) -> str:
    """Value, uncertainty and limit, such as ``16 ± 4 % of shank length (limit 10)``."""
    if finding.value is None:
        return ""
    unit = UNITS.get(finding.unit, finding.unit)
    spread = "" if finding.uncertainty is None else f" ± {finding.uncertainty:.0f}"
    limit = "" if finding.threshold is None else f" (limit {finding.threshold:g})"
    return f"{round(finding.value)}{spread} {unit}{limit}"


def depth_words(rep: JudgedRep) -> str:
    """Depth in words, with the knee angle where it could be seen."""
    if rep.knee_flexion_deg is not None:
        return f"{rep.depth_category} ({rep.knee_flexion_deg:.0f}° at the knee)"
    return f"about {rep.depth_category}, by how far the hips sank"


def tempo_words(rep: JudgedRep) -> str:
    """Down, pause and up in seconds."""
    r = rep.rep
    return f"{r.eccentric_s:.1f} s down, {r.pause_s:.1f} s pause, {r.concentric_s:.1f} s up"


def trunk_words(lean_deg: float | None) -> str:
    """How the trunk leans at the bottom, as a sentence; nothing if unknown."""
    if lean_deg is None:
        return ""
    if abs(lean_deg) < 2:
        return "Trunk upright."
    return f"Trunk leans {abs(lean_deg):.0f}° {'forward' if lean_deg > 0 else 'back'}."


def clock(time_s: float) -> str:
    """A moment in a clip, such as ``0:04.5``."""
    minutes, seconds = divmod(max(0.0, time_s), 60)
    return f"{minutes:.0f}:{seconds:04.1f}"


def sentence(text: str) -> str:
    """A phrase made into a sentence."""
    text = text.strip()
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text[-1] in ".!?" else ".")


def mark(kind: str, icon: str, words: str) -> str:
    """An icon and words as HTML, with a verdict's colour only as a help."""
    return (
        f'<span class="fc-badge fc-{kind}"><span class="fc-icon" aria-hidden="true">'
        f"{icon}</span> {escape(words)}</span>"
    )


def badge(verdict: Verdict, words: str | None = None) -> str:
    """A verdict as HTML: icon and word."""
    return mark(verdict, ICONS[verdict], words if words is not None else WORDS[verdict])
