import { z } from 'zod';
import { problem } from '../../shared/domain/problem.ts';
import { endPromotion } from '../../shared/domain/promotions/judge-steps.ts';
import { planPromotion } from '../../shared/domain/promotions/plan-promotion.ts';
import { planUndo } from '../../shared/domain/promotions/plan-undo.ts';
import {
  type NewPromotion,
  type Registered,
  registerPromotion,
} from '../../shared/domain/promotions/register-promotion.ts';
import { withdrawPromotion } from '../../shared/domain/promotions/withdraw-promotion.ts';
import { promotionRegister, promotions } from '../../shared/records/collections.ts';
import { put, refTo } from '../../shared/records/records.ts';
import { Promoted } from './answers.ts';
import { missing } from './document-routes.ts';
import { defineRoute, nothing, type Route } from './route.ts';
import { by, Numbered, pastHold, type Words, why } from './words.ts';

/** What is asked for with `POST /promotions`. */
const PromotionWish = z.strictObject({
  from: z.string().min(1).describe('The tag to promote, e.g. 2026.3-a1239a.'),
  to: z
    .string()
    .min(1)
    .optional()
    .describe('The tag to move; PREFIX-stable with the prefix of the source when absent.'),
  images: z.array(z.string()).optional().describe('Names of images; the whole stack when absent.'),
  dryRun: z.boolean().default(false).describe('Tell what would move, and move nothing.'),
  skipGates: z.array(z.string()).default([]).describe('Names of gates that need not pass, by who asks.'),
  why: why.optional().describe('Why they need not. Wanted with skipGates.'),
  pastHold,
  by: by.describe('Who asks, for the record.'),
});
const UNEXPLAINED = 'Cannot skip gates without a reason: say why';
const UndoWish = z.strictObject({
  by: PromotionWish.shape.by,
  dryRun: PromotionWish.shape.dryRun,
  pastHold,
});
/** Asking for a promotion, and for the undoing of one. What came of it is in the document. */
export function promotionRoutes(its: Words): Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/promotions',
      id: 'promote',
      summary: 'Move a tag of the whole stack to where another tag is, all images or none',
      pathParameters: nothing,
      queryParameters: nothing,
      body: PromotionWish,
      answer: { status: 202, schema: Promoted },
      problems: [409, 422],
      handle: async ({ body: { from, to, images, dryRun, by, skipGates, why, pastHold } }) => {
        const plan = planPromotion(its.configuration, { from, to, images, skipGates });
        if (plan.kind === 'refused') return problem(422, plan.reason);
        if (skipGates.length > 0 && why === undefined) return problem(422, UNEXPLAINED);
        const skips = why === undefined ? [] : skipGates.map(gate => ({ gate, why }));
        const past = pastHold && { pastHold };
        const wish = { by, from, to: plan.to, dryRun, images: plan.images, ...past };
        return register(its, skips.length === 0 ? wish : { ...wish, skips });
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/promotions/{number}/undo',
      id: 'undoPromotion',
      summary:
        'Move the tags of a promotion back to what they named before it, or withdraw one that its gates hold',
      pathParameters: Numbered,
      queryParameters: nothing,
      body: UndoWish,
      answer: { status: 202, schema: Promoted },
      problems: [404, 409, 422],
      handle: async ({ path: { number }, body: { by, dryRun, pastHold } }) => {
        const found = await its.records.get(refTo(promotions, number));
        if (found === undefined) return missing('promotions', [number]);
        if (found.phase === 'gated' && !dryRun) return withdraw(its, { number, by });
        const plan = planUndo(found);
        if (plan.kind === 'refused') return problem(422, plan.reason);
        return register(its, {
          by,
          from: found.to,
          to: found.to,
          undoes: number,
          dryRun,
          images: plan.images,
          ...(pastHold && { pastHold }),
        });
      },
    }),
  ];
}

/** Stores the promotion with its number, before it is answered; the hint only makes it fast. */
export async function register({ records, hints, clock, log }: Words, wish: NewPromotion) {
  const ref = refTo(promotionRegister, 'promotions');
  const registered = await records.transact<[typeof ref], Registered>([ref], ([found]) => {
    const result = registerPromotion(found, wish, clock.now());
    if (result.kind === 'busy') return { result, writes: [] };
    return { result, writes: [put(promotions, result.promotion), put(promotionRegister, result.register)] };
  });
  if (registered.kind === 'busy') return problem(409, registered.reason);
  const { promotion } = registered;
  const { number, by, from, to, dryRun, undoes } = promotion;
  log.info('Promotion asked for', { number, by, from, to, dryRun, undoes });
  const { collection, key } = refTo(promotions, number);
  await hints.publish([{ topic: 'promotions', collection, key }]);
  return { promotion };
}

/** Ends a promotion that waits; a worker that is asking its gates finds its claim gone. */
async function withdraw(
  { records, clock, log }: Words,
  { number, by }: { readonly number: number; readonly by: string },
) {
  const refs = { found: refTo(promotions, number), register: refTo(promotionRegister, 'promotions') };
  const promotion = await records.transact(refs, ({ found, register }) => {
    const refused = found && withdrawPromotion(found, by);
    if (refused === undefined) return { result: undefined, writes: [] };
    const ended = endPromotion(refused, register ?? { last: number, underWay: [] }, clock.now());
    const writes = [put(promotions, ended.promotion), put(promotionRegister, ended.register)];
    return { result: ended.promotion, writes };
  });
  if (promotion === undefined)
    return problem(409, `Cannot withdraw promotion ${number}: its gates have passed meanwhile`);
  log.info('Promotion withdrawn', { number, by });
  return { promotion };
}
