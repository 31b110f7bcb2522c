// Finds poses in this browser, in a worker that the app serves: the picture stays on this page.
const SIMD = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11];
const SLOW_MS = 60000, LOADING_MS = 600000;

// What this browser lacks, in words; empty if nothing.
function poseLacks() {
  if (typeof Worker === 'undefined' || typeof OffscreenCanvas === 'undefined') return 'This browser is too old for it.';
  if (typeof WebAssembly === 'undefined') return 'WebAssembly is switched off in this browser.';
  if (!WebAssembly.validate(new Uint8Array(SIMD))) return 'This browser is too old for it.';
  return '';
}

function makePoser(folder) {
  let worker = null, ready = null, waiting = null, turn = Promise.resolve();
  const end = (error) => {
    if (worker) worker.terminate();
    worker = ready = null;
    if (waiting) { const mine = waiting; waiting = null; mine.fail(error); }
  };
  const ask = (message, handed, patienceMs) => new Promise((done, fail) => {
    const timer = setTimeout(() => end(new Error('it took too long')), patienceMs);
    waiting = {done: (data) => { clearTimeout(timer); done(data); }, fail: (error) => { clearTimeout(timer); fail(error); }};
    if (worker) worker.postMessage(message, handed); else end(new Error('it was closed'));
  });
  const own = {delegate: ''};
  own.start = async () => {
    ready = ready || begin();
    try { await ready; } catch (error) { end(error); throw error; }
  };
  async function begin() {
    worker = new Worker(new URL(`${folder}/pose_worker.js`, location.origin));
    worker.onmessage = ({data}) => {
      if (data.error) { end(new Error(data.error)); return; }
      const mine = waiting;
      waiting = null;
      own.delegate = data.delegate;
      if (mine) mine.done(data);
    };
    worker.onerror = (event) => { event.preventDefault(); end(new Error(event.message || 'its worker could not be loaded')); };
    await ask({}, [], LOADING_MS);
  }
  // The pose in a shot of the camera, as the bytes the app takes.
  own.find = (shot, seq) => {
    const mine = turn.then(() => find(shot, seq));
    turn = mine.catch(() => {});
    return mine;
  };
  async function find(shot, seq) {
    const bitmap = await createImageBitmap(shot.copy);
    const {found, light} = await ask({bitmap, stamp: shot.stamp}, [bitmap], SLOW_MS);
    const bytes = new Uint8Array(20 + (found ? found.byteLength : 0)), head = new DataView(bytes.buffer);
    head.setUint32(0, seq, true); head.setFloat64(4, shot.stamp, true);
    head.setUint16(12, shot.copy.width, true); head.setUint16(14, shot.copy.height, true);
    head.setFloat32(16, light, true);
    if (found) found.forEach((value, i) => head.setFloat32(20 + 4 * i, value, true));
    return bytes;
  }
  own.close = () => end(new Error('closed'));
  return own;
}
