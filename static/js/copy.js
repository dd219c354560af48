// data-copies="id": copies the text of that element, and says so on the button for two seconds.
import { word } from "./lib/words.js";
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copies]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copies);
  const label = button.querySelector("[data-label]");
  try {
    await navigator.clipboard.writeText((source.value ?? source.textContent).trim());
    label.textContent = word("copied");
  } catch {
    getSelection().selectAllChildren(source);
    label.textContent = word("selected");
  }
  setTimeout(() => { label.textContent = word("copy"); }, 2000);
});
