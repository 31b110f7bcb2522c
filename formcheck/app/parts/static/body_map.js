// A body map: buttons over a drawing; a tap tells the page the number of the spot.
export default function ({parentElement, data, setTriggerValue}) {
  const box = parentElement.querySelector('.fc-map');
  const made = JSON.stringify(data);
  if (box.dataset.made !== made) {
    box.dataset.made = made;
    box.innerHTML = data.drawing;
    data.spots.forEach((spot, i) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.style.left = spot.x + '%';
      button.style.top = spot.y + '%';
      button.setAttribute('aria-label', spot.label);
      button.setAttribute('aria-pressed', String(spot.is_chosen));
      button.title = spot.label;
      button.onclick = () => setTriggerValue('spot', i);
      box.append(button);
    });
  }
  return () => {};
}
