export default function ({data}) {
  const say = () => {
    for (const dialog of document.querySelectorAll(data.dialog)) {
      const title = dialog.querySelector('h2');
      if (!title || title.textContent !== data.lost) continue;
      title.textContent = data.title;
      // The words stand in the innermost element after the heading.
      let words = title.nextElementSibling;
      while (words && words.firstElementChild) words = words.firstElementChild;
      if (words) words.textContent = data.text;
    }
  };
  const watch = new MutationObserver(say);
  watch.observe(document.body, {childList: true, subtree: true});
  say();
  return () => watch.disconnect();
}
