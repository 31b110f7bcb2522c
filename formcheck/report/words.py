"""What is found, in plain words, and the colours of verdicts; shared by all that is shown."""

from collections.abc import Mapping
from html import escape

from formcheck.knowledge.words import ICONS, SURE, TOLD
from formcheck.report.result import RepResult
from formcheck.squat.faults import fault_named
from formcheck.squat.faults.finding import Confidence, Finding, Severity, Verdict
from formcheck.squat.set_verdict import SetVerdict

# Okabe-Ito colours, told apart by the common kinds of colour blindness (RGB).
COLOURS: Mapping[Verdict, tuple[int, int, int]] = {
    Verdict.OK: (0, 190, 140),
    Verdict.BORDERLINE: (240, 200, 40),
    Verdict.FAULT: (255, 80, 30),
    Verdict.NOT_ASSESSABLE: (150, 160, 170),
}


def fault_name(fault: str) -> str:
    """The name of a fault, also of one this release has not heard of."""
    row = fault_named(fault)
    return fault.replace("_", " ").capitalize() if row is None else row.title


def fault_plain(fault: str) -> str:
    """A fault in plain words, to stand in a sentence."""
    row = fault_named(fault)
    return fault.replace("_", " ") if row is None else row.plain


def unit_words(finding: Finding) -> str:
    """The unit of a finding's value, such as ``% of shank length``."""
    row = fault_named(finding.fault)
    return finding.unit if row is None or row.unit != finding.unit else row.unit_words


def shown(finding: Finding) -> Verdict:
    """The verdict as it may be told: a fault that is not sure is possible, and no more."""
    is_doubtful = finding.is_fault and finding.confidence is Confidence.LOW
    return Verdict.BORDERLINE if is_doubtful else finding.verdict


def sure_words(finding: Finding) -> str:
    """How sure a finding is, in words that agree with what is told; empty if it was not judged."""
    if not finding.is_judged or shown(finding) is Verdict.BORDERLINE:
        return ""  # "check again" says it
    return SURE[finding.confidence]


def verdict_words(finding: Finding) -> str:
    """What is told, with what qualifies it, such as ``fault (moderate, left)``."""
    notes = []
    verdict = shown(finding)
    if verdict is Verdict.FAULT:
        notes.append(str(finding.severity))
    if verdict is Verdict.OK and finding.severity is Severity.NOTE:
        notes.append("worth a note")
    if verdict in (Verdict.FAULT, Verdict.BORDERLINE) and finding.side:
        notes.append("both sides" if finding.side == "both" else finding.side)
    words = TOLD[verdict]
    return f"{words} ({', '.join(notes)})" if notes else words


def value_words(finding: Finding) -> str:
    """Value, uncertainty and limit, such as ``16 ± 4 % of shank length (limit 10)``."""
    if finding.value is None:
        return ""
    spread = "" if finding.uncertainty is None else f" ± {finding.uncertainty:.0f}"
    limit = "" if finding.threshold is None else f" (limit {finding.threshold:g})"
    return f"{round(finding.value)}{spread} {unit_words(finding)}{limit}"


def set_words(verdict: SetVerdict) -> str:
    """Who and how much over a set, such as ``right knee 14 ± 4 % of shank length``."""
    row = fault_named(verdict.fault)
    unit = verdict.unit if row is None or row.unit != verdict.unit else row.unit_words
    who = {"both": "both knees", None: "knee"}.get(verdict.side, f"{verdict.side} knee")
    return f"{who} {verdict.value:.0f} ± {verdict.uncertainty:.0f} {unit}"


def depth_words(rep: RepResult) -> str:
    """Depth in words, with the knee angle where it could be seen."""
    depth = rep.depth
    if depth.knee_flexion_deg is not None:
        return f"{depth.category} ({depth.knee_flexion_deg:.0f}° at the knee)"
    return f"about {depth.category}, by how far the hips sank"


def tempo_words(rep: RepResult) -> str:
    """Down, pause and up in seconds; unknown in slow motion."""
    tempo = rep.tempo
    named = (tempo.eccentric_s, "down"), (tempo.pause_s, "pause"), (tempo.concentric_s, "up")
    known = [f"{length_s:.1f} s {way}" for length_s, way in named if length_s is not None]
    return ", ".join(known) or "unknown, as in slow motion"


def trunk_words(lean_deg: float | None) -> str:
    """How the trunk leans at the bottom, as a sentence; nothing if unknown."""
    if lean_deg is None:
        return ""
    if abs(lean_deg) < 2:
        return "Trunk upright."
    return f"Trunk leans {abs(lean_deg):.0f}° {'forward' if lean_deg > 0 else 'back'}."


def mark(kind: str, icon: str, words: str) -> str:
    """An icon and words as HTML, with a verdict's colour only as a help."""
    return (
        f'<span class="fc-badge fc-{kind}"><span class="fc-icon" aria-hidden="true">'
        f"{icon}</span> {escape(words)}</span>"
    )


def finding_badge(finding: Finding) -> str:
    """Fault and verdict as HTML."""
    verdict = shown(finding)
    text = f"{fault_name(finding.fault)}: {verdict_words(finding)}"
    return mark(verdict, ICONS[verdict], text)
