// What has data-stays keeps how far it was scrolled when it comes anew.
let far = 0;

document.addEventListener("htmx:beforeSwap", () => {
  far = document.querySelector("[data-stays]")?.scrollTop ?? 0;
});

document.addEventListener("htmx:afterSwap", () => {
  const fresh = document.querySelector("[data-stays]");
  if (fresh) fresh.scrollTop = far;
});
