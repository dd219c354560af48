// The corrected code in a real editor: colours, search, undo, brackets, and live what changed.
// It is fetched when somebody begins to fix. The text area stays in the form and always has the words.
// The editor lives in a shadow tree: its styles are adopted there, which the strict policy allows.
import { look, tools } from "./lib/editor_look.js";
import { word } from "./lib/words.js";
import { say } from "./toast.js";

const editors = new WeakMap(); // text area -> { view, compare }
let library;

const load = () => (library ??= import("../vendor/codemirror/codemirror.js"));

async function mount(fix) {
  const area = fix.querySelector("textarea[name=code]");
  if (!area || area.dataset.editor) return;
  area.dataset.editor = "coming";
  let cm;
  try {
    cm = await load();
  } catch {
    library = undefined;
    delete area.dataset.editor;
    return; // no network: the text area does
  }
  const language = await cm.languageFor(fix.dataset.language).catch(() => []);
  if (!area.isConnected) return;
  const host = document.createElement("div");
  host.className = "code-editor";
  area.before(host);
  const root = host.attachShadow({ mode: "open" });
  const compare = new cm.Compartment();
  const hadFocus = document.activeElement === area;
  const view = new cm.EditorView({
    root,
    parent: root,
    state: cm.EditorState.create({
      doc: area.value,
      selection: { anchor: area.selectionStart, head: area.selectionEnd },
      extensions: [
        tools(cm),
        look(cm),
        language,
        compare.of(against(cm, area.defaultValue)),
        cm.EditorView.contentAttributes.of({ tabindex: "0", "aria-label": area.labels[0]?.textContent ?? "Code" }),
        cm.EditorView.updateListener.of((update) => { if (update.docChanged) write(area, update.state); }),
      ],
    }),
  });
  editors.set(area, { view, compare, cm });
  area.hidden = true;
  area.dataset.editor = "here";
  fix.querySelector("[data-compare]")?.removeAttribute("hidden");
  if (hadFocus) view.focus();
  area.dispatchEvent(new Event("emend:editor", { bubbles: true }));
}

function write(area, state) {
  const text = state.doc.toString();
  if (area.value === text) return;
  area.value = text;
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

const against = (cm, original) => (original === null ? [] : cm.unifiedMergeView({
  original, mergeControls: false, highlightChanges: true, gutter: true, syntaxHighlightDeletions: true,
}));

async function suggestionOf(fix) {
  const answer = await fetch(fix.dataset.suggestion);
  if (!answer.ok || answer.redirected) throw new Error("no suggestion came");
  return answer.text();
}

async function compareWith(fix, what) {
  const area = fix.querySelector("textarea[name=code]");
  const here = editors.get(area);
  if (!here) return;
  const choice = fix.querySelector("[data-compare] select");
  let text = what === "correction" ? area.defaultValue : null;
  try {
    if (what === "suggestion") text = await suggestionOf(fix);
  } catch {
    choice.value = fix.dataset.compares ?? "correction"; // no network: it goes on as it was
    return say(word("notCompared"));
  }
  if (choice.value !== what || !area.isConnected) return; // another was chosen meanwhile
  here.view.dispatch({ effects: here.compare.reconfigure(against(here.cm, text)) });
  fix.dataset.compares = what;
}

document.addEventListener("toggle", (event) => {
  if (event.target.matches?.("[data-fix]") && event.target.open) mount(event.target);
}, true);
// Whoever opens the fix wants to type: in the editor where it is, in the text area until then.
document.addEventListener("emend:fix", (event) => {
  const here = editors.get(event.target.querySelector("textarea[name=code]"));
  if (!here) return;
  event.preventDefault();
  here.view.focus();
});
document.addEventListener("emend:code", (event) => {
  const view = editors.get(event.target)?.view;
  if (!view || view.state.doc.toString() === event.target.value) return;
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: event.target.value } });
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-compare] select")) {
    compareWith(event.target.closest("[data-fix]"), event.target.value);
  }
});
// What the server found in the code, at its place.
document.addEventListener("emend:checked", (event) => {
  const here = editors.get(event.target);
  if (!here) return;
  const { doc } = here.view.state;
  const at = (place) => {
    const line = doc.line(Math.min(Math.max(place.line, 1), doc.lines));
    const from = Math.min(line.from + place.column, line.to);
    return { from, to: Math.max(line.to, from) };
  };
  here.view.dispatch(here.cm.setDiagnostics(here.view.state, event.detail.map(
    (each) => ({ ...at(each), severity: each.severity, message: each.message, source: each.source }),
  )));
});
function openNow() {
  for (const fix of document.querySelectorAll("[data-fix][open]")) mount(fix);
}
document.addEventListener("htmx:afterSettle", openNow);
document.addEventListener("emend:shown", openNow);
openNow();
