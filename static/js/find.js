// Finds words in what is read and marks them, inside folds too. Needs the browser's own highlights;
// the field is hidden where they are missing.
const MOST = 2000;
const able = Boolean(window.CSS?.highlights && window.Highlight);
let hits = [];
let here = -1;

const box = () => document.querySelector("[data-find]");

function ranges(root, pattern) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const nodes = [];
  const starts = [];
  let text = "";
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    nodes.push(node);
    starts.push(text.length);
    text += node.data;
  }
  const at = (offset) => {
    let low = 0;
    let high = nodes.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle] <= offset) low = middle;
      else high = middle - 1;
    }
    return [nodes[low], offset - starts[low]];
  };
  const found = [];
  for (const match of text.matchAll(pattern)) {
    const range = new Range();
    range.setStart(...at(match.index));
    const [last, offset] = at(match.index + match[0].length - 1);
    range.setEnd(last, offset + 1);
    if (found.push(range) >= MOST) break;
  }
  return found;
}

function tell() {
  const many = hits.length >= MOST ? `${MOST}+` : hits.length;
  const words = hits.length ? `${here + 1} of ${many}` : "none";
  box().querySelector("output").textContent = box().querySelector("input").value ? words : "";
}

function look() {
  const words = box().querySelector("input").value.trim();
  const pattern = new RegExp(words.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\s+/g, "\\s+"), "giu");
  hits = words ? [...document.querySelectorAll(".io .reading")].flatMap((side) => ranges(side, pattern)) : [];
  here = hits.length ? 0 : -1;
  CSS.highlights.set("found", new Highlight(...hits));
  show();
}

function show() {
  const hit = hits[here];
  CSS.highlights.set("found-here", hit ? new Highlight(hit) : new Highlight());
  tell();
  if (!hit) return;
  for (let fold = hit.startContainer.parentElement.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  hit.startContainer.parentElement.scrollIntoView({ block: "nearest" });
  const pane = hit.startContainer.parentElement.closest(".io > section");
  const spot = hit.getBoundingClientRect();
  const edge = pane.getBoundingClientRect();
  if (spot.top < edge.top + 48 || spot.bottom > edge.bottom) pane.scrollTop += spot.top - edge.top - edge.height / 3;
}

function step(by) {
  if (!hits.length) return;
  here = (here + by + hits.length) % hits.length;
  show();
}

document.addEventListener("input", (event) => {
  if (event.target.closest("[data-find]")) look();
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-find] button");
  if (button) step(Number(button.value));
});
document.addEventListener("keydown", (event) => {
  if (!event.target.closest?.("[data-find] input")) return;
  if (event.key === "Enter") {
    event.preventDefault();
    step(event.shiftKey ? -1 : 1);
  } else if (event.key === "Escape" && event.target.value) {
    event.target.value = "";
    look();
  }
});

function reveal() {
  if (able && box()) box().hidden = false;
}
reveal();
document.addEventListener("htmx:load", reveal);
