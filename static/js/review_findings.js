// Findings by tool and by state: every one is on the page, and the links hide and show them at once.
const chosen = (name) => new Set(
  [...document.querySelectorAll(`[data-facet="${name}"][aria-current]`)].map((each) => each.dataset.value),
);

function filter() {
  const tools = chosen("tool");
  const states = chosen("state");
  for (const finding of document.querySelectorAll(".fi[data-tool]")) {
    finding.hidden = (tools.size > 0 && !tools.has(finding.dataset.tool))
      || (states.size > 0 && !states.has(finding.dataset.state));
  }
}

// The same value stands in the diff and in the list of findings; both switch together
function toggle(link) {
  const { facet, value } = link.dataset;
  const on = !link.hasAttribute("aria-current");
  for (const each of document.querySelectorAll(`[data-facet="${facet}"]`)) {
    if (each.dataset.value !== value) continue;
    if (on) each.setAttribute("aria-current", "true");
    else each.removeAttribute("aria-current");
  }
  const address = new URL(location.href);
  address.searchParams.delete(facet);
  for (const each of chosen(facet)) address.searchParams.append(facet, each);
  history.replaceState(history.state, "", address);
  filter();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-facet]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  toggle(link);
});
document.addEventListener("htmx:afterSettle", filter);
