import type { Promotion } from '../../../shared/domain/documents/promotion.ts';
import { outcomeOf } from '../../../shared/domain/promotions/judge-steps.ts';
import { oneLine } from './one-line.ts';

/** What keeps a promotion from its end, as one line; empty where it is simply on its way. */
export function promotionProgress(promotion: Promotion): string {
  const { number, phase, attempts, lastError } = promotion;
  const isOnItsWay = phase === 'asked' || phase === 'moving';
  if (isOnItsWay && lastError === undefined) return '';
  const failed = lastError === undefined ? '' : `; try ${attempts} failed: ${lastError}`;
  return oneLine(`promotion ${number}: ${outcomeOf(promotion)}${failed}`);
}
