// Logging out leaves nothing behind in this browser: what is not sent is sent first, and what cannot be
// sent is asked about. Nobody who logs in here later finds another person's code or words.
import { drain, forget, mine, waiting, works } from "./lib/outbox.js";
import { all, remove } from "./lib/store.js";

const PATIENCE = 5_000; // ms for what is on its way
const me = document.querySelector("[data-outbox]")?.dataset.person ?? "";
const dialog = document.querySelector("[data-log-out-asks]");

const within = (ms, work) => Promise.race([work, new Promise((resolve) => { setTimeout(resolve, ms); })]);

/** What is typed goes to the server before; then no page keeps it here again. */
async function settle() {
  const work = [];
  document.dispatchEvent(new CustomEvent("emend:log-out", { detail: { wait: (each) => work.push(each) } }));
  if ((await waiting()).length) work.push(drain());
  await within(PATIENCE, Promise.allSettled(work));
}

async function clear() {
  for (const each of await mine()) await forget(each.id);
  for (const each of await all("drafts")) {
    if (each.key.startsWith(`${me}:`)) await remove("drafts", each.key);
  }
  sessionStorage.clear(); // words of a page that was left, and the pages htmx keeps to go back to
  localStorage.removeItem("htmx-history-cache");
}

async function leave(form) {
  await within(PATIENCE, clear()).catch(() => {});
  form.submit();
}

function ask(form, left) {
  dialog.querySelector("[data-unsent-items]").textContent = left.map((each) => `${each.label} ${each.name}`).join(", ");
  dialog.querySelector("[data-log-out-anyway]").onclick = () => leave(form);
  dialog.showPopover();
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-log-out]") || !works || !dialog) return;
  event.preventDefault();
  try {
    await settle();
    const left = await mine();
    if (left.length) return ask(form, left);
  } catch { /* a browser that keeps nothing has nothing to clear */ }
  await leave(form);
});
