// Deciding shows the next item at once. The decision itself goes by way of the outbox, so no wait, no
// reload and no lost network stands between two items. Where nothing is fetched ahead the page's own form does it.
import * as ahead from "./lib/ahead.js";
import { drain, keep, takeBack, waiting, works } from "./lib/outbox.js";
import { word } from "./lib/words.js";

const KINDS = ["accept", "fix", "reject", "unsure", "escalate", "skip"];
const KEPT = 10;
let bypass = false;
const shown = []; // the last decisions of this page: { id, node, task }, the newest last
const given = new Map(); // decision -> the verdict the server made of it
const root = document.documentElement;
const box = document.querySelector("[data-next]");
const workspace = () => document.querySelector("[data-workspace]");

/** What the server would refuse is left to the page's own form, which then says what is wrong. */
function complete(form, kind) {
  const value = (name) => form.elements[name]?.value ?? "";
  if (["accept", "fix"].includes(kind) && !value("category")) return false;
  if (kind === "reject" && !value("reason")) return false;
  if (kind === "fix" && !value("code").trim()) return false;
  return KINDS.includes(kind) && form.checkValidity() && Boolean(form.elements.token?.value);
}

function decisionOf(form, button, node) {
  const fields = [...new FormData(form, button)].filter(([name]) => name !== "csrfmiddlewaretoken");
  return {
    task: Number(node.dataset.task), name: node.dataset.name, page: node.dataset.page, kind: button.value,
    label: word(`said_${button.value}`), url: form.action, fields: [...fields, ["key", crypto.randomUUID()]],
  };
}

// No key decides before what it would decide on has been painted.
function painted() {
  requestAnimationFrame(() => requestAnimationFrame(() => {
    delete root.dataset.painting;
    performance.mark("emend:painted");
    performance.measure("emend:next", "emend:decided", "emend:painted");
    document.dispatchEvent(new CustomEvent("emend:painted"));
  }));
}

function show(node, page) {
  root.dataset.painting = "";
  workspace().replaceWith(node);
  htmx.process(node);
  history.replaceState(history.state, "", page);
  node.dispatchEvent(new CustomEvent("htmx:afterSettle", { bubbles: true, detail: { target: node, elt: node } }));
  painted();
}

function say(entry, form) {
  const toast = document.getElementById("done-now").content.firstElementChild.cloneNode(true);
  const category = form.querySelector("[name=category]:checked")?.closest("label").querySelector(".cut")?.textContent;
  const reason = entry.kind === "reject" ? form.elements.reason.selectedOptions[0].textContent.replace(/^\d+\s+/, "") : "";
  toast.querySelector("[data-says]").textContent = entry.label;
  toast.querySelector("[data-name]").textContent = entry.name;
  toast.querySelector("[data-as]").textContent = reason ? `: ${document.documentElement.lang === "de" ? reason : reason.toLowerCase()}`
    : ["accept", "fix"].includes(entry.kind) && category ? word("as", { category: category.trim() }) : "";
  return toast;
}

async function decide(form, button) {
  const node = workspace();
  performance.mark("emend:decided");
  root.dataset.painting = "";
  root.dataset.unsent = "1 or more";
  const entry = decisionOf(form, button, node);
  try {
    entry.id = await keep(entry);
  } catch {
    delete root.dataset.painting;
    bypass = true; // this browser keeps nothing: the form sends it
    return form.requestSubmit(button);
  }
  document.dispatchEvent(new CustomEvent("emend:decided", { detail: { form } }));
  ahead.decided(entry.task);
  const toast = say(entry, form);
  shown.push({ id: entry.id, node, task: entry.task });
  if (shown.length > KEPT) shown.shift();
  const next = ahead.take();
  if (next) {
    const left = Math.round((next.ends - Date.now()) / 1000);
    next.node.querySelector("[data-lease]").dataset.lease = String(left);
    next.node.querySelector(".float")?.remove();
    next.node.querySelector("main").prepend(toast);
    show(next.node, next.page);
  } else nothingNext();
  await drain();
  ahead.fill();
}

// The server has to be asked what comes next, after it has what was decided.
async function nothingNext() {
  const node = document.getElementById("nothing-next").content.firstElementChild.cloneNode(true);
  node.querySelector("[data-says]").textContent = word("decisionKept");
  show(node, location.href);
  goOn();
}

async function goOn() {
  if (!workspace()?.matches("[data-nothing]") || (await waiting()).length) return;
  const last = given.get(shown.at(-1)?.id);
  const form = box.querySelector("[data-next-form]");
  if (last) form.action += `${form.action.includes("?") ? "&" : "?"}done=${last}`;
  form.submit();
}

async function undo(entry) {
  const at = shown.findIndex((each) => each.id === entry.id);
  const [was] = at < 0 ? [] : shown.splice(at, 1);
  if (await takeBack(entry.id)) return back(was);
  const verdict = given.get(entry.id);
  return verdict ? undoSent(verdict) : location.reload(); // another tab sent it
}

function back(was) {
  if (!was) return location.reload();
  const current = workspace();
  ahead.undecided(was.task);
  performance.mark("emend:decided");
  if (current.matches("[data-task]")) ahead.putBack(current);
  was.node.querySelector(".float")?.remove();
  show(was.node, was.node.dataset.page);
}

function undoSent(verdict) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = box.dataset.undo + (workspace().dataset.query ? `?${workspace().dataset.query}` : "");
  for (const [name, value] of [["verdict", verdict], ["csrfmiddlewaretoken", box.querySelector("[name=csrfmiddlewaretoken]").value]]) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}

// The item only measured: how it compared is said once the decision is in.
function learn({ learnt, page }) {
  const note = document.getElementById("learnt-now").content.firstElementChild.cloneNode(true);
  note.classList.add(learnt.matches ? "is-ok" : "is-warn");
  note.querySelector("[data-words]").textContent = learnt.words;
  note.querySelector("[data-why]").textContent = learnt.why;
  note.querySelector("[data-item]").href = page;
  workspace().querySelector(".hindsight")?.remove();
  workspace().querySelector("main").prepend(note);
}

async function besides() {
  const node = workspace();
  if (!node?.dataset.beside) return;
  try {
    const answer = await fetch(`${node.dataset.beside}?${node.dataset.query}`);
    if (!answer.ok || answer.redirected || workspace() !== node) return;
    const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
    const list = document.importNode(parsed.querySelector(".queue"), true);
    if (node.querySelector(".queue").contains(document.activeElement)) return;
    node.querySelector(".queue").replaceWith(list);
    htmx.process(list);
  } catch { /* offline: the list is of a moment ago */ }
}

if (works && box) {
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const button = event.submitter;
    if (form.id !== "decision" || !button || !complete(form, button.value)) return;
    if (bypass || workspace().querySelector("[data-lost]")) return;
    if ("painting" in root.dataset) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    // with nothing fetched and nothing unsent the server answers with the next item, as without a script
    if (!ahead.ready() && navigator.onLine && root.dataset.unsent === "0" && !form.dataset.failed) {
      shown.length = 0; // none of them is the last decision any more; the answer brings the undo of this one
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    decide(form, button);
  }, true);
  document.addEventListener("htmx:sendError", (event) => {
    const form = event.detail.elt;
    const button = event.detail.requestConfig?.triggeringEvent?.submitter;
    if (form.id !== "decision" || !button || !complete(form, button.value)) return;
    decide(form, button);
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-undo-now]")) return;
    const last = shown.at(-1);
    if (last) undo(last);
  });
  // The key takes back what was decided last, also what the server has not got yet.
  document.addEventListener("emend:before", (event) => {
    if (event.detail.name !== "undo" || !shown.length) return;
    event.preventDefault();
    undo(shown.at(-1));
  });
  // The second half of a double click would decide the item that has just come.
  document.addEventListener("click", (event) => {
    if (event.detail > 1 && event.target.closest("[name=verdict]")) event.preventDefault();
  }, true);
  document.addEventListener("emend:unsent", (event) => {
    const at = shown.findIndex((each) => each.id === event.detail.id);
    if (at >= 0) back(shown.splice(at, 1)[0]);
  });
  document.addEventListener("emend:sent", (event) => {
    const entry = shown.find((each) => each.id === event.detail.id);
    given.set(event.detail.id, event.detail.verdict);
    ahead.undecided(event.detail.task); // skipped, it may come again
    if (event.detail.learnt) learn(event.detail);
    if (String(event.detail.task) === workspace()?.dataset.task) box.querySelector("[data-next-form]").submit();
    else if (entry) besides();
  });
  document.addEventListener("emend:refused", (event) => {
    const at = shown.findIndex((each) => each.id === event.detail.id);
    if (at >= 0) shown.splice(at, 1);
    ahead.undecided(event.detail.task);
  });
  document.addEventListener("emend:outbox", goOn);
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target.id === "workspace") setTimeout(ahead.fill, 50);
  });
  addEventListener("pagehide", ahead.giveBack);
  addEventListener("pageshow", (event) => { if (event.persisted) ahead.fill(); });
  document.addEventListener("emend:beat", ahead.renew);
  setTimeout(ahead.fill, 50);
}
