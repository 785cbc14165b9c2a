import type { Move } from '../documents/move.ts';
import type { Promotion } from '../documents/promotion.ts';

type End = { readonly digest: string; readonly commit?: string | undefined };

/**
 * Where a tag was before it came to where it is, by its ledger: a way back takes off what it went back over, so that
 * two rollbacks in a row go back two steps.
 *
 * @param ledger its entries, the newest first.
 */
export function previousStanding(ledger: readonly Pick<Move, 'verdict' | 'from' | 'to'>[]): End | undefined {
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

/**
 * What promotions did to a tag of an image, as its ledger would tell.
 *
 * @param done those that moved the tag, the newest first.
 */
export function movesOfPromotions(
  done: readonly Promotion[],
  image: string,
): Pick<Move, 'verdict' | 'from' | 'to'>[] {
  return done.flatMap(({ images }) => {
    const { state, before, after } = images.find(each => each.image === image) ?? {};
    const isMove = (state === 'moved' || state === 'left') && after !== undefined;
    if (!isMove) return [];
    return [
      { verdict: 'moved', to: { digest: after }, ...(before !== undefined && { from: { digest: before } }) },
    ];
  });
}
