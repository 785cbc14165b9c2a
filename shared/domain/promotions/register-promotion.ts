import { instant } from '../claims.ts';
import type { PromotedImage, Promotion, PromotionRegister } from '../documents/promotion.ts';

export type NewPromotion = Pick<
  Promotion,
  'by' | 'from' | 'to' | 'dryRun' | 'undoes' | 'takesBack' | 'skips' | 'pastHold'
> & {
  readonly images: readonly Pick<PromotedImage, 'image' | 'repository' | 'digest' | 'expects'>[];
};
export type Registered =
  | { readonly kind: 'registered'; readonly promotion: Promotion; readonly register: PromotionRegister }
  | { readonly kind: 'busy'; readonly reason: string };

/** Gives a promotion its number and, unless it is a dry run, its tag to itself: two at once would mix two stacks. */
export function registerPromotion(
  found: PromotionRegister | undefined,
  its: NewPromotion,
  now: number,
): Registered {
  const { last, underWay }: PromotionRegister = found ?? { last: 0, underWay: [] };
  const other = its.dryRun ? undefined : underWay.find(({ tag }) => tag === its.to);
  if (other !== undefined) {
    const reason = `Cannot move "${its.to}": promotion ${other.number} has it to itself; wait for its end, or withdraw it with headway undo ${other.number} while its gates hold it`;
    return { kind: 'busy', reason };
  }
  const number = last + 1;
  const at = instant(now);
  const images = its.images.map(each => ({ ...each, state: 'waiting' as const }));
  const promotion: Promotion = { ...its, images, number, at, phase: 'asked', due: at, attempts: 0 };
  const kept = its.dryRun ? underWay : [...underWay, { tag: its.to, number }];
  return { kind: 'registered', promotion, register: { last: number, underWay: kept } };
}
