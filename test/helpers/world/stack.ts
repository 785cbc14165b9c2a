import { type Configuration, ConfigurationShape } from '../../../shared/domain/configuration/schema.ts';
import type { Promotion } from '../../../shared/domain/documents/promotion.ts';
import { type PromotionWish, planPromotion } from '../../../shared/domain/promotions/plan-promotion.ts';
import { planUndo } from '../../../shared/domain/promotions/plan-undo.ts';
import {
  type NewPromotion,
  registerPromotion,
} from '../../../shared/domain/promotions/register-promotion.ts';
import type { Documents } from '../../../shared/ports/documents.ts';
import { promotionRegister, promotions } from '../../../shared/records/collections.ts';
import { queries } from '../../../shared/records/queries.ts';
import { createRecords, put, refTo } from '../../../shared/records/records.ts';
import { createMemoryDocuments } from '../memory-documents.ts';
import { createFaults } from './faults.ts';
import { digestOf } from './memory-registry.ts';
import { createSurroundings, startLife } from './world.ts';

export const SOURCE = '2026.3-a1239a';
export const STABLE = '2026.3-stable';
/** Longer than every claim and pause of the first tries. */
const WHILE_MS = 90_000;
const ROUNDS = 40;

/** Images that others build, each in a repository of its own. */
export function stackConfiguration(images: readonly string[], more: object = {}): Configuration {
  const entries = images.map(image => [
    image,
    { repository: `registry.example/stack/${image}`, builder: 'none' },
  ]);
  return ConfigurationShape.parse({ images: Object.fromEntries(entries), ...more });
}

/** The images pushed under the source tag, in a world whose processes may crash. */
export function createStack(images: readonly string[], more: object = {}) {
  const configuration = stackConfiguration(images, more);
  const around = createSurroundings({});
  const documents = createMemoryDocuments({ queries });
  const records = createRecords(documents);
  const push = (image: string, tag: string, ...words: string[]) => {
    const digest = digestOf(image, ...words);
    around.registry.push({ registry: 'registry.example', repository: `stack/${image}`, tag }, digest);
    return digest;
  };
  for (const image of images) push(image, SOURCE, 'new');
  let lives = 0;

  return {
    configuration,
    around,
    records,
    push,
    /** What a tag of each image names, in their order. */
    named: (tag: string) =>
      images.map(image => around.registry.tags()[`registry.example/stack/${image}:${tag}`]),
    documents: documents as Documents,
    read: (number: number) => records.get(refTo(promotions, number)),
    async ask(wish: Partial<PromotionWish> & Pick<NewPromotion, 'skips'> & { dryRun?: boolean } = {}) {
      const { from = SOURCE, dryRun = false, skips } = wish;
      const plan = planPromotion(configuration, { ...wish, from });
      if (plan.kind === 'refused') throw new Error(plan.reason);
      return register({ by: 'Ada', from, to: plan.to, dryRun, images: plan.images, ...(skips && { skips }) });
    },
    async undo(number: number): Promise<number> {
      const found = await records.get(refTo(promotions, number));
      if (found === undefined) throw new Error('There is no such promotion');
      const plan = planUndo(found);
      if (plan.kind === 'refused') throw new Error(plan.reason);
      const { to } = found;
      return register({ by: 'Ada', from: to, to, undoes: number, dryRun: false, images: plan.images });
    },
    /** One process, until nothing is due, it crashed, or has looked so often. False when it crashed. */
    async live(crashAt?: number, { adopt = false, rounds = ROUNDS } = {}): Promise<boolean> {
      const faults = createFaults({ crashAt });
      const life = await startLife(around, { documents, configuration, faults, worker: `life-${++lives}` });
      if (adopt) await life.adopt();
      for (let round = 0; round < rounds && !faults.crashed; round++) {
        const due = await life.sweep().catch(() => 1);
        await life.idle();
        if (due === 0 && round > 3) break;
        around.clock.pass(round < 3 ? 1_000 : WHILE_MS);
      }
      await life.close();
      around.clock.pass(WHILE_MS);
      return !faults.crashed;
    },
  };

  async function register(wish: NewPromotion): Promise<number> {
    const ref = refTo(promotionRegister, 'promotions');
    return records.transact([ref], ([found]) => {
      const result = registerPromotion(found, wish, around.clock.now());
      if (result.kind === 'busy') throw new Error(result.reason);
      const writes = [put(promotions, result.promotion), put(promotionRegister, result.register)];
      return { result: result.promotion.number, writes };
    });
  }
}
export type Stack = ReturnType<typeof createStack>;

/** The states of a promotion's images, by image. */
export function statesOf(promotion: Promotion | undefined): Record<string, string> {
  return Object.fromEntries((promotion?.images ?? []).map(({ image, state }) => [image, state]));
}
