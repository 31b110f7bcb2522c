// Puts the marks of `formcheck.report.overlay` on a picture; every rule comes with them.
// Coordinates are those of the clip as it was analysed.

function frameAt(times, t) {
  let low = 0, high = times.length - 1;
  while (low < high) {  // the last frame that began by then ...
    const middle = Math.ceil((low + high) / 2);
    if (times[middle] <= t) low = middle; else high = middle - 1;
  }
  return low + 1 < times.length && times[low + 1] - t < t - times[low] ? low + 1 : low;  // or the next
}

function momentAt(scene, frame) {
  let found = scene.moments[0];
  for (const moment of scene.moments) { if (moment.first > frame) break; found = moment; }
  return found;
}

// A box widened to a ratio, inside the picture as far as it goes: `formcheck.report.drawing.fitted`.
function fitted([x, y, width, height], scene, ratio) {
  const wide = Math.max(width, height * ratio), high = Math.max(height, width / ratio);
  const at = (from, size, room) => size <= room ? Math.min(Math.max(0, from), room - size) : (room - size) / 2;
  return [at(x - (wide - width) / 2, wide, scene.width), at(y - (high - height) / 2, high, scene.height), wide, high];
}

// `view` is the part of the picture that fills the canvas: left, top and width; all of it if left out.
function paint(pen, scene, frame, picture, view = [0, 0, scene.width]) {
  const {width, height} = pen.canvas, {rules} = scene, scale = width / view[2];
  const X = (x) => (x - view[0]) * scale, Y = (y) => (y - view[1]) * scale;
  const thin = Math.max(1, Math.round(Math.min(width, height) * rules.thin_share));
  const near = (v) => v !== null && Math.abs(v * scale) < 9999;
  const line = (x0, y0, x1, y1, wide, colour) => {
    if (![x0, y0, x1, y1].every(near)) return;
    pen.beginPath(); pen.moveTo(X(x0), Y(y0)); pen.lineTo(X(x1), Y(y1));
    pen.lineWidth = wide * thin + rules.edge_px; pen.strokeStyle = colour; pen.stroke();
  };
  pen.lineCap = 'round';
  pen.fillStyle = rules.plain; pen.fillRect(0, 0, width, height);
  if (picture) pen.drawImage(picture, X(0), Y(0), scene.width * scale, scene.height * scale);
  if (picture && scene.faces) {
    const [x, y, radius] = scene.faces[frame];
    hideFace(pen, [X(x), Y(y), radius * scale], rules.face);
  }
  const head = scene.heads && scene.heads[frame];
  if (head && head[2] * scale < Math.max(width, height)) {
    const [x, y, radius, ...neck] = head;
    pen.beginPath(); pen.arc(X(x), Y(y), radius * scale, 0, 2 * Math.PI);
    pen.lineWidth = thin + rules.edge_px; pen.strokeStyle = rules.ink; pen.stroke();
    line(...neck, 1, rules.ink);
  }
  const gaps = scene.gaps[frame];
  for (const [[x0, y0, x1, y1, x2, y2], colour] of gaps) {
    pen.beginPath(); pen.moveTo(X(x0), Y(y0)); pen.lineTo(X(x1), Y(y1)); pen.lineTo(X(x2), Y(y2));
    pen.closePath();
    pen.globalAlpha = rules.gap_opacity; pen.fillStyle = colour; pen.fill(); pen.globalAlpha = 1;
  }
  const at = scene.points[frame], moment = momentAt(scene, frame);
  for (const [a, b, wide, colour] of moment.strokes) {
    line(at[2 * a], at[2 * a + 1], at[2 * b], at[2 * b + 1], wide, colour);
  }
  for (const [joint, radius, colour] of moment.dots) {
    const x = at[2 * joint], y = at[2 * joint + 1];
    if (!near(x) || !near(y)) continue;
    pen.beginPath(); pen.arc(X(x), Y(y), radius * thin, 0, 2 * Math.PI);
    pen.fillStyle = colour; pen.fill();
  }
  const guides = scene.guides[frame];
  for (let i = 0; i + 3 < guides.length; i += 4) {
    const [x0, y0, x1, y1] = guides.slice(i, i + 4), dx = x1 - x0, dy = y1 - y0;
    const length = Math.hypot(dx, dy) * scale;
    if (length >= rules.far * Math.max(width, height)) continue;
    const n = Math.max(1, Math.round(length / (rules.dash * thin)));
    for (let j = 0; j < n; j += 2) {
      const to = Math.min(j + 1, n) / n;
      line(x0 + dx * j / n, y0 + dy * j / n, x0 + dx * to, y0 + dy * to, 1, rules.ink);
    }
  }
  for (const [[, , x1, y1, x2, y2], colour, words] of gaps) {
    if (words) label(pen, rules, words, colour, X(x1), X(x2), Math.min(Y(y1), Y(y2)));
  }
}

// Words on a dark ground, beside what is filled and inside the picture.
function label(pen, rules, words, colour, x0, x1, top) {
  const {width, height} = pen.canvas, size = Math.max(9, Math.round(Math.min(width, height) * rules.words_share));
  pen.font = `600 ${size}px system-ui, sans-serif`;
  const wide = pen.measureText(words).width, pad = size / 2;
  const beside = x0 + x1 > width ? Math.max(x0, x1) + 2 * pad : Math.min(x0, x1) - wide - 2 * pad;
  const x = Math.min(Math.max(beside, pad), Math.max(pad, width - wide - pad));
  const y = Math.min(Math.max(top - 1.2 * size, 1.5 * size), height - size);
  pen.fillStyle = rules.paper; pen.fillRect(x - pad, y - 1.1 * size, wide + 2 * pad, 1.55 * size);
  pen.fillStyle = colour; pen.fillText(words, x, y);
}

// A few tiles in an ellipse, as `formcheck.report.face_blur` does.
function hideFace(pen, [x, faceY, radius], rule) {
  if (!(radius > 0)) return;
  const y = faceY - rule.up * radius, halfW = radius, halfH = rule.tall * radius;
  const {width, height} = pen.canvas, [across, down] = rule.tiles;
  const x0 = Math.max(0, x - halfW), x1 = Math.min(width, x + halfW);
  const y0 = Math.max(0, y - halfH), y1 = Math.min(height, y + halfH);
  if (x1 - x0 < 2 || y1 - y0 < 2) return;
  const tiles = hideFace.tiles || (hideFace.tiles = document.createElement('canvas'));
  tiles.width = across; tiles.height = down;
  const small = tiles.getContext('2d');
  small.imageSmoothingQuality = 'high';
  small.drawImage(pen.canvas, x0, y0, x1 - x0, y1 - y0, 0, 0, across, down);
  pen.save();
  pen.beginPath(); pen.ellipse(x, y, halfW, halfH, 0, 0, 2 * Math.PI); pen.clip();
  pen.imageSmoothingEnabled = false;
  pen.drawImage(tiles, 0, 0, across, down, x0, y0, x1 - x0, y1 - y0);
  pen.restore();
}

// Stands in for a video where no picture was kept: a clock with the parts of one.
class Film extends EventTarget {
  constructor() {
    super();
    this.duration = 0; this.readyState = 4; this.paused = true; this.from = 0; this.since = 0; this.rate = 1;
  }
  get ended() { return this.currentTime >= this.duration; }
  get currentTime() {
    const run = this.paused ? 0 : (performance.now() - this.since) / 1000 * this.rate;
    return Math.min(this.duration, this.from + run);
  }
  set currentTime(t) {
    this.from = Math.min(this.duration, Math.max(0, t)); this.since = performance.now();
    this.dispatchEvent(new Event('seeked'));
  }
  get playbackRate() { return this.rate; }
  set playbackRate(rate) { this.from = this.currentTime; this.since = performance.now(); this.rate = rate; }
  play() {
    if (this.ended) this.from = 0;
    this.since = performance.now(); this.paused = false;
    this.dispatchEvent(new Event('play'));
  }
  pause() {
    if (this.paused) return;
    this.from = this.currentTime; this.paused = true;
    this.dispatchEvent(new Event('pause'));
  }
}
