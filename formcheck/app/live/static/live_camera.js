// The camera: its picture stays here; small copies of single frames are handed out.
const CAMERA_TROUBLE = {
  NotAllowedError: ['Camera refused', 'Allow the camera for this page in the address bar, then start again.'],
  NotFoundError: ['No camera found', 'Plug a camera in, then start again.'],
  OverconstrainedError: ['No camera found', 'Plug a camera in, then start again.'],
  NotReadableError: ['Camera in use', 'Another program uses the camera. Close it, then start again.'],
  AbortError: ['Camera in use', 'Another program uses the camera. Close it, then start again.'],
  insecure: ['No camera here', 'Browsers give the camera to https pages and to this computer itself only.'],
  unplugged: ['Camera unplugged', 'The set is kept. Plug the camera in and continue, or stop for the result.'],
};
const SEND_SIDE_PX = 640;

function bytesOf(dataUrl) {
  const text = atob(dataUrl.slice(dataUrl.indexOf(',') + 1)), bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
  return bytes;
}

function makeCamera(video, number, onFrame, onLost) {
  const own = {stream: null, stamp: 0, isFresh: false, recording: null};
  // One copy is drawn on, one is under way, one is being made.
  const copies = [0, 1, 2].map(() => document.createElement('canvas'));
  let recorder = null, pieces = [];

  own.start = async () => {
    if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) throw new DOMException('', 'insecure');
    const wanted = {width: {ideal: 640}, height: {ideal: 480}, frameRate: {ideal: 30}, facingMode: {ideal: 'user'}};
    own.stream = await navigator.mediaDevices.getUserMedia({video: wanted, audio: false});
    if (number !== null) await choose(wanted);
    const track = own.stream.getVideoTracks()[0];
    track.addEventListener('ended', () => { if (own.stream) onLost(); });
    video.srcObject = own.stream;
    await video.play();
    watch();
  };
  // Cameras can be told apart only once the browser has given one of them.
  async function choose(wanted) {
    const all = (await navigator.mediaDevices.enumerateDevices()).filter((one) => one.kind === 'videoinput');
    if (number >= all.length) throw new DOMException('', 'NotFoundError');
    const {deviceId} = all[number];
    if (deviceId === own.stream.getVideoTracks()[0].getSettings().deviceId) return;
    own.stream.getTracks().forEach((track) => track.stop());
    own.stream = await navigator.mediaDevices.getUserMedia({video: {...wanted, deviceId: {exact: deviceId}}, audio: false});
  }
  function watch() {
    const seen = (now, meta) => {
      if (!own.stream) return;
      own.stamp = performance.timeOrigin + ((meta && meta.captureTime) || now);
      own.isFresh = true;
      onFrame();
      watch();
    };
    if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(seen);
    else requestAnimationFrame((now) => seen(now, null));
  }
  own.hasPicture = () => own.stream && video.readyState >= 2 && video.videoWidth > 0;
  // The frame now shown, as pixels to draw on, on a copy not in use, and as a JPEG if it is sent.
  own.grab = (inUse, isSent) => {
    const scale = Math.min(1, SEND_SIDE_PX / Math.max(video.videoWidth, video.videoHeight));
    const width = Math.round(video.videoWidth * scale), height = Math.round(video.videoHeight * scale);
    const copy = copies.find((one) => !inUse.includes(one));
    if (copy.width !== width || copy.height !== height) { copy.width = width; copy.height = height; }
    const shot = {copy, stamp: own.stamp, at: performance.now()};
    own.isFresh = false;
    copy.getContext('2d').drawImage(video, 0, 0, width, height);
    // toBlob would wait for the browser to be idle, which takes longer than the encoding.
    if (isSent) shot.jpeg = bytesOf(copy.toDataURL('image/jpeg', .85));
    return shot;
  };
  own.canRecord = () => typeof MediaRecorder !== 'undefined';
  own.record = () => {
    pieces = []; own.recording = null;
    try { recorder = new MediaRecorder(own.stream); } catch (error) { recorder = null; return; }
    recorder.ondataavailable = (event) => { if (event.data.size) pieces.push(event.data); };
    recorder.start(1000);
  };
  // Everything recorded so far, as a file; null if nothing was.
  own.endRecording = () => new Promise((resolve) => {
    if (!recorder) { resolve(null); return; }
    const done = () => {
      const type = recorder.mimeType || 'video/webm';
      recorder = null;
      resolve(pieces.length ? new Blob(pieces, {type}) : null);
    };
    if (recorder.state === 'inactive') { done(); return; }
    recorder.onstop = done;
    recorder.stop();
  });
  own.stop = () => {
    const stream = own.stream;
    own.stream = null; own.isFresh = false;
    if (stream) stream.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  };
  own.trouble = (name) => CAMERA_TROUBLE[name] || ['No picture', 'The camera could not be opened. Start again.'];
  return own;
}
