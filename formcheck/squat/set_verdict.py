"""The verdict for a whole set: what its repetitions say together.

A repetition's verdict never depends on others; what repeats is said here.  Repetitions of one clip
share most of their error, so the mean of ten is hardly more certain than one: its interval is that
of :mod:`formcheck.squat.uncertainty`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from formcheck.pose.kinematics import Side
from formcheck.squat.faults.finding import Confidence, Finding, Verdict
from formcheck.squat.uncertainty import mean_of_clips

REPEATED_MIN_REPS = 2
"""A fault repeats if at least so many repetitions show it ..."""
REPEATED_MIN_SHARE = 0.4
"""... and at least this share of those judged; this share makes the set's verdict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetVerdict:
    """One fault over the repetitions of a clip or a set.

    Args:
        verdict: ``fault`` if at least 40 % of the judged repetitions are; ``borderline`` if fewer
            are, or as many are close to it; else ``ok``.
        confidence: That of the middle one of the repetitions that show it.
        side: None where nothing is wrong, or sides were not told.
        value, uncertainty: Mean over the repetitions that show it, over all where none does, and
            the half width of its 95 % interval; in ``unit``.
        n_reps: How many repetitions show it.
        n_judged: Out of how many that could be judged.
    """

    fault: str
    verdict: Verdict
    confidence: Confidence
    side: Side | None
    value: float
    uncertainty: float
    unit: str
    n_reps: int
    n_judged: int

    @property
    def is_repeated(self) -> bool:
        """Whether the set shows the fault in more than a single repetition."""
        return self.verdict is Verdict.FAULT and self.n_reps >= REPEATED_MIN_REPS


def set_verdict(findings: Sequence[Finding]) -> SetVerdict | None:
    """Put the findings about one fault together; None if none was judged."""
    judged = [f for f in findings if f.is_judged]
    faulty = [f for f in judged if f.is_fault]
    close = [f for f in judged if f.verdict is Verdict.BORDERLINE]
    if not judged:
        return None
    enough = REPEATED_MIN_SHARE * len(judged)
    shown = faulty or close
    if faulty and len(faulty) >= enough:
        verdict = Verdict.FAULT
    elif faulty or (close and len(close) >= enough):
        verdict = Verdict.BORDERLINE
    else:
        verdict, shown = Verdict.OK, []
    sides = {f.side for f in shown}
    side = None if None in sides or not sides else "both" if len(sides) > 1 else sides.pop()
    counted = shown or judged
    measured = [m for f in counted if (m := f.measured_of(side)) is not None]
    mean = mean_of_clips([measured])
    if mean is None:
        return None
    ranks = sorted((f.confidence for f in counted), key=lambda c: c.rank)
    return SetVerdict(
        fault=judged[0].fault,
        verdict=verdict,
        confidence=ranks[(len(ranks) - 1) // 2],
        side=side,
        value=round(mean.value, 1),
        uncertainty=round(mean.uncertainty, 1),
        unit=judged[0].unit,
        n_reps=len(shown),
        n_judged=len(judged),
    )
