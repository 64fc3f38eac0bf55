/** Longest key that is compared with the known ones; the cost grows with the product of the lengths. */
const LONGEST = 64;

/**
 * The known name that `name` was probably meant to be: one with at most two letters mistyped (one in a short name), or
 * written in camelCase, in capitals or with hyphens. `undefined` where none is near.
 */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (name.length > LONGEST) return undefined;
  const wanted = name
    .replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_')
    .replace(/[\s-]+/g, '_')
    .toLowerCase();
  let best: string | undefined;
  let least = wanted.length < 6 ? 1 : 2;
  for (const candidate of known) {
    const distance = editDistance(wanted, candidate);
    if (distance > least || (distance === least && best !== undefined)) continue;
    best = candidate;
    least = distance;
  }
  return best;
}

/** Number of letters to insert, remove or replace to turn `a` into `b` (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
