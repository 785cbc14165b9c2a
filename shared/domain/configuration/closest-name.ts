/** The candidate that was probably meant, if one is close enough: a slip of the finger, not another word. */
export function closestName(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = plain(name);
  let best: { readonly candidate: string; readonly slips: number } | undefined;
  for (const candidate of candidates) {
    const slips = countSlips(wanted, plain(candidate));
    const allowed = Math.floor(Math.max(wanted.length, candidate.length) / 3);
    if (slips <= allowed && slips < (best?.slips ?? Number.POSITIVE_INFINITY)) best = { candidate, slips };
  }
  return best?.candidate;
}

/** Each look goes over every candidate, and nobody reads more hints than these. */
const MOST_LOOKS = 30;

/** The same for several names in turn, among the same candidates; after the first ones none is close enough. */
export function closestAmong(candidates: readonly string[]): (name: string) => string | undefined {
  let looks = 0;
  return name => (looks++ < MOST_LOOKS ? closestName(name, candidates) : undefined);
}

/** Case and separators are what people forget: `on_rewrite` is `onRewrite`. Long input is cut, to stay cheap. */
function plain(name: string): string {
  return name
    .toLowerCase()
    .replace(/[-_. ]/g, '')
    .slice(0, 64);
}

/**
 * Letters put in, left out, replaced, or swapped with their neighbour.
 * https://en.wikipedia.org/wiki/Damerau-Levenshtein_distance (optimal string alignment)
 */
function countSlips(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current[column] = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
        swapped ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    [beforeLast, last] = [last, current];
  }
  return at(last, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
