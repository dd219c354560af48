// One key for each act of the review pages: data-act="accept" on a button, link or summary.
// Which key does which act is on the sheet (lib/guards.js); here is what acts need beside a click.
import { chord } from "./lib/chord.js";
import { actOf, bareKeys, controlOf, loading, mayAct, placeOf, pulse, usable } from "./lib/guards.js";

const workspace = () => document.querySelector("[data-workspace]");

function act(control) {
  pulse(control);
  if (control.matches("[data-reject]") && !askedWhy()) return;
  if (control.matches("[data-fix-open]")) return openFix();
  if (control.matches("summary")) control.focus(); // what it opens is the next Tab away
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
  fix.scrollIntoView({ block: "nearest" });
  if (!fix.dispatchEvent(new CustomEvent("emend:fix", { bubbles: true, cancelable: true }))) return;
  const code = fix.querySelector("textarea");
  code.focus();
  code.scrollIntoView({ block: "nearest" });
}

function chooseCategory(event) {
  const digit = event.code?.match(/^Digit(\d)$/)?.[1] ?? (/^\d$/.test(event.key) ? event.key : null);
  // with Shift the key's place is the digit, because the key writes a sign
  if (digit === null || (!/^\d$/.test(event.key) && !event.shiftKey)) return false;
  if (/^\d$/.test(event.key) && event.key !== digit && !event.shiftKey) return false;
  const at = (digit === "0" ? 9 : Number(digit) - 1) + (event.shiftKey ? 10 : 0);
  const radio = document.querySelectorAll("#decision [name=category]")[at];
  if (!radio) return false;
  radio.checked = true;
  radio.dispatchEvent(new Event("input", { bubbles: true }));
  pulse(radio.closest("label"));
  return true;
}

function shiftSeverity(step) {
  const radios = [...document.querySelectorAll("#decision [name=severity]")];
  if (!radios.length) return;
  const at = radios.findIndex((radio) => radio.checked);
  const radio = radios[Math.min(Math.max(at + step, 0), radios.length - 1)];
  radio.checked = true;
  radio.dispatchEvent(new Event("input", { bubbles: true }));
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

const OWN = {
  "severity-up": () => shiftSeverity(1),
  "severity-down": () => shiftSeverity(-1),
  note: () => document.getElementById("note")?.focus(),
  tags: () => document.getElementById("tags")?.focus(),
};

/** Do an act by its name, as its key would; the palette calls it too. */
function perform(name) {
  const before = new CustomEvent("emend:before", { detail: { name }, cancelable: true });
  if (!document.dispatchEvent(before)) return true;
  const control = controlOf(name);
  if (control) act(control);
  else if (name === "decide") decideAndNext();
  else if (OWN[name] && document.getElementById("decision")) OWN[name]();
  else return false;
  return true;
}
document.addEventListener("emend:act", (event) => {
  if (!loading() && perform(event.detail.name)) event.preventDefault();
});

// A control may also name its key itself: data-review-key="x". The same for everyone, so no act of the sheet.
function literal(event) {
  const pressed = CSS.escape(chord(event));
  return [...document.querySelectorAll(`[data-review-key="${pressed}"]`)].find(usable);
}

function inReason(event) {
  const reason = placeOf(event);
  if (reason.id !== "reason" || !/^[1-9]$/.test(event.key)) return false;
  const at = Number(event.key);
  if (at < reason.options.length) reason.selectedIndex = at;
  reason.dispatchEvent(new Event("input", { bubbles: true }));
  return true;
}

function leaves(event) {
  const place = placeOf(event);
  if (event.key !== "Escape" || !place.matches?.("#decision *, [data-fix] textarea")) return false;
  if (place.id === "reason") delete place.dataset.asked;
  place.blur();
  return true;
}

document.addEventListener("keydown", (event) => {
  const rejects = event.target.id === "reason" && event.target.value !== "";
  const decides = event.key === "Enter" && (event.ctrlKey || event.metaKey || rejects);
  if (decides && workspace() && !document.querySelector(":popover-open, dialog[open]")) {
    event.preventDefault();
    if (!event.repeat) decideAndNext();
    return;
  }
  if (inReason(event)) {
    event.preventDefault();
    return;
  }
  if (leaves(event) || !mayAct(event) || loading() || event.repeat) return;
  const plain = !event.ctrlKey && !event.altKey;
  const name = actOf(event);
  const own = !name && (bareKeys() || !plain) ? literal(event) : null;
  if (own) {
    event.preventDefault();
    act(own);
  } else if (!name && plain && bareKeys() && chooseCategory(event)) event.preventDefault();
  else if (name && perform(name)) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const control = event.target.closest("[data-reject], [data-fix-open]");
  if (!control) return;
  if (control.matches("[data-reject]") && askedWhy()) return;
  event.preventDefault();
  if (control.matches("[data-fix-open]")) openFix();
});
