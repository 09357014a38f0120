// Offers people behind an @ in a comment. Without script a name that is typed in full does as well.
const SIGN = /(?:^|[^\p{L}\p{N}_.@+-])@([^\n@]{0,60}|[^\s@]+@[^\s@]*)$/u;
let field = null; // where the list is open
let start = 0; // of what is typed behind the @
let barren = null; // nobody fits these letters, so nobody fits more of them
let asked = null;
let waiting = 0;

const box = document.createElement("div");
box.id = "people";
box.className = "people-box";
box.popover = "manual";
const line = document.createElement("p");
line.className = "quiet";
line.setAttribute("role", "status");

const options = () => [...box.querySelectorAll("[role=option]")];
const here = () => box.querySelector("[aria-selected=true]");

function close() {
  clearTimeout(waiting);
  asked?.abort();
  if (box.isConnected && box.matches(":popover-open")) box.hidePopover();
  for (const name of ["aria-controls", "aria-autocomplete", "aria-activedescendant"]) field?.removeAttribute(name);
  field = null;
  line.textContent = "";
}

function mark(option) {
  here()?.setAttribute("aria-selected", "false");
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  field.setAttribute("aria-activedescendant", option.id);
}

function place() {
  const spot = field.getBoundingClientRect();
  box.style.left = `${Math.max(8, Math.min(spot.left, innerWidth - box.offsetWidth - 8))}px`;
  const below = innerHeight - spot.bottom;
  const top = below >= box.offsetHeight + 8 || below > spot.top ? spot.bottom + 4 : spot.top - box.offsetHeight - 4;
  box.style.top = `${Math.max(8, Math.min(top, innerHeight - box.offsetHeight - 8))}px`;
}

function open(at, html) {
  const section = at.closest("[data-people]");
  if (box.parentElement !== section) section.append(box, line);
  box.innerHTML = html;
  const found = options();
  if (!found.length) return close();
  field = at;
  if (!box.matches(":popover-open")) box.showPopover();
  field.setAttribute("aria-controls", box.id);
  field.setAttribute("aria-autocomplete", "list");
  mark(found[0]);
  place();
  line.textContent = `${found.length} ${found.length === 1 ? "person" : "people"}: arrows choose, Enter writes the name.`;
}

async function ask(at, typed) {
  asked?.abort();
  asked = new AbortController();
  const url = `${at.closest("[data-people]").dataset.people}?q=${encodeURIComponent(typed)}`;
  try {
    const answer = await fetch(url, { signal: asked.signal, headers: { "HX-Request": "true" } });
    // Whoever is signed out is led to another page.
    if (!answer.ok || answer.redirected || answer.headers.has("HX-Redirect") || document.activeElement !== at) return close();
    open(at, await answer.text());
    if (!field) barren = typed;
  } catch {
    close(); // asked anew meanwhile, or no connection: the name can be typed
  }
}

function look(at) {
  clearTimeout(waiting);
  const typed = SIGN.exec(at.value.slice(0, at.selectionStart))?.[1];
  if (typed === undefined) {
    barren = null;
    return close();
  }
  start = at.selectionStart - typed.length;
  if (barren !== null && typed.startsWith(barren)) return close();
  barren = null;
  waiting = setTimeout(() => ask(at, typed), 100);
}

function choose(option) {
  const at = field;
  const name = `${option.dataset.handle} `;
  close();
  at.setRangeText(name, start, at.selectionStart, "end");
  barren = name;
  at.focus();
  at.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("input", (event) => {
  if (event.target.matches?.("[data-people] textarea")) look(event.target);
});
document.addEventListener("focusout", (event) => {
  if (event.target === field) close();
});
// Before others hear of the key: while the list is open it is the list's.
document.addEventListener(
  "keydown",
  (event) => {
    if (!field || event.target !== field || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = options();
    const now = all.indexOf(here());
    if (event.key === "ArrowDown") mark(all[(now + 1) % all.length]);
    else if (event.key === "ArrowUp") mark(all[(now + all.length - 1) % all.length]);
    else if (event.key === "Enter" || (event.key === "Tab" && !event.shiftKey)) choose(here());
    else if (event.key === "Escape") {
      barren = field.value.slice(start, field.selectionStart);
      close();
    } else {
      if (event.key === "ArrowLeft" || event.key === "ArrowRight") close();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  },
  true,
);
// A press would take the focus from the text.
box.addEventListener("pointerdown", (event) => event.preventDefault());
box.addEventListener("click", (event) => {
  const option = event.target.closest("[role=option]");
  if (option && field) choose(option);
});
document.addEventListener("htmx:beforeSwap", close);
