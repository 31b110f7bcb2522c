"""Front and side clips of one set, merged into one scorecard.

Two clips are a pair if a CSV file with the columns ``front`` and ``side`` says so.  Without one
they are taken for a pair if their names differ in the words ``front`` and ``side`` only
(``squat_front.mp4`` and ``squat_side.mp4``, same folder and person) and what they show fits: as
many repetitions, at the same tempo, from these two sides.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from formcheck.batch.tables import ListedClip
from formcheck.errors import InputError
from formcheck.files import write_atomic
from formcheck.knowledge.words import VIEWS
from formcheck.report.result import ClipResult
from formcheck.report.rows import FINDING_COLUMNS, to_csv
from formcheck.report.scorecard import Scorecard, scorecard
from formcheck.report.tables_in import path_of, table_in
from formcheck.squat.pairing import pair_reps
from formcheck.squat.view import FRONT_VIEWS, SIDE_VIEWS, ViewName

PAIR_NAME = re.compile(r"(?i)(?<![a-z0-9])(front|side)(?![a-z0-9])")
"""The word that tells the two clips of a set apart: whole, in any case."""
MAX_MEAN_COST_UNASKED = 0.15
"""How far the tempos of two cameras may differ, in log tempo, if nobody said that they filmed the
same set: a factor of 1.16 (own choice)."""
SETS_NAME = "sets.csv"
ROLES = ("front", "side")
"""What the two clips of a set are called, in their order."""
SETS_COLUMNS = (
    "set", "subject", "rep", "front_rep", "side_rep", "front_result", "side_result",
    "depth_category", "hip_drop_ratio", "knee_flexion_deg", "trunk_inclination_deg",
    "fault", "verdict", "severity", "side", "value", "unit", "threshold", "uncertainty",
    "confidence", "seen_from", "reason", "note",
)  # fmt: skip


_FINDING_COLUMNS = set(SETS_COLUMNS) & set(FINDING_COLUMNS)


@dataclass(frozen=True, slots=True)
class PairedSet:
    """A front and a side clip of one set, and their scorecard; the front clip is its first."""

    name: str
    subject: str
    front: ListedClip
    side: ListedClip
    card: Scorecard


def merge(front: ClipResult, side: ClipResult) -> Scorecard:
    """Merge the results of a front and a side clip, in this order."""
    card = scorecard([front, side], ("the front clip", "the side clip"))
    said = [note[0].upper() + note[1:] for note in card.notes]
    return replace(card, notes=(*_role_notes(front, "front"), *_role_notes(side, "side"), *said))


def _role_notes(result: ClipResult, role: str) -> Iterator[str]:
    views = {rep.view for rep in result.reps}
    wanted = FRONT_VIEWS if role == "front" else (*SIDE_VIEWS, ViewName.OBLIQUE)
    if views and not views & set(wanted):
        seen = ", ".join(VIEWS[view] for view in sorted(views))
        yield f"The clip called {role} is seen from: {seen}."


def find_sets(
    clips: Sequence[ListedClip], pairs: Path | None = None
) -> tuple[list[PairedSet], list[str]]:
    """Return the pairs among the clips, and what should be said of them and of odd ones.

    ``pairs`` is a CSV file with the columns ``front`` and ``side`` (file names or paths as they
    were given) and, if wanted, ``set`` and ``subject``.  Raises InputError if it cannot be used.
    """
    if pairs is not None:
        return _sets_from_csv(clips, pairs)
    slots: dict[tuple[str, str], dict[str, ListedClip | None]] = {}
    for clip in clips:
        stem = re.sub(r"\.[^.]*$", "", clip.entry.label)
        folder, _, base = stem.replace("\\", "/").rpartition("/")
        words = PAIR_NAME.findall(base)
        if len(words) != 1:
            continue
        rest = PAIR_NAME.sub("\0", base)
        roles = slots.setdefault((folder, rest.casefold()), {})
        role = words[0].lower()
        roles[role] = None if role in roles else clip
    out, notes = [], []
    for (folder, rest), roles in slots.items():
        if len(roles) < 2:
            continue
        front, side = roles["front"], roles["side"]
        if front is None or side is None:
            notes.append(f"{folder}/{rest.replace(chr(0), '*')}: more than one pair; not merged")
            continue
        if front.result is None or side.result is None:
            continue
        both = f"{front.entry.file} and {side.entry.file}"
        if reason := _why_not_a_pair(front, side):
            notes.append(f"{both} are named like a pair but {reason}: not merged. {_BY_HAND}")
            continue
        name = re.sub(r"[\s_.\-]*\0[\s_.\-]*", " ", rest).strip() or Path(folder).name or "set"
        card = merge(front.result, side.result)
        out.append(PairedSet(name, front.entry.subject, front, side, card))
        notes.append(f"{both} are taken for one set, by name, count and tempo. {_BY_HAND}")
    return out, notes


_BY_HAND = "A table of pairs (--pairs) says it for certain."


def _why_not_a_pair(front: ListedClip, side: ListedClip) -> str:
    """Why two clips named like a pair are none; empty if they may be one."""
    assert front.result is not None
    assert side.result is not None
    if front.entry.subject != side.entry.subject:
        return "belong to two people"
    a, b = front.result.reps, side.result.reps
    if len(a) != len(b):
        return f"show {len(a)} and {len(b)} repetitions"
    if not a:
        return "show no squat"
    if pair_reps(a, b).mean_cost > MAX_MEAN_COST_UNASKED:
        return "differ in tempo"
    wrong = [*_role_notes(front.result, "front"), *_role_notes(side.result, "side")]
    return "are not seen from the front and the side" if wrong else ""


def _sets_from_csv(clips: Sequence[ListedClip], path: Path) -> tuple[list[PairedSet], list[str]]:
    table = table_in(path)
    if not {"front", "side"} <= set(table.columns):
        raise InputError(f"{path}: needs a first line with the columns front and side.")
    out, notes = [], []
    for n, row in table.records():
        cells = {name: row.get(name, "") for name in (*ROLES, "set", "subject")}
        front, side = (_clip_named(clips, path_of(cells[role])) for role in ROLES)
        if front is None or side is None or front.result is None or side.result is None:
            missing = "front" if front is None or front.result is None else "side"
            notes.append(f"{path}: line {n}: the {missing} clip is not among the scored ones")
            continue
        default = f"{Path(front.entry.file).stem} + {front.entry.subject}".removesuffix(" + ")
        subject = cells["subject"] or front.entry.subject or side.entry.subject
        card = merge(front.result, side.result)
        out.append(PairedSet(cells["set"] or default, subject, front, side, card))
    return out, notes


def _clip_named(clips: Sequence[ListedClip], text: str) -> ListedClip | None:
    """The one clip called so: by its path as given, or by the end of it."""
    if not text:
        return None
    wanted = text.replace("\\", "/")
    paths = [(clip, clip.entry.label.replace("\\", "/")) for clip in clips]
    exact = [clip for clip, path in paths if path == wanted]
    ending = [clip for clip, path in paths if path.endswith("/" + wanted)]
    found = exact or ending
    return found[0] if len(found) == 1 else None


def write_sets(out: Path, sets: Sequence[PairedSet], *, decimal_comma: bool = False) -> None:
    """Write ``sets.csv``, if there are any; raises OutputError."""
    target = out / SETS_NAME
    if sets:
        write_atomic(target, to_csv(SETS_COLUMNS, set_rows(sets), decimal_comma=decimal_comma))
    else:
        target.unlink(missing_ok=True)


def set_rows(sets: Iterable[PairedSet]) -> Iterator[dict[str, Any]]:
    """The rows of ``sets.csv``."""
    for pair in sets:
        yield from _rows(pair)


def _rows(pair: PairedSet) -> Iterator[dict[str, Any]]:
    for rep in pair.card.reps:
        front, side = rep.reps
        best = side or front
        shared = {
            "set": pair.name,
            "subject": pair.subject,
            "rep": rep.number,
            "front_rep": front and front.number,
            "side_rep": side and side.number,
            "front_result": pair.front.entry.result_name,
            "side_result": pair.side.entry.result_name,
            "depth_category": best and best.depth.category,
            "hip_drop_ratio": best and best.depth.hip_drop_ratio,
            "knee_flexion_deg": best and best.depth.knee_flexion_deg,
            "trunk_inclination_deg": rep.trunk_deg,
            "note": " ".join(pair.card.notes),
        }
        for part in rep.parts:
            of_fault = {name: getattr(part.finding, name) for name in _FINDING_COLUMNS}
            yield of_fault | shared | {"seen_from": ROLES[part.clip]}
