"""Which moment of a repetition to look at."""

from __future__ import annotations

from formcheck.analysis import JudgedRep
from formcheck.faults.finding import Finding, Verdict

_ORDER = (Verdict.FAULT, Verdict.BORDERLINE, Verdict.OK)


def key_finding(rep: JudgedRep) -> Finding | None:
    """The finding a repetition's picture shows: the gravest one that was measured."""
    measured = [f for f in rep.findings if f.time_s is not None]
    return min(measured, key=lambda f: _ORDER.index(f.verdict), default=None)


def key_moment_s(rep: JudgedRep) -> float:
    """When to look at a repetition: its worst moment, else its bottom."""
    finding = key_finding(rep)
    return rep.rep.bottom_s if finding is None or finding.time_s is None else finding.time_s
