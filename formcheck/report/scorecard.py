"""One scorecard from one clip, or from a front and a side clip of the same set."""

from collections.abc import Sequence
from dataclasses import dataclass

from formcheck.knowledge.reassurance import FormEvidence
from formcheck.knowledge.words import SURE, VIEWS
from formcheck.report.result import ClipResult, RepResult
from formcheck.report.words import set_words, shown
from formcheck.squat.faults import FAULTS
from formcheck.squat.faults.fault import Fault
from formcheck.squat.faults.finding import Confidence, Finding, Verdict
from formcheck.squat.feedback import cue_about
from formcheck.squat.moments import key_moment_s
from formcheck.squat.pairing import best_camera, explain, pair_reps
from formcheck.squat.set_verdict import set_verdict
from formcheck.squat.view import FRONT_VIEWS, SIDE_VIEWS


@dataclass(frozen=True, slots=True)
class Part:
    """A finding and the clip it was seen in."""

    finding: Finding
    clip: int


@dataclass(frozen=True, slots=True)
class SetRep:
    """A repetition of the set: one result per clip that shows it, one part per fault."""

    number: int
    reps: tuple[RepResult | None, ...]
    parts: tuple[Part, ...]

    @property
    def lead(self) -> int:
        """The clip to look at first: that of the gravest finding."""
        return max(self.parts, key=lambda part: part.finding.verdict.rank).clip

    @property
    def rep(self) -> RepResult:
        """The repetition in that clip."""
        rep = self.reps[self.lead]
        assert rep is not None
        return rep

    @property
    def sagittal(self) -> RepResult:
        """The repetition as the camera saw depth best: from the side if at all."""
        seen = [rep for rep in self.reps if rep is not None]
        return next((rep for rep in seen if rep.depth.knee_flexion_deg is not None), seen[0])

    @property
    def trunk_deg(self) -> float | None:
        """Lean of the trunk at the bottom, seen from the side."""
        leans = (part.finding.number("trunk_inclination_deg") for part in self.parts)
        return next((lean for lean in leans if lean is not None), None)

    def part(self, fault: str) -> Part | None:
        """The part about a fault; None if no clip was judged for it."""
        return next((part for part in self.parts if part.finding.fault == fault), None)

    def moment_s(self, part: Part) -> float:
        """Where to look at a part in its clip."""
        rep = self.reps[part.clip]
        return key_moment_s((part.finding,), 0.0 if rep is None else rep.bottom_s)

    @property
    def lead_moment_s(self) -> float:
        """Where to look at the repetition in its leading clip."""
        return key_moment_s(self.rep.findings, self.rep.bottom_s)


@dataclass(frozen=True, slots=True)
class Scorecard:
    """All repetitions of a set, and what is to be said of clips that do not match."""

    reps: tuple[SetRep, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fix:
    """The one thing to work on first."""

    fault: str
    text: str
    cue: str
    sure: str


@dataclass(frozen=True, slots=True)
class Unseen:
    """A fault that could not be judged in some repetitions, why, and how to film it."""

    fault: str
    n_reps: int
    reasons: tuple[str, ...]
    how: str


def scorecard(results: Sequence[ClipResult], names: Sequence[str] = ("", "")) -> Scorecard:
    """Build the scorecard of one clip, or of two clips of one set.

    Repetitions of two clips are matched by order and tempo, and each fault is taken from the camera
    that can judge it (:mod:`formcheck.squat.pairing`).

    Args:
        results: One or two.
        names: What the clips are called, for explanations.
    """
    if len(results) == 1:
        return Scorecard(tuple(_set_rep(i, (rep,)) for i, rep in enumerate(results[0].reps, 1)))
    first, second = (result.reps for result in results)
    pairing = pair_reps(first, second)
    reps = tuple(
        _set_rep(number, (None if i is None else first[i], None if j is None else second[j]))
        for number, (i, j) in enumerate(pairing.pairs, 1)
    )
    return Scorecard(reps, tuple(explain(pairing, len(first), len(second), (names[0], names[1]))))


def same_view(results: Sequence[ClipResult]) -> str:
    """What to say of two clips filmed from the same place; empty if they were not."""
    seen = [{rep.view for rep in result.reps} for result in results]
    for view, other, group in (("front", "side", FRONT_VIEWS), ("side", "front", SIDE_VIEWS)):
        if len(seen) > 1 and all(views and views <= set(group) for views in seen):
            return (
                f"Both clips were filmed from the {VIEWS[view]}. "
                f"A clip from the {other} would add what this view cannot show."
            )
    return ""


def _set_rep(number: int, reps: tuple[RepResult | None, ...]) -> SetRep:
    parts = (_best_part(fault, reps) for fault in FAULTS)
    return SetRep(number, reps, tuple(part for part in parts if part is not None))


def _best_part(fault: Fault, reps: tuple[RepResult | None, ...]) -> Part | None:
    shown = [
        (clip, rep.view, finding)
        for clip, rep in enumerate(reps)
        if rep is not None and (finding := rep.finding(fault.name)) is not None
    ]
    if not shown:
        return None
    clip, _, finding = shown[best_camera(fault, [(view, found) for _, view, found in shown])]
    return Part(finding, clip)


def findings_of(card: Scorecard, fault: str) -> list[Finding]:
    """The findings about a fault, over all repetitions."""
    parts = (rep.part(fault) for rep in card.reps)
    return [part.finding for part in parts if part is not None]


def first_fix(card: Scorecard) -> Fix | None:
    """What to fix first: the gravest fault, weighed by how often it was seen for sure."""
    seen = [(fault, [f for f in findings_of(card, fault.name) if f.is_judged]) for fault in FAULTS]
    found = [(fault, judged) for fault, judged in seen if any(_is_sure(f) for f in judged)]
    if not found:
        return None
    fault, judged = max(found, key=lambda pair: _weight(pair[1]))
    faulty = [f for f in judged if _is_sure(f)]
    worst = max((f.severity for f in faulty), key=lambda severity: severity.rank)
    sides = {f.side for f in faulty if f.side}
    side = f", {sides.pop()} side" if len(sides) == 1 and sides <= {"left", "right"} else ""
    text = (
        f"{fault.title}: {fault.plain} in {len(faulty)} of "
        f"{len(judged)} repetitions judged{side}, {worst} at its worst."
    )
    return Fix(fault.name, text, cue_about(faulty).text, _sure(faulty))


def _is_sure(finding: Finding) -> bool:
    return shown(finding) is Verdict.FAULT


def _weight(judged: Sequence[Finding]) -> float:
    """The mean severity of the faults among findings, over all of them."""
    return sum(f.severity.rank for f in judged if _is_sure(f)) / len(judged)


def _sure(findings: Sequence[Finding]) -> str:
    """How sure a set of findings is, in words."""
    counts = [(c, sum(f.confidence is c for f in findings)) for c in reversed(Confidence)]
    parts = [f"{SURE[c]} in {n}" for c, n in counts if n]
    noun = "repetition" if len(findings) == 1 else "repetitions"
    return f"{', '.join(parts)} {noun} with this fault"


def form_evidence(card: Scorecard) -> tuple[FormEvidence, ...]:
    """What the repetitions can be evidence for, fault by fault."""
    rows = []
    for fault in FAULTS if card.reps else ():
        found = findings_of(card, fault.name)
        verdict = set_verdict(found)
        rows.append(
            FormEvidence(
                fault=fault.name,
                name=fault.plain,
                n_reps=len(card.reps),
                n_judged=sum(f.is_judged for f in found),
                n_fault=sum(f.is_fault for f in found),
                n_borderline=sum(f.verdict is Verdict.BORDERLINE for f in found),
                severity=max((f.severity.rank for f in found if f.is_fault), default=0),
                is_repeated=verdict is not None and verdict.is_repeated,
                said="" if verdict is None else set_words(verdict),
            )
        )
    return tuple(rows)


def unseen(card: Scorecard) -> list[Unseen]:
    """What could not be judged, why, and how to film it so that it can."""
    out = []
    for fault in FAULTS:
        blind = [f for f in findings_of(card, fault.name) if not f.is_judged]
        if blind:
            reasons = tuple(dict.fromkeys(f.reason for f in blind))
            out.append(Unseen(fault.name, len(blind), reasons, fault.how_to_film))
    return out
