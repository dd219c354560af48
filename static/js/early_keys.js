// Not a module: it runs before the page is drawn, and keeps the keys that come before the page's own
// scripts are there. review_early.js looks at them; most of them are let go.
window.emendEarlyKeys = [];
window.emendKeepEarly = (event) => {
  if (!event.repeat && window.emendEarlyKeys.length < 20) window.emendEarlyKeys.push(event);
};
addEventListener("keydown", window.emendKeepEarly);
