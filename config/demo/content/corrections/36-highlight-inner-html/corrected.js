/** Show `memo` in `cell` with every occurrence of `term` marked. */
export function highlight(cell, memo, term) {
  cell.replaceChildren();
  const [text, sought] = [memo.toLowerCase(), term.toLowerCase()];
  let start = 0;
  for (let at = sought ? text.indexOf(sought) : -1; at >= 0; at = text.indexOf(sought, start)) {
    const mark = document.createElement("mark");
    mark.textContent = memo.slice(at, at + term.length);
    cell.append(memo.slice(start, at), mark);
    start = at + term.length;
  }
  cell.append(memo.slice(start));
}
