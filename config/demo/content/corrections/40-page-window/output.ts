export interface Page<T> {
  rows: readonly T[];
  page: number;
  last: number;
}

export function pageOf<T>(rows: readonly T[], page: number, size: number): Page<T> {
  const last = Math.max(0, Math.ceil(rows.length / size) - 1);
  const shown = Math.min(Math.max(page, 0), last);
  return { rows: rows.slice(shown * size, (shown + 1) * size), page: shown, last };
}
