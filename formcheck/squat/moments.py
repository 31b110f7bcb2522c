"""Which moment to look at: of a repetition, and of a whole clip."""

from collections.abc import Iterable, Sequence

from formcheck.squat.analysis import JudgedRep
from formcheck.squat.faults.finding import Finding, Severity, Verdict


def key_finding(findings: Iterable[Finding]) -> Finding | None:
    """The finding a repetition's picture shows: the gravest one that was measured."""
    measured = (f for f in findings if f.time_s is not None)
    return max(measured, key=weight, default=None)


def key_moment_s(findings: Iterable[Finding], bottom_s: float) -> float:
    """When to look at a repetition: its worst moment, else its bottom."""
    finding = key_finding(findings)
    return bottom_s if finding is None or finding.time_s is None else finding.time_s


def worst_moment(reps: Sequence[JudgedRep]) -> tuple[JudgedRep, float] | None:
    """The repetition and time to show of a clip; None without repetitions.

    The gravest finding of all; where every finding is ``ok``, the bottom of the deepest squat.
    """
    found = [(rep, finding) for rep in reps if (finding := key_finding(rep.findings)) is not None]
    rep, finding = max(found, key=lambda item: weight(item[1]), default=(None, None))
    if rep is not None and finding is not None and _is_remarkable(finding):
        return rep, key_moment_s(rep.findings, rep.rep.bottom_s)
    deepest = max(reps, key=lambda r: r.rep.hip_drop_ratio, default=None)
    return None if deepest is None else (deepest, deepest.rep.bottom_s)


def _is_remarkable(finding: Finding) -> bool:
    return finding.verdict is not Verdict.OK or finding.severity is not Severity.NONE


def weight(finding: Finding) -> tuple[int, int, float]:
    """How much a finding asks for attention: verdict, severity, distance over the limit."""
    over = 0.0
    if finding.value is not None and finding.threshold:
        # A share of the limit: percents of a shank and of a foot do not compare.
        over = (finding.value - finding.threshold) / abs(finding.threshold)
    return finding.verdict.rank, finding.severity.rank, over
