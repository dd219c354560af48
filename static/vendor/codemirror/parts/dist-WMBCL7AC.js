// CodeMirror 6 and Lezer, MIT; see LICENSES.txt. Built by frontend/build.mjs.
import{a,b,c,d,e}from"./chunk-NRMQ4HCR.js";import"./chunk-QKPQCTDK.js";import"./chunk-XMSUTRPR.js";import"./chunk-QN5FE22C.js";import"./chunk-5XWJ4BKO.js";import"./chunk-YY7YEXSO.js";export{e as autoCloseTags,d as html,a as htmlCompletionSource,b as htmlCompletionSourceWith,c as htmlLanguage};
