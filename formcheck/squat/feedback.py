"""What to say about a repetition: one cue, the most important one.

Cues come from the knowledge base; this file only decides which.
"""

from __future__ import annotations

from dataclasses import dataclass

from formcheck.squat.analysis import Analysis, JudgedRep
from formcheck.squat.faults import FAULTS
from formcheck.squat.faults.finding import Finding, Severity, Verdict

_WEIGHT = {
    Severity.NONE: 0,
    Severity.NOTE: 1,
    Severity.MILD: 2,
    Severity.MODERATE: 3,
    Severity.MARKED: 4,
}
REPEATED_MIN_REPS = 2
"""A fault repeats if at least so many repetitions show it ..."""
REPEATED_MIN_SHARE = 0.4
"""... and at least this share of those judged."""


@dataclass(frozen=True, slots=True)
class RepCue:
    """A cue for one repetition: ``spoken`` is short, ``text`` a sentence."""

    cue_id: str
    fault: str
    spoken: str
    text: str


@dataclass(frozen=True, slots=True)
class Repeated:
    """A fault found in several repetitions of a clip."""

    fault: str
    side: str | None
    n_reps: int
    n_judged: int


def most_important(rep: JudgedRep) -> Finding | None:
    """The finding to speak about: the most severe fault; ties in the table's order."""
    faults = [f for f in rep.findings if f.verdict is Verdict.FAULT]
    return max(faults, key=lambda f: _WEIGHT[f.severity], default=None)


def cue_for(rep: JudgedRep) -> RepCue | None:
    """The cue for a repetition; None if nothing is wrong with it."""
    finding = most_important(rep)
    if finding is None:
        return None
    # Loaded when the first cue is wanted: a clean clip should not pay for it.
    from formcheck.knowledge import load_knowledge

    cues = load_knowledge().cues_for(finding.fault)
    # A heel that rises is the first thing to mend in a knee that travels forward.
    wanted = cues[0]
    if "the heel comes up" in finding.extra.get("aggravating", ()):
        wanted = next((c for c in cues if c.id == "keep_heels_down"), wanted)
    return RepCue(wanted.id, finding.fault, wanted.spoken, wanted.text)


def repeated(analysis: Analysis) -> tuple[Repeated, ...]:
    """Faults in at least two repetitions and 40 % of those judged.

    A repetition's verdict never depends on others; what repeats is said here.
    """
    out = []
    for fault in FAULTS:
        findings = [rep.finding(fault.name) for rep in analysis.reps]
        judged = [f for f in findings if f.verdict is not Verdict.NOT_ASSESSABLE]
        faulty = [f for f in judged if f.verdict is Verdict.FAULT]
        if len(faulty) >= REPEATED_MIN_REPS and len(faulty) >= REPEATED_MIN_SHARE * len(judged):
            sides = {f.side for f in faulty}
            side = (
                sides.pop()
                if len(sides) == 1
                else "both"
                if sides <= {"left", "right", "both"}
                else None
            )
            out.append(Repeated(fault.name, side, len(faulty), len(judged)))
    return tuple(out)
