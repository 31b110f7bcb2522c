"use strict";
const table = document.getElementById("clips");
const body = table.tBodies[0];
const rows = Array.from(body.rows);
const thumbs = JSON.parse(document.getElementById("thumbs").textContent);

// Pictures are decoded only when they come near the window.
const show = (image) => { image.src = "data:image/jpeg;base64," + thumbs[image.dataset.thumb]; };
const images = Array.from(document.querySelectorAll("img[data-thumb]"));
if ("IntersectionObserver" in window) {
  const watcher = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (entry.isIntersecting) { show(entry.target); watcher.unobserve(entry.target); }
    }
  }, { rootMargin: "400px" });
  images.forEach((image) => watcher.observe(image));
} else {
  images.forEach(show);
}

const collator = new Intl.Collator(undefined, { numeric: true });
const key = (row, i) => {
  const cell = row.cells[i];
  return cell.dataset.value === undefined ? cell.textContent : Number(cell.dataset.value);
};
const compare = (a, b) => typeof a === "number" && typeof b === "number"
  ? a - b : collator.compare(String(a), String(b));
Array.from(table.tHead.rows[0].cells).forEach((head, i) => {
  const button = head.querySelector("button");
  if (!button) { return; }
  button.addEventListener("click", () => {
    // Numbers begin with the largest: the furthest over a limit comes first.
    const isNumber = rows.length > 0 && rows[0].cells[i].dataset.value !== undefined;
    const before = head.getAttribute("aria-sort");
    const down = before === null ? isNumber : before === "ascending";
    for (const other of table.tHead.rows[0].cells) { other.removeAttribute("aria-sort"); }
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const keyed = rows.map((row, n) => [key(row, i), n, row]);
    keyed.sort((a, b) => (down ? compare(b[0], a[0]) : compare(a[0], b[0])) || a[1] - b[1]);
    body.append(...keyed.map((item) => item[2]));
  });
});

const words = document.getElementById("find");
const verdict = document.getElementById("verdict");
const count = document.getElementById("count");
const texts = rows.map((row) => row.textContent.toLowerCase());
const filter = () => {
  const wanted = words.value.trim().toLowerCase();
  let n = 0;
  rows.forEach((row, i) => {
    const fits = texts[i].includes(wanted)
      && (!verdict.value || row.dataset.verdicts.split(" ").includes(verdict.value));
    row.hidden = !fits;
    n += fits;
  });
  count.textContent = n + " of " + rows.length + " clips";
};
words.addEventListener("input", filter);
verdict.addEventListener("change", filter);
document.getElementById("tools").hidden = false;
filter();
