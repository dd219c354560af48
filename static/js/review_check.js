// While somebody fixes code: does it parse, would the formatter change it, does it bring new findings.
import { word } from "./lib/words.js";
const PAUSE = 600; // ms without a key
let timer;
let running;

function line(box, kind, words) {
  const row = document.createElement("li");
  row.className = `check-${kind}`;
  row.textContent = words;
  box.append(row);
}

function show(area, found) {
  const box = area.closest("[data-fix]").querySelector("[data-check-says]");
  const places = [];
  box.replaceChildren();
  if (found.words) line(box, "plain", found.words);
  if (found.error) {
    line(box, "bad", `✕ ${word("noParse", found.error)}`);
    places.push({ ...found.error, severity: "error", source: "parser" });
  } else if (found.parses) line(box, "ok", "✓ Parses");
  if (found.formatted === true) line(box, "ok", "✓ Formatted");
  if (found.formatted === false) line(box, "plain", `~ ${word("formatter")}`);
  for (const finding of found.findings ?? []) {
    line(box, "bad", `▲ ${word("introduced", finding)}`);
    places.push({ ...finding, severity: "warning", source: `${finding.tool} ${finding.rule}` });
  }
  if (found.formatted !== null && !found.findings?.length && found.parses) line(box, "ok", `✓ ${word("nothingNew")}`);
  area.dispatchEvent(new CustomEvent("emend:checked", { bubbles: true, detail: places }));
}

async function check(area) {
  if (!area.form?.isConnected) return; // the next item has come
  running?.abort();
  running = new AbortController();
  const sent = new FormData();
  sent.set("code", area.value);
  sent.set("csrfmiddlewaretoken", area.form.elements.csrfmiddlewaretoken.value);
  const { signal } = running;
  try {
    const answer = await fetch(area.closest("[data-fix]").dataset.check, { method: "POST", body: sent, signal });
    if (answer.status === 429) return later(area, PAUSE * 4);
    if (answer.ok && !answer.redirected && area.isConnected) show(area, await answer.json());
  } catch { /* no network, or typed on: the next pause asks again */ }
}

function later(area, pause = PAUSE) {
  clearTimeout(timer);
  timer = setTimeout(() => check(area), pause);
}

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-fix] textarea[name=code]")) later(event.target);
});
document.addEventListener("emend:editor", (event) => later(event.target));
