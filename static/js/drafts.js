// What was typed and is not saved outlives a swap, a lost session and a closed page. It waits in
// this tab's own storage under the form's address, for the person who typed it.
const FIELDS = "form[data-draft] textarea, form[data-draft] input[type=number]";
let leaving = false;

const place = (field) => `draft ${field.form.dataset.draft} ${new URL(field.form.action).pathname} ${field.name}`;
const changed = (field) => field.value !== field.defaultValue || "mistaken" in field.form.dataset;

function tell(form, put) {
  const line = form.querySelector("[data-unsaved]");
  const open = [...form.querySelectorAll("textarea, input[type=number]")].some(changed);
  const words = put ? "This is what you had typed; it is not saved yet." : "Not saved yet.";
  if (!open) line.textContent = "";
  else if (put || !line.textContent) line.textContent = words;
}

function keep(field) {
  if (changed(field)) sessionStorage.setItem(place(field), field.value);
  else sessionStorage.removeItem(place(field));
  tell(field.form, false);
}

function putBack(root) {
  for (const field of root.querySelectorAll(FIELDS)) {
    const kept = sessionStorage.getItem(place(field));
    if (kept === null || kept === field.value) continue;
    field.value = kept;
    for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    tell(field.form, true);
  }
}

for (const kind of ["input", "change"]) {
  document.addEventListener(kind, (event) => {
    if (event.target.matches?.(FIELDS)) keep(event.target);
  });
}

// Saved: forget it, but not what was typed while it was on its way.
document.addEventListener("htmx:beforeOnLoad", (event) => {
  const { xhr, requestConfig } = event.detail;
  const form = requestConfig.elt.form ?? requestConfig.elt;
  if (xhr.getResponseHeader("HX-Redirect")) leaving = true;
  else if (form.matches?.("form[data-draft]") && xhr.status >= 200 && xhr.status < 300) {
    for (const field of form.querySelectorAll("textarea, input[type=number]")) {
      if (requestConfig.formData.get(field.name) === field.value) sessionStorage.removeItem(place(field));
    }
    delete form.dataset.mistaken;
    for (const field of form.querySelectorAll("textarea, input[type=number]")) {
      // Only what was sent is saved.
      if (requestConfig.formData.get(field.name) === field.value) field.defaultValue = field.value;
    }
    tell(form, false);
  }
});

// Another view of the same page brings the words back: no need to ask.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (link && link.pathname === location.pathname && link.search !== location.search) leaving = true;
});

window.addEventListener("beforeunload", (event) => {
  if (!leaving && [...document.querySelectorAll(FIELDS)].some(changed)) event.preventDefault();
});

putBack(document);
document.addEventListener("htmx:load", (event) => putBack(event.target));
