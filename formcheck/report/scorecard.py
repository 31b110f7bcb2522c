"""One scorecard from one clip, or from a front and a side clip of the same set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from formcheck.knowledge import load_knowledge
from formcheck.report.words import HOW_TO_FILM, SURE, VIEWS, fault_name, fault_plain
from formcheck.squat.analysis import Analysis, JudgedRep
from formcheck.squat.faults import FAULTS
from formcheck.squat.faults.finding import Confidence, Finding, Severity, Verdict
from formcheck.squat.moments import key_moment_s
from formcheck.squat.pairing import Seen, Tempo, best_camera, explain, pair_reps

_CONFIDENCE = (Confidence.LOW, Confidence.MEDIUM, Confidence.HIGH)
_SEVERITY = tuple(Severity)
_SAME_VIEW = (("front", "front_oblique"), ("side",))


@dataclass(frozen=True, slots=True)
class Part:
    """A finding and the clip it was seen in."""

    finding: Finding
    clip: int


@dataclass(frozen=True, slots=True)
class Row:
    """A repetition of the set: one per clip that shows it, one part per fault."""

    number: int
    reps: tuple[JudgedRep | None, ...]
    parts: tuple[Part, ...]

    @property
    def lead(self) -> int:
        """The clip to look at first: that of the gravest finding."""
        order = (Verdict.FAULT, Verdict.BORDERLINE, Verdict.OK, Verdict.NOT_ASSESSABLE)
        return min(self.parts, key=lambda p: order.index(p.finding.verdict)).clip

    @property
    def rep(self) -> JudgedRep:
        """The repetition in that clip."""
        rep = self.reps[self.lead]
        assert rep is not None
        return rep

    @property
    def sagittal(self) -> JudgedRep:
        """The repetition as the camera saw depth best: from the side if at all."""
        seen = [rep for rep in self.reps if rep is not None]
        return next((rep for rep in seen if rep.knee_flexion_deg is not None), seen[0])

    @property
    def trunk_deg(self) -> float | None:
        """Lean of the trunk at the bottom, seen from the side."""
        for part in self.parts:
            value = part.finding.extra.get("trunk_inclination_deg")
            if value is not None:
                return float(value)
        return None

    def part(self, fault: str) -> Part:
        """The part about a fault."""
        return next(p for p in self.parts if p.finding.fault == fault)

    def moment_s(self, part: Part) -> float:
        """Where to look at a part in its clip."""
        if part.finding.time_s is not None:
            return part.finding.time_s
        rep = self.reps[part.clip]
        return rep.rep.bottom_s if rep is not None else 0.0

    @property
    def lead_moment_s(self) -> float:
        """Where to look at the repetition in its leading clip."""
        return key_moment_s(self.rep)


@dataclass(frozen=True, slots=True)
class Scorecard:
    """All repetitions of a set, and what is to be said about the whole."""

    rows: tuple[Row, ...]
    mismatch: tuple[str, ...] = ()


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


def scorecard(analyses: Sequence[Analysis], names: Sequence[str]) -> Scorecard:
    """Build the scorecard of one clip, or of two clips of one set.

    Parameters
    ----------
    analyses : sequence of Analysis
        One or two.
    names : sequence of str
        What the clips are called, for explanations.
    """
    if len(analyses) == 1:
        return Scorecard(tuple(_row(i + 1, (rep,)) for i, rep in enumerate(analyses[0].reps)))
    first, second = (a.reps for a in analyses)
    pairing = pair_reps([tempo_of(rep) for rep in first], [tempo_of(rep) for rep in second])
    rows = tuple(
        _row(
            number,
            (None if i is None else first[i], None if j is None else second[j]),
        )
        for number, (i, j) in enumerate(pairing.pairs, 1)
    )
    notes = explain(pairing, len(first), len(second), (names[0], names[1]))
    return Scorecard(rows, (*notes, *_same_view(first, second)))


def _same_view(first: Sequence[JudgedRep], second: Sequence[JudgedRep]) -> list[str]:
    seen = [{str(rep.view.name) for rep in reps} for reps in (first, second)]
    for group in _SAME_VIEW:
        if all(views and views <= set(group) for views in seen):
            other = "side" if group[0] == "front" else "front"
            return [
                f"Both clips were filmed from the {VIEWS[group[0]]}. "
                f"A clip from the {other} would add what this view cannot show."
            ]
    return []


def _row(number: int, reps: tuple[JudgedRep | None, ...]) -> Row:
    return Row(number, reps, tuple(_best_part(fault.name, reps) for fault in FAULTS))


def tempo_of(rep: JudgedRep) -> Tempo:
    """The tempo two clips of a set are matched by."""
    r = rep.rep
    return Tempo(r.start_s, r.bottom_s, r.end_s, r.eccentric_s, r.concentric_s)


def _best_part(fault: str, reps: tuple[JudgedRep | None, ...]) -> Part:
    shown = [(i, rep, rep.finding(fault)) for i, rep in enumerate(reps) if rep is not None]
    seen = [Seen(f.verdict, rep.view.name, f.confidence) for _, rep, f in shown]
    i, _, finding = shown[best_camera(fault, seen)]
    return Part(finding, i)


def findings_of(card: Scorecard, fault: str) -> list[Finding]:
    """The findings about a fault, over all repetitions."""
    return [row.part(fault).finding for row in card.rows]


def first_fix(card: Scorecard) -> Fix | None:
    """What to fix first: the gravest fault, weighed by how often it was seen."""
    best: tuple[float, Fix] | None = None
    for fault in FAULTS:
        findings = findings_of(card, fault.name)
        judged = [f for f in findings if f.verdict is not Verdict.NOT_ASSESSABLE]
        faulty = [f for f in judged if f.verdict is Verdict.FAULT]
        if not faulty:
            continue
        weight = sum(_SEVERITY.index(f.severity) for f in faulty) / len(judged)
        if best is not None and weight <= best[0]:
            continue
        worst = max(faulty, key=lambda f: _SEVERITY.index(f.severity))
        sides = {f.side for f in faulty if f.side}
        side = f", {sides.pop()} side" if len(sides) == 1 and sides <= {"left", "right"} else ""
        text = (
            f"{fault_name(fault.name)}: {fault_plain(fault.name)} in {len(faulty)} of "
            f"{len(judged)} repetitions judged{side}, {worst.severity} at its worst."
        )
        cue = load_knowledge().cues_for(fault.name)[0]
        wanted = "keep_heels_down"
        if any("the heel comes up" in f.extra.get("aggravating", ()) for f in faulty):
            cue = next((c for c in load_knowledge().cues_for(fault.name) if c.id == wanted), cue)
        best = weight, Fix(fault.name, text, cue.text, _sure(faulty))
    return None if best is None else best[1]


def _sure(findings: Sequence[Finding]) -> str:
    """How sure a set of findings is, in words."""
    counts = [(c, sum(f.confidence is c for f in findings)) for c in reversed(_CONFIDENCE)]
    parts = [f"{SURE[c]} in {n}" for c, n in counts if n]
    noun = "repetition" if len(findings) == 1 else "repetitions"
    return f"{', '.join(parts)} {noun} with this fault"


def unseen(card: Scorecard) -> list[Unseen]:
    """What could not be judged, why, and how to film it so that it can."""
    out = []
    for fault in FAULTS:
        blind = [f for f in findings_of(card, fault.name) if f.verdict is Verdict.NOT_ASSESSABLE]
        if blind:
            reasons = tuple(dict.fromkeys(f.reason for f in blind))
            how = HOW_TO_FILM.get(fault.name, "")
            out.append(Unseen(fault.name, len(blind), reasons, how))
    return out


def headline(card: Scorecard) -> str:
    """The outcome in one sentence."""
    n = len(card.rows)
    if n == 0:
        return "No squat was found."
    squats = "1 squat" if n == 1 else f"{n} squats"
    said = []
    for fault in FAULTS:
        findings = findings_of(card, fault.name)
        n_judged = sum(f.verdict is not Verdict.NOT_ASSESSABLE for f in findings)
        n_fault = sum(f.verdict is Verdict.FAULT for f in findings)
        n_border = sum(f.verdict is Verdict.BORDERLINE for f in findings)
        if n_judged == 0:
            continue
        text = f"{fault_name(fault.name).lower()} in {n_fault or 'none'} of {n_judged}"
        said.append(text + (f" ({n_border} borderline)" if n_border else ""))
    return f"{squats}: {'; '.join(said)}." if said else f"{squats}, none of which could be judged."
