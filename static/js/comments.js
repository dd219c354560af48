// Comments on lines: C (or a click on a line's number) opens a form under it, drafts keep themselves,
// and N / P with Shift go from thread to thread. Without this script the Comments tab does the same.
import { actOf, loading, mayAct } from "./lib/guards.js";
import { word } from "./lib/words.js";

const PAUSE = 700;

function cellHere() {
  const cells = [...document.querySelectorAll(".is-cursor > [data-line], [data-change] > [data-row] > [data-line]")];
  const shown = cells.filter((cell) => cell.checkVisibility());
  const cursor = shown.filter((cell) => cell.closest(".is-cursor"));
  return cursor.find((cell) => cell.dataset.side === "ideal") ?? cursor[0]
    ?? shown.find((cell) => cell.dataset.side === "ideal") ?? shown[0];
}

// The row of notes under a line; made where the line had none.
function notesUnder(cell) {
  const row = cell.closest("[data-row]");
  let notes = row.nextElementSibling;
  if (!notes?.matches("[data-notes]")) {
    notes = document.createElement("tr");
    notes.className = "note";
    notes.dataset.notes = "";
    for (const side of ["note-l", "note-r"]) notes.append(Object.assign(document.createElement("td"), { className: side }));
    row.after(notes);
  }
  return notes.querySelector(cell.dataset.side === "output" ? ".note-l" : ".note-r");
}

function openForm(cell) {
  const template = document.getElementById("comment-here");
  if (!cell || !template) return;
  const there = notesUnder(cell);
  const open = there.querySelector(".thread:has(> .comment-form) textarea");
  if (open) return open.focus();
  const thread = document.createElement("article");
  thread.className = "thread";
  thread.id = `thread-new-${cell.dataset.side}-${cell.dataset.line}`;
  thread.dataset.thread = "";
  thread.tabIndex = -1;
  thread.append(template.content.cloneNode(true));
  const form = thread.querySelector("form");
  form.elements.side.value = cell.dataset.side;
  form.elements.line.value = cell.dataset.line;
  form.elements.key.value = crypto.randomUUID?.() ?? ""; // the template's own is for one comment only
  form.setAttribute("hx-target", `#${thread.id}`);
  there.append(thread);
  htmx.process(thread);
  const text = form.querySelector("textarea");
  text.setAttribute("aria-label", word(cell.dataset.side === "output" ? "commentSuggestion" : "commentCorrection", { line: cell.dataset.line }));
  text.focus();
}

function goToThread(step) {
  const threads = [...document.querySelectorAll("#diff [data-thread]")].filter((each) => each.checkVisibility());
  if (!threads.length) return;
  const at = threads.findIndex((each) => each.matches(".is-found"));
  const next = at < 0 ? threads.at(step > 0 ? 0 : -1) : threads[Math.min(Math.max(at + step, 0), threads.length - 1)];
  threads[at]?.classList.remove("is-found");
  next.classList.add("is-found");
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

const ACTS = {
  comment: () => openForm(cellHere()),
  "thread-next": () => goToThread(1),
  "thread-previous": () => goToThread(-1),
};

function perform(name, event) {
  if (!ACTS[name] || !document.querySelector("[data-diff]")) return;
  event.preventDefault();
  ACTS[name]();
}

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.(".comment-form, .msg-edit form");
  if (form && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    form.requestSubmit(form.querySelector(".is-main"));
  } else if (form && event.key === "Escape" && !event.defaultPrevented) {
    event.target.blur();
  } else if (mayAct(event) && !loading()) {
    perform(actOf(event), event);
  }
}, true);
document.addEventListener("emend:act", (event) => perform(event.detail.name, event));

document.addEventListener("click", (event) => {
  const number = event.target.closest?.("[data-line] > .no");
  if (number && !getSelection().toString()) openForm(number.closest("[data-line]"));
  const link = event.target.closest?.("[data-to-thread]");
  const thread = link && document.getElementById(link.dataset.toThread);
  if (thread) setTimeout(() => thread.scrollIntoView({ block: "nearest" }));
});

// What is typed is kept for its author a moment after the last key; posting it takes the draft away.
const waiting = new WeakMap();

async function keep(form) {
  const said = new FormData(form);
  said.set("draft", "yes");
  const says = form.querySelector("[data-draft-says]");
  try {
    const answer = await fetch(form.action, { method: "POST", body: said, headers: { "HX-Request": "true" } });
    says.textContent = answer.ok ? (said.get("text") ? word("draft") : "") : word("draftRefused");
  } catch {
    says.textContent = word("draftOffline");
  }
}

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("[data-comment]");
  if (!form || event.target.name !== "text") return;
  clearTimeout(waiting.get(form));
  waiting.set(form, setTimeout(() => keep(form), PAUSE));
});
document.addEventListener("submit", (event) => clearTimeout(waiting.get(event.target)), true);
for (const button of document.querySelectorAll("[data-draft-button]")) button.hidden = true;
document.addEventListener("htmx:load", (event) => {
  for (const button of event.target.querySelectorAll?.("[data-draft-button]") ?? []) button.hidden = true;
});
