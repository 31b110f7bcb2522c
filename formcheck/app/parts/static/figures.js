export default function ({parentElement, data}) {
  const box = parentElement.querySelector('.fc-figures');
  if (box.dataset.html !== data) { box.innerHTML = data; box.dataset.html = data; }
  return () => {};
}
