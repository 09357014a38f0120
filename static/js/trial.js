// The form that reviewers will see, tried in a queue's setup: what hangs on an answer comes and goes.
const tried = () => document.querySelector("form[data-trial]");

function said(question) {
  const field = question.querySelector("input[type=number], textarea");
  const fields = field ? [field] : [...question.querySelectorAll("input:checked")];
  return fields.map((each) => each.value).filter(Boolean);
}

function follow() {
  const answers = {};
  for (const question of tried()?.querySelectorAll("[data-question]") ?? []) {
    const on = question.dataset.if;
    if (on !== undefined) question.hidden = !JSON.parse(question.dataset.is).some((each) => answers[on]?.includes(each));
    if (!question.hidden) answers[question.dataset.question] = said(question);
  }
}

function slide() {
  for (const slider of tried()?.querySelectorAll("[data-slider]") ?? []) {
    const { value } = slider.closest("[data-question]").querySelector("input[type=number]");
    slider.hidden = false;
    slider.value = value === "" ? slider.min : value;
    slider.classList.toggle("unset", value === "");
  }
}

document.addEventListener("input", (event) => {
  const question = event.target.closest("[data-trial] [data-question]");
  if (!question) return;
  if (event.target.matches("[data-slider]")) {
    question.querySelector("input[type=number]").value = Number(Number(event.target.value).toFixed(2));
  }
  follow();
  slide();
});

document.addEventListener("click", (event) => {
  const quick = event.target.closest("[data-trial] [data-value]");
  if (!quick) return;
  quick.closest("[data-question]").querySelector("input[type=number]").value = quick.dataset.value;
  follow();
  slide();
});

slide();
document.addEventListener("htmx:afterSettle", slide);

// Enter in a field would send a form that goes nowhere.
document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-trial]")) event.preventDefault();
});
