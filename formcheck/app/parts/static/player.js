const state = new WeakMap();
const FIRST_FRAME_MS = 3000;
const WRONG_SHAPE = .03;

function setUp(root) {
  const q = (name) => root.querySelector(name);
  const video = q('video'), film = new Film(), canvas = q('canvas'), pen = canvas.getContext('2d');
  const time = q('.fcp-time'), play = q('.fcp-play'), at = q('.fcp-at'), speed = q('.fcp-speed');
  const picture = q('.fcp-picture'), screen = q('.fcp-screen');
  const head = q('.fcp-head'), foot = q('.fcp-foot'), pills = q('.fcp-pills'), zoom = q('.fcp-zoom');
  const own = {data: {}, nonce: null, src: undefined, overlay: null, box: null}, on = [];
  let media = video, scene = null, told = null, mediaTime = 0;
  // When the first frame is shown: not zero in every file. Unknown until it has been seen.
  let zero = null, waiting = null, zeroTimer = 0;

  const frameS = () => own.data.frame_s || 1 / 30;
  const now = () => media.currentTime - (zero || 0);
  const isStill = () => media.paused || media.ended;
  const listen = (target, name, f) => { target.addEventListener(name, f); on.push([target, name, f]); };

  // -- the picture -----------------------------------------------------------
  function draw() {
    if (!scene || zero === null || (media === video && video.readyState < 2)) return;
    const width = Math.min(1920, Math.max(1, Math.round(canvas.clientWidth * devicePixelRatio)));
    const height = Math.round(width * canvas.clientHeight / canvas.clientWidth) || 1;
    if (canvas.width !== width || canvas.height !== height) { canvas.width = width; canvas.height = height; }
    const frame = frameAt(scene.times_s, (media === video ? mediaTime : film.currentTime) - zero);
    paint(pen, scene, frame, media === video ? video : null, viewed(width / height));
    tell(momentAt(scene, frame));
  }
  // Still at a repetition: its hips and feet. Moving, or anywhere else: the lifter. By choice: all of it.
  function viewed(ratio) {
    const is_close = zoom.getAttribute('aria-pressed') === 'true';
    const box = is_close && ((isStill() && own.box) || scene.body);
    return fitted(box || [0, 0, scene.width, scene.height], scene, ratio);
  }
  function tell(moment) {
    foot.setAttribute('aria-live', isStill() ? 'polite' : 'off');
    if (moment === told) return;
    told = moment;
    const [title, phase] = head.children, [list, cue] = foot.children;
    title.textContent = moment.title; phase.textContent = moment.phase; cue.textContent = moment.cue;
    list.replaceChildren(...moment.findings.map(({icon, colour, text}) => {
      const item = document.createElement('li'), mark = document.createElement('span');
      mark.className = 'fcp-icon'; mark.textContent = icon; mark.style.background = colour;
      mark.setAttribute('aria-hidden', 'true');
      item.append(mark, text);
      return item;
    }));
  }
  function eachFrame() {
    if (!video.requestVideoFrameCallback || own.isClosed) return;
    video.requestVideoFrameCallback((_, frame) => {
      mediaTime = frame.mediaTime;
      begin(mediaTime); draw(); eachFrame();
    });
  }
  function begin(firstS) {
    clearTimeout(zeroTimer);
    if (zero !== null) return;
    zero = firstS;
    if (waiting !== null) { const t = waiting; waiting = null; go(t); }
    show(); draw();
  }

  // -- the controls ----------------------------------------------------------
  function show() {
    const t = now();
    if (!video.requestVideoFrameCallback) { mediaTime = media.currentTime; draw(); }
    time.textContent = Math.floor(t / 60) + ':' + (t % 60).toFixed(2).padStart(5, '0');
    at.max = media.duration || 1; at.value = t;
    at.setAttribute('aria-valuetext', t.toFixed(1) + ' seconds');
    play.textContent = isStill() ? '▶ Play' : '❚❚ Pause';
    play.setAttribute('aria-label', isStill() ? 'Play' : 'Pause');
    for (const plot of document.querySelectorAll('.fc-plot')) {
      const line = plot.querySelector('.fc-playhead'), d = plot.dataset;
      if (!line || d.t0 === undefined) continue;
      const share = (t - d.t0) / (d.t1 - d.t0);
      const x = share < 0 || share > 1 ? -9 : +d.x0 + share * (d.x1 - d.x0);
      line.setAttribute('x1', x); line.setAttribute('x2', x);
    }
  }
  function go(t) {
    // A little past its start is inside the frame, whatever the rounding.
    if (zero === null) waiting = t;
    else media.currentTime = zero + Math.max(0, t) + Math.min(frameS() / 4, .004);
  }
  own.seek = (t, box = null) => {
    own.box = box;
    media.pause();
    const {top} = picture.getBoundingClientRect();
    if (top < 40 || top > innerHeight * 0.6) {
      const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
      picture.scrollIntoView({block: 'center', behavior: isCalm ? 'auto' : 'smooth'});
    }
    go(t);
  };
  const tick = () => {
    show();
    if (media === film) { draw(); if (film.ended) film.pause(); }
    if (!isStill()) requestAnimationFrame(tick);
  };
  for (const source of [video, film]) {
    listen(source, 'play', () => { own.box = null; tick(); });
    for (const name of ['seeked', 'timeupdate', 'pause', 'ended']) {
      listen(source, name, () => { if (source === media) { show(); if (media === film) draw(); } });
    }
  }
  // A slow browser may tell of the frame it went to much later.
  listen(video, 'seeked', () => { mediaTime = video.currentTime; draw(); });
  const toggle = () => { if (isStill()) media.play(); else media.pause(); };
  listen(play, 'click', toggle); listen(picture, 'click', toggle);
  listen(at, 'input', () => { own.box = null; media.pause(); go(+at.value); });
  listen(zoom, 'click', () => {
    zoom.setAttribute('aria-pressed', zoom.getAttribute('aria-pressed') !== 'true'); draw();
  });
  listen(q('.fcp-full'), 'click', () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (screen.requestFullscreen) screen.requestFullscreen();
    else if (video.webkitEnterFullscreen) video.webkitEnterFullscreen();
  });
  const rate = () => +speed.value;
  listen(speed, 'change', () => { media.playbackRate = rate(); });
  const step = (n) => {
    if (!scene) { own.seek((Math.floor(now() / frameS() + 1e-3) + n) * frameS()); return; }
    const times = scene.times_s, next = frameAt(times, now()) + n;
    own.seek(times[Math.min(times.length - 1, Math.max(0, next))], own.box);
  };
  listen(q('.fcp-back'), 'click', () => step(-1));
  listen(q('.fcp-on'), 'click', () => step(1));
  // Keys, unless somebody writes or moves a control that has keys of its own.
  listen(document, 'keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = event.target, isIn = at.closest && root.contains(at);
    if (at.closest && at.closest('input, select, textarea, [contenteditable=true], [role=dialog]')) return;
    if (!isIn && at !== document.body) return;
    const {key} = event, pill = key >= '1' && key <= '9' && pills.children[key - 1];
    if (key === ' ' && at.tagName !== 'BUTTON') toggle();
    else if (key === ',' || key === 'ArrowLeft') step(-1);
    else if (key === '.' || key === 'ArrowRight') step(1);
    else if (pill) pill.firstChild.click();
    else return;
    event.preventDefault();
  });
  listen(document, 'click', (event) => {
    const plot = event.target.closest && event.target.closest('.fc-plot');
    if (plot && plot.querySelector('svg[role=img]')) {
      const box = plot.querySelector('svg[role=img]').getBoundingClientRect(), d = plot.dataset;
      const width = plot.querySelector('svg[role=img]').viewBox.baseVal.width;
      const x = (event.clientX - box.left) / box.width * width;
      own.seek(+d.t0 + Math.min(1, Math.max(0, (x - d.x0) / (d.x1 - d.x0))) * (d.t1 - d.t0));
    }
  });

  // -- what is played --------------------------------------------------------
  function refuse() {
    if (own.data.overlay && own.data.src) own.ask('unplayable', own.data.src);
  }
  listen(video, 'error', () => { if (video.error && video.error.code !== MediaError.MEDIA_ERR_NETWORK) refuse(); });
  listen(video, 'loadedmetadata', () => {
    video.playbackRate = rate();
    // A browser that cannot decode the picture plays the sound alone; one that turns it, shows another.
    const shape = video.videoWidth / video.videoHeight / own.data.ratio;
    if (own.data.overlay && !(Math.abs(shape - 1) < WRONG_SHAPE)) refuse();
    show();
  });
  listen(video, 'loadeddata', () => {
    const wait = own.data.overlay && video.requestVideoFrameCallback ? FIRST_FRAME_MS : 0;
    zeroTimer = setTimeout(() => begin(0), wait);
  });
  async function load(address) {
    scene = told = null;
    if (!address) return;
    const found = await (await fetch(address)).json();
    if (address !== own.overlay) return;  // another one is wanted by now
    scene = found;
    film.duration = scene.times_s[scene.times_s.length - 1] || 0;
    const n = Math.max(...scene.moments.map((moment) => moment.findings.length));
    foot.style.setProperty('--lines', n);
    foot.children[1].style.color = scene.rules.cue;
    if (media === film) begin(0);
    show(); draw();
  }
  function showPills(marks) {
    pills.hidden = !marks.length;
    while (pills.children.length > marks.length) pills.lastChild.remove();
    marks.forEach((mark, i) => {
      // Kept over updates: a button that is replaced loses the focus.
      const button = (pills.children[i] || pills.appendChild(document.createElement('li'))).firstChild
        || pills.children[i].appendChild(document.createElement('button'));
      button.type = 'button'; button.className = 'fc-' + mark.kind; button.dataset.rep = mark.number;
      button.setAttribute('aria-label', mark.label); button.title = mark.label;
      button.setAttribute('aria-pressed', mark.is_selected);
      button.innerHTML = '<span class="fc-icon" aria-hidden="true"></span><span aria-hidden="true"></span>';
      button.firstChild.textContent = mark.icon; button.lastChild.textContent = mark.number;
      button.onclick = () => {
        for (const item of pills.children) item.firstChild.setAttribute('aria-pressed', item === button.parentNode);
        if (mark.time_s !== null) own.seek(mark.time_s, mark.box);
        own.ask('rep', mark.number);
      };
    });
  }
  own.update = (data, ask) => {
    own.data = data; own.ask = ask;
    if (data.src !== own.src) {
      own.src = data.src; waiting = null; mediaTime = 0;
      media.pause();
      clearTimeout(zeroTimer);
      media = data.src ? video : film; zero = null;
      if (data.src) video.src = data.src; else video.removeAttribute('src');
      video.setAttribute('aria-label', data.label); canvas.setAttribute('aria-label', data.label);
    }
    canvas.hidden = head.hidden = foot.hidden = zoom.hidden = !data.overlay;
    picture.classList.toggle('is-drawn', Boolean(data.overlay));
    video.toggleAttribute('inert', Boolean(data.overlay));
    screen.style.setProperty('--ratio', Math.min(1.6, Math.max(.8, data.ratio)));
    if (data.overlay !== own.overlay) { own.overlay = data.overlay; load(data.overlay); }
    showPills(data.marks);
    if (data.nonce !== own.nonce) {
      const isFirst = own.nonce === null;
      own.nonce = data.nonce;
      if (data.seek_s !== null && isFirst) { own.box = data.box; go(data.seek_s); }
      else if (data.seek_s !== null) own.seek(data.seek_s, data.box);
    }
    show();
  };
  const resized = new ResizeObserver(draw);
  resized.observe(picture);
  eachFrame();
  own.close = () => {
    own.isClosed = true;
    on.forEach(([t, n, f]) => t.removeEventListener(n, f));
    resized.disconnect(); clearTimeout(zeroTimer); media.pause();
  };
  return own;
}

export default function ({parentElement, data, setTriggerValue}) {
  const root = parentElement.querySelector('.fcp');
  let own = state.get(root);
  if (!own) { own = setUp(root); state.set(root, own); }
  own.update(data, setTriggerValue);
  // Streamlit also calls this when two updates follow each other quickly: the page is still there then.
  return () => setTimeout(() => { if (!root.isConnected) { own.close(); state.delete(root); } }, 0);
}
