// A whole page that HTMX puts into the body of another, as the end of a queue, brings its layout
// along, and the focus goes to its heading.
let isWhole = false;

document.addEventListener("htmx:beforeSwap", (event) => {
  const { shouldSwap, target, serverResponse } = event.detail;
  const layout = shouldSwap && target === document.body && serverResponse.match(/<body class="([^"]*)"/);
  isWhole = Boolean(layout);
  if (layout) [, document.body.className] = layout;
});

document.addEventListener("htmx:afterSettle", () => {
  if (isWhole) document.querySelector("main h2[tabindex]")?.focus();
  isWhole = false;
});
