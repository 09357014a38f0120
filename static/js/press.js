// A link or button with data-press is pressed by that key; Ctrl Enter saves a form[data-save].
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const form = event.target.closest("form[data-save]");
    if (!form) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector("[value=save]"));
    return;
  }
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const pressed = document.querySelector(`[data-press="${CSS.escape(event.key)}"]`);
  if (!pressed) return;
  event.preventDefault();
  pressed.click();
});
