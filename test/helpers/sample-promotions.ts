import { instant } from '../../shared/domain/claims.ts';
import type { GateResult } from '../../shared/domain/documents/gate.ts';
import type { Promotion } from '../../shared/domain/documents/promotion.ts';
import * as collections from '../../shared/records/collections.ts';
import { type Put, put } from '../../shared/records/records.ts';

const MINUTE = 60_000;

/** The digest of an image's build, by its commit's number. */
type DigestOf = (image: string, commit: number) => string;

/** One that has moved a stack, and one that waits for people. */
export function samplePromotions(now: number, digestOf: DigestOf): Put[] {
  const at = instant(now - 5 * MINUTE);
  const images = ['base', 'web', 'api'].map(image => {
    const [before, digest] = [digestOf(image, 1), digestOf(image, 3)];
    const repository = `127.0.0.1:8080/shop/${image}`;
    return { image, repository, digest, before, after: digest, state: 'moved' as const };
  });
  const [from, to] = ['2030.1-a1239a', '2030.1-stable'];
  const its = { number: 1, by: 'Grace Hopper', at, from, to, dryRun: false, images, attempts: 0 };
  return [
    put(collections.promotions, { ...its, phase: 'moved', endedAt: at }),
    put(collections.promotions, gatedPromotion(now, digestOf)),
    put(collections.gates, gpuResult(now, digestOf)),
    put(collections.promotionRegister, { last: 2, underWay: [{ tag: 'fair', number: 2 }] }),
  ];
}

/** One whose tests have passed, and that waits for two people. */
function gatedPromotion(now: number, digestOf: DigestOf): Promotion {
  const at = instant(now - 4 * MINUTE);
  const until = instant(now + 60 * MINUTE);
  const repository = '127.0.0.1:8080/shop/web';
  const digest = digestOf('web', 3);
  const { reason, log } = gpuResult(now, digestOf);
  return {
    ...{ number: 2, by: 'Grace Hopper', at, from: '2030.1-a1239a', to: 'fair', dryRun: false, attempts: 0 },
    ...{ phase: 'gated', due: until, images: [{ image: 'web', repository, digest, state: 'waiting' }] },
    gates: [
      { gate: 'gpu', image: 'web', state: 'passed', reason, at, from: 1, log },
      { gate: 'staff', state: 'waiting', at, again: until, approval: { count: 2, until } },
    ],
  };
}

function gpuResult(now: number, digestOf: DigestOf): GateResult {
  const [startedAt, at] = [instant(now - 6 * MINUTE), instant(now - 5 * MINUTE)];
  const settings = '{"kind":"command","run":["pytest"]}';
  const digest = digestOf('web', 3);
  const log = `gates/web/${digest.replace(':', '-')}/gpu/1.log`;
  const asked = { image: 'web', digest, gate: 'gpu', settings, promotion: 1, startedAt, at, attempts: 0 };
  return { ...asked, state: 'passed', reason: '12 tests passed', log };
}
