"""What to say about a repetition: one cue, the most important one.

Cues come from the knowledge base; this file only decides which.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from formcheck.squat.analysis import JudgedRep
from formcheck.squat.faults import fault_named
from formcheck.squat.faults.finding import Finding

if TYPE_CHECKING:
    from formcheck.knowledge.model import Cue


@dataclass(frozen=True, slots=True)
class CueGiven:
    """The one thing said about a repetition."""

    id: str
    fault: str
    spoken: str
    text: str


def most_important(rep: JudgedRep) -> Finding | None:
    """The finding to speak about: the most severe fault; ties in the table's order."""
    return max((f for f in rep.findings if f.is_fault), key=lambda f: f.severity.rank, default=None)


def cue_for(rep: JudgedRep) -> CueGiven | None:
    """The cue for a repetition; None if nothing is wrong with it."""
    finding = most_important(rep)
    if finding is None:
        return None
    cue = cue_about([finding])
    return CueGiven(cue.id, finding.fault, cue.spoken, cue.text)


def cue_about(findings: Sequence[Finding]) -> Cue:
    """The cue for findings of one fault: that of a sign among them, else the fault's first."""
    # Loaded when the first cue is wanted: a clean clip should not pay for it.
    from formcheck.knowledge import load_knowledge

    fault = fault_named(findings[0].fault)
    known = {} if fault is None else fault.signs
    wanted = {known[s].cue for f in findings for s in f.signs if s in known}
    cues = load_knowledge().cues_for(findings[0].fault)
    return next((cue for cue in cues if cue.id in wanted), cues[0])
