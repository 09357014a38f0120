// Copy buttons: shown only where the browser can copy, and they say when it is done.
function reveal(root) {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("[data-copy][hidden], [data-copy-from][hidden]")) button.hidden = false;
}

// What is folded is copied, too.
function textOf(element) {
  const shut = [...element.querySelectorAll("details:not([open])")];
  for (const fold of shut) fold.open = true;
  const text = element.innerText;
  for (const fold of shut) fold.open = false;
  return text;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy], [data-copy-from]");
  if (!button) return;
  const from = button.dataset.copyFrom;
  const text = from ? textOf(document.getElementById(from)) : button.dataset.copy;
  await navigator.clipboard.writeText(text);
  const label = button.getAttribute("aria-label");
  button.setAttribute("aria-label", "Copied");
  button.classList.add("done");
  setTimeout(() => {
    button.setAttribute("aria-label", label);
    button.classList.remove("done");
  }, 1500);
});

reveal(document);
document.addEventListener("htmx:load", (event) => reveal(event.target));
