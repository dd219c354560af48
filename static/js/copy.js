// data-copies="id": copies the text of that element, and says so on the button for two seconds.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copies]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copies);
  const label = button.querySelector("[data-label]");
  try {
    await navigator.clipboard.writeText((source.value ?? source.textContent).trim());
    label.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(source);
    label.textContent = "Selected: press Ctrl C";
  }
  setTimeout(() => { label.textContent = "Copy"; }, 2000);
});
