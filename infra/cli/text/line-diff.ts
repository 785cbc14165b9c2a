export type DiffLine = { readonly kind: 'same' | 'added' | 'removed'; readonly text: string };

/** Beyond so many comparisons the lines that differ are shown as replaced, all of them. */
const MOST_CELLS = 4_000_000;

/**
 * How one text became another, line by line, with as few lines added and removed as can be. The lines that are not
 * `added` are the old text, those that are not `removed` the new one.
 */
export function lineDiff(before: string, after: string): DiffLine[] {
  const [a, b] = [linesOf(before), linesOf(after)];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  return [
    ...marked('same', a.slice(0, start)),
    ...changed(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    ...marked('same', a.slice(a.length - end)),
  ];
}

/** Follows a longest common subsequence from its start to its end. */
function changed(a: readonly string[], b: readonly string[]): DiffLine[] {
  if (a.length * b.length > MOST_CELLS) return [...marked('removed', a), ...marked('added', b)];
  const common = commonLengths(a, b);
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    const [old = '', fresh = ''] = [a[i], b[j]];
    const kind = old === fresh ? 'same' : common(i + 1, j) >= common(i, j + 1) ? 'removed' : 'added';
    lines.push({ kind, text: kind === 'added' ? fresh : old });
    if (kind !== 'added') i += 1;
    if (kind !== 'removed') j += 1;
  }
  return [...lines, ...marked('removed', a.slice(i)), ...marked('added', b.slice(j))];
}

/** How long the longest common subsequence of `a` from line `i` and of `b` from line `j` is. */
function commonLengths(a: readonly string[], b: readonly string[]): (i: number, j: number) => number {
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number) => lengths[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      lengths[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  return at;
}

function marked(kind: DiffLine['kind'], lines: readonly string[]): DiffLine[] {
  return lines.map(text => ({ kind, text }));
}

/** A newline ends a line; a text without one at its end has a last line all the same. */
function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}
