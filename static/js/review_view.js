// Moving in the diff (j, k by line; n, p by change), split or unified (m), panels, the folded queue.
const YEAR = 365 * 24 * 60 * 60;
const NARROW = matchMedia("(max-width: 1279px)");
const TYPED = "textarea, select, [contenteditable], input:not([type=radio], [type=checkbox])";

function remember(name, value) {
  document.cookie = `${name}=${value}; path=/p/; max-age=${YEAR}; samesite=lax`;
}

function showAs(view) {
  const diff = document.querySelector("[data-diff]");
  if (!diff) return;
  diff.classList.toggle("is-unified", view === "unified");
  for (const link of document.querySelectorAll("[data-view]")) {
    link.classList.toggle("is-on", link.dataset.view === view);
    link.toggleAttribute("aria-current", link.dataset.view === view);
  }
  remember("review_view", view);
}

function toggleView() {
  const diff = document.querySelector("[data-diff]");
  if (diff) showAs(diff.classList.contains("is-unified") ? "split" : "unified");
}

function goTo(row) {
  if (!row) return;
  document.querySelector(".is-cursor")?.classList.remove("is-cursor");
  row.classList.add("is-cursor");
  const cell = [...row.cells].find((each) => each.checkVisibility()) ?? row.cells[0];
  cell.scrollIntoView({ block: "nearest" });
}

function moveBy(selector, step) {
  const rows = [...document.querySelectorAll(selector)];
  const cursor = document.querySelector(".is-cursor");
  if (!cursor) return goTo(step > 0 ? rows[0] : rows.at(-1));
  const after = (row) => cursor.compareDocumentPosition(row) & Node.DOCUMENT_POSITION_FOLLOWING;
  const before = (row) => cursor.compareDocumentPosition(row) & Node.DOCUMENT_POSITION_PRECEDING;
  goTo(step > 0 ? rows.find(after) : rows.findLast(before));
}

const LINE = "[data-line]";
const CHANGE = "[data-change] > [data-line]:first-of-type, [data-change] > .note:first-child + [data-line]";
const KEYS = {
  j: () => moveBy(LINE, 1),
  k: () => moveBy(LINE, -1),
  n: () => moveBy(CHANGE, 1),
  p: () => moveBy(CHANGE, -1),
  m: toggleView,
};

// The folded queue is remembered; where there is no room it opens over the item instead.
function foldQueue() {
  const root = document.documentElement;
  if (NARROW.matches) return root.classList.toggle("is-queue-open");
  const folded = root.classList.toggle("is-queue-folded");
  return remember("review_queue", folded ? "folded" : "open");
}

function markTab() {
  const tabs = [...document.querySelectorAll("[data-panel-tab]")];
  const current = tabs.find((tab) => tab.hash === location.hash) ?? tabs[0];
  for (const tab of tabs) tab.toggleAttribute("aria-current", tab === current);
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches(TYPED) || document.querySelector(":popover-open, .htmx-request")) return;
  const move = KEYS[event.key.toLowerCase()];
  if (!move || !document.querySelector("[data-diff]")) return;
  event.preventDefault();
  move();
});

document.addEventListener("click", (event) => {
  const view = event.target.closest("[data-view]");
  if (view && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    showAs(view.dataset.view);
  } else if (event.target.closest("[data-fold-queue]")) {
    foldQueue();
  }
});
addEventListener("hashchange", markTab);

// The next item takes the place of the last one: say which it is, and start at its first change.
document.addEventListener("htmx:afterSettle", (event) => {
  markTab();
  if (event.detail.target.id !== "workspace") return;
  const title = document.getElementById("item-title");
  document.title = document.title.replace(/^.*?(, review)/, `${title.lastElementChild.textContent}$1`);
  const problem = document.querySelector("[data-lost], [aria-invalid=true]");
  (problem ?? title).focus({ preventScroll: !problem });
});

if (document.cookie.includes("review_queue=folded")) {
  document.documentElement.classList.add("is-queue-folded");
}
markTab();
