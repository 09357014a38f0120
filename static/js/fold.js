// A details[data-fold] is a menu: Escape and a click elsewhere close it.
document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && document.querySelector("details[data-fold][open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});

document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details[data-fold][open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
});
