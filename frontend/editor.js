// What static/js/review_editor.js needs of CodeMirror, and nothing more. Built by build.mjs.
import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab, redo, undo } from "@codemirror/commands";
import {
  bracketMatching, codeFolding, foldGutter, foldKeymap, HighlightStyle, indentOnInput, indentUnit,
  StreamLanguage, syntaxHighlighting,
} from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { getChunks, goToNextChunk, goToPreviousChunk, unifiedMergeView } from "@codemirror/merge";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, Prec } from "@codemirror/state";
import {
  drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars,
  keymap, lineNumbers, rectangularSelection,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";

const lang = (load, options) => async () => (await load())(options);
const old = (load) => async () => StreamLanguage.define(await load());
const js = (options) => lang(async () => (await import("@codemirror/lang-javascript")).javascript, options);
const legacy = {
  clike: () => import("@codemirror/legacy-modes/mode/clike"),
  docker: async () => (await import("@codemirror/legacy-modes/mode/dockerfile")).dockerFile,
  lua: async () => (await import("@codemirror/legacy-modes/mode/lua")).lua,
  perl: async () => (await import("@codemirror/legacy-modes/mode/perl")).perl,
  powershell: async () => (await import("@codemirror/legacy-modes/mode/powershell")).powerShell,
  r: async () => (await import("@codemirror/legacy-modes/mode/r")).r,
  ruby: async () => (await import("@codemirror/legacy-modes/mode/ruby")).ruby,
  shell: async () => (await import("@codemirror/legacy-modes/mode/shell")).shell,
  swift: async () => (await import("@codemirror/legacy-modes/mode/swift")).swift,
  toml: async () => (await import("@codemirror/legacy-modes/mode/toml")).toml,
  yaml: async () => (await import("@codemirror/legacy-modes/mode/yaml")).yaml,
};
const clike = (name) => old(async () => (await legacy.clike())[name]);
const MODES = {
  c: lang(async () => (await import("@codemirror/lang-cpp")).cpp),
  csharp: clike("csharp"), kotlin: clike("kotlin"), scala: clike("scala"), objectivec: clike("objectiveC"),
  css: lang(async () => (await import("@codemirror/lang-css")).css),
  dockerfile: old(legacy.docker),
  go: lang(async () => (await import("@codemirror/lang-go")).go),
  html: lang(async () => (await import("@codemirror/lang-html")).html),
  java: lang(async () => (await import("@codemirror/lang-java")).java),
  javascript: js({ jsx: true }), typescript: js({ typescript: true }),
  tsx: js({ jsx: true, typescript: true }),
  json: lang(async () => (await import("@codemirror/lang-json")).json),
  lua: old(legacy.lua), perl: old(legacy.perl),
  php: lang(async () => (await import("@codemirror/lang-php")).php),
  powershell: old(legacy.powershell),
  python: lang(async () => (await import("@codemirror/lang-python")).python),
  r: old(legacy.r), ruby: old(legacy.ruby),
  rust: lang(async () => (await import("@codemirror/lang-rust")).rust),
  shell: old(legacy.shell),
  sql: lang(async () => (await import("@codemirror/lang-sql")).sql),
  swift: old(legacy.swift), toml: old(legacy.toml), yaml: old(legacy.yaml),
};
// Other names that clients report.
const ALSO = {
  "c++": "c", "c#": "csharp", bash: "shell", cpp: "c", cs: "csharp", golang: "go", h: "c", js: "javascript",
  javascriptreact: "javascript", jsx: "javascript", "objective-c": "objectivec", py: "python", rb: "ruby",
  rs: "rust", sh: "shell", shellscript: "shell", ts: "typescript", typescriptreact: "tsx", yml: "yaml",
};

/** The mode of a language, or nothing: its code stays plain text then. */
export async function languageFor(name) {
  const known = name.toLowerCase();
  const load = MODES[ALSO[known] ?? known];
  return load ? load() : [];
}

export {
  bracketMatching, closeBrackets, closeBracketsKeymap, codeFolding, Compartment, defaultKeymap,
  drawSelection, EditorState, EditorView, foldGutter, foldKeymap, getChunks, goToNextChunk,
  goToPreviousChunk, highlightActiveLine, highlightActiveLineGutter, highlightSelectionMatches,
  highlightSpecialChars, HighlightStyle, history, historyKeymap, indentOnInput, indentUnit,
  indentWithTab, keymap, lineNumbers, lintGutter, lintKeymap, Prec, rectangularSelection, redo, search,
  searchKeymap, setDiagnostics, syntaxHighlighting, tags, undo, unifiedMergeView,
};
