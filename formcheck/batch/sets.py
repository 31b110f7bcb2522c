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
from pathlib import Path
from typing import Any

from formcheck.batch.tables import Entry
from formcheck.errors import FormcheckError, InputError
from formcheck.files import write_atomic
from formcheck.report.record import to_csv
from formcheck.squat.faults import FAULTS
from formcheck.squat.pairing import Seen, Tempo, best_camera, explain, pair_reps

PAIR_NAME = re.compile(r"(?i)(?<![a-z0-9])(front|side)(?![a-z0-9])")
"""The word that tells the two clips of a set apart: whole, in any case."""
SETS_NAME = "sets.csv"
SETS_COLUMNS = (
    "set", "subject", "rep", "front_rep", "side_rep", "front_result", "side_result",
    "depth_category", "hip_drop_ratio", "knee_flexion_deg", "trunk_inclination_deg",
    "fault", "verdict", "severity", "side", "value", "unit", "threshold", "uncertainty",
    "confidence", "seen_from", "reason", "note",
)  # fmt: skip


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

    Repetitions are matched by order and tempo, and each fault is taken from the
    camera that can judge it (:mod:`formcheck.squat.pairing`).

    Parameters
    ----------
    front, side : mapping
        Results (schema_version 1).
    """
    first, second = front["reps"], side["reps"]
    pairing = pair_reps([_tempo(rep) for rep in first], [_tempo(rep) for rep in second])
    names = ("the front clip", "the side clip")
    notes = [*_role_notes(front, "front"), *_role_notes(side, "side")]
    notes += [n[0].upper() + n[1:] for n in explain(pairing, len(first), len(second), names)]
    reps = []
    for number, (i, j) in enumerate(pairing.pairs, 1):
        a, b = None if i is None else first[i], None if j is None else second[j]
        reps.append(MergedRep(number, a, b, tuple(_findings(a, b))))
    return Scorecard(name, subject, tuple(reps), tuple(notes))


def _role_notes(result: Mapping[str, Any], role: str) -> Iterator[str]:
    views = {rep["view"] for rep in result["reps"]}
    wanted = {"front", "front_oblique"} if role == "front" else {"side", "oblique"}
    if views and not views & wanted:
        seen = ", ".join(sorted(views)).replace("_", " ")
        yield f"The clip called {role} is seen from: {seen}."


def _tempo(rep: Mapping[str, Any]) -> Tempo:
    tempo = rep["tempo"]
    return Tempo(
        rep["start_s"], rep["bottom_s"], rep["end_s"], tempo["eccentric_s"], tempo["concentric_s"]
    )


def _findings(
    front: Mapping[str, Any] | None, side: Mapping[str, Any] | None
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for fault in FAULTS:
        choices = [
            (role, rep["view"], finding)
            for role, rep in (("front", front), ("side", side))
            if rep is not None
            for finding in rep["findings"]
            if finding["fault"] == fault.name
        ]
        if choices:
            seen = [Seen(f["verdict"], view, f["confidence"]) for _, view, f in choices]
            role, _, finding = choices[best_camera(fault.name, seen)]
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
            "note": " ".join(card.notes),
        }
        for role, finding in rep.findings:
            yield (
                {k: v for k, v in finding.items() if k in SETS_COLUMNS}
                | shared
                | {"seen_from": role}
            )
