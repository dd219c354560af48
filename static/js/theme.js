// The theme changes at once and is kept on the server; the page, and what is typed in it, stays.
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-theme-form]");
  if (!form) return;
  event.preventDefault();
  const theme = event.submitter.value;
  const kept = await fetch(form.action, { method: "POST", body: new FormData(form, event.submitter) });
  if (!kept.ok) return;
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  for (const button of form.querySelectorAll("button")) {
    button.classList.toggle("is-on", button === event.submitter);
    button.setAttribute("aria-pressed", String(button === event.submitter));
  }
});
