// Near-duplicates: opened, the first box has the focus, so that space ticks at once; the button says how many.
const panel = () => document.querySelector("[data-kin]");

function count() {
  const found = panel();
  const says = found?.querySelector("[data-ticked]");
  if (says) says.textContent = found.querySelectorAll("[name=member]:checked").length;
}

const begin = () => panel()?.querySelector("[name=member]")?.focus();

begin(); // the cluster has a page of its own, too

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-kin] [name=member]")) count();
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "cluster-panel" || event.detail.elt?.id === "cluster-panel") {
    begin();
  }
});

document.addEventListener("toggle", (event) => {
  if (event.target.open && event.target.parentElement?.matches("[data-kin]")) {
    begin();
  }
}, true);
