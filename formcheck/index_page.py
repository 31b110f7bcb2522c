"""``index.html``: one page over all clips that needs no network and trusts no name.

Everything is in the file: style, script and pictures.  A content policy lets
only these run, by their hash; every name and message is escaped.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import quote

from formcheck import __version__
from formcheck.faults import FAULTS
from formcheck.faults.finding import Verdict
from formcheck.files import write_atomic
from formcheck.manifest import Record
from formcheck.pairs import Scorecard
from formcheck.sources import printable
from formcheck.tables import Entry, Rows

INDEX_NAME = "index.html"
_ORDER = (Verdict.FAULT, Verdict.BORDERLINE, Verdict.OK, Verdict.NOT_ASSESSABLE)
_BIN = 5.0
_MAX_BINS = 60
_SHOWN_FAILURES = 8
_FILES = {".annotated.mp4": "video", ".json": "result", ".track.npz": "track"}


@dataclass(frozen=True, slots=True)
class IndexClip:
    """A clip as the page shows it; ``record`` is None if no files belong to it."""

    entry: Entry
    record: Record | None
    rows: Rows


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
            _distributions(clips),
            _subjects(clips),
            _left_right(clips),
            _sets(cards),
            _clips(out, clips, thumbs),
        ]
    )
    write_atomic(out / INDEX_NAME, _page(body, thumbs).encode("utf-8", "backslashreplace"))


def _page(body: str, thumbs: Sequence[str]) -> str:
    package = resources.files("formcheck")
    style = package.joinpath("index_page.css").read_text("utf-8")
    script = package.joinpath("index_page.js").read_text("utf-8")
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


def _text(value: object) -> str:
    return escape(printable(str(value)), quote=True)


def _name(fault: str) -> str:
    return fault.replace("_", " ")


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
        counts = _verdicts(clips, fault.name)
        parts.append(f"<li>{_text(_name(fault.name))}: {_counted(counts)}</li>")
    parts.append("</ul>\n")
    if failed:
        is_open = " open" if len(failed) <= _SHOWN_FAILURES else ""
        parts.append(
            f"<details{is_open}><summary>Clips that failed ({len(failed)})</summary>\n<ul>"
        )
        parts += [f"<li>{_text(c.entry.message)}</li>" for c in failed]
        parts.append("</ul></details>\n")
    return "".join(parts)


def _verdicts(clips: Iterable[IndexClip], fault: str) -> Counter[str]:
    return Counter(r["verdict"] for c in clips for r in c.rows.reps if r["fault"] == fault)


def _counted(counts: Counter[str]) -> str:
    shown = [
        f'<span class="{v}">{counts[v]} {v.value.replace("_", " ")}</span>'
        for v in _ORDER
        if counts[v]
    ]
    return ", ".join(shown) or '<span class="faint">none</span>'


# -- distributions -----------------------------------------------------------


def _distributions(clips: Sequence[IndexClip]) -> str:
    plots = []
    for fault in FAULTS:
        reps = [
            r
            for c in clips
            for r in c.rows.reps
            if r["fault"] == fault.name and r["value"] is not None
        ]
        if reps:
            plots.append(_histogram(fault.name, reps))
    if not plots:
        return ""
    return f'<h2>Distributions</h2>\n<div class="plots">{"".join(plots)}</div>\n'


def _histogram(fault: str, reps: Sequence[Any]) -> str:
    """Counts per step of 5, stacked by verdict; the line is the commonest limit."""
    values = [float(r["value"]) for r in reps]
    low, high = min(values), max(values)
    step = _BIN * max(1, math.ceil((high - low) / _BIN / _MAX_BINS))
    first = math.floor(low / step)
    n = math.floor(high / step) - first + 1
    bins = [Counter[str]() for _ in range(n)]
    for rep in reps:
        bins[math.floor(float(rep["value"]) / step) - first][rep["verdict"]] += 1
    tallest = max(b.total() for b in bins)
    width, height = max(12, min(36, 420 // n)), 120
    shapes = []
    for i, counts in enumerate(bins):
        y = float(height)
        for verdict in (Verdict.OK, Verdict.BORDERLINE, Verdict.FAULT):
            h = height * counts[verdict] / tallest
            y -= h
            if h:
                shapes.append(
                    f'<rect class="bar {verdict}" x="{i * width + 1}" y="{y:.1f}" '
                    f'width="{width - 2}" height="{h:.1f}"/>'
                )
    limit = Counter(float(r["threshold"]) for r in reps).most_common(1)[0][0]
    x = (limit / step - first) * width
    if 0 <= x <= n * width:
        shapes.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{height}"/>')
    every = max(1, math.ceil(32 / width))
    labels = [
        f'<text x="{i * width}" y="{height + 14}">{(first + i) * step:g}</text>'
        for i in range(0, n, every)
    ]
    unit = _text(str(reps[0]["unit"]).replace("pct_", "% of "))
    return (
        f"<figure><figcaption>{_text(_name(fault))}, {unit} ({len(reps)} repetitions; the line "
        f"is the limit, {limit:g})</figcaption>"
        f'<svg width="{max(n * width + 30, 160)}" height="{height + 20}" role="img" '
        f'aria-label="Histogram of {_text(_name(fault))}">'
        f"{''.join(shapes)}{''.join(labels)}</svg></figure>"
    )


# -- per person ---------------------------------------------------------------


def _by_subject(clips: Iterable[IndexClip]) -> dict[str, list[IndexClip]]:
    groups: dict[str, list[IndexClip]] = defaultdict(list)
    for clip in clips:
        groups[clip.entry.subject].append(clip)
    return dict(sorted(groups.items()))


def _subjects(clips: Sequence[IndexClip]) -> str:
    groups = _by_subject(clips)
    if list(groups) in ([], [""]):
        return ""
    rows = []
    for subject, own in groups.items():
        n_reps = sum(int(c.rows.clip.get("n_reps") or 0) for c in own)
        cells = "".join(f"<td>{_counted(_verdicts(own, f.name))}</td>" for f in FAULTS)
        rows.append(
            f'<tr><td class="name">{_text(subject or "(none)")}</td>'
            f'<td class="number">{len(own)}</td><td class="number">{n_reps}</td>{cells}</tr>'
        )
    heads = "".join(f"<th>{_text(_name(f.name))}</th>" for f in FAULTS)
    return _table(
        "By person",
        f'<th>person</th><th class="number">clips</th><th class="number">reps</th>{heads}',
        rows,
    )


def _left_right(clips: Sequence[IndexClip]) -> str:
    rows = []
    for subject, own in _by_subject(clips).items():
        for fault in FAULTS:
            pairs = [p for c in own for p in c.rows.sides if p.fault == fault.name]
            left = [p.left for p in pairs if p.left is not None]
            right = [p.right for p in pairs if p.right is not None]
            if not left or not right:
                continue
            mean_left, mean_right = sum(left) / len(left), sum(right) / len(right)
            error = math.sqrt(2) * sum(p.uncertainty for p in pairs) / len(pairs)
            difference = mean_left - mean_right
            is_beyond = abs(difference) > error
            side = "left" if difference > 0 else "right"
            verdict = f"{side} more" if is_beyond else "no difference beyond the error"
            tone = "fault" if is_beyond else "faint"
            rows.append(
                f'<tr><td class="name">{_text(subject or "(all)")}</td>'
                f"<td>{_text(_name(fault.name))}</td>"
                f'<td class="number">{mean_left:.1f}</td><td class="number">{mean_right:.1f}</td>'
                f'<td class="number">{difference:+.1f} ± {error:.1f}</td>'
                f"<td>{_text(pairs[0].unit.replace('pct_', '% of '))}</td>"
                f'<td class="{tone}">{verdict}</td></tr>'
            )
    if not rows:
        return ""
    return _table(
        "Left and right",
        '<th>person</th><th>fault</th><th class="number">left</th><th class="number">right</th>'
        '<th class="number">left - right</th><th>unit</th><th></th>',
        rows,
    )


def _sets(cards: Sequence[Scorecard]) -> str:
    rows = []
    for card in cards:
        for rep in card.reps:
            cells = {finding["fault"]: (role, finding) for role, finding in rep.findings}
            shown = "".join(_set_cell(*cells[f.name]) if f.name in cells else "<td></td>"
                            for f in FAULTS)  # fmt: skip
            best = rep.side if rep.side is not None else rep.front
            depth = "" if best is None else best["depth"]["category"]
            rows.append(
                f'<tr><td class="name">{_text(card.name)}</td><td class="number">{rep.number}</td>'
                f"<td>{_text(depth)}</td>{shown}</tr>"
            )
        if card.notes:
            rows.append(
                f'<tr><td class="name">{_text(card.name)}</td>'
                f'<td colspan="{2 + len(FAULTS)}" class="faint">{_text("; ".join(card.notes))}</td>'
                "</tr>"
            )
    heads = "".join(f"<th>{_text(_name(f.name))}</th>" for f in FAULTS)
    head = f'<th>set</th><th class="number">rep</th><th>depth</th>{heads}'
    return _table("Sets filmed from front and side", head, rows) if rows else ""


def _set_cell(role: str, finding: Any) -> str:
    value = "" if finding["value"] is None else f" {finding['value']:.0f}"
    verdict = str(finding["verdict"])
    return (
        f'<td class="{_text(verdict)}">{_text(verdict.replace("_", " "))}{value} '
        f'<span class="faint">from the {_text(role)}</span></td>'
    )


def _table(title: str, heads: str, rows: Iterable[str]) -> str:
    return (
        f'<h2>{title}</h2>\n<div class="scroll"><table><thead><tr>{heads}</tr></thead>\n'
        f"<tbody>{''.join(rows)}</tbody></table></div>\n"
    )


# -- the clips ----------------------------------------------------------------


def _clips(out: Path, clips: Sequence[IndexClip], thumbs: list[str]) -> str:
    heads = ["<th>worst moment</th>"]
    for name in ("clip", "person", "status", "reps", *(_name(f.name) for f in FAULTS)):
        heads.append(f'<th><button type="button">{_text(name)}</button></th>')
    heads.append("<th>files</th>")
    rows = [_row(out, clip, thumbs) for clip in clips]
    options = "".join(
        f'<option value="{v}">with {v.value.replace("_", " ")}</option>' for v in _ORDER
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
        f'<td class="name">{_text(entry.label)}</td>',
        f'<td class="name">{_text(entry.subject)}</td>',
        f'<td class="{"fault" if entry.status == "failed" else ""}">{_text(entry.status)}'
        f'<br><span class="faint">{_text(_short(clip))}</span></td>',
        f'<td data-value="{-1 if n_reps is None else int(n_reps)}">'
        f"{'' if n_reps is None else int(n_reps)}</td>",
    ]
    for fault in FAULTS if entry.status != "failed" else ():
        cells.append(_fault_cell([r for r in clip.rows.reps if r["fault"] == fault.name]))
    if entry.status == "failed":
        cells += ['<td data-value="-1e10"></td>'] * len(FAULTS)
    cells.append(f'<td class="files">{" ".join(_links(record))}</td>')
    return f'<tr data-verdicts="{_text(" ".join(sorted(verdicts)))}">{"".join(cells)}</tr>\n'


def _short(clip: IndexClip) -> str:
    if clip.entry.status == "failed":
        return "see above"
    return str(clip.rows.clip.get("message") or "")


def _fault_cell(reps: Sequence[Any]) -> str:
    """Counts and the value furthest over its limit; sorts by that distance."""
    measured = [r for r in reps if r["value"] is not None]
    if not measured:
        return f'<td data-value="-1e9">{_counted(Counter(r["verdict"] for r in reps))}</td>'
    worst = max(measured, key=lambda r: r["value"] - r["threshold"])
    return (
        f'<td data-value="{worst["value"] - worst["threshold"]:.1f}">'
        f"{_counted(Counter(r['verdict'] for r in reps))}<br>"
        f'<span class="faint">at most {worst["value"]:.0f} ± {worst["uncertainty"]:.0f} '
        f"{_text(str(worst['unit']).replace('pct_', '% of '))}</span></td>"
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
            yield f'<a href="./{_text(quote(record.name + suffix))}">{words}</a>'
