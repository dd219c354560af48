// What is typed for an item is kept in this browser and on the server until the item is decided.
// A save that fails is tried again with the next one, and never hides what was typed.
import { get, put, remove } from "./lib/store.js";

const KEPT = ["category", "severity", "reason", "then", "tags", "note", "code"];
const PAUSE = 500; // ms without a key before a save
let timer;
let dirty = null; // the form whose words the server has not got

const key = (form) => `${form.dataset.person}:${form.dataset.draft}`;
const first = (field) => (field instanceof RadioNodeList
  ? ([...field].find((radio) => radio.defaultChecked)?.value ?? "")
  : field.tagName === "SELECT" ? ([...field.options].find((each) => each.defaultSelected) ?? field.options[0]).value
    : field.defaultValue);

/** Field by field what differs from the form as it came. */
export function said(form) {
  const typed = {};
  for (const name of KEPT) {
    const field = form.elements[name];
    if (field && field.value !== first(field)) typed[name] = field.value;
  }
  return typed;
}

function body(form) {
  const sent = new FormData();
  for (const name of ["csrfmiddlewaretoken", "epoch"]) {
    const field = form.elements[name];
    if (field) sent.set(name, field.value);
  }
  for (const [name, value] of Object.entries(said(form))) sent.set(name, value);
  return sent;
}

async function keep(form, synced) {
  const typed = said(form);
  try {
    if (Object.keys(typed).length || !synced) {
      await put("drafts", { key: key(form), said: typed, synced, at: Date.now() });
    } else await remove("drafts", key(form));
  } catch { /* a browser that keeps nothing: the server does */ }
}

async function save() {
  const form = dirty;
  if (!form) return;
  await keep(form, false);
  try {
    const answer = await fetch(form.dataset.draftSave, { method: "POST", body: body(form) });
    if (!answer.ok || answer.redirected) return;
    if (dirty === form) dirty = null;
    await keep(form, true);
  } catch { /* no network: it is kept here, and the next save tries again */ }
}

function fill(form, typed) {
  for (const [name, value] of Object.entries(typed)) {
    const field = form.elements[name];
    if (!field || !KEPT.includes(name)) continue;
    field.value = value;
    if (name !== "code") continue;
    field.closest("details").open = true;
    field.dispatchEvent(new CustomEvent("emend:code", { bubbles: true }));
  }
}

async function restore() {
  const form = document.querySelector("[data-draft]");
  if (!form || form.dataset.restored) return;
  form.dataset.restored = "yes";
  const server = form.dataset.kept ? JSON.parse(form.dataset.kept) : null;
  let local;
  try {
    local = await get("drafts", key(form));
  } catch { /* none */ }
  // a form that comes back with an error shows what was sent: nothing older goes over it
  if (document.querySelector("[data-lost], .deciding [aria-invalid=true], .deciding .err")) return;
  const left = sessionStorage.getItem(key(form));
  sessionStorage.removeItem(key(form));
  if (left) local = { said: JSON.parse(left), synced: false };
  const typed = local && !local.synced ? local.said : server;
  if (!typed) {
    if (local) remove("drafts", key(form)).catch(() => {});
    return;
  }
  fill(form, typed);
  if (local && !local.synced) later(form);
}

function later(form) {
  dirty = form;
  clearTimeout(timer);
  timer = setTimeout(save, PAUSE);
}

function flush() {
  if (!dirty) return;
  clearTimeout(timer);
  keep(dirty, false);
  // a reload may come before either of the other two has it
  sessionStorage.setItem(key(dirty), JSON.stringify(said(dirty)));
  if (navigator.sendBeacon(dirty.dataset.draftSave, body(dirty))) dirty = null;
}

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.matches("[data-draft]")) later(form);
});
// Decided: the words are in the decision now.
document.addEventListener("emend:decided", (event) => {
  clearTimeout(timer);
  if (dirty === event.detail.form) dirty = null;
  sessionStorage.removeItem(key(event.detail.form));
  remove("drafts", key(event.detail.form)).catch(() => {});
});
document.addEventListener("htmx:beforeSwap", (event) => {
  const form = document.querySelector("[data-draft]");
  if (form && event.detail.target.id === "workspace" && event.detail.xhr.status < 400) {
    clearTimeout(timer);
    dirty = null;
    remove("drafts", key(form)).catch(() => {});
  }
});
// Logging out: the server gets what it has not, and this page keeps nothing any more.
document.addEventListener("emend:log-out", (event) => {
  clearTimeout(timer);
  event.detail.wait(save().finally(() => { dirty = null; }));
});
addEventListener("pagehide", flush);
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") flush(); });
document.addEventListener("htmx:afterSettle", restore);
document.addEventListener("emend:shown", restore);
restore();
