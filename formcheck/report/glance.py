"""A set at one glance: one headline, one cue, praise, and what is not sure said as that."""

from collections.abc import Sequence
from dataclasses import dataclass

from formcheck.knowledge.words import counted, listed, sentence
from formcheck.report.scorecard import Scorecard, SetRep, findings_of, first_fix
from formcheck.report.words import fault_plain, shown
from formcheck.squat.faults import FAULTS
from formcheck.squat.faults.finding import Finding, Verdict
from formcheck.squat.moments import weight
from formcheck.squat.uncertainty import difference


@dataclass(frozen=True, slots=True)
class Glance:
    """What is said of a set before anything is opened.

    Args:
        headline: The outcome in one sentence; never of something that is not sure.
        verdict: Its kind, for icon and colour.
        cue: The one thing to try next; empty where nothing sure is to be changed.
        praise: What was best.
        possible: What may be there and is too close, or seen too badly, to say.
        decisive: The repetition to look at first; None without repetitions.
    """

    headline: str
    verdict: Verdict
    cue: str
    praise: str
    possible: tuple[str, ...]
    decisive: SetRep | None


def at_a_glance(card: Scorecard) -> Glance:
    """Say of a set what is most worth knowing."""
    fix = first_fix(card)
    text, verdict = _headline(card)
    return Glance(
        headline=text,
        verdict=verdict,
        cue="" if fix is None else fix.cue,
        praise=_praise(card),
        possible=_possible(card),
        decisive=max(card.reps, key=_gravity, default=None),
    )


def headline(card: Scorecard) -> str:
    """The outcome in one sentence."""
    return _headline(card)[0]


def _headline(card: Scorecard) -> tuple[str, Verdict]:
    n = len(card.reps)
    fix = first_fix(card)
    if n == 0:
        return "No squat was found.", Verdict.NOT_ASSESSABLE
    if fix is not None:
        judged = [f for f in findings_of(card, fix.fault) if f.is_judged]
        n_fault = sum(shown(f) is Verdict.FAULT for f in judged)
        of = counted(len(judged), "squat") + (" judged" if len(judged) < n else "")
        return f"{_first_upper(fault_plain(fix.fault))} in {n_fault} of {of}", Verdict.FAULT
    seen = {shown(f) for row in card.reps for f in _findings(row)}
    squats = counted(n, "squat")
    if Verdict.BORDERLINE in seen:
        return f"{squats}, nothing sure to fix", Verdict.BORDERLINE
    if Verdict.OK in seen:
        return f"{squats}, nothing found to fix", Verdict.OK
    return f"{squats}, none of which could be judged", Verdict.NOT_ASSESSABLE


def _praise(card: Scorecard) -> str:
    """What was best, where repetitions differ by more than the error, or that they are alike."""
    fix = first_fix(card)
    if fix is None:
        return ""
    found = [
        (row.number, part.finding)
        for row in card.reps
        if (part := row.part(fix.fault)) is not None and part.finding.is_judged
    ]
    number, best = min(found, key=lambda one: weight(one[1]))
    if best.verdict is Verdict.OK:
        return f"Repetition {number} was your best: do more like that one."
    worst = max((f for _, f in found), key=weight)
    if best.measured is None or worst.measured is None or len(found) == 1:
        return ""
    change = difference(worst.measured, best.measured, is_same_clip=True)
    if change.value > change.uncertainty:
        return f"Repetition {number} came closest to fine."
    return "Your repetitions are steady, all much alike: one change helps all of them."


def _possible(card: Scorecard) -> tuple[str, ...]:
    said = []
    for fault in FAULTS:
        numbers = [
            row.number
            for row in card.reps
            if (part := row.part(fault.name)) is not None
            and shown(part.finding) is Verdict.BORDERLINE
        ]
        if numbers:
            said.append(f"{fault.plain} in {repetitions(numbers)}")
    return tuple(said)


def repetitions(numbers: Sequence[int]) -> str:
    """Repetitions by their numbers, such as ``repetitions 1, 3 and 5``."""
    noun = "repetition" if len(numbers) == 1 else "repetitions"
    return f"{noun} {listed([str(n) for n in numbers])}"


def verdict_of(row: SetRep) -> Verdict:
    """The gravest that may be said of a repetition."""
    return max((shown(f) for f in _findings(row)), key=lambda v: v.rank)


def said_of(row: SetRep) -> str:
    """A repetition in one sentence, for screen readers: its number and what was seen."""
    verdict = verdict_of(row)
    about = [fault_plain(f.fault) for f in _findings(row) if shown(f) is verdict]
    said = {
        Verdict.FAULT: listed(about),
        Verdict.BORDERLINE: f"possibly {listed(about)}",
        Verdict.OK: "fine",
        Verdict.NOT_ASSESSABLE: "not judged",
    }
    return sentence(f"Repetition {row.number}: {said[verdict]}")


def _gravity(row: SetRep) -> tuple[int, int, int, float]:
    return max((shown(f).rank, *weight(f)) for f in _findings(row))


def _findings(row: SetRep) -> list[Finding]:
    return [part.finding for part in row.parts]


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]
