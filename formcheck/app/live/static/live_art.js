// Line drawings for the set-up coach, by the id of the instruction.
const INK = 'fill="none" stroke="currentColor" stroke-width="6" stroke-linecap="round" stroke-linejoin="round"';
const MARK = 'fill="none" stroke="#3fd0a4" stroke-width="8" stroke-linecap="round" stroke-linejoin="round"';

function person(x, floor, size) {
  return `<g transform="translate(${x} ${floor}) scale(${size})" ${INK}><circle cx="0" cy="-124" r="14"/>
    <path d="M-22 -98Q0 -108 22 -98L15 -56H-15ZM-22 -98L-32 -62M22 -98L32 -62M-12 -56L-17 0M12 -56L17 0"/></g>`;
}
function arrow(x, y, turn) {
  return `<g transform="translate(${x} ${y}) rotate(${turn})" ${MARK}><path d="M-26 0H24M6 -18L24 0L6 18"/></g>`;
}
const FRAME = `<rect x="36" y="14" width="128" height="172" rx="12" ${INK} stroke-opacity=".55"/>`;
const stand = (y, turn) => `<g ${INK}><path d="M150 184V${y}M126 184H174"/></g>
  <rect x="136" y="${y - 26}" width="16" height="34" rx="4" ${MARK}/>${person(58, 184, 1.1)}${arrow(182, y, turn)}`;
const round = `<path d="M58 172A52 16 0 1 0 142 172" ${MARK}/><path d="M126 178L142 172L150 188" ${MARK}/>`;
const DRAWINGS = {
  light: `<circle cx="100" cy="92" r="38" ${MARK}/><path d="M100 30V14M100 170V154M38 92H22M178 92H162M56 48L45 37M155 147L144 136M144 48L155 37M45 147L56 136" ${MARK}/>`,
  nobody: FRAME + `<g opacity=".5">${person(14, 176, .8)}</g>` + arrow(88, 100, 0),
  back: FRAME + person(100, 224, 1.7) + arrow(182, 100, -90),
  closer: FRAME + person(100, 150, .55) + arrow(182, 110, 90),
  feet: FRAME + person(100, 222, 1.15) + arrow(182, 150, 90),
  head: FRAME + person(100, 140, 1.15) + arrow(182, 60, -90),
  middle: FRAME + person(44, 172, 1.05) + arrow(104, 100, 0),
  level: `<g transform="rotate(12 100 100)">${FRAME}</g>` + person(100, 172, 1) + `<path d="M20 192H180" ${MARK}/>`,
  raise: stand(150, -90), lower: stand(54, 90), tilt: stand(100, 180),
  around: person(100, 170, 1.05) + round, turn: person(100, 170, 1.05) + round,
  people: FRAME + person(80, 172, .95) + `<g opacity=".6">${person(140, 168, .8)}</g>` + `<path d="M120 60L164 150M164 60L120 150" stroke="#ff6a3d" stroke-width="8" stroke-linecap="round"/>`,
  still: FRAME + person(100, 172, 1.05),
  ready: `<circle cx="100" cy="100" r="80" ${MARK}/><path d="M62 104L90 132L142 74" ${MARK} stroke-width="16"/>`,
};

function art(id) {
  return DRAWINGS[id] ? `<svg viewBox="0 0 200 200">${DRAWINGS[id]}</svg>` : '';
}
