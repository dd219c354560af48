// The last ten decisions, each with its undo, one key away: those not sent yet first, then those the server has.
import { actOf, loading, mayAct } from "./lib/guards.js";
import { mine, takeBack } from "./lib/outbox.js";
import { word } from "./lib/words.js";

const dialog = document.getElementById("last-ten");

function unsentRow(entry) {
  const row = document.createElement("div");
  row.className = "qi is-done";
  const name = document.createElement("span");
  name.className = "qi-name cut";
  name.textContent = entry.name;
  const button = document.createElement("button");
  button.className = "btn is-s is-bare";
  button.type = "button";
  button.textContent = word("undo");
  button.setAttribute("aria-label", `Undo ${entry.name}`);
  button.addEventListener("click", async () => {
    dialog.hidePopover();
    if (await takeBack(entry.id)) document.dispatchEvent(new CustomEvent("emend:unsent", { detail: entry }));
  });
  const meta = document.createElement("span");
  meta.className = "qi-meta";
  meta.textContent = word("notSent", entry);
  row.append(name, button, meta);
  return row;
}

/** The list as the server has it now; offline, as it was when the item came. */
async function listed() {
  const node = document.querySelector("[data-workspace]");
  try {
    const answer = await fetch(`${node.dataset.beside}?${node.dataset.query}`);
    if (answer.ok && !answer.redirected) return new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch { /* offline */ }
  return document;
}

async function open() {
  const unsent = (await mine()).filter((each) => each.state === "waiting").reverse();
  const sent = [...(await listed()).querySelectorAll(".queue .qi.is-done")].map((row) => {
    const copy = document.importNode(row, true);
    for (const each of copy.querySelectorAll("[data-act]")) delete each.dataset.act;
    return copy;
  });
  const rows = [...unsent.map(unsentRow), ...sent].slice(0, 10);
  dialog.querySelector("[data-last]").replaceChildren(...rows);
  dialog.querySelector("[data-last-none]").hidden = rows.length > 0;
  dialog.showPopover();
  dialog.querySelector("[data-last] button")?.focus();
}

if (dialog) {
  document.addEventListener("emend:act", (event) => {
    if (event.detail.name !== "last") return;
    event.preventDefault();
    open();
  });
  document.addEventListener("keydown", (event) => {
    if (!mayAct(event) || loading() || event.repeat || actOf(event) !== "last") return;
    event.preventDefault();
    open();
  });
}
