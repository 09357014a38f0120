// While one reads an item, the part to be read of the item that would come next is fetched; nobody is
// kept from it by that. The answer to a submit leaves the part out where it is the same still.
const KEY = "Reading-Key";
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

document.addEventListener("htmx:configRequest", (event) => {
  if (kept && event.detail.target === document.body) event.detail.headers[KEY] = kept.key;
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const key = event.detail.xhr.getResponseHeader(KEY);
  if (!key) return;
  if (key !== kept?.key) location.assign(event.detail.xhr.getResponseHeader("HX-Push-Url") ?? location.href);
  // In place before anything is drawn, so that nothing jumps.
  const place = `<div id="reading" data-key="${key}"></div>`;
  event.detail.serverResponse = event.detail.serverResponse.replace(place, () => kept?.html ?? "");
});

look();
document.addEventListener("htmx:afterSettle", look);
