// Enter alone submits where one single thing is asked, and goes on to the next question elsewhere. A
// conversation opens at the turn that is judged.
const plain = (event) => !(event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.isComposing);

document.addEventListener("keydown", (event) => {
  const form = document.getElementById("judge");
  if (!form || event.key !== "Enter" || !plain(event) || event.defaultPrevented) return;
  if (document.querySelector("[popover]:popover-open")) return;
  const inForm = event.target.matches("#judge [data-question] input");
  const asked = form.querySelectorAll("[data-question]");
  if (!inForm && !(event.target === document.body && asked.length === 1)) return;
  event.preventDefault();
  if (event.repeat) return;
  if (asked.length === 1) document.querySelector("[data-submit]")?.click();
  else document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }));
});

let seen = null;

function show() {
  const form = document.getElementById("judge");
  if (!form || form === seen) return;
  seen = form;
  const turns = document.querySelectorAll("#reading .io");
  if (turns.length > 1) turns[turns.length - 1].previousElementSibling.scrollIntoView({ block: "start" });
}

show();
document.addEventListener("htmx:afterSettle", show);
