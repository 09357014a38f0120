// The trace page with the keyboard and the slider. Without script the form's number field does.
const typing = (target) =>
  target.closest("input:not([type=range], [type=checkbox], [type=radio]), textarea, select, [contenteditable]");

const judging = () => document.querySelector("form[data-judging]");
const number = (form) => form.querySelector("input[type=number]");

function put(form, value) {
  const field = number(form);
  field.value = value;
  const slider = form.querySelector("[data-slider]");
  slider.value = value === "" ? 0 : value;
  slider.classList.toggle("unset", value === "");
  for (const button of form.querySelectorAll("[data-score]")) {
    button.setAttribute("aria-pressed", String(field.value !== "" && Number(button.dataset.score) === Number(field.value)));
  }
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

function count(counter) {
  const text = document.getElementById(counter.dataset.countFor);
  const most = Number(counter.dataset.most);
  const used = [...text.value].length;
  counter.textContent = `${used} of ${most}`;
  counter.classList.toggle("over", used > most);
}

function prepare(root) {
  const form = root.matches?.("form[data-judging]") ? root : root.querySelector("form[data-judging]");
  if (!form || form.dataset.ready) return;
  form.dataset.ready = "yes";
  const slider = form.querySelector("[data-slider]");
  slider.hidden = false;
  put(form, number(form).value);
  slider.addEventListener("input", () => put(form, slider.value));
  number(form).addEventListener("input", () => put(form, number(form).value));
  for (const counter of form.querySelectorAll("[data-count-for]")) {
    count(counter);
    document.getElementById(counter.dataset.countFor).addEventListener("input", () => count(counter));
  }
}

document.addEventListener("click", (event) => {
  const quick = event.target.closest("[data-score]");
  if (!quick) return;
  event.preventDefault();
  put(quick.form, quick.dataset.score);
});

const digits = { 1: "0.1", 2: "0.2", 3: "0.3", 4: "0.4", 5: "0.5", 6: "0.6", 7: "0.7", 8: "0.8", 9: "0.9", 0: "1", p: "1", x: "0" };

function act(key) {
  const form = judging();
  if (form && key in digits) {
    put(form, digits[key]);
    number(form).focus({ preventScroll: true });
    number(form).blur();
    return true;
  }
  const field = { e: "id_feedback", n: "id_text" }[key];
  const target = field && document.getElementById(field);
  if (target) {
    target.focus();
    return true;
  }
  const step = { ArrowRight: "j", ArrowLeft: "k" }[key] ?? key;
  const place = document.querySelector(`[data-key="${step}"], [data-press="${step}"]`);
  if (place?.matches("summary")) {
    place.parentElement.open = true;
    place.parentElement.querySelector("textarea")?.focus();
  } else place?.click();
  return Boolean(place);
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.altKey) return;
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    const form = event.target.closest("form") ?? judging();
    if (!form || event.repeat) return;
    event.preventDefault();
    const onward = event.shiftKey ? form.querySelector("[data-save-next]") : null;
    // A click, since HTMX sends the name of the button that was pressed and not of the submitter.
    (onward ?? form.querySelector("[data-save]") ?? form.querySelector("button[type=submit]"))?.click();
    return;
  }
  if (event.ctrlKey || event.metaKey || typing(event.target)) return;
  // Arrows move the slider, and scroll what has the focus to be scrolled.
  if (event.target.closest("input[type=range], [tabindex='0']") && event.key.startsWith("Arrow")) return;
  if (act(event.key)) event.preventDefault();
});

prepare(document);
document.addEventListener("htmx:load", (event) => prepare(event.target));
