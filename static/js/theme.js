// The theme and typeface buttons act at once; the server remembers them.
document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.target.closest("[data-appearance]");
  const pressed = event.detail.requestConfig?.triggeringEvent?.submitter;
  if (!form || !pressed?.name) return;
  for (const button of form.querySelectorAll(`button[name="${pressed.name}"]`)) {
    button.setAttribute("aria-pressed", String(button === pressed));
  }
  const page = document.documentElement.dataset;
  if (pressed.name === "theme" && pressed.value === "system") delete page.theme;
  else page[pressed.name] = pressed.value;
});
