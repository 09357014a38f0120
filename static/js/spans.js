// The spans with the keyboard, and a mark on the one that is read.
const links = () => [...document.querySelectorAll(".spans a[data-span]")];
const current = () => document.querySelector(".spans a[aria-current]");

// One of them takes part in the order of Tab: the one that is read, else the first.
function rove(to = current() ?? links()[0]) {
  for (const link of links()) link.tabIndex = link === to ? 0 : -1;
}

function mark() {
  const read = new URLSearchParams(location.search).get("span");
  for (const link of links()) {
    if (link.dataset.span === read) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  rove();
}

function step(link, key) {
  const all = links();
  const here = all.indexOf(link);
  const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: all.length - 1 }[key];
  return to === undefined ? null : (all[to] ?? link);
}

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const link = event.target.closest?.(".spans a[data-span]");
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  const to = link ? step(link, event.key) : null;
  const goal = to ?? (event.key === "s" && !typing ? (current() ?? links()[0]) : null);
  if (!goal) return;
  event.preventDefault();
  rove(goal);
  goal.focus();
});

document.addEventListener("htmx:pushedIntoHistory", mark);
document.addEventListener("htmx:afterSwap", (event) => {
  // On a phone the content stands below the spans, out of sight.
  if (event.detail.target.id !== "io" || !matchMedia("(max-width: 760px)").matches) return;
  document.getElementById("io").scrollIntoView();
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.closest?.(".spans")) rove(document.activeElement.matches("[data-span]") ? document.activeElement : undefined);
});
rove();
