// While one reads an item, the page of the item that would come next is fetched; nobody is kept from
// it by that. Where it is the same still, the answer to a submit is what goes to the places in it.
const KEY = "Page-Ahead";
let kept = null;
let seen = null;

async function look() {
  const form = document.getElementById("judge");
  if (form === seen) return;
  seen = form;
  kept = null;
  if (!form?.dataset.ahead) return;
  const answer = await fetch(form.dataset.ahead, { headers: { "HX-Request": "true" } }).catch(() => null);
  const key = answer?.status === 200 ? answer.headers.get(KEY) : null;
  if (!key) return;
  const html = await answer.text();
  if (form !== seen) return;
  kept = { key, html };
  form.dataset.coming = key;
}

// As text, and not as nodes: what stands in a field would not survive being written out again.
const filled = (page, pieces) =>
  [...new DOMParser().parseFromString(pieces, "text/html").querySelectorAll("template[data-fill]")].reduce(
    (text, piece) => text.replaceAll(`<template data-fill="${piece.dataset.fill}"></template>`, () => piece.innerHTML),
    page,
  );

document.addEventListener("htmx:configRequest", (event) => {
  if (kept && event.detail.target === document.body) event.detail.headers[KEY] = kept.key;
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const key = event.detail.xhr.getResponseHeader(KEY);
  if (!key) return;
  if (key !== kept?.key) location.assign(event.detail.xhr.getResponseHeader("HX-Push-Url") ?? location.href);
  // Whole before anything is drawn, so that nothing jumps.
  else event.detail.serverResponse = filled(kept.html, event.detail.serverResponse);
});

look();
document.addEventListener("htmx:afterSettle", look);
