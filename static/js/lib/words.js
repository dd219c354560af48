// What scripts say, in the language of the page: the server puts the words there (config/script_words.py).
const box = document.getElementById("words");
const words = box ? JSON.parse(box.textContent) : {};

/** The words of this name, with `{name}` in them filled in. */
export const word = (name, values = {}) => (words[name] ?? name)
  .replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
