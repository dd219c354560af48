// How the editor looks and which keys it has. Colours are the tokens of the page, so both themes are right.
export function look(cm) {
  const { tags } = cm;
  const colours = cm.HighlightStyle.define([
    { tag: [tags.keyword, tags.operatorKeyword, tags.controlKeyword, tags.tagName], color: "var(--code-kw)" },
    { tag: [tags.function(tags.variableName), tags.function(tags.propertyName), tags.macroName], color: "var(--code-fn)" },
    { tag: [tags.string, tags.regexp, tags.special(tags.string)], color: "var(--code-str)" },
    { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "var(--code-num)" },
    { tag: [tags.typeName, tags.className, tags.namespace], color: "var(--code-ty)" },
    { tag: [tags.comment, tags.meta], color: "var(--code-com)" },
  ]);
  const theme = cm.EditorView.theme({
    "&": { color: "var(--ink)", backgroundColor: "var(--surface)", fontSize: "var(--t-code)", height: "100%" },
    "&.cm-focused": { outline: "none" }, // its frame has it: the gutter would lie over one in here
    ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.45", overflow: "auto" },
    ".cm-content": { caretColor: "var(--ink)" },
    ".cm-cursor": { borderLeftColor: "var(--ink)" },
    ".cm-gutters": { backgroundColor: "var(--canvas)", color: "var(--ink-3)", borderRight: "1px solid var(--line)" },
    ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--hover)" },
    "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--accent-line)" },
    ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": { backgroundColor: "var(--accent-wash)", outline: "1px solid var(--accent-line)" },
    ".cm-searchMatch": { backgroundColor: "var(--warn-wash)", outline: "1px solid var(--warn-line)" },
    ".cm-searchMatch-selected": { backgroundColor: "var(--accent-wash)" },
    ".cm-panels": { backgroundColor: "var(--raised)", color: "var(--ink)", borderColor: "var(--line-2)" },
    ".cm-textfield": { backgroundColor: "var(--surface)", borderColor: "var(--edge)", color: "var(--ink)" },
    ".cm-button": { backgroundImage: "none", backgroundColor: "var(--surface)", borderColor: "var(--line-2)", color: "var(--ink)" },
    ".cm-tooltip": { backgroundColor: "var(--raised)", borderColor: "var(--line-2)", color: "var(--ink)" },
    "&.cm-merge-b .cm-changedLine, .cm-changedLine": { backgroundColor: "var(--add-wash)" },
    "&.cm-merge-b .cm-changedText, .cm-changedText": { background: "none", textDecoration: "underline", textDecorationColor: "var(--add)", backgroundColor: "var(--add-word)" },
    ".cm-deletedChunk": { backgroundColor: "var(--del-wash)", color: "var(--ink)" },
    "&.cm-merge-b .cm-deletedText, .cm-deletedChunk .cm-deletedText": { background: "none", textDecoration: "underline", textDecorationColor: "var(--del)", backgroundColor: "var(--del-word)" },
    "&.cm-merge-b .cm-changedLineGutter, .cm-changedLineGutter": { background: "var(--add)" },
    "&.cm-merge-b .cm-deletedLineGutter, .cm-deletedLineGutter": { background: "var(--del)" },
  });
  return [theme, cm.syntaxHighlighting(colours)];
}

export const tools = (cm) => [
  cm.lineNumbers(), cm.highlightActiveLineGutter(), cm.highlightSpecialChars(), cm.history(),
  cm.foldGutter(), cm.drawSelection(), cm.indentOnInput(), cm.bracketMatching(), cm.closeBrackets(),
  cm.rectangularSelection(), cm.highlightActiveLine(), cm.highlightSelectionMatches(), cm.lintGutter(),
  cm.search({ top: true }),
  // The page decides on Ctrl+Enter; the editor must not take it for a new line first.
  cm.Prec.highest(cm.keymap.of([{ key: "Mod-Enter", run: () => true }])),
  cm.keymap.of([
    ...cm.closeBracketsKeymap, ...cm.defaultKeymap, ...cm.searchKeymap, ...cm.historyKeymap,
    ...cm.foldKeymap, ...cm.lintKeymap, cm.indentWithTab,
  ]),
  // What is left of Esc leaves the editor, so that Tab, which indents, is no trap.
  cm.Prec.lowest(cm.keymap.of([{ key: "Escape", run: (view) => { view.contentDOM.blur(); return true; } }])),
];
