// Keys pressed before the scripts were there move and open as if they came now. None of them decides:
// whoever pressed one could not have seen the whole item. It and what followed are let go, and said so.
import { actOf, bareKeys, loading, mayAct } from "./lib/guards.js";
import { say } from "./toast.js";
import { word } from "./lib/words.js";

const READING = new Set([
  "line-next", "line-previous", "change-next", "change-previous", "thread-next", "thread-previous", "view", "unfold",
  "hide", "cluster", "filter", "last", "queue", "keys", "take",
]);
const LATE = 3000; // milliseconds after which nobody waits for a key any more
const kept = window.emendEarlyKeys ?? [];

function replay() {
  // what a script has acted on meanwhile is prevented, and mayAct says no to it
  const plain = (event) => bareKeys() || event.ctrlKey || event.altKey;
  const due = kept.filter((event) => mayAct(event) && plain(event) && performance.now() - event.timeStamp < LATE);
  for (const name of due.map(actOf).filter(Boolean)) {
    if (!READING.has(name)) {
      say(word("tooEarly"));
      return;
    }
    document.dispatchEvent(new CustomEvent("emend:act", { detail: { name }, cancelable: true }));
  }
}

function whenReady(tries) {
  if (!loading()) replay();
  else if (tries > 0) setTimeout(whenReady, 50, tries - 1);
}
// by then every module of the page has run
document.addEventListener("DOMContentLoaded", () => {
  removeEventListener("keydown", window.emendKeepEarly);
  if (kept.length) whenReady(LATE / 50);
});
