// x picks the row under the cursor; the box in the head picks the page; the bar says how many.
const boxes = () => [...document.querySelectorAll("[data-pick]")];

function tell() {
  const all = boxes();
  const picked = all.filter((box) => box.checked).length;
  for (const words of document.querySelectorAll("[data-picked]")) {
    words.textContent = picked ? `${picked} picked:` : "Pick rows:";
  }
  for (const button of document.querySelectorAll("#picked button:not([data-any])")) button.disabled = !picked;
  const head = document.querySelector("[data-pick-all]");
  if (!head) return;
  head.hidden = false;
  head.checked = all.length > 0 && picked === all.length;
  head.indeterminate = picked > 0 && picked < all.length;
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-pick-all]")) {
    for (const box of boxes()) box.checked = event.target.checked;
  }
  if (event.target.matches("[data-pick], [data-pick-all]")) tell();
});

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=checkbox]), textarea, select");
  if (event.key !== "x" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const row = event.target.closest("tr") ?? document.querySelector("tr.cursor");
  const box = row?.querySelector("[data-pick]");
  if (!box) return;
  box.checked = !box.checked;
  tell();
});

document.addEventListener("htmx:afterSwap", tell);
tell();
