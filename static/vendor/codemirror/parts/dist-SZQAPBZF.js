// CodeMirror 6 and Lezer, MIT; see LICENSES.txt. Built by frontend/build.mjs.
import{a,b,c,d}from"./chunk-QKPQCTDK.js";import"./chunk-QN5FE22C.js";import"./chunk-YY7YEXSO.js";export{d as css,b as cssCompletionSource,c as cssLanguage,a as defineCSSCompletionSource};
