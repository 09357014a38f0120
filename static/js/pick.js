// s picks the row under the cursor; the box in the head picks the page; the bar says how many, and
// its menus open with their keys once something is picked. Escape picks nothing.
const boxes = () => [...document.querySelectorAll("[data-pick]")];
const every = () => document.querySelector("[data-pick-every]");

function tell() {
  const all = boxes();
  const picked = all.filter((box) => box.checked).length;
  const whole = Boolean(every()?.checked);
  for (const words of document.querySelectorAll("[data-picked]")) words.textContent = whole ? "All" : `${picked} picked`;
  const idle = !picked && !whole;
  for (const button of document.querySelectorAll("#picked button:not([aria-hidden])")) button.disabled = idle;
  for (const summary of document.querySelectorAll("#picked [data-opens]")) {
    summary.setAttribute("aria-disabled", String(idle));
    if (idle) summary.parentElement.open = false;
  }
  const head = document.querySelector("[data-pick-all]");
  if (!head) return;
  head.hidden = false;
  head.checked = all.length > 0 && picked === all.length;
  head.indeterminate = picked > 0 && picked < all.length;
}

function clear() {
  for (const box of [...boxes(), every()]) if (box) box.checked = false;
  tell();
}

const typing = (target) => target.closest("input:not([type=checkbox]), textarea, select");

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-pick-all]")) {
    for (const box of boxes()) box.checked = event.target.checked;
  }
  if (event.target.matches("[data-pick], [data-pick-all], [data-pick-every]")) tell();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-opens][aria-disabled=true]")) event.preventDefault();
});

function open(key) {
  const summary = document.querySelector(`#picked [data-opens="${CSS.escape(key)}"]`);
  if (!summary || summary.getAttribute("aria-disabled") === "true") return false;
  summary.parentElement.open = true;
  (summary.parentElement.querySelector("select, input, textarea, a") ?? summary).focus();
  return true;
}

function pick(target) {
  const row = target.closest("tr") ?? document.querySelector("tr.cursor");
  const box = row?.querySelector("[data-pick]");
  if (!box) return false;
  box.checked = !box.checked;
  tell();
  return true;
}

document.addEventListener("keydown", (event) => {
  const panel = event.target.closest("#picked .panel");
  if (panel && event.key === "Enter" && event.target.matches("input")) {
    event.preventDefault();
    panel.querySelector("button")?.click();
    return;
  }
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const open_ = document.querySelector("details[data-fold][open]");
  if (event.key === "Escape" && !open_) clear();
  else if (event.key === "s" ? pick(event.target) : open(event.key)) event.preventDefault();
});

document.addEventListener("htmx:afterSwap", tell);
tell();
