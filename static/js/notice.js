// Says what went wrong when a part of the page could not be loaded or saved.
function tell(text) {
  const region = document.getElementById("messages");
  const notice = document.createElement("details");
  const hide = document.createElement("summary");
  const words = document.createElement("p");
  notice.className = "notice error";
  notice.open = true;
  hide.setAttribute("aria-label", "Hide this message");
  hide.textContent = "×";
  words.textContent = text;
  notice.append(hide, words);
  region.replaceChildren(notice);
}

document.addEventListener("htmx:responseError", (event) => {
  const answer = event.detail.xhr;
  const plain = (answer.getResponseHeader("Content-Type") ?? "").startsWith("text/plain");
  tell(plain && answer.responseText ? answer.responseText : `The server refused this (${answer.status}). Nothing was changed; what you typed is still here.`);
});

document.addEventListener("htmx:sendError", () => {
  tell("The server cannot be reached. Nothing was sent; what you typed is still here.");
});

// Good news goes by itself; what went wrong stays until somebody hides it.
function fade(root) {
  for (const notice of root.querySelectorAll(".notice.success[open]")) {
    const seconds = notice.querySelector("form, [data-undo]") ? 30 : 6; // for a second thought
    setTimeout(() => notice.matches(":hover, :focus-within") || notice.remove(), seconds * 1000);
  }
}

fade(document);
document.addEventListener("htmx:afterSwap", () => fade(document));
