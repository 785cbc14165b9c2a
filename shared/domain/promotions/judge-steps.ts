import { instant, isClaimed } from '../claims.ts';
import type { PromotedImage, Promotion, PromotionRegister } from '../documents/promotion.ts';
import type { Claim } from '../documents/waiting.ts';
import { gateName } from '../gates/gate-name.ts';
import { isOpen } from '../gates/open-gates.ts';
import { namesOf } from './plan-promotion.ts';
import { isWayBack, wishText } from './way-back.ts';

/** How the tag of one image stands after a try to move it. */
export type Step =
  | { readonly kind: 'moved' }
  | { readonly kind: 'as before' }
  /** Nothing can be done about it; it stays as it was found. */
  | { readonly kind: 'left'; readonly reason: string; readonly found: string | undefined }
  | { readonly kind: 'failed'; readonly reason: string };
export type Steps = ReadonlyMap<string, Step>;

const OVER = new Set<Promotion['phase']>(['moved', 'reverted', 'incomplete', 'rehearsed', 'refused']);

/** Whether nothing more will come of it. */
export function isOver({ phase }: Pick<Promotion, 'phase'>): boolean {
  return OVER.has(phase);
}

/** The promotion under the claim; nothing where it has ended or somebody else is at it. */
export function takePromotion(
  promotion: Promotion | undefined,
  claim: Claim,
  now: number,
): Promotion | undefined {
  if (promotion === undefined || isOver(promotion) || isClaimed(promotion, now)) return undefined;
  return { ...promotion, claim, due: claim.until };
}

/** All were moved, or left for good: the end. One failed: all go back, and that is tried anew as often as it takes. */
export function judgeMoves(promotion: Promotion, steps: Steps): Promotion {
  const images = promotion.images.map(each => after(each, steps.get(each.image)));
  const failed = images.filter(({ image }) => steps.get(image)?.kind === 'failed');
  if (failed.length === 0) return { ...promotion, images, phase: endOf(images, 'moved') };
  const reasons = failed.map(({ image, message }) => `${image}: ${message}`).join('; ');
  const reason = `Cannot ${wishText(promotion)}: ${reasons}`;
  return { ...promotion, images, phase: 'going back', reason, attempts: 0, lastError: undefined };
}

/** The end once every image is as before or left for good; until then those are kept that are. */
export function judgeReturns(promotion: Promotion, steps: Steps): Promotion {
  const images = promotion.images.map(each => after(each, steps.get(each.image)));
  const open = images.some(({ state }) => state === 'waiting' || state === 'moved');
  return open ? { ...promotion, images } : { ...promotion, images, phase: endOf(images, 'reverted') };
}

/** The end of a promotion, and of its having the tag to itself. */
export function endPromotion(
  promotion: Promotion,
  register: PromotionRegister,
  now: number,
): { readonly promotion: Promotion; readonly register: PromotionRegister } {
  const ended = {
    claim: undefined,
    due: undefined,
    attempts: 0,
    lastError: undefined,
    endedAt: instant(now),
  };
  const underWay = register.underWay.filter(({ number }) => number !== promotion.number);
  return { promotion: { ...promotion, ...ended }, register: { ...register, underWay } };
}

/** The images whose targets are, or may be, elsewhere than before. */
export function touchedImages({ images }: Promotion): PromotedImage[] {
  return images.filter(({ state }) => state !== 'unchanged');
}

/** A line that says how it ended. */
export function outcomeOf(promotion: Promotion): string {
  const { phase, images, reason, to, gates } = promotion;
  const count = (state: PromotedImage['state']) => images.filter(each => each.state === state).length;
  const left = images.filter(({ state }) => state === 'left').map(({ image }) => image);
  const what = isWayBack(promotion) ? 'moved back' : 'moved';
  switch (phase) {
    case 'moved':
      return `"${to}" of ${count('moved')} images was ${what}; ${count('unchanged')} were right before`;
    case 'rehearsed':
      return `"${to}" of ${count('would move')} images would be ${what}; ${count('unchanged')} are right already`;
    case 'reverted':
      return `${reason ?? 'A move failed'}; everything is as before`;
    case 'incomplete':
      return `${reason === undefined ? '' : `${reason}; `}"${to}" of ${namesOf(left)} was left as it is`;
    case 'refused':
      return reason ?? 'refused';
    case 'gated':
      return `it waits for ${namesOf((gates ?? []).filter(isOpen).map(gateName)) || 'what its gates say'}`;
    case 'going back':
      return `${reason ?? 'A move failed'}; it is going back`;
    default:
      return `it is ${phase}`;
  }
}

function after(each: PromotedImage, step: Step | undefined): PromotedImage {
  switch (step?.kind) {
    case 'moved':
      return { ...each, state: 'moved', after: each.digest };
    case 'as before':
      return { ...each, state: 'as before', after: each.before };
    case 'left':
      return { ...each, state: 'left', after: step.found, message: step.reason };
    case 'failed':
      return { ...each, message: step.reason };
    default:
      return each;
  }
}

function endOf(images: readonly PromotedImage[], otherwise: 'moved' | 'reverted'): Promotion['phase'] {
  return images.some(({ state }) => state === 'left') ? 'incomplete' : otherwise;
}
