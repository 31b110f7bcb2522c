export default function ({parentElement, data, setTriggerValue}) {
  const list = parentElement.querySelector('ul');
  list.replaceChildren(...data.map(({name, title, src}) => {
    const item = document.createElement('li'), button = document.createElement('button');
    const picture = document.createElement('img'), words = document.createElement('span');
    picture.src = src; picture.alt = ''; words.textContent = title;
    button.type = 'button'; button.append(picture, words);
    button.onclick = () => { button.disabled = true; setTriggerValue('sample', name); };
    item.append(button);
    return item;
  }));
  return () => {};
}
