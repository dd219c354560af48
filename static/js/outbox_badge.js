// The amber badge in the bar: how many decisions this browser has not sent yet, which, and what was refused.
import { again, drain, forget, mine, takeBack, works } from "./lib/outbox.js";
import { word } from "./lib/words.js";

const SOON = 1_200; // ms a decision may take before the badge says so
const badge = document.querySelector("[data-outbox]");
const list = document.querySelector("[data-outbox-list]");
const template = document.getElementById("outbox-row");
let timer;

function act(row, name, work) {
  const button = row.querySelector(`[data-${name}]`);
  button.hidden = false;
  button.addEventListener("click", work);
}

function rowOf(each) {
  const row = template.content.firstElementChild.cloneNode(true);
  row.querySelector("[data-name]").textContent = `${each.label} ${each.name}`;
  row.querySelector("[data-problem]").textContent = each.problem ?? "";
  const open = row.querySelector("[data-open]");
  open.href = each.page;
  if (each.state === "refused") {
    open.hidden = false;
    open.addEventListener("click", () => forget(each.id));
    act(row, "again", () => again(each.id));
    act(row, "forget", () => forget(each.id));
  } else act(row, "take", () => unsend(each));
  return row;
}

async function unsend(each) {
  if (await takeBack(each.id)) document.dispatchEvent(new CustomEvent("emend:unsent", { detail: each }));
}

async function draw() {
  const entries = await mine();
  const refused = entries.filter((each) => each.state === "refused");
  const unsent = entries.length - refused.length;
  document.documentElement.dataset.unsent = String(unsent);
  const old = entries.some((each) => each.tries || each.state === "refused" || Date.now() - each.at > SOON);
  badge.hidden = !(entries.length && (old || !navigator.onLine));
  const login = entries.some((each) => each.login);
  const words = [unsent && word("unsent", { n: unsent }), refused.length && word("refused", { n: refused.length })].filter(Boolean);
  badge.querySelector("[data-count]").textContent = words.join(", ");
  document.querySelector("[data-outbox-says]").textContent = login
    ? word("loggedOutUnsent")
    : word("keptUnsent");
  list.replaceChildren(...entries.map(rowOf));
  clearTimeout(timer);
  if (unsent && badge.hidden) timer = setTimeout(draw, SOON);
}

if (works && badge) {
  document.addEventListener("emend:outbox", draw);
  addEventListener("online", draw);
  addEventListener("offline", draw);
  document.querySelector("[data-outbox-send]").addEventListener("click", drain);
  draw();
}
