// The keys of a pair: a, b and e choose, n opens the text, Enter submits what was chosen. It comes
// before the keys of other items, some of which mean something else here.
const shown = () => document.querySelector(".pairing #judge");

document.addEventListener("keydown", (event) => {
  if (!shown() || event.ctrlKey || event.metaKey || event.altKey) return;
  const { key, target } = event;
  if (target.closest("input:not([type=radio]), textarea, select, [popover]:popover-open")) return;
  if (/^[0-9px]$/.test(key)) return event.preventDefault();
  const choice = document.querySelector(`[data-choose="${CSS.escape(key)}"]`);
  if (choice) {
    event.preventDefault();
    if (event.repeat) return;
    choice.click();
    choice.focus();
  } else if (key === "n") {
    event.preventDefault();
    const text = document.getElementById("feedback");
    const grow = document.querySelector(".grip .grow");
    if (!text.checkVisibility()) grow.click();
    text.focus();
  } else if (key === "Enter" && !target.closest("a, button, summary")) {
    event.preventDefault();
    if (!event.repeat && document.querySelector("[data-choose]:checked")) document.querySelector("[data-submit]")?.click();
  }
});
