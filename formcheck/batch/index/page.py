"""``index.html``: one page over all clips that needs no network and trusts no name.

Everything is in the file: style, script and pictures.  A content policy lets
only these run, by their hash; every name and message is escaped.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from urllib.parse import quote

from formcheck._version import __version__
from formcheck.batch.index.sections import (
    Counts,
    by_subject,
    counted,
    histograms,
    left_right,
    of_fault,
)
from formcheck.batch.manifest import Record
from formcheck.batch.sets import ROLES, MergedSet
from formcheck.batch.tables import ListedClip
from formcheck.files import write_atomic
from formcheck.knowledge.words import VERDICTS
from formcheck.report.templates import render
from formcheck.squat.faults import FAULTS
from formcheck.squat.faults.finding import GRAVEST_FIRST, Finding

INDEX_NAME = "index.html"
_SHOWN_FAILURES = 8
_FILES = {".annotated.mp4": "video", ".json": "result", ".track.npz": "track"}


def write_index(out: Path, clips: Sequence[ListedClip], sets: Sequence[MergedSet] = ()) -> None:
    """Write the page.

    Raises
    ------
    OutputError
    """
    style, script = (_text(f"page.{suffix}") for suffix in ("css", "js"))
    thumbs: list[str] = []
    page = render(
        __package__,
        "page.html.j2",
        policy=(
            f"default-src 'none'; img-src data:; style-src '{_hash(style)}'; "
            f"script-src '{_hash(script)}'; base-uri 'none'; form-action 'none'"
        ),
        style=style,
        script=script,
        version=__version__,
        faults=FAULTS,
        verdicts=[(verdict, VERDICTS[verdict]) for verdict in GRAVEST_FIRST],
        n_scored=sum(clip.result is not None for clip in clips),
        n_reps=sum(clip.n_reps for clip in clips),
        totals=[(fault.title, counted(of_fault(clips, fault))) for fault in FAULTS],
        failed=[clip.entry for clip in clips if clip.result is None],
        most_shown=_SHOWN_FAILURES,
        histograms=histograms(clips),
        people=_people(clips),
        sides=left_right(clips),
        sets=sets,
        roles=ROLES,
        clips=[_row(out, clip, thumbs) for clip in clips],
        # Base64 holds no character that could end the block.
        thumbs=json.dumps(thumbs),
    )
    write_atomic(out / INDEX_NAME, page.encode("utf-8", "backslashreplace"))


def _text(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text("utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@dataclass(frozen=True, slots=True)
class _Person:
    name: str
    n_clips: int
    n_reps: int
    verdicts: tuple[Counts, ...]


def _people(clips: Sequence[ListedClip]) -> list[_Person]:
    """Verdicts per person; nobody if people are not told apart."""
    groups = by_subject(clips)
    if list(groups) in ([], [""]):
        return []
    return [
        _Person(
            subject,
            len(own),
            sum(clip.n_reps for clip in own),
            tuple(counted(of_fault(own, fault)) for fault in FAULTS),
        )
        for subject, own in groups.items()
    ]


@dataclass(frozen=True, slots=True)
class _FaultCell:
    """Counts and the finding furthest over its limit; the page sorts by that distance."""

    verdicts: Counts
    worst: Finding | None
    order: str
    unit: str


@dataclass(frozen=True, slots=True)
class _Row:
    clip: ListedClip
    thumb: int | None
    reason: str
    verdicts: str
    cells: tuple[_FaultCell, ...]
    links: tuple[tuple[str, str], ...]


def _row(out: Path, clip: ListedClip, thumbs: list[str]) -> _Row:
    entry = clip.entry
    is_failed = clip.result is None
    verdicts = {"failed"} if is_failed else {str(f.verdict) for f in clip.findings}
    reason = entry.message.removeprefix(f"{entry.label}: ") if is_failed else ""
    return _Row(
        clip,
        _thumb(out, clip.record, thumbs),
        reason,
        " ".join(sorted(verdicts)),
        tuple(_fault_cell(of_fault([clip], fault), fault.unit_words) for fault in FAULTS),
        () if is_failed else tuple(_links(clip.record)),
    )


def _fault_cell(findings: Sequence[Finding], unit: str) -> _FaultCell:
    worst = max((f for f in findings if f.is_judged), key=_over_limit, default=None)
    nothing = "-1e9" if findings else "-1e10"
    order = nothing if worst is None else f"{_over_limit(worst):.1f}"
    return _FaultCell(counted(findings), worst, order, unit)


def _over_limit(finding: Finding) -> float:
    return (finding.value or 0.0) - (finding.threshold or 0.0)


def _thumb(out: Path, record: Record | None, thumbs: list[str]) -> int | None:
    if record is None or ".worst.jpg" not in record.files:
        return None
    try:
        data = (out / f"{record.name}.worst.jpg").read_bytes()
    except OSError:
        return None
    thumbs.append(base64.b64encode(data).decode())
    return len(thumbs) - 1


def _links(record: Record | None) -> Iterator[tuple[str, str]]:
    """Address and words of the files of a clip."""
    for suffix, words in _FILES.items():
        if record is None or suffix not in record.files:
            continue
        if suffix == ".annotated.mp4" and "stale-video" in record.outputs:
            continue
        # A name need not be text: its bytes go into the link as they are.
        yield f"./{quote(record.name + suffix, errors='surrogateescape')}", words
