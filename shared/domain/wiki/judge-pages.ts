import { instant, isClaimed } from '../claims.ts';
import type { Promotion } from '../documents/promotion.ts';
import type { Claim } from '../documents/waiting.ts';
import { pauseAfter } from '../pauses.ts';

/** What somebody has to mend is tried again now and then. */
const PERMANENT_PAUSE_MS = 10 * 60_000;

/** A promotion that has ended, waiting for its lists and wikis where something changed, or would have. */
export function askForPages(promotion: Promotion, now: number): Promotion {
  const { phase } = promotion;
  const isNews = phase === 'moved' || phase === 'incomplete' || phase === 'rehearsed';
  if (!isNews) return promotion;
  return { ...promotion, pages: { state: 'waiting', attempts: 0 }, due: instant(now) };
}

/** The promotion under the claim; nothing where its pages do not wait, or somebody else is at it. */
export function takePages(
  promotion: Promotion | undefined,
  claim: Claim,
  now: number,
): Promotion | undefined {
  if (promotion?.pages?.state !== 'waiting' || isClaimed(promotion, now)) return undefined;
  return { ...promotion, claim, due: claim.until };
}

/** What could not be shown; `permanent` where it does not pass by itself. */
export type PagesFailure = { readonly message: string; readonly permanent: boolean };

/** Its lists are kept and the wikis show it, or that will be tried again: what was promoted stays so either way. */
export function endPages(promotion: Promotion, failure: PagesFailure | undefined, now: number): Promotion {
  const free = { ...promotion, claim: undefined };
  if (failure === undefined) {
    return { ...free, due: undefined, pages: { state: 'shown', at: instant(now), attempts: 0 } };
  }
  const attempts = (promotion.pages?.attempts ?? 0) + 1;
  const pause = failure.permanent ? PERMANENT_PAUSE_MS : pauseAfter(attempts);
  const { message } = failure;
  return { ...free, due: instant(now + pause), pages: { state: 'waiting', attempts, message } };
}
