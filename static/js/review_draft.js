// What is typed for an item is kept in this tab until the item is decided, so a reload loses nothing.
const KEPT = ["note", "reason", "code"];
const key = (form) => `review-draft-${form.dataset.draft}`;
const fields = (form) => KEPT.map((name) => form.elements[name]).filter(Boolean);

function save(form) {
  const draft = {};
  for (const field of fields(form)) {
    const first = field.defaultValue ?? "";
    if (field.value !== first) draft[field.name] = field.value;
  }
  if (Object.keys(draft).length) sessionStorage.setItem(key(form), JSON.stringify(draft));
  else sessionStorage.removeItem(key(form));
}

function restore() {
  const form = document.querySelector("[data-draft]");
  const kept = form && sessionStorage.getItem(key(form));
  if (!kept) return;
  const draft = JSON.parse(kept);
  for (const field of fields(form)) {
    if (draft[field.name] === undefined) continue;
    field.value = draft[field.name];
    if (field.name === "code") field.closest("details").open = true;
  }
}

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.matches("[data-draft]")) save(form);
});
// The next item came: the one that was on the page is decided.
document.addEventListener("htmx:beforeSwap", (event) => {
  const form = document.querySelector("[data-draft]");
  if (form && event.detail.target.id === "workspace" && event.detail.xhr.status < 400) {
    sessionStorage.removeItem(key(form));
  }
});
document.addEventListener("htmx:afterSettle", restore);
restore();
