// Space opens the row under the cursor in a panel over the list, j and k take it along, Esc closes.
const panel = () => document.getElementById("peek");
const link = (row) => row?.querySelector("[data-peek]");
let takesFocus = false;

function show(row) {
  const opener = link(row);
  if (!opener || panel()?.dataset.peeked === row.id) return;
  htmx.ajax("GET", opener.dataset.peek, { target: "#peek-place", swap: "innerHTML" });
}

function close() {
  const open = panel();
  const row = document.getElementById(open.dataset.peeked);
  history.pushState(history.state, "", open.querySelector("[data-unpeek]").href);
  open.remove();
  row?.querySelector("a")?.focus();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-peek]");
  const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
  if (opener && plain) {
    event.preventDefault();
    takesFocus = true;
    show(opener.closest("tr"));
  } else if (event.target.closest("[data-unpeek]") && plain) {
    event.preventDefault();
    close();
  }
});

document.addEventListener("focusin", (event) => {
  const row = event.target.closest("table[data-cursor] tbody tr");
  if (row && panel()) show(row);
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const field = event.target.closest("input, textarea, select, button, summary, [contenteditable]");
  if (event.key === "Escape" && panel() && !field && !document.querySelector("details[data-fold][open]")) {
    event.preventDefault();
    close();
  } else if (event.key === " " && !field && !event.target.closest("#peek")) {
    const row = event.target.closest("tr") ?? document.querySelector("tr.cursor");
    if (!link(row)) return;
    event.preventDefault();
    if (panel()?.dataset.peeked === row.id) return panel().focus();
    takesFocus = true;
    show(row);
  }
}, { capture: true });

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target.id !== "peek-place" || !takesFocus) return;
  takesFocus = false;
  panel()?.focus();
});

// What was said in the panel shows in its row at once.
document.addEventListener("htmx:afterRequest", (event) => {
  const open = panel();
  const { successful, requestConfig } = event.detail;
  if (!open || !successful || requestConfig.verb !== "post" || requestConfig.elt.matches("[data-row]")) return;
  const row = document.getElementById(open.dataset.peeked);
  if (row?.dataset.row) htmx.ajax("GET", row.dataset.row, { target: row, swap: "outerHTML" });
});
