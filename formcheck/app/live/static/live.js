// The live page: camera, socket, picture, words. One frame is under way at a time.
const BONES = [[1, 2], [1, 7], [2, 8], [7, 8], [1, 3], [3, 5], [2, 4], [4, 6]];
const LEGS = [[7, 9], [9, 11], [11, 13], [13, 15], [11, 15], [8, 10], [10, 12], [12, 14], [14, 16], [12, 16]];
const JOINTS = [7, 8, 9, 10, 11, 12];
const ICONS = {ok: '✓', borderline: '!', fault: '✗', not_assessable: '–'};
const STATES = {idle: 'ready to start', starting: 'starting', set_up: 'setting up', ready: 'ready',
  counting: 'counting', paused: 'paused', lost: 'connection lost', camera: 'no camera', stopping: 'stopping',
  stopped: 'set over', refused: 'not possible'};
const RETRY_MS = [300, 700, 1500, 3000, 5000];
const REPLY_MS = 8000;
const SPARE_MS = 3;
const known = new WeakMap();

function setUp(root, first) {
  const q = (name) => root.querySelector(name);
  const video = q('video'), canvas = q('canvas'), pen = canvas.getContext('2d');
  const reps = q('.fcl-reps'), words = q('.fcl-words'), cue = q('.fcl-cue'), flash = q('.fcl-flash');
  const own = {data: {}, state: 'idle'}, sound = makeSound(), poser = first.film ? null : makePoser(first.where.path);
  const here = q('[data-testid=live-where-browser]'), isHere = () => here.checked;
  const stats = root.fclStats = {n: 0, latency: [], server: [], at: [], camera: 0};
  let socket = null, isOpen = false, wasOpen = false, isBusy = false, seq = 0;
  let next = null, underWay = null, sentAt = 0, answerMs = 0, makingMs = 10, grabTimer = 0;
  let nReps = 0, retry = 0, retryTimer = 0;
  let cueUntil = 0, lastSay = '', wakeLock = null, token = '', askedNew = false, watchdog = 0, finishing = null;
  const camera = first.film ? makeFilm()
    : makeCamera(video, first.camera, () => { stats.camera += 1; grab(); }, () => cameraLost('unplugged'));

  // -- what is shown ---------------------------------------------------------
  function show(state, text, detail) {
    own.state = state;
    root.dataset.state = state;
    q('.fcl-state').textContent = STATES[state] || state;
    const isRunning = ['starting', 'set_up', 'ready', 'counting', 'paused', 'lost', 'stopping'].includes(state)
      || (state === 'camera' && nReps > 0);
    root.classList.toggle('is-full', isRunning);
    q('.fcl-start').hidden = isRunning && state !== 'camera';
    q('.fcl-stop').hidden = !isRunning;
    q('.fcl-mute').hidden = q('.fcl-mirror').hidden = !isRunning;
    q('.fcl-record').hidden = isRunning || !camera.canRecord();
    q('.fcl-where').hidden = isRunning || !poser;
    q('.fcl-start').textContent = own.data.n_kept || (['camera', 'refused'].includes(state) && nReps) ? 'Continue the set'
      : state === 'stopped' ? 'Start another set' : camera.isFilm ? 'Start the video' : 'Start camera';
    if (text !== undefined) say(text, detail || '');
    if (!['ready', 'counting'].includes(state)) q('.fcl-phase').textContent = '';
    if (!['set_up', 'ready'].includes(state)) { drawArt(''); root.classList.remove('is-calibrating'); }
  }
  function say(text, detail) {
    if (words.textContent !== text) {
      words.textContent = text;
      const longest = Math.max(1, ...text.split(' ').map((word) => word.length));
      words.style.fontSize = longest > 8 ? `calc(var(--words) * ${8 / longest})` : '';
    }
    const small = q('.fcl-detail');
    if (small.textContent !== detail) small.textContent = detail;
  }
  function drawArt(id) {
    const box = q('.fcl-art');
    if (box.dataset.id !== id) { box.dataset.id = id; box.innerHTML = art(id); }
  }
  function count(n) { nReps = n; reps.textContent = String(n); }
  function kept() { return nReps === 1 ? 'Your repetition is kept.' : `Your ${nReps} repetitions are kept.`; }

  // -- the socket ------------------------------------------------------------
  function connect() {
    clearTimeout(retryTimer);
    token = own.data.token;
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    const address = `${scheme}://${location.host}${own.data.path}`;
    const mine = socket = new WebSocket(address, [isHere() ? own.data.poses : own.data.protocol, token]);
    isOpen = false; isBusy = false; next = null;
    mine.onmessage = (event) => { if (mine === socket) hear(JSON.parse(event.data)); };
    mine.onclose = () => { if (mine === socket) dropped(); };
  }
  function disconnect() {
    clearTimeout(retryTimer);
    const old = socket;
    socket = null; isOpen = false; isBusy = false;
    if (old) old.close();
  }
  function dropped() {
    isOpen = false; isBusy = false; socket = null;
    if (finishing) { finishing(); return; }
    if (!camera.stream || ['stopped', 'refused', 'idle', 'paused'].includes(own.state)) return;
    if (!wasOpen && retry >= RETRY_MS.length) {
      halt();
      show('refused', 'No answer', 'The app does not answer. Allow cookies for this page, then load it again.');
      return;
    }
    if (own.state !== 'lost') sound.play('lost');
    show('lost', 'Connection lost', `${kept()} Trying again.`);
    retryTimer = setTimeout(connect, RETRY_MS[Math.min(retry++, RETRY_MS.length - 1)]);
  }
  function hear(message) {
    if (message.type === 'ready') {
      isOpen = wasOpen = true; retry = 0; askedNew = false;
      count(message.n);
      if (own.state === 'stopping') return;
      show(nReps ? 'counting' : 'set_up', nReps ? 'Go on' : 'One moment', '');
      send();
    } else if (message.type === 'frame') {
      isBusy = false;
      answerMs += .2 * (performance.now() - sentAt - answerMs);
      const answered = underWay;
      send();
      if (message.problem) say(words.textContent, message.problem);
      else if (message.picture) {
        camera.show(message.picture).then((copy) => { if (isOpen) frame(message, {...answered, copy}); });
      } else frame(message, answered);
    } else if (message.type === 'bad') { isBusy = false; setTimeout(send, 100); }
    else if (message.type === 'finished') { if (finishing) finishing(message); }
    else if (message.type === 'over') stop();
    else if (message.type === 'refused') refused(message);
  }
  function refused(message) {
    disconnect();
    if (message.why === 'stale' && !askedNew) {
      askedNew = true;
      show('starting', 'One moment', message.text);
      own.ask('renew', String(Date.now()));
    } else if (message.why === 'idle') show('paused', 'Paused', message.text);
    else if (message.why === 'strikes') { retryTimer = setTimeout(connect, 2000); }
    else { halt(); show('refused', 'Not now', message.text); }
  }

  // -- frames ----------------------------------------------------------------
  // One frame is under way. The next is made ready just before the answer is due: the newest there is.
  function grab() {
    clearTimeout(grabTimer);
    // The camera had stopped, the server ended the connection, and now there are pictures again.
    if (own.state === 'paused' && !document.hidden && !socket) connect();
    if (!isOpen || document.hidden || !camera.isFresh || !camera.hasPicture()) return;
    const waitMs = isBusy ? sentAt + answerMs - makingMs - SPARE_MS - performance.now() : 0;
    if (waitMs > 1) { grabTimer = setTimeout(grab, waitMs); return; }
    next = camera.grab([underWay && underWay.copy, next && next.copy], !isHere());
    makingMs += .2 * (performance.now() - next.at - makingMs);
    send();
  }
  function send() {
    if (!isOpen || isBusy || document.hidden || own.state === 'stopping') return;
    if (camera.isFilm) {
      isBusy = true; sentAt = performance.now(); underWay = {at: sentAt};
      socket.send('{"type":"next"}');
      return;
    }
    if (!next) { grab(); return; }  // which sends
    underWay = next; next = null; isBusy = true; sentAt = performance.now();
    if (isHere()) { sendPose(socket, underWay, seq = (seq + 1) >>> 0); return; }
    const bytes = new Uint8Array(12 + underWay.jpeg.length), head = new DataView(bytes.buffer);
    head.setUint32(0, seq = (seq + 1) >>> 0, true); head.setFloat64(4, underWay.stamp, true);
    bytes.set(underWay.jpeg, 12);
    socket.send(bytes);
  }
  async function sendPose(mine, shot, number) {
    try {
      const bytes = await poser.find(shot, number);
      if (mine === socket && isOpen) mine.send(bytes);
    } catch (error) { if (mine === socket) poseLost(error.message); }
  }
  function frame(m, shot) {
    draw(m.p, shot.copy, performance.now() - shot.at);
    note(stats, performance.now() - shot.at, m.ms);
    if (m.n !== nReps && !m.reps.length) count(m.n);
    for (const rep of m.reps) if (rep.number > nReps) closed(rep);
    if (['stopping', 'paused'].includes(own.state)) return;  // the last answer came after the button
    if (own.state !== m.stage) show(m.stage);
    q('.fcl-phase').textContent = m.stage === 'set_up' ? '' : m.phase;
    root.classList.toggle('has-hint', Boolean(m.hint));
    if (m.hint) { cue.textContent = ''; say(m.hint, 'not counted yet'); return; }
    if (cueUntil && performance.now() > cueUntil) { cueUntil = 0; cue.textContent = ''; }
    if (m.coach) coach(m);
    else { drawArt(''); root.classList.remove('is-calibrating'); say('', ''); }
  }
  function coach(m) {
    drawArt(m.coach.id);
    say(m.coach.words, m.coach.detail);
    root.classList.toggle('is-calibrating', m.coach.id === 'still');
    q('.fcl-still i').style.width = `${Math.round(100 * m.still)}%`;
    if (m.coach.id === lastSay) return;
    lastSay = m.coach.id;
    if (m.coach.id === 'ready') sound.say('Ready', 'ready'); else sound.say(m.coach.words, '');
  }
  function closed(rep) {
    count(rep.number);
    cue.textContent = rep.cue;
    cueUntil = rep.cue ? performance.now() + 7000 : 0;
    sound.say(rep.say, rep.verdict || 'count');
    if (!rep.verdict) return;
    flash.dataset.verdict = rep.verdict;
    flash.querySelector('b').textContent = ICONS[rep.verdict];
    flash.classList.remove('is-on'); void flash.offsetWidth; flash.classList.add('is-on');
  }
  function draw(points, source, age) {
    const w = source.width, h = source.height;
    if (canvas.width !== w || canvas.height !== h) { canvas.width = w; canvas.height = h; }
    pen.clearRect(0, 0, w, h);
    // The skeleton belongs to the frame it was measured in; a late one goes over the running picture.
    if (age < 150 || camera.isFilm) pen.drawImage(source, 0, 0);
    clearTimeout(watchdog);
    if (!camera.isFilm) watchdog = setTimeout(() => pen.clearRect(0, 0, canvas.width, canvas.height), 300);
    if (!points) return;
    const at = (i) => [points[i][0] * w, points[i][1] * h], thin = Math.max(2, Math.min(w, h) / 200);
    const lines = (pairs, width, colour) => {
      pen.strokeStyle = colour; pen.lineWidth = width; pen.lineCap = 'round'; pen.beginPath();
      for (const [a, b] of pairs) { pen.moveTo(...at(a)); pen.lineTo(...at(b)); }
      pen.stroke();
    };
    lines(LEGS, 2.4 * thin + 3, '#10161b'); lines(BONES, thin, '#f5f7fa'); lines(LEGS, 2.4 * thin, '#3fd0a4');
    pen.fillStyle = '#f5f7fa';
    for (const i of JOINTS) { pen.beginPath(); pen.arc(...at(i), 2 * thin, 0, 7); pen.fill(); }
  }

  // -- start, stop, trouble ----------------------------------------------------
  async function start() {
    sound.unlock();
    const wantsRecord = q('[data-testid=live-record]').checked;
    if (own.state === 'stopped' || own.state === 'idle') { cue.textContent = ''; lastSay = ''; }
    if (own.state === 'stopped') count(0);
    q('.fcl-download').replaceChildren();
    if (own.data.n_kept) count(own.data.n_kept);
    if (camera.isFilm) show('starting', 'One moment', '');
    else show('starting', 'Starting the camera', 'The browser may ask: allow the camera.');
    try { await camera.start(); } catch (error) { cameraLost(error.name); return; }
    if (own.state !== 'starting') { camera.stop(); return; }  // stopped before it began
    if (isHere()) {
      show('starting', 'One moment', 'Loading what finds the pose: 19 MB the first time.');
      try { await poser.start(); } catch (error) { poseLost(error.message); return; }
      if (own.state !== 'starting') { camera.stop(); return; }
      stats.delegate = poser.delegate;
    }
    if (wantsRecord) camera.record();
    q('[data-testid=live-record]').checked = false;  // asked for one set, not for all
    if (navigator.wakeLock) wakeLock = await navigator.wakeLock.request('screen').catch(() => null);
    connect();
  }
  function cameraLost(name) {
    camera.stop(); disconnect();
    const [text, detail] = camera.trouble(name);
    show('camera', text, nReps ? `${kept()} ${detail.replace('The set is kept. ', '')}` : detail);
  }
  // The picture is not sent elsewhere before somebody has chosen that.
  function poseLost(why) {
    if (!camera.stream) return;
    halt();
    notHere(`This browser cannot find the pose: ${why}.`);
    show('refused', 'Not in this browser', `${nReps ? `${kept()} ` : ''}The computer that runs formcheck can find `
      + 'the pose: press the button again and your picture goes there, where it is not kept.');
  }
  function notHere(why) {
    here.disabled = true;
    q('[data-testid=live-where-app]').checked = true;
    q('.fcl-where-note').textContent = why;
  }
  function halt() {
    camera.stop(); disconnect(); clearTimeout(watchdog); clearTimeout(grabTimer);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    flash.classList.remove('is-on'); root.classList.remove('has-hint');
    if (wakeLock) { wakeLock.release().catch(() => {}); wakeLock = null; }
  }
  async function stop() {
    if (own.state === 'stopping') return;
    show('stopping', 'One moment', 'Putting the result together.');
    const blob = await camera.endRecording();
    if (!isOpen) await new Promise((done) => { finishing = done; setTimeout(done, 2500); connect(); waitOpen(done); });
    finishing = null;
    const message = isOpen ? await new Promise((done) => {
      finishing = done; socket.send(JSON.stringify({type: 'stop'})); setTimeout(done, REPLY_MS);
    }) : null;
    finishing = null;
    halt();
    cue.textContent = '';
    if (message) count(message.n);  // with the one just done, as the result has it
    show('stopped', 'Set over', message || nReps ? 'The result follows below.' : 'Nothing was recorded.');
    if (blob) offer(blob);
    own.ask('finished', token);
  }
  function waitOpen(done) {
    const timer = setInterval(() => { if (isOpen) { clearInterval(timer); done(); } }, 50);
    setTimeout(() => clearInterval(timer), 2600);
  }
  function offer(blob) {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = `formcheck-set.${blob.type.includes('mp4') ? 'mp4' : 'webm'}`;
    link.textContent = 'Download the recorded picture (it is nowhere else)';
    link.dataset.testid = 'live-download';
    q('.fcl-download').replaceChildren(link);
  }
  function visibility() {
    if (!camera.stream) return;
    if (document.hidden) { show('paused', 'Paused', 'The page was hidden.'); return; }
    if (own.state !== 'paused') return;
    if (isOpen) { show(nReps ? 'counting' : 'set_up'); send(); } else connect();
  }
  function toggle(button, on, off) {
    const isPressed = button.getAttribute('aria-pressed') !== 'true';
    button.setAttribute('aria-pressed', String(isPressed));
    if (on) button.textContent = isPressed ? on : off;
    return isPressed;
  }
  q('.fcl-start').onclick = start;
  q('.fcl-stop').onclick = stop;
  q('.fcl-mute').onclick = () => sound.mute(toggle(q('.fcl-mute'), 'Muted', 'Sound on'));
  q('.fcl-mirror').onclick = () => root.classList.toggle('is-mirrored', toggle(q('.fcl-mirror')));
  if (camera.isFilm) q('.fcl-mirror').setAttribute('aria-pressed', 'false');
  else root.classList.add('is-mirrored');
  if (first.muted) q('.fcl-mute').click();
  if (poser) {
    const lacks = first.where.why_not || poseLacks();
    if (lacks) notHere(lacks); else here.checked = first.where.is_default;
    q('.fcl-where').onchange = () => { if (own.state === 'idle') own.update(own.data, own.ask); };
  }
  document.addEventListener('visibilitychange', visibility);
  addEventListener('pagehide', disconnect);
  own.update = (data, ask) => {
    const isNew = data.token !== own.data.token;
    own.data = data; own.ask = ask;
    if (own.state === 'starting' && askedNew && isNew && camera.stream) connect();
    if (own.state === 'idle') {
      if (data.n_kept) count(data.n_kept);
      show('idle', data.n_kept ? 'A set is waiting' : 'Ready when you are',
        data.n_kept ? `${kept()} Continue it, or see its result below.` : data.film || data.welcome[isHere() ? 1 : 0]);
      drawArt('still');
    }
  };
  own.close = () => {
    halt(); sound.close();
    if (poser) poser.close();
    document.removeEventListener('visibilitychange', visibility);
    removeEventListener('pagehide', disconnect);
  };
  return own;
}

function note(stats, age, ms) {
  stats.n += 1;
  stats.latency.push(age); stats.server.push(ms); stats.at.push(performance.now());
  if (stats.latency.length > 6000) for (const name of ['latency', 'server', 'at']) stats[name].splice(0, 3000);
}

export default function ({parentElement, data, setTriggerValue}) {
  const root = parentElement.querySelector('.fcl');
  let own = known.get(root);
  if (!own) { own = setUp(root, data); known.set(root, own); }
  own.update(data, setTriggerValue);
  // Streamlit also calls this when two updates follow each other quickly: the page is still there then.
  return () => setTimeout(() => { if (!root.isConnected) { own.close(); known.delete(root); } }, 0);
}
