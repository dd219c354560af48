// Ctrl+K on every page: go to a place, a project or an item, or do an act of this page, by its name.
import { acts, controlOf } from "./lib/guards.js";
import { score } from "./lib/fuzzy.js";
import { word } from "./lib/words.js";

const SHOWN = 12;
const box = document.getElementById("palette");
const input = document.getElementById("palette-words");
const list = document.getElementById("palette-list");
let goals = [];
let asked = "";
let shown = [];
let at = 0;
let timer;
let cameFrom = null;

// Acts need no control of their own: whoever knows how answers the question by preventing its default.
const perform = (name) => !document.dispatchEvent(
  new CustomEvent("emend:act", { detail: { name }, cancelable: true }),
);
function actsHere() {
  const deciding = document.getElementById("decision");
  return acts()
    .filter(({ name, scripted }) => controlOf(name) || (deciding && scripted))
    .map(({ name, words, key }) => ({ name: words, group: word("onThisPage"), key, act: () => perform(name) }));
}

async function ask(words) {
  asked = words;
  const query = new URLSearchParams({ q: words, project: box.dataset.project ?? "" });
  try {
    const answer = await fetch(`${box.dataset.goals}?${query}`, { headers: { Accept: "application/json" } });
    if (!answer.ok || asked !== words) return;
    const found = (await answer.json()).goals;
    const known = new Set(goals.filter((goal) => !goal.found).map((goal) => goal.href));
    goals = goals.filter((goal) => !goal.found);
    goals.push(...found.filter((goal) => !known.has(goal.href)).map((goal) => ({ ...goal, found: words !== "" })));
    draw();
  } catch { /* offline: the acts of this page are still here */ }
}

function matches() {
  const words = input.value.trim();
  const all = [...actsHere(), ...goals];
  if (!words) return all.slice(0, SHOWN);
  return all
    .map((each) => [each.is_item ? 5 : score(words, `${each.name} ${each.group}`), each])
    .filter(([worth]) => worth > 0)
    .sort(([a], [b]) => b - a)
    .slice(0, SHOWN)
    .map(([, each]) => each);
}

function option(each, index) {
  const row = document.createElement("div");
  row.className = "palette-row";
  row.id = `palette-${index}`;
  row.setAttribute("role", "option");
  const name = document.createElement("span");
  name.className = "cut grow";
  name.textContent = each.name;
  const group = document.createElement("span");
  group.className = "faint small";
  group.textContent = each.key ? each.key.replaceAll("+", " ").toUpperCase() : each.group;
  if (each.key === "+") group.textContent = "+";
  row.append(name, group);
  row.addEventListener("click", () => choose(index));
  return row;
}

function draw() {
  shown = matches();
  at = Math.min(at, Math.max(shown.length - 1, 0));
  list.replaceChildren(...shown.map(option));
  document.querySelector("[data-palette-says]").textContent = shown.length
    ? word("matches", { n: shown.length }) : word("noMatch");
  mark();
}

function mark() {
  [...list.children].forEach((row, index) => row.setAttribute("aria-selected", String(index === at)));
  const current = list.children[at];
  if (current) input.setAttribute("aria-activedescendant", current.id);
  else input.removeAttribute("aria-activedescendant");
  current?.scrollIntoView({ block: "nearest" });
}

function choose(index) {
  const each = shown[index];
  if (!each) return;
  box.hidePopover();
  if (each.act) {
    cameFrom?.focus();
    each.act();
  } else location.assign(each.href);
}

function open() {
  if (!box || box.matches(":popover-open")) return;
  cameFrom = document.activeElement;
  box.showPopover();
  input.value = "";
  at = 0;
  draw();
  input.focus();
  ask("");
}

const MOVES = { ArrowDown: 1, ArrowUp: -1 };

if (box) {
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      open();
    }
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-palette-open]") || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    open();
  });
  // while it is hidden nothing in it may keep the focus, or the page's keys would be typed into it
  box.addEventListener("toggle", (event) => { if (event.newState === "closed") input.blur(); });
  document.querySelector("[data-palette-open]").addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    open();
  });
  input.addEventListener("input", () => {
    at = 0;
    draw();
    clearTimeout(timer);
    timer = setTimeout(() => ask(input.value.trim()), 150);
  });
  input.addEventListener("keydown", (event) => {
    if (MOVES[event.key] && shown.length) {
      event.preventDefault();
      at = (at + MOVES[event.key] + shown.length) % shown.length;
      mark();
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      event.stopPropagation();
      choose(at);
    }
  });
}
