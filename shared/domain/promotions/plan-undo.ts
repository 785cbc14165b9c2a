import type { Promotion } from '../documents/promotion.ts';
import { isOver } from './judge-steps.ts';

export type UndoPlan =
  | { readonly kind: 'planned'; readonly images: Promotion['images'] }
  | { readonly kind: 'refused'; readonly reason: string };

/** What brings the targets of a promotion back to what they named before it, as a promotion of its own. */
export function planUndo(promotion: Promotion): UndoPlan {
  const refuse = (state: string) => {
    const reason = `Cannot undo promotion ${promotion.number}: ${state}`;
    return { kind: 'refused', reason } as const;
  };
  if (!isOver(promotion)) {
    const { phase, lastError } = promotion;
    return refuse(`it is still ${phase}${lastError ? ` (${lastError})` : ''}; wait for its end`);
  }
  if (promotion.phase !== 'moved' && promotion.phase !== 'incomplete') {
    return refuse(`it is ${promotion.phase}, so nothing was changed`);
  }
  const changed = promotion.images.filter(({ state }) => state === 'moved' || state === 'left');
  if (changed.length === 0) return refuse('every image was right before, so nothing was changed');
  const images = changed.map(({ image, repository, before, after }) => ({
    image,
    repository,
    digest: before,
    expects: after,
    state: 'waiting' as const,
  }));
  return { kind: 'planned', images };
}
