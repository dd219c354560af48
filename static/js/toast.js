// A toast stays eight seconds, longer while it is hovered or focused; failed requests say so in one.
import { word } from "./lib/words.js";
const LIFE = 8000;
const box = () => document.getElementById("messages");

function watch(toast) {
  if (toast.dataset.watched) return;
  toast.dataset.watched = "yes";
  let timer;
  const start = () => { timer = setTimeout(() => toast.remove(), LIFE); };
  const stop = () => clearTimeout(timer);
  toast.addEventListener("pointerenter", stop);
  toast.addEventListener("focusin", stop);
  toast.addEventListener("pointerleave", start);
  toast.addEventListener("focusout", start);
  start();
}

function watchAll() {
  for (const toast of document.querySelectorAll("[data-toast]")) watch(toast);
}

/** Show a toast. */
export function say(words) {
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.dataset.toast = "";
  const text = document.createElement("span");
  text.textContent = words;
  toast.append(text);
  box().append(toast);
  watch(toast);
}

const REASONS = {
  0: word("noAnswer"),
  403: word("notAllowed"),
  404: word("gone"),
  429: word("tooOften"),
};

document.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  say(REASONS[status] ?? word("serverFailed", { status }));
});
document.addEventListener("htmx:sendError", (event) => {
  // what a page fetches by itself is no answer that somebody waits for
  const { verb, triggeringEvent } = event.detail.requestConfig ?? {};
  if (verb === "get" && !["click", "submit", "change", "input"].includes(triggeringEvent?.type)) return;
  // a decision goes into the outbox instead, which says so itself
  if (event.detail.elt?.id !== "decision" || !document.querySelector("[data-next]")) say(REASONS[0]);
});
document.addEventListener("htmx:timeout", () => say(REASONS[0]));
document.addEventListener("htmx:beforeSwap", (event) => {
  const answered = event.detail.xhr.responseURL;
  if (!answered || !new URL(answered).pathname.startsWith("/accounts/login")) return;
  event.detail.shouldSwap = false;
  say(word("loggedOut"));
});
document.addEventListener("htmx:afterSettle", watchAll);
document.addEventListener("htmx:oobAfterSwap", watchAll);
watchAll();
