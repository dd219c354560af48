// On the page of one's keys: pressing a key in a field writes that key; Tab, Enter and Esc keep their meaning.
import { chord } from "./lib/chord.js";

const PASSED = new Set(["Tab", "Enter", "Escape", "Control", "Alt", "Shift", "Meta", "AltGraph", "Dead",
  "Backspace", "Delete", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"]);

document.addEventListener("keydown", (event) => {
  const field = event.target.closest?.("[data-key-input]");
  if (!field || PASSED.has(event.key) || event.metaKey || event.isComposing) return;
  if (event.ctrlKey && !event.altKey && "acvxz".includes(event.key.toLowerCase())) return;
  event.preventDefault();
  field.value = chord(event);
  field.select();
});
document.addEventListener("focusin", (event) => {
  if (event.target.matches?.("[data-key-input]")) event.target.select();
});
