/** How many days the `count` most urgent disputes have left. */
export function mostUrgent(deadlines, count = 5) {
  const open = deadlines.sort();
  return open.slice(0, count);
}
