import type { Move } from '../documents/move.ts';

type End = { readonly digest: string; readonly commit?: string | undefined };

/**
 * Where a tag was before it came to where it is, by its ledger: a way back takes off what it went back over, so that
 * two rollbacks in a row go back two steps.
 *
 * @param ledger its entries, the newest first.
 */
export function previousStanding(ledger: readonly Move[]): End | undefined {
  const path: End[] = [];
  for (const { verdict, from, to } of ledger.toReversed()) {
    if (verdict !== 'moved') continue;
    if (path.length === 0) step(path, from);
    step(path, to);
  }
  return path.at(-2);
}

function step(path: End[], { digest, commit }: NonNullable<Move['from']> = {}): void {
  if (digest === undefined) return;
  const before = path.findIndex(end => end.digest === digest && end.commit === commit);
  if (before >= 0) path.length = before + 1;
  else path.push({ digest, commit });
}
