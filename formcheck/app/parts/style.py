"""The look of what Streamlit has no element for."""

from __future__ import annotations

from formcheck.report.style import BADGE_CSS, PLOT_CSS

PAGE_CSS = f"""
{BADGE_CSS}{PLOT_CSS}
.block-container{{max-width:1180px;padding-top:4.2rem}}
[data-testid="stCaptionContainer"] p,[data-testid="stFileUploaderDropzoneInstructions"] span{{
 color:light-dark(#46565e,#b6c4ca)!important;opacity:1!important}}
[data-testid="stCaptionContainer"]{{opacity:1!important;color:light-dark(#46565e,#b6c4ca)!important}}
.fc-lead{{font-size:1.08rem;line-height:1.5;max-width:46rem}}
.fc-small{{font-size:.88rem;line-height:1.45}}
.fc-head{{font-size:1.35rem;line-height:1.3;font-weight:700;margin:0 0 .5rem}}
.fc-sum p{{margin:.3rem 0;line-height:1.45}}
.fc-sum b{{display:inline-block}}
.fc-repcard{{display:grid;grid-template-columns:5.6rem 1fr;gap:.2rem .9rem;align-items:start}}
.fc-repcard>img,.fc-repcard>.fc-nopic{{width:5.6rem;height:8.2rem;object-fit:contain;
 border-radius:8px;background:#12161c;grid-row:span 2}}
.fc-nopic{{display:grid;place-items:center;font-size:.75rem;color:#dfe7ea;text-align:center;
 padding:.3rem}}
.fc-repcard h3{{font-size:1.02rem;margin:0;padding:0}}.fc-repcard h3 span{{font-weight:400}}
.fc-repcard ul{{list-style:none;margin:.15rem 0 0;padding:0}}
.fc-repcard li{{margin:0 0 .45rem;padding:0;line-height:1.38;font-size:.92rem}}
.fc-repcard .fc-why{{display:block}}
.fc-pair{{display:grid;grid-template-columns:1fr 1fr;gap:1.2rem;margin:.2rem 0 .6rem}}
.fc-pair figure{{margin:0}}.fc-pair svg{{width:100%;height:auto;max-height:15rem;display:block}}
.fc-pair figcaption{{font-size:.9rem;line-height:1.4;margin-top:.3rem}}
.fc-accent{{stroke:light-dark(#0b6e75,#4fc3c7)}}
.fc-plots{{display:grid;grid-template-columns:1fr 1fr;gap:.6rem 1.6rem}}
.fc-link{{display:inline-block;border:1px solid currentColor;border-radius:10px;
 padding:.42rem .8rem;text-decoration:none;font-weight:500;color:inherit!important}}
.fc-link:hover,.fc-link:focus-visible{{background:light-dark(#e2eeee,#22333a)}}
.fc-tag{{display:inline-block;border:1px solid currentColor;border-radius:999px;
 padding:0 .5rem;font-size:.78rem;line-height:1.5;white-space:nowrap}}
.fc-src{{font-size:.82rem;opacity:.85}}
.fc-list{{list-style:none;margin:.2rem 0 .5rem;padding:0!important}}
.fc-list li{{margin:0 0 .5rem!important;padding:0;line-height:1.4}}
.fc-list .fc-why{{display:block;margin-left:1.75em}}
.fc-h{{font-size:1rem!important;margin:.7rem 0 .3rem;padding:0}}
.fc-log{{list-style:none;margin:0;padding:0!important}}
.fc-log li{{margin:0!important;padding:.5rem 0;border-bottom:1px solid light-dark(#c9d5d6,#35474e)}}
.fc-plan{{margin:.2rem 0 .4rem;padding-left:1.4rem}}
.fc-plan li{{margin:0 0 .8rem;padding-left:.2rem;line-height:1.45}}
.fc-plan p{{margin:.15rem 0}}
.fc-small a{{color:light-dark(#0b5f8a,#7cc7f0)}}
.fc-st{{margin:0 0 .55rem;line-height:1.45}}
.fc-counter{{margin:.1rem 0 .3rem .2rem;padding-left:.7rem;
 border-left:3px solid light-dark(#a34a00,#f2a65a)}}
.fc-counter>.fc-st,.fc-counter>.fc-st>.fc-src{{margin-bottom:0}}.fc-counter>.fc-st{{display:inline}}
.fc-flag{{border-left:6px solid light-dark(#b3261e,#ff8a80);padding:.6rem 1rem;border-radius:6px;
 background:light-dark(#fdeceb,#3a1f1d)}}
.fc-flag h3{{margin:0 0 .3rem;padding:0;font-size:1.15rem}}
.fc-flag p{{margin:.25rem 0}}
:focus-visible{{outline:3px solid light-dark(#0b6e75,#4fc3c7)!important;outline-offset:2px}}
@media (min-width:900px){{[data-testid="stColumn"]:has(.st-key-watch){{position:sticky;top:4.2rem;
 align-self:flex-start}}}}
@media (max-width:700px){{
 .fc-pair,.fc-plots{{grid-template-columns:1fr}}
 .fc-pair svg{{max-height:11rem}}
 .fc-plot text{{font-size:18px}}
 .block-container{{padding-left:1rem;padding-right:1rem}}
 h1{{font-size:1.7rem!important}}
}}
@media (prefers-reduced-motion:reduce){{*{{animation-duration:.01ms!important;
 transition-duration:.01ms!important;scroll-behavior:auto!important}}}}
"""
