"""Front and side clips of one set, merged into one scorecard.

Two clips are a pair if their names differ in the words ``front`` and ``side``
only (``squat_front.mp4`` and ``squat_side.mp4``, same folder), or if a CSV
file with the columns ``front`` and ``side`` says so.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from formcheck.errors import FormcheckError, InputError
from formcheck.faults import FAULTS
from formcheck.files import write_atomic
from formcheck.report import to_csv
from formcheck.tables import Entry

PAIR_NAME = re.compile(r"(?i)(?<![a-z0-9])(front|side)(?![a-z0-9])")
"""The word that tells the two clips of a set apart: whole, in any case."""
SETS_NAME = "sets.csv"
SETS_COLUMNS = (
    "set", "subject", "rep", "front_rep", "side_rep", "front_result", "side_result",
    "depth_category", "hip_drop_ratio", "knee_flexion_deg", "trunk_inclination_deg",
    "fault", "verdict", "severity", "side", "value", "unit", "threshold", "uncertainty",
    "confidence", "seen_from", "reason", "note",
)  # fmt: skip
MAX_RHYTHM_ERROR_S = 0.6
"""Repetitions of two cameras belong together if their spacing agrees this well."""
_CONFIDENCE = {"low": 0, "medium": 1, "high": 2}


@dataclass(frozen=True, slots=True)
class PairedSet:
    """A front and a side clip of one set."""

    name: str
    subject: str
    front: Entry
    side: Entry


@dataclass(frozen=True, slots=True)
class MergedRep:
    """One repetition seen by two cameras; a number is None where one did not see it."""

    number: int
    front: Mapping[str, Any] | None
    side: Mapping[str, Any] | None
    findings: tuple[tuple[str, Mapping[str, Any]], ...]
    """Per fault the camera it is judged from and the finding."""


@dataclass(frozen=True, slots=True)
class Scorecard:
    """A set seen by two cameras.  ``notes`` explain what does not match."""

    name: str
    subject: str
    reps: tuple[MergedRep, ...]
    notes: tuple[str, ...]


def merge(
    front: Mapping[str, Any], side: Mapping[str, Any], name: str = "", subject: str = ""
) -> Scorecard:
    """Merge the stored results of a front and a side clip.

    Repetitions are matched in order; if the counts differ, by the rhythm of
    their bottoms.  Each fault is taken from the camera that can judge it:
    first by whether it can, then by confidence, then by the fault's own order
    of views.

    Parameters
    ----------
    front, side : mapping
        Results (schema_version 1).
    """
    notes = [*_role_notes(front, "front"), *_role_notes(side, "side")]
    matched, explanation = _match(front["reps"], side["reps"])
    if explanation:
        notes.append(explanation)
    reps = []
    for number, (a, b) in enumerate(matched, 1):
        reps.append(MergedRep(number, a, b, tuple(_findings(a, b))))
    return Scorecard(name, subject, tuple(reps), tuple(notes))


def _role_notes(result: Mapping[str, Any], role: str) -> Iterator[str]:
    views = {rep["view"] for rep in result["reps"]}
    wanted = {"front", "front_oblique"} if role == "front" else {"side", "oblique"}
    if not views:
        yield f"no squat was found in the {role} clip"
    elif not views & wanted:
        seen = ", ".join(sorted(views)).replace("_", " ")
        yield f"the clip called {role} is seen from: {seen}"


_Reps = Sequence[Mapping[str, Any]]
_Match = list[tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]]


def _match(front: _Reps, side: _Reps) -> tuple[_Match, str]:
    n, m = len(front), len(side)
    if n == m:
        return list(zip(front, side, strict=True)), ""
    counts = f"{n} repetitions were seen from the front and {m} from the side"
    if not n or not m:
        return [(r, None) for r in front] + [(None, r) for r in side], counts
    shift, error_s = _best_shift(front, side)
    how = "matched by their rhythm"
    if error_s is None or error_s > MAX_RHYTHM_ERROR_S:
        shift, how = 0, "matched in order: their rhythm does not agree, check the pair"
    pairs: _Match = []
    for i in range(min(0, -shift), max(n, m - shift)):
        a = front[i] if 0 <= i < n else None
        b = side[i + shift] if 0 <= i + shift < m else None
        if a is not None or b is not None:
            pairs.append((a, b))
    return pairs, f"{counts}; {how}"


def _best_shift(front: _Reps, side: _Reps) -> tuple[int, float | None]:
    """The shift of the shorter along the longer at which the gaps agree best."""
    gaps_a = [q["bottom_s"] - p["bottom_s"] for p, q in pairwise(front)]
    gaps_b = [q["bottom_s"] - p["bottom_s"] for p, q in pairwise(side)]
    best: tuple[int, float | None] = (0, None)
    for shift in range(min(0, len(side) - len(front)), max(0, len(side) - len(front)) + 1):
        both = [
            abs(gaps_a[i] - gaps_b[i + shift])
            for i in range(len(gaps_a))
            if 0 <= i + shift < len(gaps_b)
        ]
        if both and (best[1] is None or max(both) < best[1]):
            best = shift, max(both)
    return best


def _findings(
    front: Mapping[str, Any] | None, side: Mapping[str, Any] | None
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for fault in FAULTS:
        choices = []
        for role, rep in (("front", front), ("side", side)):
            for finding in () if rep is None else rep["findings"]:
                if rep is not None and finding["fault"] == fault.name:
                    views = fault.views
                    rank = views.index(rep["view"]) if rep["view"] in views else len(views)
                    is_judged = finding["verdict"] != "not_assessable"
                    weight = (is_judged, -rank, _CONFIDENCE[finding["confidence"]])
                    choices.append((weight, role, finding))
        if choices:
            _, role, finding = max(choices, key=lambda c: c[0])
            yield role, finding


def find_sets(
    entries: Sequence[Entry], pairs: Path | None = None
) -> tuple[list[PairedSet], list[str]]:
    """Return the pairs among the clips, and what should be said of odd ones.

    Parameters
    ----------
    entries : sequence of Entry
    pairs : path, optional
        A CSV file with the columns ``front`` and ``side`` (file names or paths
        as they were given) and, if wanted, ``set`` and ``subject``.

    Raises
    ------
    InputError
        If the CSV file cannot be used.
    """
    if pairs is not None:
        return _sets_from_csv(entries, pairs)
    slots: dict[tuple[str, str], dict[str, Entry | None]] = {}
    for entry in entries:
        stem, dot, suffix = entry.label.rpartition(".")
        stem = stem if dot else suffix
        folder, _, base = stem.replace("\\", "/").rpartition("/")
        words = PAIR_NAME.findall(base)
        if len(words) != 1:
            continue
        rest = PAIR_NAME.sub("\0", base)
        roles = slots.setdefault((folder, rest.casefold()), {})
        role = words[0].lower()
        roles[role] = None if role in roles else entry
    out, notes = [], []
    for (folder, rest), roles in slots.items():
        if len(roles) < 2:
            continue
        front, side = roles["front"], roles["side"]
        if front is None or side is None:
            notes.append(f"{folder}/{rest.replace(chr(0), '*')}: more than one pair; not merged")
            continue
        if "failed" in (front.status, side.status):
            continue
        name = re.sub(r"[\s_.\-]*\0[\s_.\-]*", " ", rest).strip() or Path(folder).name or "set"
        out.append(PairedSet(name, front.subject or side.subject, front, side))
    return out, notes


def _sets_from_csv(entries: Sequence[Entry], path: Path) -> tuple[list[PairedSet], list[str]]:
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise InputError(f"{path}: the pairs cannot be read ({reason}). Check the path.") from None
    reader = csv.DictReader(io.StringIO(text))
    if not {"front", "side"} <= set(reader.fieldnames or ()):
        raise InputError(f"{path}: needs a first line with the columns front and side.")
    out, notes = [], []
    for n, row in enumerate(reader, 2):
        found = [_entry_named(entries, (row.get(role) or "").strip()) for role in ("front", "side")]
        front, side = found
        if front is None or side is None or "failed" in (front.status, side.status):
            missing = "front" if front is None or front.status == "failed" else "side"
            notes.append(f"{path}: line {n}: the {missing} clip is not among the scored ones")
            continue
        name = (row.get("set") or "").strip() or f"{Path(front.file).stem} + {front.subject}"
        subject = (row.get("subject") or "").strip() or front.subject or side.subject
        out.append(PairedSet(name.removesuffix(" + "), subject, front, side))
    return out, notes


def _entry_named(entries: Sequence[Entry], text: str) -> Entry | None:
    """The one clip called so: by its path as given, or by the end of it."""
    if not text:
        return None
    wanted = text.replace("\\", "/")
    paths = [(e, e.label.replace("\\", "/")) for e in entries]
    exact = [e for e, path in paths if path == wanted]
    ending = [e for e, path in paths if path.endswith("/" + wanted)]
    found = exact or ending
    return found[0] if len(found) == 1 else None


def write_sets(out: Path, sets: Sequence[PairedSet]) -> list[Scorecard]:
    """Merge pairs from their stored results and write ``sets.csv``, if there are any.

    Raises
    ------
    OutputError
    """
    target = out / SETS_NAME
    cards, rows = [], []
    for pair in sets:
        try:
            front, side = (
                json.loads((out / f"{e.name}.json").read_text("utf-8"))
                for e in (pair.front, pair.side)
            )
            card = merge(front, side, pair.name, pair.subject)
        except (OSError, ValueError, KeyError, FormcheckError):
            continue
        cards.append(card)
        rows += list(_rows(pair, card))
    if cards:
        write_atomic(target, to_csv(SETS_COLUMNS, rows))
    else:
        target.unlink(missing_ok=True)
    return cards


def _rows(pair: PairedSet, card: Scorecard) -> Iterator[dict[str, Any]]:
    for rep in card.reps:
        best = rep.side if rep.side is not None else rep.front
        depth = {} if best is None else best["depth"]
        side_findings = () if rep.side is None else rep.side["findings"]
        trunk = [f["trunk_inclination_deg"] for f in side_findings if "trunk_inclination_deg" in f]
        shared = {
            "set": card.name,
            "subject": card.subject,
            "rep": rep.number,
            "front_rep": None if rep.front is None else rep.front["number"],
            "side_rep": None if rep.side is None else rep.side["number"],
            "front_result": f"{pair.front.name}.json",
            "side_result": f"{pair.side.name}.json",
            "depth_category": depth.get("category"),
            "hip_drop_ratio": depth.get("hip_drop_ratio"),
            "knee_flexion_deg": depth.get("knee_flexion_deg"),
            "trunk_inclination_deg": trunk[0] if trunk else None,
            "note": "; ".join(card.notes),
        }
        for role, finding in rep.findings:
            yield (
                {k: v for k, v in finding.items() if k in SETS_COLUMNS}
                | shared
                | {"seen_from": role}
            )
