import type { Claim, Instant } from './documents/waiting.ts';

/** The moment as documents hold it. */
export function instant(milliseconds: number): Instant {
  return new Date(milliseconds).toISOString();
}

/** Whether somebody else may be acting on the document right now. */
export function isClaimed(document: { readonly claim?: Claim | undefined }, now: number): boolean {
  return document.claim !== undefined && document.claim.until > instant(now);
}

/** The earlier of the two; absent means never. */
export function sooner(a: Instant | undefined, b: Instant | undefined): Instant | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a < b ? a : b;
}
