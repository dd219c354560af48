// Decisions on their way: kept in this browser until the server has them, sent in order, each once.
// A key made here goes with each, so that one sent twice counts once. Only one tab sends at a time.
import { all, change, put, remove, within } from "./store.js";
import { word } from "./words.js";

const LOCK = "emend-outbox";
const PATIENCE = 15_000; // ms for one answer
const SLOWEST = 30_000; // ms between two tries
const SECOND = 1_000;

const tabs = "BroadcastChannel" in globalThis ? new BroadcastChannel("emend-outbox") : null;
const me = document.querySelector("[data-outbox]")?.dataset.person ?? "";
let pause = 0;
let timer;
let running = false;

/** Whether this browser can keep and send by itself; where not, the page's own forms do. */
export const works = Boolean(me && globalThis.indexedDB && navigator.locks && crypto.randomUUID);

const tell = (kind, detail = {}) => document.dispatchEvent(new CustomEvent(`emend:${kind}`, { detail }));

function changed() {
  tell("outbox");
  tabs?.postMessage("changed");
}

export async function mine() {
  return works ? (await all("outbox")).filter((each) => each.person === me) : [];
}

export const waiting = async () => (await mine()).filter((each) => each.state === "waiting");

/** Keep a decision. Once this resolves it survives a reload, a crash and a server that is down. */
export async function keep(decision) {
  const id = await put("outbox", { ...decision, person: me, state: "waiting", at: Date.now(), tries: 0 });
  changed();
  return id;
}

/** Take back a decision that was not sent; false where it is gone already. */
export function takeBack(id) {
  return navigator.locks.request(LOCK, async () => {
    let had = false;
    await within("outbox", "readwrite", (store) => {
      const asked = store.get(id);
      asked.onsuccess = () => {
        had = asked.result !== undefined;
        store.delete(id);
      };
    });
    if (had) changed();
    return had;
  });
}

/** A refused decision goes again, as it was. */
export async function again(id) {
  await change("outbox", id, (each) => ({ ...each, state: "waiting", problem: "" }));
  changed();
  return drain();
}

export async function forget(id) {
  await remove("outbox", id);
  changed();
}

const token = () => {
  const field = document.querySelector("input[name=csrfmiddlewaretoken]");
  return field?.value ?? JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";
};

async function post(decision) {
  const body = new URLSearchParams(decision.fields);
  try {
    return await fetch(decision.url, {
      method: "POST", body, signal: AbortSignal.timeout(PATIENCE),
      headers: { Accept: "application/json", "X-CSRFToken": token() },
    });
  } catch {
    return null; // no network, or nobody answers
  }
}

const WHY = {
  403: word("refusedRoles"),
  404: word("refusedGone"),
};

async function refusal(answer) {
  const said = await answer.json().catch(() => ({}));
  const errors = Object.values(said.errors ?? {}).flat().join(" ");
  return { problem: [said.problem ?? WHY[answer.status] ?? word("nothingDecided"), errors].join(" ").trim(), free: said.free ?? true };
}

const later = (answer) => !answer || answer.status >= 500 || [408, 425, 429].includes(answer.status);

/** Send the first one that waits: "sent", "refused", "later" or "empty". */
const sendOne = () => navigator.locks.request(LOCK, async () => {
  const [next] = await waiting();
  if (!next) return "empty";
  const answer = await post(next);
  const toLogin = answer?.redirected && new URL(answer.url).pathname.startsWith("/accounts/login");
  if (later(answer) || toLogin) {
    await change("outbox", next.id, (each) => ({ ...each, tries: each.tries + 1, login: Boolean(toLogin) }));
    return "later";
  }
  if (answer.ok) {
    const said = await answer.json().catch(() => ({}));
    await remove("outbox", next.id);
    tell("sent", { ...next, verdict: said.verdict, learnt: said.learnt });
    tabs?.postMessage("changed");
    return "sent";
  }
  const why = await refusal(answer);
  await change("outbox", next.id, (each) => ({ ...each, state: "refused", ...why }));
  await put("drafts", { key: `${me}:${next.task}`, said: Object.fromEntries(next.fields), synced: false, at: Date.now() });
  tell("refused", { ...next, ...why });
  return "refused";
});

/** Send what waits, in order; what cannot go now is tried again by itself, ever more slowly. */
export async function drain() {
  if (!works || running) return;
  running = true;
  clearTimeout(timer);
  let how = "empty";
  try {
    do {
      how = await sendOne();
      if (how !== "empty") changed();
    } while (how === "sent" || how === "refused");
  } finally {
    running = false;
  }
  pause = how === "later" ? Math.min(Math.max(pause * 2, SECOND), SLOWEST) : 0;
  if (pause) timer = setTimeout(drain, pause * (0.75 + Math.random() / 2));
  else if ((await waiting()).length) drain(); // came while the last one went
}

if (works) {
  const now = () => {
    pause = 0;
    drain();
  };
  addEventListener("online", now);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") now(); });
  tabs?.addEventListener("message", () => tell("outbox"));
  drain();
}
