import type { Promotion } from '../documents/promotion.ts';
import { refuse } from './judge-sources.ts';

/** Ends a promotion that waits for its gates, by a person's word; nothing where it does not. */
export function withdrawPromotion(promotion: Promotion, by: string): Promotion | undefined {
  if (promotion.phase !== 'gated') return undefined;
  return refuse(promotion, `${by} withdrew it before its gates had passed`);
}
