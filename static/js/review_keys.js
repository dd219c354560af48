// One key for each act of the review pages: data-review-key="a" on a button, link or summary.
// Keys never fire while someone types, in a dialog, or while the next item is on its way.
const TYPED = "textarea, select, [contenteditable], input:not([type=radio], [type=checkbox])";

const workspace = () => document.querySelector("[data-workspace]");
const loading = () => document.querySelector(".htmx-request") !== null;
const usable = (element) => element.checkVisibility() && !element.disabled
  && element.getAttribute("aria-disabled") !== "true";

function pulse(control) {
  control.classList.add("is-fired");
  setTimeout(() => control.classList.remove("is-fired"), 200);
}

function controlFor(key) {
  const wanted = CSS.escape(key.length === 1 ? key.toLowerCase() : key);
  return [...document.querySelectorAll(`[data-review-key="${wanted}"]`)].find(usable);
}

function act(control) {
  pulse(control);
  if (control.matches("[data-reject]") && !askedWhy()) return;
  if (control.matches("[data-fix-open]")) return openFix();
  control.click();
}

// Rejecting needs a reason: the key goes to it, a digit chooses one, Enter or the key again rejects.
function askedWhy() {
  const reason = document.getElementById("reason");
  reason.dataset.asked = "";
  if (!reason.value) reason.focus();
  return reason.value !== "";
}

// Whoever was asked for a reason, or stands at it, is rejecting: nothing may accept for them.
const rejecting = (reason) => "asked" in reason.dataset || reason.value !== ""
  || reason.matches(":focus, [aria-invalid]");

function openFix() {
  const fix = document.querySelector("[data-fix]");
  if (!fix) return;
  fix.open = true;
  const code = fix.querySelector("textarea");
  code.focus();
  code.scrollIntoView({ block: "nearest" });
}

function chooseCategory(key) {
  const radios = [...document.querySelectorAll("#decision [name=category]")];
  const radio = radios[key === "0" ? 9 : Number(key) - 1];
  if (!radio) return false;
  radio.checked = true;
  pulse(radio.closest("label"));
  return true;
}

function shiftSeverity(step) {
  const radios = [...document.querySelectorAll("#decision [name=severity]")];
  if (!radios.length) return false;
  const at = radios.findIndex((radio) => radio.checked);
  radios[Math.min(Math.max(at + step, 0), radios.length - 1)].checked = true;
  return true;
}

function decideAndNext() {
  const form = document.getElementById("decision");
  if (!form || loading()) return;
  const fix = document.querySelector("[data-fix][open] textarea");
  const reason = document.getElementById("reason");
  const changed = fix && fix.value !== fix.defaultValue;
  const kind = changed ? "fix" : rejecting(reason) ? "reject" : "accept";
  const again = document.querySelector("[data-lost] [name=verdict]");
  const button = again ?? [...document.querySelectorAll("[name=verdict]")].find(
    (each) => each.form === form && each.value === kind,
  );
  pulse(button);
  form.requestSubmit(button);
}

document.addEventListener("keydown", (event) => {
  const rejects = event.target.id === "reason" && event.target.value !== "";
  const decides = event.key === "Enter" && (event.ctrlKey || event.metaKey || rejects);
  if (decides && workspace()) {
    event.preventDefault();
    if (!event.repeat) decideAndNext();
    return;
  }
  if (event.target.id === "reason" && /^[1-9]$/.test(event.key)) {
    event.preventDefault();
    const at = Number(event.key);
    if (at < event.target.options.length) event.target.selectedIndex = at;
    return;
  }
  if (event.key === "Escape" && event.target.matches("#decision *, [data-fix] textarea")) {
    if (event.target.id === "reason") delete event.target.dataset.asked;
    event.target.blur();
    return;
  }
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches(TYPED) || document.querySelector(":popover-open")) return;
  // Enter on something that has the focus is that thing's own
  if (event.key === "Enter" && event.target !== document.body
    && !event.target.matches("main, h1, [role=region]")) return;
  if (loading() || event.repeat) return;
  if (/^[0-9]$/.test(event.key) ? chooseCategory(event.key)
    : event.key === "+" || event.key === "=" ? shiftSeverity(1)
      : event.key === "-" ? shiftSeverity(-1) : false) {
    event.preventDefault();
    return;
  }
  if (event.key.toLowerCase() === "t" && document.getElementById("note")) {
    event.preventDefault();
    document.getElementById("note").focus();
    return;
  }
  const control = controlFor(event.key);
  if (!control) return;
  event.preventDefault();
  act(control);
});

document.addEventListener("click", (event) => {
  const control = event.target.closest("[data-reject], [data-fix-open]");
  if (!control) return;
  if (control.matches("[data-reject]") && askedWhy()) return;
  event.preventDefault();
  if (control.matches("[data-fix-open]")) openFix();
});
