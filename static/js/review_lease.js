// The hold on an item: counts down, is renewed while somebody works, and ends soon after they leave.
import { word } from "./lib/words.js";
const BEAT = 60; // seconds between renewals
const IDLE = 8 * 60; // seconds without a key, click or scroll after which renewing stops
const LOW = 120; // seconds left from which the hold is shown as running out

let lease = null;
let touched = performance.now();

function find() {
  const box = document.querySelector("[data-lease]");
  if (!box) {
    lease = null;
    return;
  }
  if (lease?.box === box) return;
  const now = performance.now();
  lease = { box, ends: now + Number(box.dataset.lease) * 1000, beat: now, said: false, lost: false };
  draw();
  // fetched ahead, it was leased for a shorter while: now it is in somebody's hands
  if (Number(box.dataset.lease) < Number(box.dataset.leaseWhole) * 0.8) beat();
}

function draw() {
  if (!lease || lease.lost) return;
  const left = Math.max(Math.round((lease.ends - performance.now()) / 1000), 0);
  const { box } = lease;
  box.querySelector("[data-left]").textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  const share = Math.min(left / Number(box.dataset.leaseWhole), 1);
  box.querySelector("[data-ring]").setAttribute("stroke-dasharray", `${(37.7 * share).toFixed(1)} 37.7`);
  box.classList.toggle("is-low", left <= LOW);
  if (left > LOW) lease.said = false;
  else if (!lease.said) {
    lease.said = true;
    say(word("holdEnds"));
  }
}

const say = (words) => { lease.box.querySelector("[data-lease-says]").textContent = words; };

function body() {
  return new FormData(lease.box.querySelector("[data-lease-form]"));
}

async function beat() {
  const held = lease;
  document.dispatchEvent(new CustomEvent("emend:beat"));
  held.beat = performance.now();
  let answer;
  try {
    answer = await fetch(held.box.dataset.heartbeat, { method: "POST", body: body() });
  } catch {
    return; // no network now; the next beat tries again
  }
  if (held !== lease) return;
  if (answer.ok) {
    const { seconds } = await answer.json();
    held.ends = performance.now() + seconds * 1000;
    draw();
  } else if (answer.status === 409) {
    lose((await answer.json()).problem);
  }
}

function lose(problem) {
  if (!lease) return; // the item went while the answer was on its way
  lease.lost = true;
  lease.box.classList.add("is-low");
  lease.box.querySelector("[data-left]").parentElement.textContent = problem;
  say(`${problem} ${word("typedKept")}`);
}

function tick() {
  if (!lease || lease.lost) return;
  draw();
  const now = performance.now();
  const idle = (now - touched) / 1000 > IDLE;
  const due = (now - lease.beat) / 1000 >= BEAT;
  if (due && !idle && document.visibilityState === "visible") beat();
}

for (const kind of ["keydown", "pointerdown", "pointermove", "wheel", "input"]) {
  addEventListener(kind, () => {
    touched = performance.now();
    if (lease && !lease.lost && lease.ends - touched < LOW * 1000 && touched - lease.beat > 5000) beat();
  }, { passive: true, capture: true });
}

// Leaving keeps the item for half a minute only; coming back by Back or a reload takes it up again.
addEventListener("pagehide", () => {
  if (!lease || lease.lost) return;
  const left = body();
  left.append("later", "yes");
  navigator.sendBeacon(lease.box.dataset.release, left);
});
addEventListener("pageshow", () => { if (lease && !lease.lost) beat(); });
document.addEventListener("visibilitychange", tick);
document.addEventListener("htmx:afterSettle", find);
setInterval(tick, 1000);
find();
