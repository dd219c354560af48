// Whether a pressed key may act: not while somebody types or chooses, in a dialog, or before the item is there.
import { chord, held } from "./chord.js";

const TYPED = "textarea, select, [contenteditable], input:not([type=radio], [type=checkbox])";
const CHOOSING = "[role=listbox], [role=option], [role=combobox], [role=menu], [role=menuitem]";
const OWN_ENTER = "a, button, summary, input, select, textarea, [role=button]";

/** Where the key was pressed, also inside the editor's shadow tree. */
export const placeOf = (event) => event.composedPath()[0] ?? event.target;

/** Whether the next item is on its way; what comes aside, such as more of the diff, stops nobody. */
export const loading = () => "painting" in document.documentElement.dataset
  || document.querySelector(".htmx-request:not([data-aside])") !== null;

export const usable = (control) => control.checkVisibility() && !control.disabled
  && control.getAttribute("aria-disabled") !== "true";

const within = (place, selector) => place.closest?.(selector) !== null && place.closest !== undefined;

export function mayAct(event) {
  if (event.defaultPrevented || event.isComposing || event.metaKey) return false;
  const place = placeOf(event);
  if (within(place, TYPED) || within(place, CHOOSING)) return false;
  if (document.querySelector(":popover-open, dialog[open]")) return false;
  // Enter on something that has the focus is that thing's own
  if (event.key === "Enter" && within(place, OWN_ENTER)) return false;
  // Alt with an arrow goes back in the browser
  return !(held(event).alt && event.key.startsWith("Arrow"));
}

/** The acts of this page and their keys, from the sheet; one place for all of them. */
export const acts = () => [...document.querySelectorAll("#keys [data-action]")].map((row) => ({
  name: row.dataset.action, key: row.dataset.key, words: row.querySelector("dd").textContent,
  scripted: "scripted" in row.dataset,
}));

export const bareKeys = () => document.getElementById("keys")?.dataset.bare !== "off";

/** The name of the act that the pressed key is for. */
export function actOf(event) {
  const pressed = chord(event);
  const named = pressed === "=" ? ["=", "+"] : [pressed];
  return acts().find((act) => named.includes(act.key))?.name;
}

/** The control that does an act, if one on the page can be used now. */
export function controlOf(name) {
  return [...document.querySelectorAll(`[data-act="${CSS.escape(name)}"]`)].find(usable);
}

export function pulse(control) {
  control.classList.add("is-fired");
  setTimeout(() => control.classList.remove("is-fired"), 200);
}
