// Tools of one side of a trace: open every fold, wrap long lines or not. Shown by script only.
function reveal(root) {
  for (const button of root.querySelectorAll("[data-expand][hidden], [data-wrap][hidden]")) button.hidden = false;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-expand], [data-wrap]");
  if (!button) return;
  const pressed = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(pressed));
  const region = document.getElementById(button.dataset.expand ?? button.dataset.wrap);
  if ("wrap" in button.dataset) region.classList.toggle("nowrap", !pressed);
  else for (const fold of region.querySelectorAll("details")) fold.open = pressed;
});

reveal(document);
document.addEventListener("htmx:load", (event) => reveal(event.target));
