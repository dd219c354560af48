// The items that come next: leased on the server, fetched, and kept in memory until they are wanted.
const box = document.querySelector("[data-next]");
const WANTED = 2;
const MARGIN = 5_000; // ms before a lease ends from which its item is not shown any more

const items = new Map(); // task -> { task, page, node, ends, lease }
const gone = new Set(); // tasks decided here and perhaps not sent yet
let asking = false;
let oncemore = false; // something was decided while the question was on its way

// How many are ready, for whoever has to know from outside
const count = () => { document.documentElement.dataset.ahead = String(items.size); };
const here = () => document.querySelector("[data-workspace]");
const csrf = () => box.querySelector("[name=csrfmiddlewaretoken]").value;

function body(pairs) {
  const sent = new FormData();
  sent.set("csrfmiddlewaretoken", csrf());
  for (const [name, value] of pairs) sent.append(name, value);
  return sent;
}

const proof = (node) => {
  const form = node.querySelector("[data-lease-form]");
  return `${node.dataset.task}:${form.elements.token.value}:${form.elements.epoch.value}`;
};

async function fetchItem({ task, page }) {
  const asked = Date.now();
  const answer = await fetch(page, { headers: { "HX-Request": "true" } });
  if (!answer.ok || answer.redirected) return;
  const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
  const node = document.importNode(parsed.getElementById("workspace"), true);
  const lease = node.querySelector("[data-lease]");
  if (!lease || gone.has(task) || here()?.dataset.task === String(task)) return;
  items.set(task, { task, page, node, ends: asked + Number(lease.dataset.lease) * 1000, lease: proof(node) });
  count();
}

/** Lease and fetch what is missing. Safe to call at any time. */
export async function fill() {
  const current = here();
  if (!box || !current?.querySelector("[data-lease]")) return;
  drop();
  if (items.size >= WANTED) return;
  if (asking) {
    oncemore = true;
    return;
  }
  asking = true;
  try {
    const asked = await fetch(`${box.dataset.ahead}?${current.dataset.query}`, {
      method: "POST", body: body([["current", current.dataset.task]]),
    });
    if (!asked.ok || asked.redirected) return;
    for (const item of (await asked.json()).items) {
      if (!items.has(item.task) && !gone.has(item.task) && items.size < WANTED) await fetchItem(item);
    }
  } catch { /* no network: what is here is here */ } finally {
    asking = false;
  }
  if (oncemore) {
    oncemore = false;
    await fill();
  }
}

function drop() {
  const current = Number(here()?.dataset.task);
  for (const [task, item] of items) {
    if (item.ends - Date.now() < MARGIN || task === current || gone.has(task)) items.delete(task);
  }
  count();
}

/** The next item, taken out; nothing where none is ready. */
export function take() {
  drop();
  const [item] = items.values();
  if (item) items.delete(item.task);
  count();
  return item;
}

/** An item that was on the page comes back as the very next one. */
export function putBack(node) {
  const lease = node.querySelector("[data-lease]");
  if (!lease) return;
  const item = { task: Number(node.dataset.task), page: node.dataset.page, node, ends: Date.now() + 60_000, lease: proof(node) };
  const rest = [...items];
  items.clear();
  items.set(item.task, item);
  for (const [task, each] of rest) items.set(task, each);
  count();
}

export const decided = (task) => gone.add(Number(task));
export const undecided = (task) => gone.delete(Number(task));
export const ready = () => items.size;

/** Renew what is held ahead; what was lost meanwhile is forgotten. */
export async function renew() {
  if (!box || !items.size) return;
  const asked = Date.now();
  try {
    const answer = await fetch(box.dataset.hold, {
      method: "POST", body: body([...items.values()].map((item) => ["lease", item.lease])),
    });
    if (!answer.ok || answer.redirected) return;
    const { held, seconds } = await answer.json();
    for (const item of [...items.values()]) {
      if (held.includes(item.task)) item.ends = asked + seconds * 1000;
      else items.delete(item.task);
    }
  } catch { /* the leases run on; they are dropped before they end */ }
}

export function giveBack() {
  if (!box || !items.size) return;
  navigator.sendBeacon(box.dataset.giveBack, body([...items.values()].map((item) => ["lease", item.lease])));
  items.clear();
}
