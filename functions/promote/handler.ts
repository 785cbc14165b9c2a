import { instant } from '../../shared/domain/claims.ts';
import type { Promotion, PromotionPhase } from '../../shared/domain/documents/promotion.ts';
import { takePromotion } from '../../shared/domain/promotions/judge-steps.ts';
import type { Look } from '../../shared/ports/hints.ts';
import { promotions } from '../../shared/records/collections.ts';
import { put, refByKey } from '../../shared/records/records.ts';
import { withClaim } from '../../shared/records/with-claim.ts';
import { goBack } from './go-back.ts';
import { moveAll } from './move-all.ts';
import { passGates } from './pass-gates.ts';
import type { Claimed, Promote, PromotionRef } from './promote.ts';
import { publishWiki } from './publish-wiki.ts';
import { readSources } from './read-sources.ts';

const CLAIM_MS = 60_000;

/**
 * Moves the tag of a whole stack, all images or none: reads every source before anything moves, moves, and goes back
 * when a move fails. Whatever was under way when a worker went is taken up from the document by the next.
 */
export function createPromote(all: Omit<Promote, 'worker'>): Look {
  return async function promote(hint, worker) {
    const its = { ...all, worker };
    const { records, clock } = its;
    const ref = refByKey(promotions, hint.key);
    const taken = await take(its, ref);
    if (taken === undefined) return publishWiki(its, ref);
    await withClaim(
      { records, collection: promotions, ref, by: worker, lasts: CLAIM_MS, clock },
      async signal => {
        let promotion = taken;
        for (let act = ACTS[promotion.phase]; act !== undefined; act = nextAct(its, promotion)) {
          signal.throwIfAborted();
          promotion = await act(its, { ref, promotion, signal });
        }
      },
    );
    await publishWiki(its, ref);
  };
}

type Act = (its: Promote, claimed: Claimed) => Promise<Promotion>;
/** What is done in each phase that is not an end; each gives the promotion in its next one. */
const ACTS: Partial<Record<PromotionPhase, Act>> = {
  asked: readSources,
  gated: passGates,
  moving: moveAll,
  'going back': goBack,
};

/** Nothing where it waits, for its gates, with nobody at it. */
function nextAct({ worker }: Promote, { phase, claim }: Promotion): Act | undefined {
  return claim?.by === worker ? ACTS[phase] : undefined;
}

function take({ records, clock, worker }: Promote, ref: PromotionRef): Promise<Promotion | undefined> {
  return records.transact({ found: ref }, ({ found }) => {
    const now = clock.now();
    const claim = { by: worker, until: instant(now + CLAIM_MS) };
    const taken = takePromotion(found, claim, now);
    return { result: taken, writes: taken === undefined ? [] : [put(promotions, taken)] };
  });
}
