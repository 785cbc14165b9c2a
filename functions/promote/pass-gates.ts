import type { GateStanding } from '../../shared/domain/documents/gate.ts';
import type { Promotion } from '../../shared/domain/documents/promotion.ts';
import { milliseconds } from '../../shared/domain/durations.ts';
import { gatesToAsk, judgeGates, recordAnswer } from '../../shared/domain/gates/judge-gates.ts';
import { gates, promotions } from '../../shared/records/collections.ts';
import { put } from '../../shared/records/records.ts';
import { advance } from './advance.ts';
import { type Asked, askGate } from './ask-gate.ts';
import { type Claimed, GATES_AT_ONCE, type Promote } from './promote.ts';
import { readSources } from './read-sources.ts';
import { severalAtOnce } from './several-at-once.ts';

/**
 * Asks the gates that want to be asked by now. The first that fails ends that, and refuses the promotion; while others
 * have no answer yet it is left until the next is due; once all have passed it goes on.
 */
export async function passGates(its: Promote, claimed: Claimed): Promise<Promotion> {
  const { promotion, signal } = claimed;
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  const wanted = gatesToAsk(promotion, its.clock.now());
  await severalAtOnce(wanted, { atOnce: GATES_AT_ONCE, signal: either }, async standing => {
    const asked = await askGate(its, claimed, standing);
    await record(its, claimed, { standing, asked });
    if (asked.answer.kind === 'failed') failure.abort();
  }).catch(error => {
    if (!failure.signal.aborted || signal.aborted) throw error;
  });
  const judged = await advance(its, claimed, judgeGates);
  const hasPassed = judged.phase === 'gated' && judged.claim?.by === its.worker;
  return hasPassed ? readSources(its, { ...claimed, promotion: judged }) : judged;
}

type Answered = { readonly standing: GateStanding; readonly asked: Asked };

/** Each answer is kept as soon as it is there: a worker that goes takes none with it. */
async function record(its: Promote, { ref, promotion: { number } }: Claimed, { standing, asked }: Answered) {
  const { records, clock, worker, configuration, log } = its;
  const patience = milliseconds(configuration.promotions.patience);
  const { answer, result } = asked;
  await records.transact({ found: ref }, ({ found }) => {
    if (found?.claim?.by !== worker) {
      throw new Error(`Cannot go on with promotion ${number}: another worker has it; it goes on there`);
    }
    const next = recordAnswer(found, standing, { answer, now: clock.now(), patience, log: asked.log });
    const writes = [put(promotions, next), ...(result === undefined ? [] : [put(gates, result)])];
    return { result: undefined, writes };
  });
  const { gate, image } = standing;
  log.info('Gate answered', { number, gate, image, answer: answer.kind, reason: answer.reason });
}
