// After a swap the focus is where it was, on what is wrong, or on the heading of what is new.
let before = null; // the element that had it, null when there was none
const seen = new WeakSet();

document.addEventListener("htmx:beforeRequest", () => {
  before = document.activeElement === document.body ? null : document.activeElement;
});

document.addEventListener("htmx:afterSwap", (event) => {
  const { xhr, target } = event.detail;
  if (!xhr || seen.has(xhr)) return;
  seen.add(xhr);
  const fresh = document.getElementById(target.id);
  if (xhr.status === 422) {
    (fresh?.querySelector("[aria-invalid=true]") ?? fresh?.querySelector("textarea, input:not([type=hidden])"))?.focus();
  } else if (target === document.body) {
    document.querySelector("h1")?.focus();
  } else if (before && document.activeElement === document.body) {
    (document.getElementById(before.id) ?? fresh?.querySelector("h2"))?.focus({ preventScroll: true });
  }
});
