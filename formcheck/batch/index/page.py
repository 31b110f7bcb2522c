"""``index.html``: one page over all clips that needs no network and trusts no name.

Everything is in the file: style, script and pictures.  A content policy lets only these run, by
their hash; every name and message is escaped.
"""

import base64
import hashlib
import json
from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import quote

from formcheck._version import __version__
from formcheck.batch.index.sections import (
    by_subject,
    histograms,
    left_right,
    of_fault,
    verdict_counts,
)
from formcheck.batch.manifest import Output, Record
from formcheck.batch.sets import ROLES, PairedSet
from formcheck.batch.tables import ListedClip
from formcheck.files import Suffix, write_atomic
from formcheck.knowledge.words import VERDICTS
from formcheck.report.templates import render
from formcheck.squat.faults import FAULTS
from formcheck.squat.faults.finding import GRAVEST_FIRST, Finding

INDEX_NAME = "index.html"
_SHOWN_FAILURES = 8
_LINKED = {Suffix.VIDEO: "video", Suffix.RESULT: "result", Suffix.TRACK: "track"}


def write_index(out: Path, clips: Sequence[ListedClip], sets: Sequence[PairedSet] = ()) -> None:
    """Write the page; raises OutputError."""
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
        totals=[(fault.title, verdict_counts(of_fault(clips, fault))) for fault in FAULTS],
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


def _people(clips: Sequence[ListedClip]) -> list[dict[str, Any]]:
    """Verdicts per person; nobody if people are not told apart."""
    groups = by_subject(clips)
    if list(groups) in ([], [""]):
        return []
    return [
        {
            "name": subject,
            "n_clips": len(own),
            "n_reps": sum(clip.n_reps for clip in own),
            "verdicts": [verdict_counts(of_fault(own, fault)) for fault in FAULTS],
        }
        for subject, own in groups.items()
    ]


def _row(out: Path, clip: ListedClip, thumbs: list[str]) -> dict[str, Any]:
    entry = clip.entry
    is_failed = clip.result is None
    verdicts = {"failed"} if is_failed else {str(f.verdict) for f in clip.findings}
    return {
        "clip": clip,
        "thumb": _thumb(out, clip.record, thumbs),
        "reason": entry.message.removeprefix(f"{entry.label}: ") if is_failed else "",
        "verdicts": " ".join(sorted(verdicts)),
        "cells": [_fault_cell(of_fault([clip], fault), fault.unit_words) for fault in FAULTS],
        "links": [] if is_failed else list(_links(clip.record)),
    }


def _fault_cell(findings: Sequence[Finding], unit: str) -> dict[str, Any]:
    """Counts and the finding furthest over its limit; the page sorts by that distance."""
    worst = max((f for f in findings if f.is_judged), key=_over_limit, default=None)
    nothing = "-1e9" if findings else "-1e10"
    order = nothing if worst is None else f"{_over_limit(worst):.1f}"
    return {"verdicts": verdict_counts(findings), "worst": worst, "order": order, "unit": unit}


def _over_limit(finding: Finding) -> float:
    return (finding.value or 0.0) - (finding.threshold or 0.0)


def _thumb(out: Path, record: Record | None, thumbs: list[str]) -> int | None:
    if record is None or Suffix.THUMB not in record.files:
        return None
    data = record.thumb(out)
    if data is None:
        return None
    thumbs.append(base64.b64encode(data).decode())
    return len(thumbs) - 1


def _links(record: Record | None) -> Iterator[tuple[str, str]]:
    """Address and words of the files of a clip."""
    for suffix, words in _LINKED.items():
        if record is None or suffix not in record.files:
            continue
        if suffix == Suffix.VIDEO and Output.STALE_VIDEO in record.outputs:
            continue
        # A name need not be text: its bytes go into the link as they are.
        yield f"./{quote(record.name + suffix, errors='surrogateescape')}", words
