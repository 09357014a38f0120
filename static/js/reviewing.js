// The focus screen with the keyboard: questions, answers, drafts, time. Without script its forms do.
const form = () => document.getElementById("judge");
const typing = (target) =>
  target.closest("input:not([type=range], [type=checkbox], [type=radio]), textarea, select, [contenteditable]");
const shown = () => [...form().querySelectorAll("[data-question]:not([hidden])")];
const here = () => form().querySelector("[data-question].here") ?? shown()[0];
const place = () => `review ${form().dataset.keep} ${new URL(form().action).pathname}`;

// --- where one is -------------------------------------------------------------------------------

function go(question, focus = true) {
  for (const each of form().querySelectorAll(".q.here")) each.classList.remove("here");
  if (!question) return;
  question.classList.add("here");
  question.scrollIntoView({ block: "nearest" });
  if (!focus) return;
  const field = question.querySelector("input:checked, input[type=radio], .slider:not([hidden]), input:not([hidden]), textarea");
  field?.focus({ preventScroll: true });
}

document.addEventListener("focusin", (event) => {
  const question = event.target.closest("#judge .q");
  if (question && !question.classList.contains("here")) go(question, false);
});

function step(by) {
  const all = shown();
  go(all[Math.min(Math.max(all.indexOf(here()) + by, 0), all.length - 1)]);
}

// --- answers ------------------------------------------------------------------------------------

// A list: of several choices, of one value, or empty.
function answer(question) {
  const field = question.querySelector("input[type=number], textarea");
  const fields = field ? [field] : [...question.querySelectorAll("input:checked")];
  return fields.map((each) => each.value).filter(Boolean);
}

function paint(question) {
  const value = answer(question)[0] ?? "";
  question.classList.toggle("done", value !== "");
  const slider = question.querySelector("[data-slider]");
  if (!slider) return;
  slider.hidden = false;
  slider.value = value === "" ? slider.min : value;
  slider.classList.toggle("unset", value === "");
  question.querySelector("output").textContent = value;
  for (const quick of question.querySelectorAll("[data-value]")) {
    quick.setAttribute("aria-pressed", String(value !== "" && Number(value) === Number(quick.dataset.value)));
  }
}

function condition() {
  const all = [...form().querySelectorAll("[data-question]")];
  const said = {};
  for (const question of all) {
    const asks = question.dataset.if;
    if (asks !== undefined) question.hidden = !JSON.parse(question.dataset.is).some((each) => said[asks]?.includes(each));
    if (!question.hidden) said[question.dataset.question] = answer(question);
  }
}

function put(question, value) {
  const number = question.querySelector("input[type=number]");
  number.value = value;
  number.dispatchEvent(new Event("change", { bubbles: true }));
}

function digit(key) {
  const question = here();
  if (!question) return false;
  if (question.dataset.kind !== "number") {
    const option = question.querySelectorAll("input")[(Number(key) || 10) - 1];
    option?.click();
    return Boolean(option);
  }
  const { min, max, step } = question.querySelector("[data-slider]");
  const share = ((Number(max) - Number(min)) * (Number(key) || 10)) / 10;
  const whole = step === "any" ? share : Math.round(share / Number(step)) * Number(step);
  put(question, String(Number((Number(min) + whole).toFixed(9))));
  return true;
}

function quick(which, number) {
  const main = shown()[0];
  const button = main?.querySelector(which === 0 ? "[data-pass]" : "[data-fail]");
  const target = button ?? main?.querySelectorAll("input:is([type=radio], [type=checkbox])")[which] ?? null;
  if (target) target.click();
  else if (main?.dataset.kind === "number") put(main, main.querySelector("[data-slider]")[number]);
  return Boolean(main);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-value]");
  if (button) put(button.closest("[data-question]"), button.dataset.value);
  const fold = event.target.closest("[data-rail]");
  if (fold) {
    const folded = document.body.classList.toggle("folded");
    fold.setAttribute("aria-pressed", String(folded));
  }
});

// --- nothing typed is lost ----------------------------------------------------------------------

let waiting = 0;

// A field's question by its name, which stays when the guide and so the fields' order changes.
const asks = (name) => {
  const question = form().querySelector(`[name="${name}"]`)?.closest("[data-question]");
  return question ? `question ${question.dataset.question}` : name;
};
// What of a form's fields is said, as text: pairs of question and value.
const words = (fields) =>
  JSON.stringify([...fields].filter(([name]) => /^(q\d+|feedback)$/.test(name)).map(([name, value]) => [asks(name), value]));
const typed = () => words(new FormData(form()));

function keep() {
  localStorage.setItem(place(), typed());
  clearTimeout(waiting);
  waiting = setTimeout(() => htmx.trigger("#autosave", "keep"), 800);
}

function putBack() {
  const text = localStorage.getItem(place());
  if (text === null || text === typed()) return localStorage.removeItem(place());
  const kept = JSON.parse(text);
  const pairs = Array.isArray(kept) ? kept : Object.entries(kept);
  for (const field of form().querySelectorAll("[data-question] [name], #feedback")) {
    const values = pairs.filter(([name]) => name === asks(field.name)).map(([, value]) => value);
    if (field.matches("[type=radio], [type=checkbox]")) field.checked = values.includes(field.value);
    else if (values.length) [field.value] = values;
  }
  keep();
}

for (const kind of ["input", "change"]) {
  document.addEventListener(kind, (event) => {
    const question = event.target.closest?.("#judge [data-question]");
    if (question) {
      const slider = event.target.closest("[data-slider]");
      if (slider) question.querySelector("input[type=number]").value = String(Number(Number(slider.value).toFixed(2)));
      condition();
      paint(question);
    }
    if (event.target.matches("#judge textarea")) count();
    if (event.target.closest?.("#judge") && !event.target.matches(".grow")) keep();
  });
}

document.addEventListener("htmx:afterRequest", (event) => {
  const { elt, successful, xhr } = event.detail;
  if (elt.id === "autosave" && successful && form() && !xhr.getResponseHeader("HX-Redirect")) {
    // Only what was sent is saved; what was typed since goes after it.
    if (typed() === words(event.detail.requestConfig.formData)) localStorage.removeItem(place());
    else keep();
  }
  if (elt.id === "autosave" && !successful) {
    document.getElementById("saved").textContent = xhr.status ? "Not saved yet." : "No connection: kept in this browser.";
  }
});
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.elt.id === "held" && document.hidden) event.preventDefault();
  if (event.detail.elt.id !== "judge") return;
  clearTimeout(waiting);
  const seconds = form().querySelector("[data-seconds]");
  event.detail.requestConfig.parameters.seconds = seconds.value;
});
document.addEventListener("htmx:beforeOnLoad", (event) => {
  const { elt, target, xhr } = event.detail;
  // Else htmx goes on in the field of the same name, which takes the first key for the next item.
  if (target === document.body) document.activeElement.blur();
  // The answers are taken: what this browser kept of them goes.
  if (elt.id === "judge" && xhr.status === 200 && !xhr.getResponseHeader("HX-Redirect")) localStorage.removeItem(place());
});
window.addEventListener("online", () => form() && keep());

// --- time, and the reservation ------------------------------------------------------------------

let spent = 0;
setInterval(() => {
  if (!form() || document.hidden) return;
  spent += 1;
  form().querySelector("[data-seconds]").value = spent;
  document.querySelector("[data-spent]").textContent = `${Math.floor(spent / 60)}:${String(spent % 60).padStart(2, "0")}`;
}, 1000);

window.addEventListener("pagehide", () => {
  // Only the hold that this page knows of: the same page, loaded anew, has renewed it already.
  const until = form() && document.querySelector("#held time")?.dateTime;
  if (!until) return;
  const body = new FormData();
  body.append("until", until);
  body.append("csrfmiddlewaretoken", form().elements.csrfmiddlewaretoken.value);
  navigator.sendBeacon(form().action.replace(/submit$/, "release"), body);
});

// --- keys ---------------------------------------------------------------------------------------

const steps = { ArrowRight: "j", ArrowLeft: "k" };
let before = "";

function act(event) {
  const { key } = event;
  const last = before;
  before = key;
  if (/^[0-9]$/.test(key)) return digit(key);
  if (key === "p" || key === "x") return quick(key === "p" ? 0 : 1, key === "p" ? "max" : "min");
  if (key === "ArrowDown" || key === "ArrowUp") return step(key === "ArrowDown" ? 1 : -1) ?? true;
  const text = document.getElementById({ e: "feedback", n: "id_text" }[key]);
  if (text) return text.focus() ?? true;
  if (key === "[") return document.querySelector("[data-rail]").click() ?? true;
  if (last === "g" && key === "q") return document.querySelector("[data-go=q]").click() ?? true;
  const target = document.querySelector(`[data-press="${steps[key] ?? key}"]`);
  if (target?.matches("summary")) {
    target.parentElement.open = true;
    target.parentElement.querySelector("textarea").focus();
  } else target?.click();
  return Boolean(target);
}

document.addEventListener("keydown", (event) => {
  if (!form() || event.defaultPrevented || event.altKey) return;
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    event.preventDefault();
    if (event.repeat) return;
    const other = event.target.closest("form:not(#judge), .ask");
    (other?.querySelector("[data-save]") ?? other?.querySelector("button") ?? document.querySelector("[data-submit]"))?.click();
    return;
  }
  if ((event.ctrlKey || event.metaKey) && event.key === "s") {
    event.preventDefault();
    htmx.trigger("#autosave", "keep");
    return;
  }
  if (event.ctrlKey || event.metaKey || event.key === "Shift") return;
  if (event.target.closest("[popover]:popover-open")) return;
  if (event.key === "Escape" && typing(event.target)) return event.target.blur();
  if (typing(event.target)) return;
  if (event.key.startsWith("Arrow") && event.target.closest(".scroll[tabindex='0'], pre")) return;
  // A key that is held down walks through the questions, and does nothing else twice.
  if (event.repeat && !event.key.startsWith("Arrow")) return event.preventDefault();
  if (act(event)) event.preventDefault();
});

// --- each item ----------------------------------------------------------------------------------

function count() {
  for (const line of form().querySelectorAll("[data-count-for]")) {
    const text = document.getElementById(line.dataset.countFor);
    const used = [...text.value].length;
    line.textContent = `${used} / ${line.dataset.most}`;
    line.classList.toggle("over", used > Number(line.dataset.most));
    text.closest(".q").classList.toggle("done", used > 0);
  }
}

let prepared = null;

function prepare(swapped) {
  if (!form() || prepared === form()) return;
  prepared = form();
  clearTimeout(waiting);  // of the item before: it would keep an untouched form as a draft
  spent = 0;
  putBack();
  condition();
  for (const question of form().querySelectorAll("[data-question]")) paint(question);
  count();
  const wrong = form().querySelector(".q.wrong");
  const first = shown()[0];
  go(wrong ?? first);
  if (!wrong && swapped && first) {
    // The question itself: its field would take the keys that answer it.
    first.tabIndex = -1;
    first.focus({ preventScroll: true });
  } else if (!wrong) document.activeElement?.blur?.();
  // Said anew, so that it is read out.
  const line = document.querySelector("[data-announce]");
  const words = line.textContent;
  line.textContent = "";
  setTimeout(() => (line.textContent = words), 50);
}

prepare(false);
document.addEventListener("htmx:afterSettle", () => prepare(true));
