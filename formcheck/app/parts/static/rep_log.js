export default function ({parentElement, data}) {
  const list = parentElement.querySelector('ol');
  if (data.length < list.children.length) list.replaceChildren();
  // Only what is new: a screen reader reads what is added, not the whole list again.
  data.slice(list.children.length).forEach((html) => list.insertAdjacentHTML('beforeend', html));
  return () => {};
}
