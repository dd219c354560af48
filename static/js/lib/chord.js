// A pressed key in the words that the server keeps: "a", "Shift+h", "Alt+y", "Ctrl+Enter", "+".
// AltGr writes characters on many keyboards, so what it writes is a sign like any other.
export const held = (event) => {
  const writes = event.getModifierState?.("AltGraph") && event.key.length === 1;
  return { ctrl: event.ctrlKey && !writes, alt: event.altKey && !writes, meta: event.metaKey };
};

function keyOf(event, alt) {
  // Alt writes other characters on a Mac; the key's place says which letter it is
  const place = event.code?.match(/^(?:Key|Digit)(.)$/)?.[1];
  if (alt && place) return place.toLowerCase();
  return event.key.length === 1 ? event.key.toLowerCase() : event.key;
}

export function chord(event) {
  const { ctrl, alt } = held(event);
  const key = keyOf(event, alt);
  const isLetter = key.length === 1 && key !== key.toUpperCase();
  const shift = event.shiftKey && (isLetter || key.length > 1 || ctrl || alt);
  return [ctrl && "Ctrl", alt && "Alt", shift && "Shift", key].filter(Boolean).join("+");
}
