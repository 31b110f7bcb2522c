"""A set on one page of self-contained HTML: opens anywhere, fetches nothing, prints.

Knows no page of the app; the command line can use it too.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from formcheck._version import __version__
from formcheck.knowledge import KnowledgeBase, load_knowledge
from formcheck.knowledge.words import clock, sentence
from formcheck.report.plots import clip_plots, svg
from formcheck.report.result import ClipResult
from formcheck.report.scorecard import (
    Scorecard,
    SetRep,
    findings_of,
    first_fix,
    headline,
    same_view,
    scorecard,
    unseen,
)
from formcheck.report.style import BADGE_CSS, PLOT_CSS
from formcheck.report.words import (
    badge,
    depth_words,
    fault_name,
    tempo_words,
    trunk_words,
    value_words,
    verdict_words,
)
from formcheck.squat.analysis import JudgedRep
from formcheck.squat.faults import FAULTS

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'"
_CSS = f"""
:root{{color-scheme:light}}
*{{box-sizing:border-box}}
body{{font:10.5pt/1.42 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;color:#16232a;
 max-width:60rem;margin:0 auto;padding:1.2rem}}
h1{{font-size:1.5rem;margin:0}}h2{{font-size:1.1rem;margin:1rem 0 .35rem}}
h3{{font-size:.98rem;margin:0 0 .15rem}}
p{{margin:.25rem 0}}small,.fc-src{{font-size:.82em;color:#42525a}}
header{{border-bottom:2px solid #0b6e75;padding-bottom:.4rem;margin-bottom:.6rem}}
.reps{{display:grid;grid-template-columns:repeat(auto-fill,minmax(16.5rem,1fr));gap:.6rem}}
.rep{{border:1px solid #c9d5d6;border-radius:8px;padding:.5rem;display:grid;
 grid-template-columns:auto 1fr;gap:.5rem;break-inside:avoid}}
.rep img{{height:8.4rem;max-width:5.6rem;object-fit:contain;border-radius:6px;background:#12161c}}
.rep ul{{list-style:none;margin:.2rem 0 0;padding:0}}.rep li{{margin-bottom:.25rem;font-size:.92em}}
.plots{{display:grid;grid-template-columns:1fr 1fr;gap:.3rem 1rem}}
.plots figure{{break-inside:avoid}}
footer{{border-top:1px solid #c9d5d6;margin-top:.8rem;padding-top:.4rem}}
{BADGE_CSS}{PLOT_CSS}
.fc-plot{{cursor:auto}}.fc-playhead{{display:none}}
@media (max-width:600px){{.plots{{grid-template-columns:1fr}}}}
@page{{size:A4;margin:12mm}}
@media print{{body{{padding:0;font-size:8.6pt;max-width:none}}
 .rep img{{height:6rem}}.plots svg[role=img]{{max-height:36mm}}
 *{{print-color-adjust:exact;-webkit-print-color-adjust:exact}}}}
"""


@dataclass(frozen=True, slots=True)
class ReportClip:
    """A clip in a report.

    ``reps`` are those of its analysis, for the curves; ``pictures`` are JPEG files by the number
    of the repetition in this clip.
    """

    name: str
    result: ClipResult
    reps: tuple[JudgedRep, ...] = ()
    pictures: Mapping[int, bytes] = field(default_factory=dict)


def html_report(
    clips: Sequence[ReportClip],
    *,
    settings: Mapping[str, float | bool] | None = None,
    made_on: str = "",
    is_advice_allowed: bool = True,
) -> str:
    """Return the report of one clip, or of a front and a side clip of one set.

    Parameters
    ----------
    clips : sequence of ReportClip
        One or two.
    settings : mapping, optional
        Settings that differ from the defaults, by ``section.name``.
    made_on : str
        A date to print.
    is_advice_allowed : bool
        False leaves cues and exercises out: somebody reported a warning sign.

    Returns
    -------
    str
        A whole HTML document without scripts.
    """
    card = scorecard([clip.result for clip in clips], [clip.name for clip in clips])
    knowledge = load_knowledge()
    title = "Squat check: " + " + ".join(c.name for c in clips)
    body = [
        f"<header><h1>{escape(title)}</h1><small>formcheck {__version__}"
        f"{' · ' + escape(made_on) if made_on else ''}</small></header>",
        _summary(card, clips, knowledge, is_advice_allowed),
        '<h2>Repetitions</h2><div class="reps">',
        *(_rep(row, clips) for row in card.reps),
        "</div>" if card.reps else "<p>None.</p></div>",
        *_plots(clips),
        _links(card, knowledge, is_advice_allowed),
        _footer(settings or {}, knowledge),
    ]
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer">'
        f"<title>{escape(title)}</title><style>{_CSS}</style></head>"
        f"<body>{''.join(body)}</body></html>\n"
    )


def _summary(
    card: Scorecard, clips: Sequence[ReportClip], knowledge: KnowledgeBase, is_allowed: bool
) -> str:
    out = [f"<p><strong>{escape(headline(card))}</strong></p>"]
    fix = first_fix(card)
    if fix is not None:
        out.append(f"<p><b>First:</b> {escape(fix.text)}")
        if is_allowed:
            out.append(f" <b>Cue:</b> {escape(fix.cue)}")
        out.append(f"</p><p><b>How sure:</b> {escape(fix.sure)}.</p>")
    if not is_allowed:
        out.append(f"<p>{escape(knowledge.note('general.withheld').text)}</p>")
    for blind in unseen(card):
        why = "; ".join(blind.reasons)
        out.append(
            f"<p><b>Not judged:</b> {escape(fault_name(blind.fault).lower())} in "
            f"{blind.n_reps} of {len(card.reps)}: {escape(why)}. "
            f"{escape(blind.how if is_allowed else '')}</p>"
        )
    said = (*card.notes, same_view([clip.result for clip in clips]))
    out += [f"<p>{escape(text)}</p>" for text in said if text]
    for clip in clips:
        if notes := clip.result.notes:
            out.append(f"<p><small>{escape(clip.name)}: {escape(' '.join(notes))}</small></p>")
    return "".join(out)


def _rep(row: SetRep, clips: Sequence[ReportClip]) -> str:
    data = clips[row.lead].pictures.get(row.rep.number)
    picture = "<span></span>"
    if data is not None:
        text = base64.b64encode(data).decode("ascii")
        picture = (
            f'<img src="data:image/jpeg;base64,{text}" '
            f'alt="Repetition {row.number} at {row.lead_moment_s:.1f} s">'
        )
    items = []
    for part in row.parts:
        finding = part.finding
        value = value_words(finding)
        words = f"{fault_name(finding.fault)}: {verdict_words(finding)}"
        items.append(
            f"<li>{badge(finding.verdict, words)}"
            f"<br>{escape(value or sentence(finding.reason))}</li>"
        )
    trunk = trunk_words(row.trunk_deg)
    return (
        f'<section class="rep">{picture}<div><h3>Rep {row.number} '
        f"<small>at {clock(row.rep.bottom_s)}</small></h3><ul>{''.join(items)}</ul>"
        f"<small>Depth {escape(depth_words(row.sagittal))}. {trunk} "
        f"{escape(tempo_words(row.rep))}.</small></div></section>"
    )


def _plots(clips: Sequence[ReportClip]) -> list[str]:
    out = []
    for clip in clips:
        pictures = "".join(svg(plot) for plot in clip_plots(clip.reps))
        if pictures:
            of = f" ({escape(clip.name)})" if len(clips) > 1 else ""
            out.append(f'<h2>Curves{of}</h2><div class="plots">{pictures}</div>')
    return out


def _links(card: Scorecard, knowledge: KnowledgeBase, is_allowed: bool) -> str:
    out = []
    for fault in (row.name for row in FAULTS):
        if not any(f.is_fault for f in findings_of(card, fault)):
            continue
        entry = knowledge.fault(fault)
        out.append(f"<p><b>{escape(entry.name)}.</b> {escape(entry.summary.text)} ")
        for risk in entry.risks:
            doubt = " ".join(c.text for c in risk.counter_evidence)
            out.append(
                f"{escape(risk.text)} <small>[evidence {risk.strength}]</small> {escape(doubt)} "
            )
        if is_allowed:
            # Paper cannot ask whether a knee hurts: what depends on it stays in the app.
            names = ", ".join(
                e.name
                for e in knowledge.exercises_for(fault)
                if not (e.gate.needs_no_knee_pain or e.gate.needs_warm_up)
            )
            out.append(f"<b>Exercises:</b> {escape(names)}. ")
        out.append(f"{' '.join(escape(s.text) for s in entry.stop)}</p>")
    return f"<h2>Why it matters</h2>{''.join(out)}" if out else ""


def _footer(settings: Mapping[str, float | bool], knowledge: KnowledgeBase) -> str:
    changed = ", ".join(f"{k} = {v:g}" for k, v in sorted(settings.items()))
    used = f"Changed settings: {escape(changed)}. " if changed else "Default settings. "
    return (
        f'<footer class="fc-src"><p>{used}Limits are coaching limits, not limits of risk. '
        "Evidence A: several trials; B: one trial or consistent cohorts; C: small studies; "
        "D: opinion; X: contradicted. "
        "A camera cannot examine a knee and does not foretell injuries. "
        f"{escape(knowledge.note('general.header').text)} "
        f"{escape(knowledge.note('general.link_not_forecast').text)}</p></footer>"
    )
