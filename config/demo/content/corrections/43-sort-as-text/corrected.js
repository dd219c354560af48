/** How many days the `count` most urgent disputes have left. */
export function mostUrgent(deadlines, count = 5) {
  return deadlines.toSorted((one, other) => one - other).slice(0, count);
}
