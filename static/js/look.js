// An element with data-look asks again from time to time, while somebody can see the page.
const EVERY = 15_000;

setInterval(() => {
  if (document.hidden) return;
  for (const each of document.querySelectorAll("[data-look]")) htmx.trigger(each, "look");
}, EVERY);
