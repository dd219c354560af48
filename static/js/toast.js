// A toast stays eight seconds, longer while it is hovered or focused; failed requests say so in one.
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

function say(words) {
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
  0: "The server did not answer. What you typed is kept here. Try again in a moment.",
  403: "Your roles do not allow this. Nothing was changed.",
  404: "This is gone, or you are no longer in the project. Reload the page.",
  429: "That was too often. Nothing was changed. Wait a minute and try again.",
};

document.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  say(REASONS[status] ?? `The server failed (${status}). What you typed is kept here. Try again.`);
});
document.addEventListener("htmx:sendError", () => say(REASONS[0]));
document.addEventListener("htmx:timeout", () => say(REASONS[0]));
document.addEventListener("htmx:beforeSwap", (event) => {
  const answered = event.detail.xhr.responseURL;
  if (!answered || !new URL(answered).pathname.startsWith("/accounts/login")) return;
  event.detail.shouldSwap = false;
  say("You are logged out. What you typed is kept here. Log in in another tab, then try again.");
});
document.addEventListener("htmx:afterSettle", watchAll);
document.addEventListener("htmx:oobAfterSwap", watchAll);
watchAll();
