// The panels of an item, the folded queue, and what is said when the next item comes.
const YEAR = 365 * 24 * 60 * 60;
const NARROW = matchMedia("(max-width: 1279px)");

function remember(name, value) {
  document.cookie = `${name}=${value}; path=/p/; max-age=${YEAR}; samesite=lax`;
}

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

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-fold-queue]")) foldQueue();
});
addEventListener("hashchange", markTab);

let named = document.getElementById("item-title")?.lastElementChild.textContent ?? "";

// The next item takes the place of the last one: say which it is, and start at its first change.
document.addEventListener("htmx:afterSettle", (event) => {
  markTab();
  if (event.detail.target.id !== "workspace") return;
  const title = document.getElementById("item-title");
  const name = title.lastElementChild.textContent;
  document.title = document.title.replace(named, () => name);
  named = name;
  const problem = document.querySelector("[data-lost], [aria-invalid=true]");
  (problem ?? title).focus({ preventScroll: !problem });
});

if (document.cookie.includes("review_queue=folded")) {
  document.documentElement.classList.add("is-queue-folded");
}
markTab();
