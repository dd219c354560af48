// A key shown on a control fires it: data-key="a" on a button or link; "?" lists them all.
const typing = (element) =>
  element.isContentEditable || /^(input|textarea|select)$/i.test(element.tagName);

function fire(control) {
  control.classList.add("is-fired");
  control.addEventListener("animationend", () => control.classList.remove("is-fired"), { once: true });
  control.click();
}

const visible = (control) => control.checkVisibility() && !control.disabled
  && control.getAttribute("aria-disabled") !== "true";

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (typing(event.target) || document.querySelector(":popover-open")) return;
  const wanted = CSS.escape(event.key.toLowerCase());
  const control = [...document.querySelectorAll(`[data-key="${wanted}"]`)].find(visible);
  if (!control) return;
  event.preventDefault();
  fire(control);
});
