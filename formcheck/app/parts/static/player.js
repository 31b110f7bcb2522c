const state = new WeakMap();

function setUp(root) {
  const video = root.querySelector('video'), time = root.querySelector('.fcp-time');
  const play = root.querySelector('.fcp-play'), at = root.querySelector('.fcp-at');
  const marks = root.querySelector('[role=group]'), own = {video, data: {}, nonce: null, src: null};
  const frame = () => own.data.frame_s || 1 / 30;
  const plots = () => document.querySelectorAll('.fc-plot');
  const show = () => {
    const t = video.currentTime;
    time.textContent = Math.floor(t / 60) + ':' + (t % 60).toFixed(2).padStart(5, '0');
    at.max = video.duration || 1; at.value = t;
    at.setAttribute('aria-valuetext', t.toFixed(1) + ' seconds');
    const isStill = video.paused || video.ended;
    play.textContent = isStill ? '▶ Play' : '❚❚ Pause';
    play.setAttribute('aria-label', isStill ? 'Play' : 'Pause');
    for (const plot of plots()) {
      const line = plot.querySelector('.fc-playhead'), d = plot.dataset;
      if (!line || d.t0 === undefined) continue;
      const share = (t - d.t0) / (d.t1 - d.t0);
      const x = share < 0 || share > 1 ? -9 : +d.x0 + share * (d.x1 - d.x0);
      line.setAttribute('x1', x); line.setAttribute('x2', x);
    }
  };
  // A quarter of a frame past its start is inside the frame, whatever the rounding.
  own.seek = (t) => {
    video.pause();
    const box = video.getBoundingClientRect();
    if (box.top < 40 || box.top > innerHeight * 0.6) {
      const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;
      video.scrollIntoView({block: 'center', behavior: isStill ? 'auto' : 'smooth'});
    }
    const go = () => { video.currentTime = Math.max(0, t) + frame() / 4; };
    if (video.readyState >= 1) go();
    else video.addEventListener('loadedmetadata', go, {once: true});
  };
  const tick = () => { show(); if (!video.paused && !video.ended) requestAnimationFrame(tick); };
  const on = [];
  const listen = (target, name, f) => {
    target.addEventListener(name, f);
    on.push([target, name, f]);
  };
  listen(video, 'play', tick);
  for (const name of ['seeked', 'timeupdate', 'pause', 'ended']) listen(video, name, show);
  const toggle = () => { if (video.paused || video.ended) video.play(); else video.pause(); };
  listen(play, 'click', toggle); listen(video, 'click', toggle);
  listen(at, 'input', () => { video.pause(); video.currentTime = +at.value; });
  listen(root.querySelector('.fcp-full'), 'click', () => {
    if (video.requestFullscreen) video.requestFullscreen();
    else if (video.webkitEnterFullscreen) video.webkitEnterFullscreen();
  });
  const slow = root.querySelector('.fcp-slow');
  listen(slow, 'click', () => {
    const isSlow = slow.getAttribute('aria-pressed') !== 'true';
    slow.setAttribute('aria-pressed', isSlow); video.playbackRate = isSlow ? 0.25 : 1;
  });
  const step = (n) => own.seek((Math.floor(video.currentTime / frame() + 1e-3) + n) * frame());
  listen(root.querySelector('.fcp-back'), 'click', () => step(-1));
  listen(root.querySelector('.fcp-on'), 'click', () => step(1));
  listen(document, 'click', (event) => {
    const plot = event.target.closest && event.target.closest('.fc-plot');
    if (plot && plot.querySelector('svg[role=img]')) {
      const box = plot.querySelector('svg[role=img]').getBoundingClientRect(), d = plot.dataset;
      const width = plot.querySelector('svg[role=img]').viewBox.baseVal.width;
      const x = (event.clientX - box.left) / box.width * width;
      own.seek(+d.t0 + Math.min(1, Math.max(0, (x - d.x0) / (d.x1 - d.x0))) * (d.t1 - d.t0));
    }
  });
  own.update = (data) => {
    own.data = data;
    if (data.src !== own.src) {
      own.src = data.src; video.src = data.src;
      video.setAttribute('aria-label', data.label);
      const rate = slow.getAttribute('aria-pressed') === 'true' ? 0.25 : 1;
      const start = () => { video.playbackRate = rate; show(); };
      video.addEventListener('loadedmetadata', start, {once: true});
    }
    marks.replaceChildren(...data.marks.map((mark) => {
      const button = document.createElement('button');
      button.type = 'button'; button.textContent = mark.label;
      button.setAttribute('aria-current', mark.is_selected);
      button.onclick = () => own.seek(mark.time_s);
      return button;
    }));
    if (data.nonce !== own.nonce) {
      own.nonce = data.nonce;
      if (data.seek_s !== null) own.seek(data.seek_s);
    }
    show();
  };
  own.close = () => { on.forEach(([t, n, f]) => t.removeEventListener(n, f)); video.pause(); };
  return own;
}

export default function ({parentElement, data}) {
  const root = parentElement.querySelector('.fcp');
  let own = state.get(root);
  if (!own) { own = setUp(root); state.set(root, own); }
  own.update(data);
  return () => { own.close(); state.delete(root); };
}
