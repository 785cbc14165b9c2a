import { z } from 'zod';
import type { Configuration } from '../../shared/domain/configuration/schema.ts';
import { problem } from '../../shared/domain/problem.ts';
import { planPromotion } from '../../shared/domain/promotions/plan-promotion.ts';
import { planUndo } from '../../shared/domain/promotions/plan-undo.ts';
import {
  type NewPromotion,
  type Registered,
  registerPromotion,
} from '../../shared/domain/promotions/register-promotion.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Hints } from '../../shared/ports/hints.ts';
import type { Log } from '../../shared/ports/log.ts';
import { promotionRegister, promotions } from '../../shared/records/collections.ts';
import { put, type Records, refTo } from '../../shared/records/records.ts';
import { Promoted } from './answers.ts';
import { missing } from './document-routes.ts';
import { defineRoute, type Route } from './route.ts';

type Options = {
  readonly records: Records;
  readonly configuration: Configuration;
  readonly hints: Hints;
  readonly clock: Clock;
  readonly log: Log;
};

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
  by: z.string().min(1).max(200).default('the API').describe('Who asks, for the record.'),
});
const UndoWish = z.strictObject({
  by: PromotionWish.shape.by,
  dryRun: PromotionWish.shape.dryRun,
});
/** Asking for a promotion, and for the undoing of one. What came of it is in the document. */
export function promotionRoutes(its: Options): Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/promotions',
      id: 'promote',
      summary: 'Move a tag of the whole stack to where another tag is, all images or none',
      pathParameters: z.strictObject({}),
      queryParameters: z.strictObject({}),
      body: PromotionWish,
      answer: { status: 202, schema: Promoted },
      problems: [409, 422],
      handle: async ({ body: { from, to, images, dryRun, by } }) => {
        const plan = planPromotion(its.configuration, { from, to, images });
        if (plan.kind === 'refused') return problem(422, plan.reason);
        return register(its, { by, from, to: plan.to, dryRun, images: plan.images });
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/promotions/{number}/undo',
      id: 'undoPromotion',
      summary: 'Move the tags of a promotion back to what they named before it',
      pathParameters: z.strictObject({ number: z.coerce.number().int().min(1).max(99_999_999) }),
      queryParameters: z.strictObject({}),
      body: UndoWish,
      answer: { status: 202, schema: Promoted },
      problems: [404, 409, 422],
      handle: async ({ path: { number }, body: { by, dryRun } }) => {
        const found = await its.records.get(refTo(promotions, number));
        if (found === undefined) return missing('promotions', [number]);
        const plan = planUndo(found);
        if (plan.kind === 'refused') return problem(422, plan.reason);
        return register(its, {
          by,
          from: found.to,
          to: found.to,
          undoes: number,
          dryRun,
          images: plan.images,
        });
      },
    }),
  ];
}

/** Stores the promotion with its number, before it is answered; the hint only makes it fast. */
async function register({ records, hints, clock, log }: Options, wish: NewPromotion) {
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
