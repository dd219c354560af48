// The button that was pressed is sent, also one that stands outside its form (htmx 2 forgets those).
document.addEventListener("htmx:configRequest", (event) => {
  const pressed = event.detail.triggeringEvent?.submitter;
  if (pressed?.name) event.detail.formData.set(pressed.name, pressed.value);
});
