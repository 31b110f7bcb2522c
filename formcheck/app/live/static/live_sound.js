// What is heard: a voice of this device, or tones. Never a voice that talks to a server.
const TONES = {ok: [[880, .12]], borderline: [[660, .12], [660, .12]], fault: [[330, .16], [330, .16], [330, .16]],
  not_assessable: [[880, .12]], count: [[880, .12]], ready: [[660, .12], [990, .2]], lost: [[220, .4]]};

function makeSound() {
  const own = {isMuted: false};
  let context = null;
  // Browsers let a page make sound only after a click: call this from one.
  own.unlock = () => {
    const Context = window.AudioContext || window.webkitAudioContext;
    if (Context && !context) context = new Context();
    if (context && context.state === 'suspended') context.resume().catch(() => {});
    if (window.speechSynthesis) window.speechSynthesis.getVoices();
  };
  own.voice = () => {
    const voices = window.speechSynthesis ? window.speechSynthesis.getVoices() : [];
    return voices.find((v) => v.localService === true && /^en/i.test(v.lang)) || null;
  };
  own.say = (text, tone) => {
    if (own.isMuted) return;
    const voice = own.voice();
    if (!voice) { own.play(tone); return; }
    const words = new SpeechSynthesisUtterance(text);
    words.voice = voice; words.lang = voice.lang; words.rate = 1.05;
    window.speechSynthesis.cancel();
    window.speechSynthesis.speak(words);
  };
  own.play = (tone) => {
    if (own.isMuted || !context || !TONES[tone]) return;
    let at = context.currentTime + .02;
    for (const [pitch, length] of TONES[tone]) {
      const source = context.createOscillator(), gain = context.createGain();
      source.frequency.value = pitch;
      gain.gain.setValueAtTime(.0001, at);
      gain.gain.exponentialRampToValueAtTime(.35, at + .015);
      gain.gain.exponentialRampToValueAtTime(.0001, at + length);
      source.connect(gain).connect(context.destination);
      source.start(at); source.stop(at + length + .02);
      at += length + .09;
    }
  };
  own.mute = (isMuted) => {
    own.isMuted = isMuted;
    if (isMuted && window.speechSynthesis) window.speechSynthesis.cancel();
  };
  own.close = () => {
    own.mute(true);
    if (context) context.close().catch(() => {});
    context = null;
  };
  return own;
}
