// Comments on a stretch of text: select, comment, and see it marked, with the note beside it.
// Without script a note quotes its words.
const MOST = 2000;
const AROUND = 32;
const able = () => document.querySelector("#comments [data-anchor-field]");
// Of a conversation the turn whose side it is.
const reading = ({ side, turn }) => document.querySelector(`${turn ? `[data-turn="${turn}"] ` : ""}[data-side="${side}"] > .reading`);
const notes = () => [...document.querySelectorAll("#comments [data-anchor]")];
const tight = (text) => text.replace(/\s+/g, " ");

// --- the text of a side, and places in it -------------------------------------------------------

function textOf(root) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const nodes = [];
  let text = "";
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    nodes.push({ node, start: text.length });
    text += node.data;
  }
  return { nodes, text };
}

function chosen() {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const within = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest("[data-side] > .reading");
  const root = within(range.startContainer) ?? within(range.endContainer);
  if (!root) return null;
  const { nodes, text } = textOf(root);
  let start = -1;
  let end = -1;
  for (const { node, start: base } of nodes) {
    if (!range.intersectsNode(node)) continue;
    const from = node === range.startContainer ? range.startOffset : 0;
    const to = node === range.endContainer ? range.endOffset : node.length;
    if (to <= from) continue;
    if (start < 0) start = base + from;
    end = base + to;
  }
  const words = text.slice(Math.max(start, 0), Math.max(end, 0));
  start += words.length - words.trimStart().length;
  end -= words.length - words.trimEnd().length;
  const quote = words.trim();
  if (!quote || quote.length > MOST) return null;
  return {
    side: root.parentElement.dataset.side,
    turn: root.closest("[data-turn]")?.dataset.turn,
    start,
    end,
    quote,
    before: text.slice(Math.max(start - AROUND, 0), start),
    after: text.slice(end, end + AROUND),
  };
}

// Where the words are now: of all places with the same words the one that is most like the old.
function find(text, anchor) {
  if (text.slice(anchor.start, anchor.end) === anchor.quote) return [anchor.start, anchor.end];
  const words = anchor.quote.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\s+/g, "\\s+");
  let best = null;
  for (const match of text.matchAll(new RegExp(words, "gu"))) {
    const start = match.index;
    const end = start + match[0].length;
    const before = tight(text.slice(Math.max(start - AROUND, 0), start)).endsWith(tight(anchor.before).slice(-12));
    const after = tight(text.slice(end, end + AROUND)).startsWith(tight(anchor.after).slice(0, 12));
    const likeness = [Number(before) + Number(after), -Math.abs(start - anchor.start)];
    if (!best || likeness[0] > best.likeness[0] || (likeness[0] === best.likeness[0] && likeness[1] > best.likeness[1])) {
      best = { likeness, start, end };
    }
  }
  return best && [best.start, best.end];
}

// --- marks --------------------------------------------------------------------------------------

function unmark() {
  for (const mark of document.querySelectorAll("mark.anchored")) {
    const parent = mark.parentNode;
    mark.querySelector(":scope > .ref")?.remove();
    mark.replaceWith(...mark.childNodes);
    parent.normalize();
  }
  for (const gloss of document.querySelectorAll(".gloss")) gloss.remove();
}

function wrap(root, start, end, note, number) {
  let last = null;
  for (const { node, start: base } of textOf(root).nodes) {
    const from = Math.max(start - base, 0);
    const to = Math.min(end - base, node.length);
    if (to <= from || !node.data.slice(from, to).trim()) continue;
    const part = from > 0 ? node.splitText(from) : node;
    if (to - from < part.length) part.splitText(to - from);
    const mark = document.createElement("mark");
    mark.className = "anchored";
    mark.dataset.of = note.id;
    if (!last) mark.id = `mark-${note.id}`;
    part.replaceWith(mark);
    mark.append(part);
    last = mark;
  }
  if (!last) return false;
  const link = document.createElement("a");
  link.className = "ref";
  link.href = `#${note.id}`;
  link.dataset.number = number;
  link.setAttribute("aria-label", `Note ${number}, by ${note.querySelector("header b").textContent}`);
  last.append(link);
  for (const mark of root.querySelectorAll(`mark[data-of="${note.id}"]`)) mark.setAttribute("aria-details", note.id);
  return true;
}

function draw() {
  unmark();
  let number = 0;
  for (const note of notes()) {
    const anchor = JSON.parse(note.dataset.anchor);
    const root = reading(anchor);
    const place = root && find(textOf(root).text, anchor);
    const shown = Boolean(place) && wrap(root, ...place, note, number + 1);
    if (shown) number += 1;
    const quote = note.querySelector(".quote a");
    note.classList.toggle("lost", !shown);
    quote.dataset.number = shown ? number : "";
    if (shown) quote.href = `#mark-${note.id}`;
    note.querySelector("[data-lost]").hidden = shown;
  }
  hang();
}

// Beside their line where the page has a margin: what the list of comments says, to be looked at.
function hang() {
  for (const gloss of document.querySelectorAll(".gloss")) gloss.remove();
  const bottoms = new Map();
  for (const note of notes()) {
    const mark = document.getElementById(`mark-${note.id}`);
    const pane = mark?.closest("[data-side]");
    const root = pane?.querySelector(":scope > .reading");
    if (!pane || pane.clientWidth - root.offsetLeft - root.offsetWidth < 196 || !mark.getClientRects().length) continue;
    const gloss = document.createElement("div");
    gloss.className = "note gloss";
    gloss.dataset.of = note.id;
    gloss.setAttribute("aria-hidden", "true");
    const header = note.querySelector("header").cloneNode(true);
    const words = note.querySelector(".words").cloneNode(true);
    gloss.append(header, words);
    pane.append(gloss);
    const line = mark.getClientRects()[0].top - pane.getBoundingClientRect().top + pane.scrollTop;
    const top = Math.max(line, (bottoms.get(pane) ?? 0) + 12);
    gloss.style.top = `${top}px`;
    gloss.style.left = `${root.offsetLeft + root.offsetWidth + 16}px`;
    bottoms.set(pane, top + gloss.offsetHeight);
  }
}

// --- from one to the other ----------------------------------------------------------------------

function light(id) {
  for (const each of document.querySelectorAll(".anchored.here, .note.here")) each.classList.remove("here");
  for (const each of document.querySelectorAll(`mark[data-of="${id}"], .gloss[data-of="${id}"]`)) each.classList.add("here");
  document.getElementById(id)?.classList.add("here");
}

function open(element) {
  for (let fold = element.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  element.scrollIntoView({ block: "center" });
}

function toNote(id) {
  const note = document.getElementById(id);
  light(id);
  open(note);
  note.querySelector(".quote a").focus({ preventScroll: true });
}

function toMark(id) {
  const mark = document.getElementById(`mark-${id}`);
  if (!mark) return false;
  light(id);
  open(mark);
  const marks = document.querySelectorAll(`mark[data-of="${id}"] > .ref`);
  marks[marks.length - 1]?.focus({ preventScroll: true });
  return true;
}

document.addEventListener("click", (event) => {
  const quote = event.target.closest("#comments .quote a");
  if (quote && toMark(quote.closest("[data-anchor]").id)) return event.preventDefault();
  const gloss = event.target.closest(".gloss");
  if (gloss) return toMark(gloss.dataset.of);
  const mark = event.target.closest("mark.anchored");
  if (!mark || !getSelection().isCollapsed) return;
  event.preventDefault();
  toNote(event.target.closest(".ref")?.parentElement.dataset.of ?? mark.dataset.of);
});

// --- a new one ----------------------------------------------------------------------------------

const button = document.createElement("button");
button.type = "button";
button.className = "btn main comment-on";
button.popover = "manual";
button.innerHTML = "Comment on this <kbd>n</kbd>";
let ready = null;

function offer() {
  ready = able() ? chosen() : null;
  if (!ready) return button.isConnected && button.matches(":popover-open") && button.hidePopover();
  const pane = reading(ready).parentElement;
  if (button.parentElement !== pane) pane.append(button);
  if (!button.matches(":popover-open")) button.showPopover();
  const spots = getSelection().getRangeAt(0).getClientRects();
  const spot = spots[spots.length - 1];
  button.style.left = `${Math.max(8, Math.min(spot.right - button.offsetWidth / 2, innerWidth - button.offsetWidth - 8))}px`;
  button.style.top = `${Math.max(8, Math.min(spot.bottom + 8, innerHeight - button.offsetHeight - 8))}px`;
}

function quoted() {
  const field = able();
  if (!field) return;
  const line = document.querySelector("#comments [data-quoted]");
  line.hidden = !field.value;
  if (field.value) line.querySelector("q").textContent = tight(JSON.parse(field.value).quote);
}

function take() {
  if (!ready) return false;
  able().value = JSON.stringify(ready);
  quoted();
  getSelection().removeAllRanges();
  const sheet = document.querySelector(".judge .grow");
  if (sheet) sheet.checked = true;
  document.getElementById("id_text").focus();
  document.getElementById("id_text").scrollIntoView({ block: "nearest" });
  return true;
}

let later = 0;
document.addEventListener("selectionchange", () => {
  clearTimeout(later);
  later = setTimeout(offer, 120);
});
document.addEventListener("scroll", () => ready && offer(), true);
button.addEventListener("pointerdown", (event) => event.preventDefault());
button.addEventListener("click", take);
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-unquote]")) return;
  able().value = "";
  quoted();
  document.getElementById("id_text").focus();
});
// Before the page's own keys: with a selection n is a note on it.
document.addEventListener(
  "keydown",
  (event) => {
    if (event.key !== "n" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input:not([type=range], [type=checkbox], [type=radio]), textarea, select")) return;
    ready = able() ? chosen() : null;
    if (!take()) return;
    event.preventDefault();
    event.stopPropagation();
  },
  true,
);

// --- whenever text or comments are new ----------------------------------------------------------

let due = 0;
function renew() {
  cancelAnimationFrame(due);
  due = requestAnimationFrame(() => {
    draw();
    quoted();
  });
}
renew();
document.addEventListener("htmx:load", renew);
document.addEventListener("toggle", (event) => event.target.closest?.("[data-side]") && hang(), true);
addEventListener("resize", () => hang());
