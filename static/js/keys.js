// ? opens the sheet of keys. A page lists its own in #keys, a popover.
document.addEventListener("keydown", (event) => {
  const sheet = document.getElementById("keys");
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "?" || typing || !sheet) return;
  event.preventDefault();
  sheet.togglePopover();
});
