import { instant, sooner } from '../../shared/domain/claims.ts';
import type { PromotedImage, Promotion } from '../../shared/domain/documents/promotion.ts';
import type { Tag } from '../../shared/domain/documents/tag.ts';
import {
  endPromotion,
  isOver,
  outcomeOf,
  touchedImages,
} from '../../shared/domain/promotions/judge-steps.ts';
import { isWayBack } from '../../shared/domain/promotions/way-back.ts';
import { askForPages } from '../../shared/domain/wiki/judge-pages.ts';
import { promotionRegister, promotions, tags } from '../../shared/records/collections.ts';
import { put, refTo } from '../../shared/records/records.ts';
import type { Claimed, Promote } from './promote.ts';

/**
 * Records what follows from an act, in one transaction: with the end of the promotion its tag is free again, and the
 * tags that the configuration knows are due for a look, so that what follows them is deployed.
 *
 * @throws {Error} when the claim has passed to another worker.
 */
export async function advance(
  its: Promote,
  { ref, promotion: { number, to, images } }: Claimed,
  judge: (promotion: Promotion, now: number) => Promotion,
): Promise<Promotion> {
  const { records, clock, worker, log } = its;
  // Only tags that are watched already: the others are looked at when their configuration is adopted.
  const carriers = its.configuration.tags[to]?.images ?? [];
  const followed = images
    .filter(({ image }) => carriers.includes(image))
    .map(({ image }) => refTo(tags, image, to));
  const refs = { promotion: ref, register: refTo(promotionRegister, 'promotions'), followed };
  const { next, woken } = await records.transact(refs, found => {
    if (found.promotion?.claim?.by !== worker) {
      throw new Error(`Cannot go on with promotion ${number}: another worker has it; it goes on there`);
    }
    const now = clock.now();
    const judged = judge(found.promotion, now);
    if (!isOver(judged)) return { result: { next: judged, woken: [] }, writes: [put(promotions, judged)] };
    const { promotion: ended, register } = endPromotion(
      judged,
      found.register ?? { last: number, underWay: [] },
      now,
    );
    const next = askForPages(ended, now);
    const woken = wake(next, found.followed, now);
    const writes = [
      put(promotions, next),
      put(promotionRegister, register),
      ...woken.map(tag => put(tags, tag)),
    ];
    return { result: { next, woken }, writes };
  });
  if (isOver(next)) log.info('Promotion ended', { number, phase: next.phase, to, outcome: outcomeOf(next) });
  await its.hints.publish(
    woken.map(({ image, tag }) => ({ topic: 'tags', collection: 'tags', key: refTo(tags, image, tag).key })),
  );
  return next;
}

/** The tags of images that were, or may have been, moved, due for a look at what the registry has now. */
function wake(promotion: Promotion, found: readonly (Tag | undefined)[], now: number): Tag[] {
  if (promotion.phase === 'refused' || promotion.phase === 'rehearsed') return [];
  const touched = touchedImages(promotion);
  const look = instant(now);
  return found.flatMap(tag => {
    const each = touched.find(({ image }) => image === tag?.image);
    if (tag === undefined || each === undefined) return [];
    return [{ ...tag, look, due: sooner(tag.due, look), undone: undoneBy(promotion, each) ?? tag.undone }];
  });
}

/** What is read there next is a person's way back, and no step forward. */
function undoneBy(promotion: Promotion, { state, digest: to, before: from }: PromotedImage): Tag['undone'] {
  const isBack = isWayBack(promotion) && state === 'moved' && to !== undefined && from !== undefined;
  return isBack ? { from, to } : undefined;
}
