// After @ and a letter the members who may read this appear below; arrows and Enter or Tab choose one.
// Typing the whole name means the same.
const START = /(?:^|[\s([{])@([\w.+-]{0,40})$/;
let list = null;
let asked = null; // the question under way; a newer one takes its place

function close() {
  if (!list) return;
  list.owner.removeAttribute("aria-activedescendant");
  list.owner.removeAttribute("aria-controls");
  list.remove();
  list = null;
}

function choose(option) {
  const { owner } = list;
  const before = owner.value.slice(0, owner.selectionStart);
  const typed = before.match(START)?.[1] ?? "";
  owner.setRangeText(`${option.dataset.name} `, owner.selectionStart - typed.length, owner.selectionStart, "end");
  close();
  owner.focus();
  owner.dispatchEvent(new Event("input", { bubbles: true }));
}

function mark(step) {
  const options = [...list.children];
  const at = options.findIndex((each) => each.ariaSelected === "true");
  const next = (at + step + options.length) % options.length;
  options.forEach((each, n) => { each.ariaSelected = String(n === next); });
  list.owner.setAttribute("aria-activedescendant", options[next].id);
}

function show(owner, people) {
  close();
  if (!people.length) return;
  list = document.createElement("div");
  list.owner = owner;
  list.className = "names";
  list.id = "names";
  list.role = "listbox";
  list.ariaLabel = "Members";
  people.forEach((person, n) => {
    const option = document.createElement("div");
    option.role = "option";
    option.id = `name-${n}`;
    option.dataset.name = person.name;
    option.ariaSelected = "false";
    const name = document.createElement("b");
    name.textContent = person.name;
    option.append(name, person.called);
    list.append(option);
  });
  owner.setAttribute("aria-controls", "names");
  owner.parentElement.append(list);
  mark(1);
}

async function named(owner, typed, signal) {
  try {
    const answer = await fetch(`${owner.dataset.names}?start=${encodeURIComponent(typed)}`, { signal });
    return answer.ok ? (await answer.json()).people : null;
  } catch {
    return null; // overtaken, or offline: the name can be typed all the same
  }
}

document.addEventListener("input", async (event) => {
  const owner = event.target;
  if (!owner.matches?.("[data-names]")) return;
  const typed = owner.value.slice(0, owner.selectionStart).match(START)?.[1];
  asked?.abort();
  if (typed === undefined || typed === "") return close();
  asked = new AbortController();
  const people = await named(owner, typed, asked.signal);
  if (people && document.activeElement === owner) show(owner, people.filter((each) => each.name !== typed));
});

document.addEventListener("keydown", (event) => {
  if (!list || event.target !== list.owner || event.ctrlKey || event.metaKey) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) mark(step);
  else if (event.key === "Enter" || event.key === "Tab") choose(list.querySelector("[aria-selected=true]"));
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);
document.addEventListener("pointerdown", (event) => {
  const option = event.target.closest?.("#names > [role=option]");
  if (option) { event.preventDefault(); choose(option); } else close();
});
document.addEventListener("focusout", (event) => { if (list && event.target === list.owner) close(); });
