"""``index.html``: one page over all clips that needs no network and trusts no name.

Everything is in the file: style, script and pictures.  A content policy lets
only these run, by their hash; every name and message is escaped.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import quote

from formcheck._version import __version__
from formcheck.batch.index.sections import (
    ORDER,
    IndexClip,
    by_person,
    counted,
    distributions,
    fault_words,
    left_right,
    sets_table,
    text,
    verdicts_of,
)
from formcheck.batch.manifest import Record
from formcheck.batch.sets import Scorecard
from formcheck.batch.tables import Entry
from formcheck.files import write_atomic
from formcheck.squat.faults import FAULTS

INDEX_NAME = "index.html"
_SHOWN_FAILURES = 8
_FILES = {".annotated.mp4": "video", ".json": "result", ".track.npz": "track"}


def write_index(out: Path, clips: Sequence[IndexClip], cards: Sequence[Scorecard] = ()) -> None:
    """Write the page.

    Raises
    ------
    OutputError
    """
    thumbs: list[str] = []
    body = "".join(
        [
            _summary(clips),
            distributions(clips),
            by_person(clips),
            left_right(clips),
            sets_table(cards),
            _clips(out, clips, thumbs),
        ]
    )
    write_atomic(out / INDEX_NAME, _page(body, thumbs).encode("utf-8", "backslashreplace"))


def _page(body: str, thumbs: Sequence[str]) -> str:
    package = resources.files(__package__)
    style = package.joinpath("page.css").read_text("utf-8")
    script = package.joinpath("page.js").read_text("utf-8")
    policy = (
        f"default-src 'none'; img-src data:; style-src '{_hash(style)}'; "
        f"script-src '{_hash(script)}'; base-uri 'none'; form-action 'none'"
    )
    # Base64 holds no character that could end the block.
    data = json.dumps(list(thumbs))
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>Squat check results</title>\n<style>{style}</style>\n</head>\n<body>\n{body}"
        f'<p class="faint">formcheck {escape(__version__)}. It informs; it never diagnoses.</p>\n'
        f'<script type="application/json" id="thumbs">{data}</script>\n'
        f"<script>{script}</script>\n</body>\n</html>\n"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _summary(clips: Sequence[IndexClip]) -> str:
    failed = [c for c in clips if c.entry.status == "failed"]
    n_reps = sum(int(c.rows.clip["n_reps"]) for c in clips if c.entry.status != "failed")
    parts = [
        "<h1>Squat check results</h1>\n",
        f"<p>{len(clips) - len(failed)} clips scored, {n_reps} repetitions, "
        f"{len(failed)} clips failed.</p>\n",
    ]
    parts.append("<ul>")
    for fault in FAULTS:
        counts = verdicts_of(clips, fault.name)
        parts.append(f"<li>{text(fault_words(fault.name))}: {counted(counts)}</li>")
    parts.append("</ul>\n")
    if failed:
        is_open = " open" if len(failed) <= _SHOWN_FAILURES else ""
        parts.append(
            f"<details{is_open}><summary>Clips that failed ({len(failed)})</summary>\n<ul>"
        )
        parts += [f"<li>{text(c.entry.message)}</li>" for c in failed]
        parts.append("</ul></details>\n")
    return "".join(parts)


def _clips(out: Path, clips: Sequence[IndexClip], thumbs: list[str]) -> str:
    heads = ["<th>worst moment</th>"]
    for name in ("clip", "person", "status", "reps", *(fault_words(f.name) for f in FAULTS)):
        heads.append(f'<th><button type="button">{text(name)}</button></th>')
    heads.append("<th>files</th>")
    rows = [_row(out, clip, thumbs) for clip in clips]
    options = "".join(
        f'<option value="{v}">with {v.value.replace("_", " ")}</option>' for v in ORDER
    )
    return (
        '<h2>Clips</h2>\n<div class="tools" id="tools" hidden>'
        '<label>Find <input id="find" type="search"></label>'
        f'<label>Show <select id="verdict"><option value="">all</option>{options}'
        '<option value="failed">failed</option></select></label>'
        '<output id="count"></output></div>\n'
        f'<div class="scroll"><table id="clips"><thead><tr>{"".join(heads)}</tr></thead>\n'
        f"<tbody>\n{''.join(rows)}</tbody></table></div>\n"
    )


def _row(out: Path, clip: IndexClip, thumbs: list[str]) -> str:
    entry, record = clip.entry, clip.record
    verdicts = {str(r["verdict"]) for r in clip.rows.reps}
    if entry.status == "failed":
        verdicts = {"failed"}
    n_reps = clip.rows.clip.get("n_reps")
    cells = [
        f"<td>{_thumb(out, record, thumbs)}</td>",
        f'<td class="name">{text(entry.label)}{_reason(entry)}</td>',
        f'<td class="name">{text(entry.subject)}</td>',
        f'<td class="{"fault" if entry.status == "failed" else ""}">{text(entry.status)}'
        f'<br><span class="faint">{text(_short(clip))}</span></td>',
        f'<td data-value="{-1 if n_reps is None else int(n_reps)}">'
        f"{'' if n_reps is None else int(n_reps)}</td>",
    ]
    for fault in FAULTS if entry.status != "failed" else ():
        cells.append(_fault_cell([r for r in clip.rows.reps if r["fault"] == fault.name]))
    if entry.status == "failed":
        cells += ['<td data-value="-1e10"></td>'] * len(FAULTS)
    cells.append(f'<td class="files">{" ".join(_links(record))}</td>')
    return f'<tr data-verdicts="{text(" ".join(sorted(verdicts)))}">{"".join(cells)}</tr>\n'


def _reason(entry: Entry) -> str:
    """Why a clip failed, below its name."""
    if entry.status != "failed":
        return ""
    return f'<br><span class="faint">{text(entry.message.removeprefix(f"{entry.label}: "))}</span>'


def _short(clip: IndexClip) -> str:
    return "" if clip.entry.status == "failed" else str(clip.rows.clip.get("message") or "")


def _fault_cell(reps: Sequence[Any]) -> str:
    """Counts and the value furthest over its limit; sorts by that distance."""
    measured = [r for r in reps if r["value"] is not None]
    if not measured:
        return f'<td data-value="-1e9">{counted(Counter(r["verdict"] for r in reps))}</td>'
    worst = max(measured, key=lambda r: r["value"] - r["threshold"])
    return (
        f'<td data-value="{worst["value"] - worst["threshold"]:.1f}">'
        f"{counted(Counter(r['verdict'] for r in reps))}<br>"
        f'<span class="faint">at most {worst["value"]:.0f} ± {worst["uncertainty"]:.0f} '
        f"{text(str(worst['unit']).replace('pct_', '% of '))}</span></td>"
    )


def _thumb(out: Path, record: Record | None, thumbs: list[str]) -> str:
    if record is None or ".worst.jpg" not in record.files:
        return ""
    try:
        data = (out / f"{record.name}.worst.jpg").read_bytes()
    except OSError:
        return ""
    thumbs.append(base64.b64encode(data).decode())
    return f'<img class="worst" alt="worst moment" data-thumb="{len(thumbs) - 1}">'


def _links(record: Record | None) -> Iterator[str]:
    if record is None or record.status == "failed":
        return
    for suffix, words in _FILES.items():
        is_stale = suffix == ".annotated.mp4" and "stale-video" in record.outputs
        if suffix in record.files and not is_stale:
            # A name need not be text: its bytes go into the link as they are.
            address = quote(record.name + suffix, errors="surrogateescape")
            yield f'<a href="./{text(address)}">{words}</a>'
