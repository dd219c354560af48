export interface Page<T> {
  rows: readonly T[];
  page: number;
  last: number;
}

export function pageOf<T>(rows: readonly T[], page: number, size: number): Page<T> {
  const last = Math.max(1, Math.ceil(rows.length / size));
  const shown = Math.min(Math.max(page, 1), last);
  return { rows: rows.slice((shown - 1) * size, shown * size), page: shown, last };
}
