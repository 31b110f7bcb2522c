// Finds the pose in single pictures, off the page's own thread. Everything it loads lies beside it.
let vision = null, landmarker = null, delegate = '', zeroMs = NaN, lastMs = 0;
const dim = new OffscreenCanvas(16, 16).getContext('2d', {willReadFrequently: true});

// A renderer that runs on the processor is slower than the library's own way there.
function hasGpu() {
  const gl = new OffscreenCanvas(1, 1).getContext('webgl2');
  if (!gl) throw new Error('it has no WebGL 2');
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  const name = info ? gl.getParameter(info.UNMASKED_RENDERER_WEBGL) : gl.getParameter(gl.RENDERER);
  return !/swiftshader|llvmpipe|softpipe|software|basic render/i.test(name);
}
async function make(wanted) {
  delegate = wanted;
  if (landmarker) landmarker.close();
  const files = {wasmLoaderPath: 'vision_wasm_internal.js', wasmBinaryPath: 'vision_wasm_internal.wasm'};
  landmarker = await vision.PoseLandmarker.createFromOptions(files, {
    baseOptions: {modelAssetPath: 'pose_landmarker.task', delegate},
    runningMode: 'VIDEO', numPoses: 1, outputSegmentationMasks: false,
  });
}
async function start() {
  vision = await import('./vision_bundle.mjs');
  if (!hasGpu()) { await make('CPU'); return; }
  try { await make('GPU'); } catch (error) { await make('CPU'); }
}
// Of each landmark x, y, visibility and the three of the model's own; null if nobody was found.
async function find(bitmap, stampMs) {
  // Since the first picture, because the library cannot count as far as today; never backwards.
  if (Number.isNaN(zeroMs)) zeroMs = stampMs;
  lastMs = Math.max(lastMs + 1, Math.round(stampMs - zeroMs));
  let found;
  try { found = landmarker.detectForVideo(bitmap, lastMs); } catch (error) {
    if (delegate === 'CPU') throw error;
    await make('CPU');
    found = landmarker.detectForVideo(bitmap, lastMs);
  }
  if (!found.landmarks.length) return null;
  const world = found.worldLandmarks[0];
  return Float32Array.from(found.landmarks[0].flatMap(
    (one, i) => [one.x, one.y, one.visibility, world[i].x, world[i].y, world[i].z]));
}
function light(bitmap) {
  dim.drawImage(bitmap, 0, 0, 16, 16);
  const {data} = dim.getImageData(0, 0, 16, 16);
  let sum = 0;
  for (let i = 0; i < data.length; i += 4) sum += data[i] + data[i + 1] + data[i + 2];
  return sum / (3 * 256);
}
self.onmessage = async ({data}) => {
  try {
    if (!data.bitmap) { await start(); postMessage({delegate}); return; }
    const found = await find(data.bitmap, data.stamp);
    const answer = {found, light: light(data.bitmap), delegate};
    data.bitmap.close();
    postMessage(answer);
  } catch (error) { postMessage({error: error.message || String(error)}); }
};
