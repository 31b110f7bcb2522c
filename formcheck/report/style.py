"""The look of badges and plots: on pages and in the report."""

from __future__ import annotations

BADGE_CSS = """
.fc-badge{display:inline-flex;align-items:center;gap:.4em;font-weight:650;line-height:1.3}
.fc-icon{display:inline-grid;place-items:center;flex:none;width:1.35em;height:1.35em;
 border-radius:50%;font-weight:800;font-size:.9em;color:light-dark(#fff,#10181c)}
.fc-ok{--fc-v:light-dark(#00694f,#3fd0a4)}.fc-borderline{--fc-v:light-dark(#7a5600,#f0c828)}
.fc-fault{--fc-v:light-dark(#b3340a,#ff9068)}
.fc-not_assessable{--fc-v:light-dark(#50616b,#a9b7be)}
.fc-badge{color:var(--fc-v)}.fc-icon{background:var(--fc-v)}
"""

PLOT_CSS = """
.fc-plot{margin:0 0 .4rem;cursor:crosshair}
.fc-plot figcaption{font-size:.9rem;margin-bottom:.1rem}
.fc-plot svg{width:100%;height:auto;display:block}
.fc-key{white-space:nowrap;margin-left:.7rem;font-size:.8rem}
.fc-key svg{width:26px;height:8px;display:inline-block;vertical-align:middle;margin-right:.3rem}
.fc-plot text{fill:currentColor;font:13px system-ui,sans-serif}
.fc-tick{opacity:.85}.fc-replabel{font-weight:600}
.fc-grid{stroke:currentColor;stroke-opacity:.14}
.fc-rep{fill:currentColor;fill-opacity:.05}
.fc-repsel{fill-opacity:.13;stroke:currentColor;stroke-opacity:.5}
.fc-line{fill:none;stroke-width:2.2;stroke-linejoin:round;stroke:var(--fc-s,currentColor)}
.fc-band{fill:var(--fc-s,currentColor);fill-opacity:.16;stroke:none}
.fc-c1{--fc-s:light-dark(#0063a3,#63b8f2)}
.fc-c2{--fc-s:light-dark(#a34a00,#f2a65a)}
.fc-limit{stroke:light-dark(#b3261e,#ff8a80);stroke-width:2;stroke-dasharray:3 3;fill:none}
.fc-mark{stroke:currentColor;stroke-width:2}.fc-markhead{fill:currentColor}
.fc-playhead{stroke:light-dark(#0b6e75,#4fc3c7);stroke-width:2}
.fc-still{cursor:auto}
.fc-bar{fill:light-dark(#0b6e75,#4fc3c7);fill-opacity:.82}
.fc-now{fill-opacity:.32;stroke:light-dark(#0b6e75,#4fc3c7);stroke-dasharray:4 3}
.fc-dot{fill:var(--fc-v,currentColor);stroke:none}
.fc-err{stroke:currentColor;stroke-opacity:.35;stroke-width:1.5}
"""
