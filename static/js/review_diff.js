// Moving in the diff by line and by change, split or unified, and what of it comes later.
import { actOf, loading, mayAct } from "./lib/guards.js";

const YEAR = 365 * 24 * 60 * 60;

const diff = () => document.querySelector("[data-diff]");
const cursor = () => document.querySelector(".is-cursor");
const later = () => diff()?.querySelector("[data-more] a");

function showAs(view) {
  diff()?.classList.toggle("is-unified", view === "unified");
  for (const button of document.querySelectorAll("[data-view]")) {
    button.classList.toggle("is-on", button.dataset.view === view);
    button.toggleAttribute("aria-current", button.dataset.view === view);
  }
  document.cookie = `review_view=${view}; path=/p/; max-age=${YEAR}; samesite=lax`;
}

function goTo(row) {
  cursor()?.classList.remove("is-cursor");
  row.classList.add("is-cursor");
  const cell = [...row.cells].find((each) => each.checkVisibility()) ?? row.cells[0];
  cell.scrollIntoView({ block: "nearest" });
}

const lines = () => [...diff().querySelectorAll("[data-row]")];
const changes = () => [...diff().querySelectorAll("[data-change]")].map(
  (run) => run.querySelector("[data-row]"),
);

// Where the rows end and more of them can come, they come, and the move goes on.
function moveBy(rowsOf, step) {
  const rows = rowsOf();
  const from = cursor();
  const beyond = step > 0 ? Node.DOCUMENT_POSITION_FOLLOWING : Node.DOCUMENT_POSITION_PRECEDING;
  const ahead = from ? rows.filter((row) => from.compareDocumentPosition(row) & beyond) : rows;
  const row = step > 0 ? ahead[0] : ahead.at(-1);
  if (row) return goTo(row);
  if (step > 0 && later()) return fetchMore(() => moveBy(rowsOf, step));
  return undefined;
}

function fetchMore(then) {
  const link = later();
  if (!link) return;
  const part = link.closest("[data-more]");
  const settled = (event) => {
    if (part.isConnected) return;
    document.removeEventListener("htmx:afterSettle", settled);
    then(event);
  };
  document.addEventListener("htmx:afterSettle", settled);
  htmx.trigger(link, "more");
}

const ACTS = {
  "line-next": () => moveBy(lines, 1),
  "line-previous": () => moveBy(lines, -1),
  "change-next": () => moveBy(changes, 1),
  "change-previous": () => moveBy(changes, -1),
  view: () => showAs(diff().classList.contains("is-unified") ? "split" : "unified"),
};

function move(name, event) {
  if (!ACTS[name] || !diff()) return;
  event.preventDefault();
  ACTS[name]();
}

document.addEventListener("keydown", (event) => {
  if (mayAct(event) && !loading()) move(actOf(event), event);
});
document.addEventListener("emend:act", (event) => move(event.detail.name, event));

// The address of a line that is not on the page yet: fetch on until it is
function seek() {
  const id = decodeURIComponent(location.hash.slice(1));
  if (!/^(output|ideal)-\d+$/.test(id)) return;
  const cell = document.getElementById(id);
  if (cell) goTo(cell.closest("tr"));
  else fetchMore(seek);
}

document.addEventListener("click", (event) => {
  const view = event.target.closest("[data-view]");
  if (view) {
    event.preventDefault();
    showAs(view.dataset.view);
    return;
  }
  const away = event.target.closest("[data-fold-away]");
  if (!away || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const own = away.closest("tbody");
  for (const run of document.querySelectorAll(`[data-run="${away.dataset.foldAway}"]`)) {
    if (run !== own) run.remove();
  }
});

// Shown in another way, the diff keeps the line that somebody was at
let place = null;
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id === "diff") place = cursor()?.querySelector("td[id]")?.id ?? null;
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target.id !== "diff") return;
  const row = place && document.getElementById(place)?.closest("tr");
  place = null;
  if (row) goTo(row);
  else seek();
});
addEventListener("hashchange", seek);
seek();
