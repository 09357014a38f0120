// p, x and digits score the trace of the row under the cursor, or of the panel; u takes the last
// score back. One request a key, one after the other, so that the last key pressed is what stays.
const tenths = { 1: "0.1", 2: "0.2", 3: "0.3", 4: "0.4", 5: "0.5", 6: "0.6", 7: "0.7", 8: "0.8", 9: "0.9", 0: "1", p: "1", x: "0" };
const given = []; // what can be taken back: the row's id, its address, and what the server signed
const panel = () => document.getElementById("peek");
const field = "input:not([type=checkbox]), textarea, select, summary, [contenteditable], #picked, [popover]";
let line = Promise.resolve();

function here(target) {
  if (target.closest(field)) return null;
  if (target.closest("#peek")) return document.getElementById(panel().dataset.peeked);
  const row = target.closest("tr[data-row]");
  return row ?? (target === document.body ? document.querySelector("tr.cursor[data-row]") : null);
}

// What the panel shows comes along, unless somebody is writing in it.
function address(row, url) {
  if (panel()?.dataset.peeked !== row?.id) return url;
  const words = panel().querySelector("[data-judging] textarea");
  if (words && words.value !== words.defaultValue) return url;
  return `${url}${url.includes("?") ? "&" : "?"}parts=verdict-scores`;
}

function send(id, url, values) {
  const ask = () => {
    const row = document.getElementById(id);
    if (row) return htmx.ajax("POST", address(row, url), { source: row, target: row, swap: "outerHTML", values });
    return htmx.ajax("POST", url, { target: "#traces", swap: "none", values });
  };
  line = line.then(ask).catch(() => {}); // notice.js says what went wrong
}

function undo() {
  const last = given.pop();
  if (last) send(last.id, last.url, { undo: last.undo });
  return Boolean(last);
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.key === "u" && !event.target.closest(field) && undo()) return event.preventDefault();
  const row = event.key in tenths ? here(event.target) : null;
  if (!row?.dataset.row) return;
  event.preventDefault();
  send(row.id, row.dataset.row, { score: tenths[event.key] });
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-undo]")) undo();
});

document.addEventListener("scored", (event) => {
  const row = event.target.closest("[data-row]");
  if (row) given.push({ id: row.id, url: row.dataset.row, undo: event.detail.undo });
});

// Who asked for what is new goes on at its first row.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.requestConfig?.elt?.matches("[data-arrived]")) document.querySelector("tr[id] .text a")?.focus();
});

// A row that comes anew keeps the cursor, its place in the selection, and the focus.
let left = null;

document.addEventListener("htmx:beforeSwap", (event) => {
  const row = event.detail.target;
  if (!row.matches("tr[data-row]")) return;
  const links = [...row.querySelectorAll("a, input")];
  left = {
    id: row.id,
    cursor: row.classList.contains("cursor"),
    picked: Boolean(row.querySelector("[data-pick]:checked")),
    focus: links.indexOf(document.activeElement),
  };
});

document.addEventListener("htmx:afterSwap", () => {
  const row = left && document.getElementById(left.id);
  if (!row) return;
  row.classList.toggle("cursor", left.cursor);
  const box = row.querySelector("[data-pick]");
  if (box) box.checked = left.picked;
  if (left.focus >= 0) [...row.querySelectorAll("a, input")][left.focus]?.focus({ preventScroll: true });
  left = null;
});
