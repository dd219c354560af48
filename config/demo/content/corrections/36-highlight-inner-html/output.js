/** Show `memo` in `cell` with every occurrence of `term` marked. */
export function highlight(cell, memo, term) {
  if (!term) {
    cell.innerHTML = memo;
    return;
  }
  const pattern = new RegExp(term, "gi");
  const marked = memo.replace(pattern, (found) => "<mark>" + found + "</mark>");
  cell.innerHTML = marked;
}
