export default function ({parentElement, data}) {
  const video = parentElement.querySelector('video'), button = parentElement.querySelector('button');
  if (video.src) return () => {};
  const say = () => {
    button.textContent = video.paused ? '▶' : '❚❚';
    button.setAttribute('aria-label', video.paused ? 'Play the example' : 'Pause the example');
  };
  video.muted = true; video.poster = data + '/example.jpg'; video.src = data + '/example.mp4';
  video.onplay = video.onpause = say;
  button.onclick = () => { if (video.paused) video.play(); else video.pause(); };
  if (!matchMedia('(prefers-reduced-motion: reduce)').matches) video.play().catch(say);
  say();
  return () => {};
}
