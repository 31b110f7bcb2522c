"""What changed between two runs, or between two dates, and whether it is more than noise.

Clips of the same content are compared repetition by repetition; what is left over is compared
person by person, as means.  A difference counts only if it is larger than the measurement error of
both values together, which ``squat.uncertainty`` gives.
"""

import glob
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

from formcheck.batch.manifest import load
from formcheck.errors import InputError
from formcheck.files import Suffix
from formcheck.report.result import ClipResult, RepResult, read_result
from formcheck.squat.faults import FAULTS
from formcheck.squat.faults.fault import Fault
from formcheck.squat.faults.finding import MEASURES, Measure
from formcheck.squat.uncertainty import Measured, mean_of_clips
from formcheck.squat.uncertainty import difference as difference_of

MIN_OVERLAP = 0.5
"""Two repetitions of one clip are the same if they share this much of the shorter."""
ANY_SIDE: tuple[Measure, ...] = ("", *MEASURES)
NO_REP = "no repetition"
COMPARE_COLUMNS = (
    "kind", "what", "subject", "rep", "fault", "unit", "before", "before_uncertainty",
    "before_verdict", "after", "after_uncertainty", "after_verdict", "difference",
    "measurement_error", "is_beyond_error", "side",
)  # fmt: skip

_Told = tuple[float | None, float | None, str]
"""Value, uncertainty and verdict of a fault."""


@dataclass(frozen=True, slots=True)
class StoredClip:
    """A stored result, and whose it is."""

    name: str
    subject: str
    result: ClipResult

    @property
    def sha256(self) -> str:
        """Of the video."""
        return self.result.source.sha256


@dataclass(frozen=True, slots=True)
class Difference:
    """One value before and after.

    ``kind`` is ``clip`` (one repetition) or ``person`` (means over all their repetitions); values
    are None where nothing was measured.  ``side`` says whose they are: ``left``, ``right`` or
    ``mean``, empty for a fault without sides; like is compared with like only.
    """

    kind: str
    what: str
    subject: str
    rep: str
    fault: str
    unit: str
    before: float | None
    before_uncertainty: float | None
    before_verdict: str
    after: float | None
    after_uncertainty: float | None
    after_verdict: str
    side: Measure = ""

    @property
    def difference(self) -> float | None:
        """After minus before; positive is more of the fault."""
        if self.before is None or self.after is None:
            return None
        return round(self.after - self.before, 1)

    @property
    def measurement_error(self) -> float | None:
        """Half width of the 95 % interval of the difference.

        Smaller for the same repetition of the same video, where most of the error cancels.
        """
        if self.before is None or self.before_uncertainty is None:
            return None
        if self.after is None or self.after_uncertainty is None:
            return None
        found = difference_of(
            Measured(self.after, self.after_uncertainty),
            Measured(self.before, self.before_uncertainty),
            is_same_clip=self.kind == "clip",
        )
        return round(found.uncertainty, 1)

    @property
    def is_beyond_error(self) -> bool:
        """Whether the difference is larger than the measurement error."""
        difference, error = self.difference, self.measurement_error
        return difference is not None and error is not None and abs(difference) > error

    @property
    def is_change(self) -> bool:
        """Whether anything differs at all."""
        return self.before != self.after or self.before_verdict != self.after_verdict

    def row(self) -> dict[str, Any]:
        """The change as a row with the names of ``COMPARE_COLUMNS``."""
        return {name: getattr(self, name) for name in COMPARE_COLUMNS}


def stored_clips(where: str | Path, subject_of: Callable[[str], str] | None = None) -> list[
    StoredClip
]:  # fmt: skip
    """Read results: of a folder, of one ``.json`` file, or of a pattern.

    A pattern such as ``out/2026-01-*.json`` picks one date out of a folder.  ``subject_of`` reads
    whose a clip is from its path; by default the folder's manifest tells.  Raises InputError if
    there are no results.
    """
    path = Path(where)
    if path.is_dir():
        order = {record.name: n for n, record in enumerate(load(path))}
        found = [p for p in path.iterdir() if p.suffix == Suffix.RESULT]
        found.sort(key=lambda p: (order.get(p.stem, len(order)), p.stem))
    elif path.is_file():
        found = [path]
    else:
        found = [Path(p) for p in sorted(glob.glob(str(where))) if p.endswith(Suffix.RESULT)]
    if not found:
        raise InputError(
            f"{where}: no results there. Give a folder written by formcheck score, a .json "
            "result, or a pattern of them."
        )
    people = {
        folder: {record.name: (record.subject, record.label) for record in load(folder)}
        for folder in {item.parent for item in found}
    }
    out = []
    for item in found:
        subject, label = people[item.parent].get(item.stem, ("", item.stem))
        if subject_of is not None:
            subject = subject_of(label)
        out.append(StoredClip(item.stem, subject, read_result(item)))
    return out


def changes(before: Sequence[StoredClip], after: Sequence[StoredClip]) -> list[Difference]:
    """Compare two sets of results; every comparison made is returned, equal ones too."""
    later: dict[str, list[StoredClip]] = defaultdict(list)
    for clip in after:
        later[clip.sha256].append(clip)
    out: list[Difference] = []
    rest_before = []
    for clip in before:
        same = later.get(clip.sha256)
        if not same:
            rest_before.append(clip)
            continue
        namesake = next((c for c in same if c.name == clip.name), same[0])
        same.remove(namesake)
        out += _clip_changes(clip, namesake)
    rest_after = [clip for clips in later.values() for clip in clips]
    return out + _person_changes(rest_before, rest_after)


def _clip_changes(before: StoredClip, after: StoredClip) -> list[Difference]:
    pairs: list[tuple[str, RepResult | None, RepResult | None]] = []
    left = list(after.result.reps)
    for rep in before.result.reps:
        match = max(left, key=partial(_overlap, rep), default=None)
        if match is not None and _overlap(rep, match) < MIN_OVERLAP:
            match = None
        if match is not None:
            left.remove(match)
        pairs.append((str(rep.number), rep, match))
    pairs += [(f"new {rep.number}", None, rep) for rep in left]
    return [
        Difference(
            "clip", before.result.source.file, before.subject, number, fault.name, fault.unit,
            *_told(one, fault, side), *_told(other, fault, side), side,
        )
        for number, one, other in pairs
        for fault in FAULTS
        for side in _sides_seen(fault, one, other)
    ]  # fmt: skip


def _overlap(a: RepResult, b: RepResult) -> float:
    shared = min(a.end_s, b.end_s) - max(a.start_s, b.start_s)
    shorter = min(a.end_s - a.start_s, b.end_s - b.start_s)
    return shared / shorter if shorter > 0 else 0.0


def _sides_seen(fault: Fault, *reps: RepResult | None) -> list[Measure]:
    """Whose values there are of a fault in any of these repetitions; one without a name if none."""
    findings = [rep.finding(fault.name) for rep in reps if rep is not None]
    seen = {side for finding in findings if finding is not None for side in finding.measures}
    return [side for side in ANY_SIDE if side in seen] or [""]


def _told(rep: RepResult | None, fault: Fault, side: Measure) -> _Told:
    finding = None if rep is None else rep.finding(fault.name)
    if finding is None:
        return None, None, NO_REP
    found = finding.measures.get(side)
    if found is None:
        return None, None, finding.verdict
    return found.value, found.uncertainty, finding.verdict


def _person_changes(before: Sequence[StoredClip], after: Sequence[StoredClip]) -> list[Difference]:
    out = []
    for subject in sorted({c.subject for c in before} & {c.subject for c in after}):
        for fault, side in product(FAULTS, ANY_SIDE):
            a = _mean([c for c in before if c.subject == subject], fault, side)
            b = _mean([c for c in after if c.subject == subject], fault, side)
            if a is not None and b is not None:
                (n_a, told_a), (n_b, told_b) = a, b
                out.append(
                    Difference(
                        "person", subject or "everybody", subject, f"{n_a} / {n_b}",
                        fault.name, fault.unit, *told_a, *told_b, side,
                    )
                )  # fmt: skip
    return out


def _mean(clips: Sequence[StoredClip], fault: Fault, side: Measure) -> tuple[int, _Told] | None:
    """Mean over the judged repetitions, with the error that the clips of a person share.

    Returns their number, and how many of them were faults in place of a verdict.
    """
    found = [[rep.finding(fault.name) for rep in clip.result.reps] for clip in clips]
    mean = mean_of_clips([[m for f in reps if f and (m := f.measures.get(side))] for reps in found])
    if mean is None:
        return None
    judged = [f for reps in found for f in reps if f and side in f.measures]
    n, n_faults = len(judged), sum(f.is_fault for f in judged)
    return n, (round(mean.value, 1), round(mean.uncertainty, 1), f"{n_faults} of {n} fault")
