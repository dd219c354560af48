// How well typed letters name something: every letter in order; the starts of words and unbroken runs count more.
export function score(typed, words) {
  const wanted = typed.toLowerCase().replace(/\s+/g, "");
  const text = words.toLowerCase();
  let at = 0;
  let sum = 0;
  let run = 0;
  for (const letter of wanted) {
    const found = text.indexOf(letter, at);
    if (found < 0) return 0;
    run = found === at ? run + 1 : 1;
    const starts = found === 0 || /[\s/._-]/.test(text[found - 1]);
    sum += run * 2 + (starts ? 6 : 0) - Math.min(found - at, 8) / 4;
    at = found + 1;
  }
  return Math.max(sum - text.length / 50, 0.01) + 1;
}
