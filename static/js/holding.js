// The reservation of the item that is open: asked after again when the page comes back to sight, and
// claimed anew without losing the place in the judgement.
let last = null;

document.addEventListener("visibilitychange", () => {
  if (!document.hidden && document.querySelector("#held[hx-post]")) htmx.trigger("#held", "look");
});

document.addEventListener("focusin", (event) => {
  if (event.target.closest("#judge")) last = event.target;
});

// The button is gone with its band: one is back where one wrote.
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.requestConfig?.elt.id !== "claim" || document.activeElement !== document.body) return;
  (last?.isConnected ? last : document.querySelector("#judge .here"))?.focus({ preventScroll: true });
});
