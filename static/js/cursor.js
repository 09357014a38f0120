// j and k move a cursor over the rows of a table[data-cursor], Enter opens, / goes to the search.
function typing(target) {
  return target.closest("input:not([type=checkbox], [type=radio], [type=range]), textarea, select, [contenteditable]");
}

function move(step) {
  const rows = [...document.querySelectorAll("table[data-cursor] tbody tr")].filter((row) => row.querySelector("a"));
  if (!rows.length) return false;
  const here = rows.findIndex((row) => row.contains(document.activeElement));
  const old = here < 0 ? rows.findIndex((row) => row.classList.contains("cursor")) : here;
  const next = rows[Math.min(rows.length - 1, Math.max(0, old < 0 ? 0 : old + step))];
  for (const row of rows) row.classList.toggle("cursor", row === next);
  next.querySelector("a").focus();
  next.scrollIntoView({ block: "nearest" });
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (typing(event.target)) {
    // A popover closes, and gives the focus back by itself.
    if (event.key === "Escape" && !event.target.closest("[popover]")) event.target.blur();
    return;
  }
  const search = document.querySelector("[data-search]");
  if ((event.key === "j" && move(1)) || (event.key === "k" && move(-1))) event.preventDefault();
  else if (event.key === "/" && search) {
    event.preventDefault();
    search.focus();
    search.select();
  }
});
