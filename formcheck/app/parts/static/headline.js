// A heading that takes focus and comes into view when its text is new: for screen readers and phones.
export default function ({parentElement, data}) {
  const box = parentElement.querySelector('.fc-headline');
  const turn = data.turn + data.text;
  if (box.dataset.turn === turn) return () => {};
  box.dataset.turn = turn;
  box.className = 'fc-headline ' + data.kind;
  box.textContent = data.text;
  const show = () => {
    box.focus({preventScroll: true});
    box.scrollIntoView({block: 'start'});
  };
  if (!data.is_first) { show(); const later = [50, 300, 800].map((ms) => setTimeout(show, ms));
    return () => later.forEach(clearTimeout); }
  return () => {};
}
